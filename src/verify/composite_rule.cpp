#include "verify/composite_rule.hpp"

#include <charconv>
#include <cmath>
#include <vector>

#include "trailbell/base/text.hpp"

namespace trailbell::verify {
namespace {

constexpr int depth_max = 64;

std::optional<alarm_state> state_named(std::string_view name) {
  if (name == "ALARM") {
    return alarm_state::alarm;
  }
  if (name == "OK") {
    return alarm_state::ok;
  }
  return name == "INSUFFICIENT_DATA" ? std::optional{alarm_state::insufficient_data} : std::nullopt;
}

class rule_parser {
 public:
  rule_parser(std::string_view text, const state_of_alarm& state_of)
      : text_{text}, state_of_{state_of} {}

  std::optional<bool> run() {
    const bool holds = any();
    skip();
    return failed_ || at_ != text_.size() ? std::nullopt : std::optional{holds};
  }

 private:
  void skip() {
    while (at_ < text_.size() && is_white(text_[at_])) {
      ++at_;
    }
  }
  bool take(char c) {
    skip();
    if (at_ >= text_.size() || text_[at_] != c) {
      return false;
    }
    ++at_;
    return true;
  }
  bool fail() {
    failed_ = true;
    return false;
  }
  std::string_view word() {
    skip();
    const std::size_t begin = at_;
    while (at_ < text_.size() && (is_letter_or_digit(text_[at_]) || text_[at_] == '_')) {
      ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }
  bool take_word(std::string_view wanted) {
    const std::size_t before = at_;
    if (word() == wanted) {
      return true;
    }
    at_ = before;
    return false;
  }

  bool any() {
    bool holds = all();
    while (!failed_ && take_word("OR")) {
      holds = all() || holds;
    }
    return holds;
  }
  bool all() {
    bool holds = one();
    while (!failed_ && take_word("AND")) {
      holds = one() && holds;
    }
    return holds;
  }

  bool one() {
    if (++depth_ > depth_max) {
      return fail();
    }
    const bool holds = unit();
    --depth_;
    return holds;
  }

  bool unit() {
    if (take_word("NOT")) {
      return !one();
    }
    if (take('(')) {
      const bool inner = any();
      return take(')') ? inner : fail();
    }
    const std::string_view name = word();
    if (name == "TRUE" || name == "FALSE") {
      return name == "TRUE";
    }
    if (name == "AT_LEAST") {
      return at_least();
    }
    const std::optional<alarm_state> wanted = state_named(name);
    if (!wanted || !take('(')) {
      return fail();
    }
    const std::string alarm = alarm_name();
    return take(')') && !alarm.empty() ? state_of_(alarm) == *wanted : fail();
  }

  // Quoted, or up to the bracket or comma.
  std::string alarm_name() {
    std::string name;
    if (take('"')) {
      while (at_ < text_.size() && text_[at_] != '"') {
        at_ += text_[at_] == '\\' && at_ + 1 < text_.size() ? 1 : 0;
        name.push_back(text_[at_++]);
      }
      return take('"') ? name : "";
    }
    skip();
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != ')' && text_[at_] != ',') {
      ++at_;
    }
    return std::string{trimmed(text_.substr(begin, at_ - begin), " \t\r\n")};
  }

  // AT_LEAST(2, ALARM, (a, b)), AT_LEAST(50%, NOT OK, (a, b))
  bool at_least() {
    double wanted = 0;
    if (!take('(')) {
      return fail();
    }
    skip();
    const char* const begin = text_.data() + at_;
    const auto got = std::from_chars(begin, text_.data() + text_.size(), wanted);
    if (got.ec != std::errc{}) {
      return fail();
    }
    at_ += static_cast<std::size_t>(got.ptr - begin);
    const bool percent = take('%');
    if (!take(',')) {
      return fail();
    }
    const bool negated = take_word("NOT");
    const std::optional<alarm_state> state = state_named(word());
    if (!state || !take(',') || !take('(')) {
      return fail();
    }
    std::size_t count = 0;
    std::size_t holding = 0;
    do {
      const std::string name = alarm_name();
      ++count;
      holding += (state_of_(name) == *state) != negated ? 1 : 0;
    } while (take(','));
    if (!take(')') || !take(')')) {
      return fail();
    }
    const double least = percent ? std::ceil(wanted / 100 * static_cast<double>(count)) : wanted;
    return static_cast<double>(holding) >= least;
  }

  std::string_view text_;
  const state_of_alarm& state_of_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool failed_ = false;
};

}  // namespace

std::optional<bool> composite_holds(std::string_view rule, const state_of_alarm& state_of) {
  return rule_parser{rule, state_of}.run();
}

}  // namespace trailbell::verify
