// literal_probe: what a rule set tells the scan about the only records it can ever hold for.
//
// The scan looks for `first` and, three bytes behind it, `fourth`; at each such place it asks
// `confirm`. A record without a confirmed place is counted and not parsed. The probe may
// over-include, never over-exclude; a record that spells a letter as a \u escape is always
// included.
#pragma once

#include <cstddef>

namespace trailbell {

//
// The bytes are ASCII. `first` may not share its low four bits with 'I' or the backslash, nor
// `fourth` with 'i' or '0' (unless it is that very byte); a probe that does is taken for none.
struct literal_probe {
  char first = 0;
  char fourth = 0;
  // `at` is where `first` stands; `before` bytes precede it and `after` bytes (>= 1) begin there.
  // Where too few bytes follow to decide, it answers true. Null: every record is parsed.
  bool (*confirm)(const char* at, std::size_t before, std::size_t after) noexcept = nullptr;
};

}  // namespace trailbell
