// Files and pipes as bytes.
//
// Thread-safety: an opened_file may be shared and read by offset from any thread; the streams over
// it belong to one thread each.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "trailbell/base/result.hpp"
#include "trailbell/model/text_stream.hpp"

namespace trailbell::consume {

// What every reader reports to, and is stopped by.
struct read_control {
  std::atomic<bool> stop{false};             // set from a signal handler or another thread
  std::atomic<std::uint64_t> bytes_read{0};  // as stored, not inflated
};

// Owns a file descriptor that is open for reading.
class opened_file {
 public:
  // "-" is standard input. Errors name the path and the cause.
  static result<opened_file> open(const std::string& path);
  opened_file(opened_file&& other) noexcept;
  opened_file& operator=(opened_file&&) = delete;
  ~opened_file();

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  [[nodiscard]] bool regular() const noexcept { return regular_; }
  // Bytes, when it was opened; 0 for a pipe.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

  // Reads `size` bytes at `offset`; fewer only at the end of the file.
  result<std::size_t> read_at(std::uint64_t offset, char* into, std::size_t size) const;

 private:
  opened_file(int descriptor, bool regular, std::uint64_t size) noexcept
      : descriptor_{descriptor}, regular_{regular}, size_{size} {}

  int descriptor_;
  bool regular_;
  std::uint64_t size_;
};

// Reads on from where the descriptor stands. Calls `before_wait` before each read that may wait.
class file_source final : public byte_source {
 public:
  file_source(const opened_file& file, read_control& control,
              std::function<void()> before_wait = {})
      : file_{file}, control_{control}, before_wait_{std::move(before_wait)} {}
  result<std::size_t> read(char* into, std::size_t size) override;

 private:
  const opened_file& file_;
  read_control& control_;
  std::function<void()> before_wait_;
  std::uint64_t taken_ = 0;
};

// Bytes [begin, end) of a regular file, which other sources may read at the same time.
class range_source final : public byte_source {
 public:
  range_source(const opened_file& file, std::uint64_t begin, std::uint64_t end,
               read_control& control)
      : file_{file}, control_{control}, at_{begin}, end_{end} {}
  result<std::size_t> read(char* into, std::size_t size) override;

 private:
  const opened_file& file_;
  read_control& control_;
  std::uint64_t at_;
  std::uint64_t end_;
};

// The whole of a regular file in `into`, which grows and keeps its capacity. The size read.
result<std::size_t> read_whole(const opened_file& file, std::vector<char>& into,
                               read_control& control);

}  // namespace trailbell::consume
