#include "trailbell/model/canary.hpp"

#include <algorithm>

namespace trailbell {
namespace {

constexpr std::size_t digits = 32;

bool is_canary_id(std::string_view id) noexcept {
  if (!id.starts_with(canary_id_prefix) || id.size() != canary_id_prefix.size() + digits) {
    return false;
  }
  id.remove_prefix(canary_id_prefix.size());
  return std::all_of(id.begin(), id.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

bool is_canary(const alert& what) noexcept {
  return !what.burst && what.event_source == canary_source && what.event_id &&
         is_canary_id(*what.event_id);
}

}  // namespace trailbell
