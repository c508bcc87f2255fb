// archive_source: the files that a list of paths means, one by one, in a fixed order.
//
// A folder is walked depth first, its entries in byte order of their names; symbolic links are
// followed, a folder that contains itself is not entered twice. Only one folder's names at a time
// (and those of its parents) are in memory. Thread-safety: none; one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "trailbell/base/result.hpp"

namespace trailbell::consume {

struct archive_item {
  std::string path;
  std::uint64_t bytes = 0;  // 0 where it is not a regular file
  bool regular = false;
  std::optional<error> problem;  // it cannot be read; and why
};

class archive_source {
 public:
  // "-" is standard input.
  explicit archive_source(std::vector<std::string> paths);
  std::optional<archive_item> next();

 private:
  struct folder {
    std::string path;
    std::vector<std::string> names;  // last first
    std::pair<std::uint64_t, std::uint64_t> identity;
  };

  std::optional<archive_item> examine(const std::string& path, bool named);
  std::optional<error> enter(const std::string& path,
                             std::pair<std::uint64_t, std::uint64_t> identity);

  std::vector<std::string> paths_;  // last first
  std::vector<folder> open_;
};

}  // namespace trailbell::consume
