// What a filter pattern is made of, and which parts of it hold for an event.
//
// For a reader, not for the hot path: it allocates freely. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/detect/filter_pattern.hpp"

namespace trailbell::detect {

enum class part_outcome : std::uint8_t { holds, fails, ignored };

struct explained_part {
  std::size_t depth = 0;  // how far it is nested
  part_outcome outcome = part_outcome::fails;
  std::string part;   // the condition, term or field in the pattern's own notation; or "all of"
  std::string found;  // what the event has there, as JSON for a JSON pattern; empty for a group
};

// Every part, those too that cannot change the result any more, in the pattern's order. The first
// one is the pattern as a whole, and holds where matches() says so.
[[nodiscard]] std::vector<explained_part> explain(const filter_pattern& pattern,
                                                  const event_view& event);

// A line of the description of a pattern by itself.
struct described_part {
  std::size_t depth = 0;
  std::string text;
};
[[nodiscard]] std::vector<described_part> describe(const filter_pattern& pattern);

// How much of the service's quotas a pattern uses; the bounds are in limits.hpp.
struct pattern_size {
  std::size_t characters = 0;
  std::size_t regexes = 0;
  std::size_t wildcard_selectors = 0;
};
[[nodiscard]] pattern_size size_of(const filter_pattern& pattern);

}  // namespace trailbell::detect
