// inflated_sum: the SHA-256 of what an object holds, inflated as the decoder inflates it.
//
// Thread-safety: none; it keeps its buffers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/digest.hpp"
#include "trailbell/consume/file_bytes.hpp"
#include "trailbell/decode/inflate.hpp"

namespace trailbell::integrity {

class inflated_sum {
 public:
  explicit inflated_sum(std::uint64_t bytes_max) : bounds_{bytes_max} {}

  // Hex, in lower case. `text`: where the bytes are wanted too, of 64 MiB at most. Errors: corrupt,
  // too_large, and those of reading.
  [[nodiscard]] result<std::string> of(std::string_view stored, std::string* text = nullptr);
  [[nodiscard]] result<std::string> of(const consume::opened_file& file,
                                       consume::read_control& control, std::string* text = nullptr);

 private:
  result<std::string> read_all(byte_source& from, std::string* text);

  decode::inflate_bounds bounds_;
  decode::gzip_decompressor gzip_;
  aws::sha256_sum sum_;
  std::vector<char> stored_, text_;
};

}  // namespace trailbell::integrity
