// `{ selector test && (...) || ... }`
#include "detect/filter_parser.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "trailbell/base/limits.hpp"

namespace trailbell::detect {
namespace {

class json_parser {
 public:
  explicit json_parser(filter_cursor& in) noexcept : in_{in} {}

  std::optional<json_pattern> run() {
    in_.skip();
    in_.skip_blanks();
    if (in_.peek() == '}') {
      return in_.fail_here("a condition is missing", "an empty pattern matches every event");
    }
    auto condition = read_conditions<json_condition>(in_, [this] { return leaf(); });
    if (!condition) {
      return std::nullopt;
    }
    if (!in_.take("}")) {
      if (in_.at_end()) {
        return in_.fail_here("the closing `}` is missing");
      }
      if (in_.peek() == ')') {
        return in_.fail_here("this bracket was not opened");
      }
      return in_.fail_connective();
    }
    in_.skip_blanks();
    if (!in_.at_end()) {
      return in_.fail_here("text behind the closing `}`");
    }
    return json_pattern{std::move(*condition)};
  }

 private:
  std::optional<json_condition> leaf() {
    if (in_.peek() == '!') {
      return in_.fail_here("a condition cannot be negated",
                           "write `!=` or `NOT EXISTS` in the condition");
    }
    std::optional<selector> where = read_selector();
    if (!where) {
      return std::nullopt;
    }
    in_.skip_blanks();
    if (is_word_byte(in_.peek())) {
      const std::optional<state_test> state = read_state();
      return state ? std::optional{json_condition{std::move(*where), *state}} : std::nullopt;
    }
    std::optional<comparison> test = in_.comparison_here();
    return test ? std::optional{json_condition{std::move(*where), std::move(*test)}} : std::nullopt;
  }

  std::string_view word() {
    in_.skip_blanks();
    return in_.take_while(is_word_byte);
  }

  std::optional<state_test> read_state() {
    const std::size_t begin = in_.at();
    const std::string_view first = word();
    if (equal_ignoring_case(first, "IS")) {
      const std::string_view state = word();
      if (equal_ignoring_case(state, "NULL")) {
        return state_test::is_null;
      }
      if (equal_ignoring_case(state, "TRUE")) {
        return state_test::is_true;
      }
      if (equal_ignoring_case(state, "FALSE")) {
        return state_test::is_false;
      }
      return in_.fail(begin, "IS takes NULL, TRUE or FALSE",
                      equal_ignoring_case(state, "NOT")
                          ? "`= *` holds for any text or number, `IS TRUE` and `IS FALSE` for a "
                            "boolean"
                          : "");
    }
    if (equal_ignoring_case(first, "NOT") && equal_ignoring_case(word(), "EXISTS")) {
      return state_test::not_exists;
    }
    return in_.fail(begin, "no test begins here",
                    equal_ignoring_case(first, "EXISTS")
                        ? "`= *` holds for any text or number"
                        : "one of = != < <= > >=, IS NULL, IS TRUE, IS FALSE, NOT EXISTS");
  }

  std::optional<selector> read_selector() {
    selector where;
    where.at = {in_.at()};
    if (!in_.take("$")) {
      const std::string_view name = in_.take_while(is_name_byte);
      return in_.fail(where.at.value, "a selector begins with `$.`",
                      name.empty() ? "" : "write `$." + std::string{name} + "`");
    }
    while (in_.peek() == '.' || in_.peek() == '[') {
      const std::size_t begin = in_.at();
      std::optional<selector_step> step;
      if (in_.peek() == '.') {
        step = dotted_step();
      } else if (!where.steps.empty()) {
        step = bracketed_step();
      } else {
        return fail_bracket_at_root();
      }
      if (!step) {
        return std::nullopt;
      }
      step->at = {begin};
      where.steps.push_back(std::move(*step));
    }
    if (where.steps.empty()) {
      const std::string_view name = in_.take_while(is_name_byte);
      return in_.fail(where.at.value, "a selector begins with `$.`",
                      name.empty() ? "" : "write `$." + std::string{name} + "`");
    }
    return within_limits(where) ? std::optional{std::move(where)} : std::nullopt;
  }

  std::optional<selector_step> dotted_step() {
    in_.skip();
    if (in_.take("*")) {
      return selector_step{step_kind::wildcard, {}, 0, {}};
    }
    if (in_.take("['")) {
      const std::string_view name = in_.take_while([](char c) { return c != '\''; });
      if (name.empty() || !in_.take("']")) {
        return in_.fail_here("a name in brackets ends with `']`");
      }
      return selector_step{step_kind::member, std::string{name}, 0, {}};
    }
    const std::string_view name = in_.take_while(is_name_byte);
    if (name.empty()) {
      return in_.fail_here("a name is missing",
                           "names hold letters, digits, _ and -; write others "
                           "as `.['name']`");
    }
    return selector_step{step_kind::member, std::string{name}, 0, {}};
  }

  std::optional<selector_step> bracketed_step() {
    in_.skip();
    if (in_.take("*]")) {
      return selector_step{step_kind::wildcard, {}, 0, {}};
    }
    const std::string_view digits = in_.take_while(is_digit);
    if (digits.empty() || in_.peek() != ']') {
      const bool name = in_.peek() == '\'' || in_.peek() == '"';
      return in_.fail_here("brackets hold an index from 0 or `*`",
                           name ? "write a name as `.['name']`" : "");
    }
    in_.skip();
    std::size_t index = std::numeric_limits<std::size_t>::max();
    std::from_chars(digits.data(), digits.data() + digits.size(), index);
    return selector_step{step_kind::element, {}, index, {}};
  }

  std::nullopt_t fail_bracket_at_root() {
    const std::size_t begin = in_.at();
    in_.skip();
    const char quote = in_.peek();
    std::string suggestion;
    if (quote == '\'' || quote == '"') {
      in_.skip();
      const std::string_view name = in_.take_while([quote](char c) { return c != quote; });
      suggestion = "write `$.['" + std::string{name} + "']`";
    }
    return in_.fail(begin, "a bracket follows `$` at once", suggestion);
  }

  bool within_limits(const selector& where) {
    const auto wildcards = static_cast<std::size_t>(
        std::count_if(where.steps.begin(), where.steps.end(),
                      [](const selector_step& s) { return s.kind == step_kind::wildcard; }));
    if (wildcards > limits::selector_wildcards_max) {
      in_.fail(where.at.value, "more than one wildcard in a selector");
      return false;
    }
    wildcards_ += wildcards;
    if (wildcards_ > limits::filter_wildcards_max) {
      in_.fail(where.at.value, "more than three wildcard selectors in one pattern");
      return false;
    }
    return true;
  }

  filter_cursor& in_;
  std::size_t wildcards_ = 0;
};

}  // namespace

std::optional<json_pattern> parse_json_pattern(filter_cursor& in) {
  return json_parser{in}.run();
}

}  // namespace trailbell::detect
