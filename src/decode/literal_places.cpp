#include "decode/literal_places.hpp"

#include <algorithm>

namespace trailbell::decode {
namespace {

constexpr std::size_t kept_max = 4096;  // places that are behind, until they are dropped

}  // namespace

void literal_places::cover(literal_finder& finder, std::string_view text, std::uint64_t position) {
  const std::uint64_t end = position + text.size();
  if (covered_ <= position || first_ == places_.size()) {
    places_.resize(1);
    first_ = 1;
    origin_ = position;
  }
  while (first_ < places_.size() && places_[first_] < before(position)) {
    ++first_;
  }
  if (first_ > kept_max) {
    places_.erase(places_.begin() + 1, places_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 1;
  }
  if (covered_ >= end) {
    return;
  }
  // A literal may begin in what was looked at before.
  const std::uint64_t overlap = finder.reach() - 1;
  const std::uint64_t from = covered_ > position + overlap ? covered_ - overlap : position;
  const std::size_t known = places_.size();
  finder.find(text.substr(static_cast<std::size_t>(from - position)), places_);
  const auto fresh = places_.begin() + static_cast<std::ptrdiff_t>(known);
  const std::size_t shift = before(from);
  std::for_each(fresh, places_.end(), [shift](std::size_t& place) { place += shift; });
  if (covered_ > from) {
    const std::size_t seen = before(covered_);
    places_.erase(fresh, std::lower_bound(fresh, places_.end(), seen));
  }
  covered_ = end;
}

}  // namespace trailbell::decode
