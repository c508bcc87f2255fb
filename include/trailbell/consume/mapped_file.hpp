// Large files as text, straight from the page cache: nothing is copied (bench/README.md has what
// that is worth). The file is mapped once and its parts are walked by several threads.
//
// A file that shrinks under the mapping raises SIGBUS: a handler puts zeros in place of the lost
// pages, and the stream that met them fails with errc::changed.
#pragma once

#include <cstdint>

#include "trailbell/consume/file_bytes.hpp"

namespace trailbell::consume {

// The whole of a regular file. Any thread may read it; it may outlive the opened_file.
class file_mapping {
 public:
  // Where the system refuses, ok() is false.
  explicit file_mapping(const opened_file& file);
  file_mapping(const file_mapping&) = delete;
  file_mapping& operator=(const file_mapping&) = delete;
  ~file_mapping();

  [[nodiscard]] bool ok() const noexcept { return base_ != nullptr; }
  [[nodiscard]] char* base() const noexcept { return base_; }
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

 private:
  char* base_ = nullptr;
  std::uint64_t size_;
};

// Bytes [begin, end) of a mapping as one window; given back to the system behind the walker, so
// that a file of any size stays within a few MiB of memory. One thread; it walks one mapping at a
// time.
class mapped_stream final : public text_stream {
 public:
  // Borrows the mapping, which must be ok(); begin <= end <= its size.
  mapped_stream(const file_mapping& mapping, std::uint64_t begin, std::uint64_t end,
                read_control& control);
  ~mapped_stream() override;
  bool extend() override;

 private:
  const file_mapping& mapping_;
  read_control& control_;
  std::uint64_t begin_, end_;
  bool shown_ = false;
};

}  // namespace trailbell::consume
