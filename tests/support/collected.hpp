// collected: runs the decoder over a text in any way a test wants, and keeps what came out.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "support/record_oracle.hpp"
#include "trailbell/decode/decoder.hpp"

namespace trailbell::test {

struct collected {
  decode::decode_outcome outcome;
  std::vector<oracle_match> matches;
  std::vector<loss_kind> losses;
  std::size_t lost_bytes = 0;  // handed out for quarantine
  std::vector<std::string> reasons;
};

struct decode_style {
  bool strict = false;
  bool probe = true;                  // candidates only, as in a replay
  std::mt19937_64* pieces = nullptr;  // the text comes in random small pieces
};

[[nodiscard]] collected decode_text(std::string_view text, const decode_style& style);
// As a replay does it with a large file of one record a line: in blocks. Nothing where the text is
// none, or where a value that spans lines made a block stop.
[[nodiscard]] std::optional<collected> decode_split(std::string_view text, std::size_t block_bytes);

}  // namespace trailbell::test
