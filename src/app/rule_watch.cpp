#include "app/rule_watch.hpp"

#include <sys/stat.h>

#include <utility>

#include "app/rule_files.hpp"

namespace trailbell::app {
namespace {

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
  std::string stamps;
  for (const std::string& path : paths_) {
    for (const consume::archive_item& file : rule_files_of(path)) {
      append_stamp(file.path, stamps);
    }
  }
  return stamps;
}

}  // namespace trailbell::app
