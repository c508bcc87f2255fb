// Numbers as the service reads them: integers exactly, everything else as a double, and both spelt
// as Java spells them where text is wanted.
#pragma once

#include <array>
#include <compare>
#include <optional>
#include <string_view>

#include "trailbell/detect/filter_syntax.hpp"

namespace trailbell::detect {

// The whole of `text` as a decimal number, or nothing: digits with an optional sign, point and
// exponent.
[[nodiscard]] std::optional<number_literal> read_number(std::string_view text);

// Whether JSON spells a number of a pattern or of YAML in the same way: without a plus, a leading
// zero or a lone point.
[[nodiscard]] bool is_json_number(std::string_view text) noexcept;

// How `number`, spelt as in JSON, compares with the literal. Unordered where it is no number, or
// beyond a double's range: then no comparison holds, nor does its opposite. Allocates nothing.
[[nodiscard]] std::partial_ordering compare_numbers(std::string_view number,
                                                    const number_literal& with) noexcept;

// Whether the operator holds of two values in that order; unordered, none does but !=.
[[nodiscard]] bool order_holds(comparison_operator op, std::partial_ordering order) noexcept;

// The text that a JSON number has for globs, quoted text and regular expressions: an integer as it
// is written; else Double.toString of Java, `1e0` is "1.0", `1e309` "Infinity".
class number_text {
 public:
  explicit number_text(std::string_view number) noexcept;
  number_text(const number_text&) = delete;
  number_text& operator=(const number_text&) = delete;
  [[nodiscard]] std::string_view view() const noexcept { return view_; }

 private:
  std::array<char, 40> space_{};
  std::string_view view_;
};

}  // namespace trailbell::detect
