// A perfect hash, found at compile time. The pair (first eight bytes, length) differs between all
// sixteen names, so that one multiplication by the right constant spreads them over 64 slots
// without a collision; the compiler searches for the constant, and fails if there is none.
#include "trailbell/detect/event_matcher.hpp"

#include <array>
#include <cstdint>

#include "trailbell/detect/iam_policy_events.hpp"

namespace trailbell::detect {
namespace {

constexpr std::size_t length_min = 12;
constexpr std::size_t length_max = 19;
constexpr unsigned slot_bits = 6;
constexpr std::uint8_t no_event = 0xff;

constexpr std::uint64_t key_of(std::string_view name) noexcept {
  std::uint64_t key = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    key |= std::uint64_t{static_cast<unsigned char>(name[i])} << (8 * i);
  }
  return key ^ name.size();
}

constexpr std::size_t slot_of(std::uint64_t key, std::uint64_t multiplier) noexcept {
  return static_cast<std::size_t>(key * multiplier >> (64U - slot_bits));
}

struct table {
  std::uint64_t multiplier = 0;
  std::array<std::uint8_t, std::size_t{1} << slot_bits> slots{};
};

constexpr bool fill(table& t) noexcept {
  t.slots.fill(no_event);
  for (std::size_t i = 0; i < iam_policy_events.size(); ++i) {
    std::uint8_t& slot = t.slots[slot_of(key_of(iam_policy_events[i]), t.multiplier)];
    if (slot != no_event) {
      return false;
    }
    slot = static_cast<std::uint8_t>(i);
  }
  return true;
}

constexpr table names = [] {
  table t;
  t.multiplier = 0x9e3779b97f4a7c15ULL;
  while (!fill(t)) {
    t.multiplier = t.multiplier * 6364136223846793005ULL + 1442695040888963407ULL;
  }
  return t;
}();

constexpr bool lengths_fit() noexcept {
  for (const std::string_view name : iam_policy_events) {
    if (name.size() < length_min || name.size() > length_max) {
      return false;
    }
  }
  return true;
}
static_assert(lengths_fit());

}  // namespace

std::optional<std::size_t> match_iam_policy_event(std::string_view name) noexcept {
  if (name.size() < length_min || name.size() > length_max) {
    return std::nullopt;
  }
  const std::uint8_t index = names.slots[slot_of(key_of(name), names.multiplier)];
  if (index == no_event || iam_policy_events[index] != name) {
    return std::nullopt;
  }
  return index;
}

}  // namespace trailbell::detect
