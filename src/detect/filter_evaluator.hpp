// A pattern, ready to evaluate: its tree, and its regular expressions compiled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "detect/filter_regex.hpp"
#include "trailbell/detect/filter_pattern.hpp"
#include "trailbell/detect/filter_syntax.hpp"
#include "trailbell/model/json_tree.hpp"

namespace trailbell::detect {

struct filter_pattern::compiled {
  compiled(std::string_view pattern, filter_syntax tree);
  [[nodiscard]] const compiled_regex& regex_at(pattern_offset at) const noexcept;

  std::string text;
  filter_syntax syntax;
  std::vector<std::pair<std::size_t, compiled_regex>> regexes;  // by offset in the pattern; few
};

using filter_program = filter_pattern::compiled;

// What a comparison has to say about one value. Null, booleans, arrays, objects and missing members
// compare with nothing: then neither `=` nor `!=` holds.
enum class verdict : std::uint8_t { incomparable, holds, fails };

[[nodiscard]] verdict compare_value(const filter_program& program, const comparison& test,
                                    json_value value);
// The same of a text.
[[nodiscard]] bool compare_text(const filter_program& program, const comparison& test,
                                std::string_view text);
[[nodiscard]] bool compare_field(const filter_program& program, const comparison& test,
                                 std::string_view text);
// `root` is an object.
[[nodiscard]] bool condition_holds(const filter_program& program, const json_condition& condition,
                                   json_value root);

// Calls take(value) for each value that steps [from, ...) of a selector lead to; stops where it
// says true, and then says so too.
template <class Take>
bool any_selected(const selector& where, std::size_t from, json_value at, Take& take) {
  for (std::size_t i = from; i < where.steps.size(); ++i) {
    const selector_step& step = where.steps[i];
    if (step.kind == step_kind::wildcard) {
      for (const json_value child : at) {
        if (any_selected(where, i + 1, child, take)) {
          return true;
        }
      }
      return false;
    }
    const std::optional<json_value> next =
        step.kind == step_kind::member ? at.find(step.name) : at.at(step.index);
    if (!next) {
      return false;
    }
    at = *next;
  }
  return take(at);
}

// Calls take(field, its text) for each named field, from left to right, until it says false; false
// too where the event has too few parts.
// Parts are told apart by blanks; "..." and [...] in an event are one part, without what encloses
// them. Without an ellipsis the last field takes the rest of the event.
template <class Take>
bool all_fields(const field_pattern& pattern, std::string_view text, Take take);

// The parts of an event, one by one.
class event_parts {
 public:
  explicit event_parts(std::string_view text) noexcept : rest_{text} { skip_blanks(); }
  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  std::string_view next() noexcept;
  // The one part that remains, or all that remains as it is written.
  std::string_view remainder() noexcept;

 private:
  void skip_blanks() noexcept;
  std::string_view rest_;
  // No closing quote or bracket is left: looking for one again and again would cost a square.
  bool quotes_spent_ = false;
  bool brackets_spent_ = false;
};

template <class Take>
bool all_fields(const field_pattern& pattern, std::string_view text, Take take) {
  const std::vector<field>& fields = pattern.fields;
  std::size_t ellipsis = fields.size();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    ellipsis = fields[i].kind == field_kind::ellipsis ? i : ellipsis;
  }
  const bool elastic = ellipsis < fields.size();
  std::size_t parts = 0;
  for (event_parts in{text}; !in.at_end(); in.next()) {
    ++parts;
  }
  if (parts < fields.size() - (elastic ? 1 : 0)) {
    return false;
  }
  event_parts in{text};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i == ellipsis) {
      for (std::size_t left_out = parts - (fields.size() - 1); left_out > 0; --left_out) {
        in.next();
      }
      continue;
    }
    const bool rest = !elastic && i + 1 == fields.size();
    if (!take(fields[i], rest ? in.remainder() : in.next())) {
      return false;
    }
  }
  return true;
}

}  // namespace trailbell::detect
