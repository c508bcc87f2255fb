// record_oracle: rung 0. Slow, obvious, and independent of the decoder: a DOM of the whole text
// (nlohmann::json), envelopes unwrapped by recursion. Exact for valid input; every faster rung has
// to agree with it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/model/tally.hpp"

namespace trailbell::test {

struct oracle_match {
  std::uint64_t record;
  std::string event_name;
  std::optional<std::string> event_id;
  bool operator==(const oracle_match&) const = default;
};

struct oracle_result {
  decode_tally tally;
  std::vector<oracle_match> matches;
  bool valid = true;  // all of the text was JSON
};

// `text`: of one object, inflated.
[[nodiscard]] oracle_result ask_oracle(std::string_view text);

// gzip (any number of members) by zlib.
[[nodiscard]] std::string gunzip(std::string_view bytes);

}  // namespace trailbell::test
