// archive_source: the files that a list of paths means, one by one, in a fixed order.
//
// A folder is walked depth first, its entries in byte order of their names; symbolic links are
// followed, a folder that contains itself is not entered twice. Only one folder's names at a time
// (and those of its parents) are in memory. Thread-safety: none; one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trailbell/base/result.hpp"
#include "trailbell/model/position.hpp"

namespace trailbell::consume {

// An object that is on its way here.
class awaited_object {
 public:
  awaited_object() = default;
  awaited_object(const awaited_object&) = delete;
  awaited_object& operator=(const awaited_object&) = delete;
  virtual ~awaited_object() = default;

  // bytes() need not wait.
  [[nodiscard]] virtual bool has_come() const = 0;
  // Waits for it. What it shows lives as long as this, and counts as ahead until this is gone.
  virtual result<std::string_view> bytes() = 0;
  // Of S3's user metadata, by a name without x-amz-meta-, in lower case. Once bytes() has come.
  [[nodiscard]] virtual std::optional<std::string> metadata(std::string_view name) const = 0;
};

// What need not be read to know that it holds no records.
enum class skip_reason : std::uint8_t { none, digest, insight, empty };

struct archive_item {
  std::string path;         // of S3: the key
  std::uint64_t bytes = 0;  // 0 where it is not a regular file
  bool regular = false;
  std::optional<error> problem{};  // it cannot be read; and why
  std::int64_t changed_ns = 0;     // of a regular file or an object of S3, since 1970
  std::string bucket{};            // of S3
  std::string etag{};              // of S3: one version of it
  skip_reason skipped = skip_reason::none;
  std::shared_ptr<awaited_object> awaited{};  // of S3, once it is fetched

  [[nodiscard]] object_position place() const;
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
