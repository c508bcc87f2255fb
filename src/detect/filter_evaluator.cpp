#include "detect/filter_evaluator.hpp"

#include <compare>

#include "detect/filter_number.hpp"
#include "detect/filter_text.hpp"
#include "trailbell/base/ensure.hpp"

namespace trailbell::detect {
namespace {

// Pieces from left to right, each where it first occurs, and the last at the end, without trying
// again: so does the service, for which `*111.111.111` is not 111.111.111.111.
bool glob_matches(const text_literal& glob, std::string_view text) noexcept {
  const std::vector<std::string>& pieces = glob.pieces;
  if (pieces.size() == 1) {
    return text == pieces.front();
  }
  if (!text.starts_with(pieces.front())) {
    return false;
  }
  text.remove_prefix(pieces.front().size());
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    if (i + 1 == pieces.size() && pieces[i].empty()) {
      return true;
    }
    const std::size_t at = text.find(pieces[i]);
    if (at == std::string_view::npos) {
      return false;
    }
    text.remove_prefix(at + pieces[i].size());
  }
  return text.empty();
}

bool equals_text(const filter_program& program, const literal& value, std::string_view text) {
  if (const auto* number = std::get_if<number_literal>(&value)) {
    return text == number->text;
  }
  if (const auto* regex = std::get_if<regex_literal>(&value)) {
    return program.regex_at(regex->at).found_in(text);
  }
  return glob_matches(std::get<text_literal>(value), text);
}

// Of = and !=; no order among texts.
verdict judge(comparison_operator op, bool equal) noexcept {
  if (op != comparison_operator::equal && op != comparison_operator::not_equal) {
    return verdict::incomparable;
  }
  return equal == (op == comparison_operator::equal) ? verdict::holds : verdict::fails;
}

verdict judge(comparison_operator op, std::partial_ordering order) noexcept {
  if (order == std::partial_ordering::unordered) {
    return verdict::incomparable;
  }
  return order_holds(op, order) ? verdict::holds : verdict::fails;
}

// `IS NULL` holds for null, and, where no wildcard chose it, for an array with a null in it.
bool state_holds(state_test test, bool wildcard, json_value value) noexcept {
  switch (test) {
    case state_test::is_true:
    case state_test::is_false:
      return value.is(json_kind::boolean) && value.truth() == (test == state_test::is_true);
    case state_test::is_null:
      break;
    case state_test::not_exists:
      return true;  // of what was found: the caller turns it round
  }
  if (value.is(json_kind::array) && !wildcard) {
    for (const json_value element : value) {
      if (element.is(json_kind::null)) {
        return true;
      }
    }
  }
  return value.is(json_kind::null);
}

// `!=` behind a wildcard: nothing that it leads to is equal, and what it is the wildcard of exists.
bool none_equal(const filter_program& program, const json_condition& condition,
                const comparison& test, json_value root) {
  selector_step const* const first = condition.where.steps.data();
  std::optional<json_value> parent = root;
  for (const selector_step* step = first; parent && step->kind != step_kind::wildcard; ++step) {
    parent = step->kind == step_kind::member ? parent->find(step->name) : parent->at(step->index);
  }
  const auto equal = [&](json_value value) {
    return compare_value(program, test, value) == verdict::fails;
  };
  return parent && !any_selected(condition.where, 0, root, equal);
}

}  // namespace

filter_pattern::compiled::compiled(std::string_view pattern, filter_syntax tree)
    : text{pattern}, syntax{std::move(tree)} {}

const compiled_regex& filter_pattern::compiled::regex_at(pattern_offset at) const noexcept {
  for (const auto& [offset, regex] : regexes) {
    if (offset == at.value) {
      return regex;
    }
  }
  ensure(false, "a regular expression was not compiled");
  return regexes.front().second;
}

verdict compare_value(const filter_program& program, const comparison& test, json_value value) {
  if (value.is(json_kind::text)) {
    return judge(test.op, equals_text(program, test.value, value.text()));
  }
  if (!value.is(json_kind::number)) {
    return verdict::incomparable;
  }
  if (const auto* number = std::get_if<number_literal>(&test.value)) {
    return judge(test.op, compare_numbers(value.text(), *number));
  }
  const number_text spelt{value.text()};
  return judge(test.op, equals_text(program, test.value, spelt.view()));
}

bool compare_text(const filter_program& program, const comparison& test, std::string_view text) {
  return judge(test.op, equals_text(program, test.value, text)) == verdict::holds;
}

// A field has no type: where both sides are numbers they compare as numbers, else as text.
bool compare_field(const filter_program& program, const comparison& test, std::string_view text) {
  if (const auto* number = std::get_if<number_literal>(&test.value)) {
    const std::partial_ordering order = compare_numbers(text, *number);
    if (order != std::partial_ordering::unordered) {
      return order_holds(test.op, order);
    }
  }
  return compare_text(program, test, text);
}

bool condition_holds(const filter_program& program, const json_condition& condition,
                     json_value root) {
  const selector& where = condition.where;
  if (const auto* state = std::get_if<state_test>(&condition.test)) {
    const bool wildcard = where.has_wildcard();
    const auto holds = [&](json_value value) { return state_holds(*state, wildcard, value); };
    return any_selected(where, 0, root, holds) != (*state == state_test::not_exists);
  }
  const auto& test = std::get<comparison>(condition.test);
  if (test.op == comparison_operator::not_equal && where.has_wildcard()) {
    return none_equal(program, condition, test, root);
  }
  const auto holds = [&](json_value value) {
    return compare_value(program, test, value) == verdict::holds;
  };
  return any_selected(where, 0, root, holds);
}

void event_parts::skip_blanks() noexcept {
  while (!rest_.empty() && is_blank(rest_.front())) {
    rest_.remove_prefix(1);
  }
}

std::string_view event_parts::next() noexcept {
  const char open = rest_.front();
  bool& spent = open == '[' ? brackets_spent_ : quotes_spent_;
  std::size_t end = std::string_view::npos;
  if ((open == '"' || open == '[') && !spent) {
    end = rest_.find(open == '[' ? ']' : '"', 1);
    spent = end == std::string_view::npos;
  }
  std::string_view part;
  if (end != std::string_view::npos) {
    part = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
  } else {
    std::size_t size = 0;
    while (size < rest_.size() && !is_blank(rest_[size])) {
      ++size;
    }
    part = rest_.substr(0, size);
    rest_.remove_prefix(size);
  }
  skip_blanks();
  return part;
}

std::string_view event_parts::remainder() noexcept {
  std::string_view all = rest_;
  while (!all.empty() && is_blank(all.back())) {
    all.remove_suffix(1);
  }
  const std::string_view part = next();
  return rest_.empty() ? part : all;
}

}  // namespace trailbell::detect
