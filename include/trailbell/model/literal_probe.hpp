// literal_probe: what a rule set tells the scan about the only records it can ever hold for.
//
// The scan looks for one of `firsts` and, three bytes behind it, one of `fourths`; at each such
// place it asks `confirm`. A record without a confirmed place is counted and not parsed. The probe
// may over-include, never over-exclude; a record that spells a letter as a \u escape is always
// included.
#pragma once

#include <cstddef>

namespace trailbell {

// The bytes are ASCII. Unless it goes by pairs, no two of `firsts` may share their low four bits
// unless they are the same byte, nor one of them with 'I' or the backslash; nor two of `fourths`,
// nor one of them with 'i' or '0'. A probe that breaks this is taken for none.
struct literal_probe {
  static constexpr std::size_t pairs_max = 8;

  char firsts[pairs_max] = {};
  char fourths[pairs_max] = {};
  std::size_t pairs = 0;
  // `at` is where one of `firsts` stands, three bytes before any of `fourths`; `before` bytes
  // precede it and `after` bytes (>= 1) begin there. Where too few bytes follow to decide, it
  // answers true. Null: every record is parsed.
  bool (*confirm)(const void* context, const char* at, std::size_t before,
                  std::size_t after) noexcept = nullptr;
  const void* context = nullptr;  // handed to `confirm`; outlives every use of the probe
  bool any_escape = false;        // what it looks for may hold more than letters
  // Whether a first byte has to meet its own fourth. Else any of them will do: cheaper a byte, and
  // better for a pair or two of rare ones.
  bool by_pairs = false;
};

}  // namespace trailbell
