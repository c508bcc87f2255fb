// mapped_stream: a part of a regular file as text, straight from the page cache.
//
// Faster than reading: nothing is copied (measured in bench/README.md). Walked and given back in
// steps, so that a file of any size stays within a few MiB of memory. A file that shrinks under the
// mapping raises SIGBUS: a handler puts zeros in place of the lost pages, and the stream then fails
// with errc::changed. Thread-safety: one thread each; any number of threads.
#pragma once

#include <cstdint>

#include "trailbell/consume/file_bytes.hpp"

namespace trailbell::consume {

class mapped_stream final : public text_stream {
 public:
  // Bytes [begin, end) of `file`; begin < end <= file.size(). A mapping that the system refuses is a
  // failure() of the stream.
  mapped_stream(const opened_file& file, std::uint64_t begin, std::uint64_t end,
                read_control& control);
  ~mapped_stream() override;
  bool extend() override;

 private:
  void release_behind();

  read_control& control_;
  char* base_ = nullptr;        // of the mapping, on a page boundary
  std::size_t mapped_ = 0;      // its bytes
  std::size_t shown_ = 0;       // where the window ends, from base_
  std::size_t released_ = 0;    // given back up to here, from base_
};

}  // namespace trailbell::consume
