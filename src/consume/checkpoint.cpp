#include "consume/checkpoint.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>

#include "consume/append_lines.hpp"

namespace trailbell::consume {
namespace {

constexpr std::string_view header = "trailbell checkpoint 1";

// Only what a path needs: a newline and a backslash.
std::string escaped(std::string_view path) {
  std::string text;
  for (const char c : path) {
    text += c == '\\' ? "\\\\" : c == '\n' ? "\\n" : std::string{c};
  }
  return text;
}

std::string unescaped(std::string_view text) {
  std::string path;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      ++i;
      path += text[i] == 'n' ? '\n' : text[i];
    } else {
      path += text[i];
    }
  }
  return path;
}

std::string line_of(const std::string& path, const file_stamp& stamp) {
  return std::to_string(stamp.bytes) + ' ' + std::to_string(stamp.changed_ns) + ' ' +
         escaped(path) + '\n';
}

template <class Number>
bool take_number(std::string_view& line, Number& into) {
  const auto [end, failure] = std::from_chars(line.data(), line.data() + line.size(), into);
  const auto size = static_cast<std::size_t>(end - line.data());
  if (failure != std::errc{} || size >= line.size() || line[size] != ' ') {
    return false;
  }
  line.remove_prefix(size + 1);
  return true;
}

}  // namespace

std::optional<file_stamp> stamp_of(const std::string& path) {
  struct stat about {};
  if (stat(path.c_str(), &about) != 0 || S_ISDIR(about.st_mode)) {
    return std::nullopt;
  }
  return file_stamp{static_cast<std::uint64_t>(about.st_size),
                    std::int64_t{about.st_mtim.tv_sec} * 1'000'000'000 + about.st_mtim.tv_nsec};
}

result<checkpoint> checkpoint::open(std::string path) {
  checkpoint made{std::move(path)};
  const std::string lock = made.path_ + ".lock";
  made.lock_ = descriptor{::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (!made.lock_.is_open()) {
    return made.failure("cannot be written");
  }
  if (flock(made.lock_.get(), LOCK_EX | LOCK_NB) != 0) {
    return error{errc::usage, "the checkpoint " + made.path_ +
                                  " is in use by another process; give each its own"};
  }
  if (result<done> loaded = made.load(); !loaded) {
    return loaded.failure();
  }
  if (result<done> written = made.rewrite(); !written) {
    return written.failure();
  }
  return made;
}

bool checkpoint::is_done(const std::string& path, const file_stamp& stamp) const {
  const auto known = done_.find(path);
  return known != done_.end() && known->second == stamp;
}

void checkpoint::add(const std::string& path, const file_stamp& stamp) {
  done_[path] = stamp;
  unsaved_ += line_of(path, stamp);
  ++added_;
}

result<done> checkpoint::save() {
  if (!append_lines(file_.get(), unsaved_)) {
    return failure("cannot be written");
  }
  return added_ >= std::max(done_.size(), limits::checkpoint_lines_min) ? rewrite()
                                                                        : result<done>{done{}};
}

error checkpoint::failure(const char* doing) const {
  return {errc::output_failed,
          "the checkpoint " + path_ + " " + doing + ": " + std::strerror(errno)};
}

result<done> checkpoint::load() {
  std::ifstream file{path_, std::ios::binary};
  if (!file) {
    return errno == ENOENT ? result<done>{done{}} : failure("cannot be read");
  }
  std::stringstream content;
  content << file.rdbuf();
  const std::string all = std::move(content).str();
  std::string_view rest = all;
  bool first = true;
  for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    file_stamp stamp;
    if (std::exchange(first, false)) {
      if (line != header) {
        return error{errc::usage, path_ + " is no checkpoint of trailbell; name another file"};
      }
    } else if (take_number(line, stamp.bytes) && take_number(line, stamp.changed_ns)) {
      done_[unescaped(line)] = stamp;
    }
  }
  if (first && !all.empty()) {
    return error{errc::usage, path_ + " is no checkpoint of trailbell; name another file"};
  }
  return done{};
}

result<done> checkpoint::rewrite() {
  std::string text{header};
  text += '\n';
  std::erase_if(done_, [](const auto& one) { return !stamp_of(one.first); });
  for (const auto& [path, stamp] : done_) {
    text += line_of(path, stamp);
  }
  std::optional<descriptor> fresh = replace_lines(path_, text);
  if (!fresh) {
    return failure("cannot be written");
  }
  file_ = std::move(*fresh);
  added_ = 0;
  return done{};
}

}  // namespace trailbell::consume
