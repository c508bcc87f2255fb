// literal_places: where in one text the literals of a literal_finder stand, found once for each
// byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "trailbell/model/literal_finder.hpp"

namespace trailbell::decode {

class literal_places {
 public:
  // `text` begins at `position` of the object, where a record begins: literals do not lie across.
  // What lies before `position` is forgotten.
  void cover(literal_finder& finder, std::string_view text, std::uint64_t position);

  // The places, ascending, as distances from where covering began.
  [[nodiscard]] const std::size_t* begin() const noexcept { return places_.data() + first_; }
  [[nodiscard]] std::size_t size() const noexcept { return places_.size() - first_; }
  // What to subtract from a place to make it one from `position`.
  [[nodiscard]] std::size_t before(std::uint64_t position) const noexcept {
    return static_cast<std::size_t>(position - origin_);
  }

 private:
  std::vector<std::size_t> places_ = std::vector<std::size_t>(1);  // never without an address
  std::size_t first_ = 1;
  std::uint64_t origin_ = 0;
  std::uint64_t covered_ = 0;  // up to here, from the object's begin
};

}  // namespace trailbell::decode
