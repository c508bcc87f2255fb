// needed_literals: of the literals that the parts of a rule need, those that the whole needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "trailbell/detect/compiled_rule.hpp"

namespace trailbell::detect {

inline constexpr std::size_t literal_bytes_min = 4;   // shorter ones are found everywhere
inline constexpr std::size_t literals_max = 256;      // of one rule
inline constexpr std::size_t literal_bytes_max = 64;  // a part of a longer one says as much

// How rarely a literal occurs, by what it is the value, or the name, of. `foreign`: the name of a
// member that CloudTrail does not have.
enum class rarity : std::uint8_t { member_name, event_source, value, event_name, foreign };

// Whether nearly every record has a member of this name, so that it tells nothing.
[[nodiscard]] bool is_usual_member(std::string_view name) noexcept;

struct literal_choice {
  rarity rank;
  std::vector<needed_literal> literals;  // one of them occurs
};
using needed = std::optional<literal_choice>;

// Of two that are both needed the rarer, then the fewer.
[[nodiscard]] needed rarer(needed a, needed b);
// One of two is needed: all literals of both, or nothing is known.
[[nodiscard]] needed either(needed a, needed b);

}  // namespace trailbell::detect
