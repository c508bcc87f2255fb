// checkpoint: which files were done, in a file that is appended to while it is in use.
//
// A line is `SIZE MTIME_NS PATH`, newlines and backslashes in the path escaped. A last line without
// its newline was cut by a crash and is ignored. Opening writes it anew, without files that are
// gone, and so does saving now and then: it is as long as twice the files that are there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "trailbell/base/descriptor.hpp"
#include "trailbell/base/limits.hpp"
#include "trailbell/base/result.hpp"

namespace trailbell::consume {

// What a file looked like when it was taken.
struct file_stamp {
  std::uint64_t bytes = 0;
  std::int64_t changed_ns = 0;
  bool operator==(const file_stamp&) const = default;
};

// Nothing where it cannot be looked at, or is a folder.
[[nodiscard]] std::optional<file_stamp> stamp_of(const std::string& path);

class checkpoint {
 public:
  // Two processes cannot have the same one.
  static result<checkpoint> open(std::string path);

  [[nodiscard]] bool is_done(const std::string& path, const file_stamp& stamp) const;
  void add(const std::string& path, const file_stamp& stamp);
  // Makes what was added durable. What could not be is kept, for the next attempt. Once as many
  // lines were added as there are files, and `limits::checkpoint_lines_min`, it looks at each file.
  result<done> save();
  // So much waits to be durable that nothing more should be taken: what is under way by now is
  // still added.
  [[nodiscard]] bool is_full() const noexcept {
    return unsaved_.size() >= limits::checkpoint_unsaved_bytes_max;
  }

 private:
  explicit checkpoint(std::string path) : path_{std::move(path)} {}
  [[nodiscard]] error failure(const char* doing) const;
  result<done> load();
  result<done> rewrite();

  std::string path_;
  descriptor lock_;
  descriptor file_;
  std::string unsaved_;
  std::size_t added_ = 0;  // lines, since it was written anew
  std::unordered_map<std::string, file_stamp> done_;
};

}  // namespace trailbell::consume
