#include "consume/directory_watch.hpp"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace trailbell::consume {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t wanted = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ONLYDIR;

}  // namespace

directory_watch::directory_watch() : events_{inotify_init1(IN_NONBLOCK | IN_CLOEXEC)} {
  if (!events_.is_open()) {
    problem_ = std::string{"cannot watch folders: "} + std::strerror(errno);
  }
}

void directory_watch::add(const std::string& path) {
  std::error_code failed;
  if (!fs::is_directory(path, failed)) {
    const fs::path parent = fs::path{path}.parent_path();
    add_one(parent.empty() ? "." : parent.string());
    return;
  }
  std::vector<std::string> ignored;
  add_new(path, ignored);
}

void directory_watch::take(std::chrono::milliseconds wait, std::vector<std::string>& paths) {
  pollfd ready{events_.get(), POLLIN, 0};
  if (poll(&ready, 1, static_cast<int>(wait.count())) <= 0) {
    return;
  }
  alignas(inotify_event) char buffer[64 * 1024];
  for (;;) {
    const ssize_t size = read(events_.get(), buffer, sizeof buffer);
    if (size <= 0) {
      return;
    }
    for (const char* at = buffer; at < buffer + size;) {
      const auto* const event = reinterpret_cast<const inotify_event*>(at);
      at += sizeof(inotify_event) + event->len;
      if ((event->mask & IN_Q_OVERFLOW) != 0) {
        missed_ = true;
      }
      const auto folder = folders_.find(event->wd);
      if (folder == folders_.end()) {
        continue;
      }
      if ((event->mask & IN_IGNORED) != 0) {
        folders_.erase(folder);
        continue;
      }
      const bool slash = folder->second.ends_with('/');
      std::string path = folder->second + (slash ? "" : "/") + event->name;
      if ((event->mask & IN_ISDIR) != 0) {
        add_new(path, paths);
      } else if ((event->mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) != 0) {
        paths.push_back(std::move(path));
      }
    }
  }
}

bool directory_watch::missed() noexcept {
  return std::exchange(missed_, false);
}

void directory_watch::add_one(const std::string& folder) {
  if (!events_.is_open()) {
    return;
  }
  const int watch = inotify_add_watch(events_.get(), folder.c_str(), wanted);
  if (watch >= 0) {
    folders_[watch] = folder;
  } else if (errno == ENOSPC) {
    problem_ =
        "the system allows no more inotify watches (fs.inotify.max_user_watches), so that the "
        "folders are walked every minute";
  } else if (errno != ENOENT && errno != ENOTDIR) {
    problem_ = "cannot watch " + folder + ": " + std::strerror(errno);
  }
}

// The watch first: what appears while the folder is listed is told twice, and never missed.
void directory_watch::add_new(const std::string& folder, std::vector<std::string>& paths) {
  add_one(folder);
  std::error_code failed;
  fs::recursive_directory_iterator at{folder, fs::directory_options::skip_permission_denied,
                                      failed};
  for (const fs::recursive_directory_iterator end; !failed && at != end; at.increment(failed)) {
    std::error_code gone;
    if (at->is_directory(gone)) {
      add_one(at->path().string());
    } else {
      paths.push_back(at->path().string());
    }
  }
}

}  // namespace trailbell::consume
