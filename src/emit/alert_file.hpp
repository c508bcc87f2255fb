// alert_file: a file of lines that is appended to, and locked while it is open.
//
// Thread-safety: none. Errors: output_failed, with path and cause.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trailbell/base/descriptor.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/emit/file_sink.hpp"

namespace trailbell::emit {

class alert_file {
 public:
  // Makes the file where it is missing; settles an incomplete last line (see file_sink.hpp).
  static result<alert_file> open(const std::string& path, file_sync sync);

  // All of `lines`, or nothing.
  result<done> append(std::string_view lines);

  [[nodiscard]] std::uint64_t size() const;
  // A device can neither be rotated nor cut.
  [[nodiscard]] bool is_regular() const noexcept { return regular_; }
  // False where the path names another file by now, or none.
  [[nodiscard]] bool is_in_place() const;
  // When the file was made, since the Unix epoch; where the file system does not know, when it was
  // written to last; 0 where even that is not known.
  [[nodiscard]] std::int64_t born_ns() const;

 private:
  alert_file(std::string path, descriptor file, file_sync sync)
      : path_{std::move(path)}, file_{std::move(file)}, sync_{sync} {}

  [[nodiscard]] error failure(const char* doing, int cause) const;
  result<done> lock();
  result<done> settle_last_line();
  void cut_to(std::uint64_t size);

  std::string path_;
  descriptor file_;
  file_sync sync_;
  bool regular_ = false;
  bool torn_ = false;  // something stands behind whole_ that could not be cut off
  std::uint64_t whole_ = 0;
};

}  // namespace trailbell::emit
