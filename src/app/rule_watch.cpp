#include "app/rule_watch.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace trailbell::app {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds look_interval{1};

void append_stamp(const std::string& path, std::string& out) {
  struct stat about {};
  if (stat(path.c_str(), &about) == 0) {
    out += path + '\0' + std::to_string(about.st_size) + '\0' + std::to_string(about.st_ino) +
           '\0' + std::to_string(about.st_mtim.tv_sec) + '.' +
           std::to_string(about.st_mtim.tv_nsec) + '\n';
  }
}

}  // namespace

rule_watch::rule_watch(std::vector<std::string> paths)
    : paths_{std::move(paths)},
      known_{look()},
      last_{known_},
      looked_{std::chrono::steady_clock::now()} {}

bool rule_watch::changed() {
  const auto now = std::chrono::steady_clock::now();
  if (paths_.empty() || now - looked_ < look_interval) {
    return false;
  }
  looked_ = now;
  std::string seen = look();
  const bool lasting = seen == last_ && seen != known_;
  last_ = std::move(seen);
  if (lasting) {
    known_ = last_;
  }
  return lasting;
}

std::string rule_watch::look() const {
  std::vector<std::string> files;
  for (const std::string& path : paths_) {
    std::error_code failed;
    if (!fs::is_directory(path, failed)) {
      files.push_back(path);
      continue;
    }
    fs::recursive_directory_iterator at{path,
                                        fs::directory_options::follow_directory_symlink |
                                            fs::directory_options::skip_permission_denied,
                                        failed};
    for (const fs::recursive_directory_iterator end; !failed && at != end; at.increment(failed)) {
      const std::string ending = at->path().extension().string();
      if (ending == ".yaml" || ending == ".yml") {
        files.push_back(at->path().string());
      }
    }
  }
  std::sort(files.begin(), files.end());
  std::string stamps;
  for (const std::string& file : files) {
    append_stamp(file, stamps);
  }
  return stamps;
}

}  // namespace trailbell::app
