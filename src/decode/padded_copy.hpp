// padded_copy: a text that simdjson may read beyond the end of. Kept for the next one.
#pragma once

#include <simdjson.h>

#include <cstring>
#include <string_view>
#include <vector>

#include "trailbell/base/limits.hpp"

namespace trailbell::decode {

// simdjson indexes four bytes for each byte of text; larger records take the frugal way.
inline constexpr std::size_t indexed_bytes_max = 2 * limits::mib;

class padded_copy {
 public:
  // Valid until the next call.
  simdjson::padded_string_view of(std::string_view text) {
    if (bytes_.size() < text.size() + simdjson::SIMDJSON_PADDING) {
      bytes_.resize(text.size() + simdjson::SIMDJSON_PADDING);
    }
    std::memcpy(bytes_.data(), text.data(), text.size());
    std::memset(bytes_.data() + text.size(), ' ', simdjson::SIMDJSON_PADDING);
    return simdjson::padded_string_view{bytes_.data(), text.size(), bytes_.size()};
  }

 private:
  std::vector<char> bytes_;
};

}  // namespace trailbell::decode
