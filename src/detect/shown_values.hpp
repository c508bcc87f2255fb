// shown_values: what an explanation says it found: a few values, none of them long.
#pragma once

#include <cstddef>
#include <string>

#include "trailbell/detect/filter_explain.hpp"

namespace trailbell::detect {

[[nodiscard]] constexpr part_outcome outcome_of(bool holds) noexcept {
  return holds ? part_outcome::holds : part_outcome::fails;
}

// Cut at a character's border where it is long.
[[nodiscard]] std::string shortened(std::string text);

class shown_values {
 public:
  // True where the next ones would not be shown.
  bool add(const std::string& value);
  [[nodiscard]] std::string text() const { return count_ == 0 ? "nothing" : text_; }

 private:
  std::string text_;
  std::size_t count_ = 0;
};

}  // namespace trailbell::detect
