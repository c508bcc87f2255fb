#include "detect/filter_regex.hpp"

#include <re2/re2.h>

#include <string>

#include "detect/filter_text.hpp"
#include "trailbell/base/ensure.hpp"

namespace trailbell::detect {
namespace {

bool is_hex(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

RE2::Options quiet_options() {
  RE2::Options options;
  options.set_log_errors(false);
  return options;
}

// One pass over an expression. A character stands for itself, or is one of ^ $ ? [ ] { } | \ * + .
class checker {
 public:
  explicit checker(std::string_view source) noexcept : source_{source} {}

  std::optional<pattern_error> run() {
    if (source_.empty()) {
      return pattern_error{0, "an empty regular expression", ""};
    }
    while (!wrong_ && at_ < source_.size()) {
      step();
    }
    return std::move(wrong_);
  }

 private:
  void fail(std::size_t offset, std::string reason, std::string suggestion = {}) {
    wrong_ = pattern_error{offset, std::move(reason), std::move(suggestion)};
  }

  void step() {
    const char c = source_[at_];
    if (c == '\\') {
      escape();
    } else if (c == '[') {
      char_class();
    } else if (c == '{') {
      counted();
      quantified_ = true;
      return;
    } else if (c == '*' || c == '+' || c == '?') {
      if (quantified_ && c != '?') {
        fail(at_, "a quantifier behind a quantifier");
      }
      quantified_ = c != '?' || !quantified_;
      ++at_;
      return;
    } else {
      plain(c);
    }
    quantified_ = false;
  }

  // A character that needs no backslash, in a class or outside.
  void plain(char c) {
    constexpr std::string_view signs = ":_#=@/;,-^$]}|.";
    if (c == '(' || c == ')') {
      fail(at_, "brackets that group are not supported",
           "write the alternatives out, or `\\x28` and `\\x29` for the characters");
    } else if (!is_ascii(c)) {
      fail(at_, "a character beyond ASCII in a regular expression", "write `.` for it");
    } else if (c == ' ') {
      fail(at_, "a blank in a regular expression", "write `\\s` or `\\x20`");
    } else if (!is_letter_or_digit(c) && signs.find(c) == std::string_view::npos) {
      fail(at_, "this character is not supported in a regular expression",
           "write it as `\\xhh`, two hexadecimal digits");
    }
    ++at_;
  }

  void escape() {
    constexpr std::string_view classes = "dDsSwW";
    constexpr std::string_view signs = "^$?[]{}|\\*+.:_#=@/;,-";
    const char kind = at_ + 1 < source_.size() ? source_[at_ + 1] : '\0';
    if (kind == 'x') {
      if (at_ + 3 >= source_.size() || !is_hex(source_[at_ + 2]) || !is_hex(source_[at_ + 3])) {
        fail(at_, "`\\x` takes two hexadecimal digits");
      }
      at_ += 4;
      return;
    }
    if (kind == '\0' || (classes.find(kind) == std::string_view::npos &&
                         signs.find(kind) == std::string_view::npos)) {
      fail(at_, "an unknown escape in a regular expression",
           R"(known are \d \D \s \S \w \W, \xhh and the signs)");
    }
    at_ += 2;
  }

  void char_class() {
    const std::size_t begin = at_++;
    at_ += at_ < source_.size() && source_[at_] == '^' ? 1 : 0;
    bool first = true;
    while (!wrong_ && at_ < source_.size()) {
      const char c = source_[at_];
      if (c == ']' && !first) {
        ++at_;
        return;
      }
      first = false;
      if (c == '\\') {
        escape();
      } else if (c == '[') {
        fail(at_, "a class within a class", "write `\\[` for the character");
      } else if (c == '*' || c == '+' || c == '?' || c == '{') {
        ++at_;
      } else {
        plain(c);
      }
    }
    if (!wrong_) {
      fail(begin, "this class is not closed", "end it with `]`");
    }
  }

  // {n}, {n,} or {n,m}
  void counted() {
    const std::size_t begin = at_++;
    const auto digits = [this] {
      const std::size_t from = at_;
      while (at_ < source_.size() && is_digit(source_[at_])) {
        ++at_;
      }
      return at_ > from;
    };
    bool sound = digits();
    if (sound && at_ < source_.size() && source_[at_] == ',') {
      ++at_;
      digits();
    }
    sound = sound && at_ < source_.size() && source_[at_] == '}';
    if (!sound) {
      fail(begin, "`{` begins a repetition, such as {2} or {1,3}", "write `\\{` for the character");
    } else if (quantified_) {
      fail(begin, "a quantifier behind a quantifier");
    }
    ++at_;
  }

  std::string_view source_;
  std::size_t at_ = 0;
  bool quantified_ = false;
  std::optional<pattern_error> wrong_;
};

}  // namespace

std::optional<pattern_error> check_regex(std::string_view source) {
  if (std::optional<pattern_error> wrong = checker{source}.run()) {
    return wrong;
  }
  const RE2 trial{re2::StringPiece{source.data(), source.size()}, quiet_options()};
  if (!trial.ok()) {
    return pattern_error{0, "not a regular expression: " + trial.error(), ""};
  }
  return std::nullopt;
}

struct compiled_regex::engine {
  RE2 re2;
};

compiled_regex::compiled_regex(std::string_view source)
    : engine_{new engine{RE2{re2::StringPiece{source.data(), source.size()}, quiet_options()}}} {
  ensure(engine_->re2.ok(), "a regular expression was not checked");
}
compiled_regex::compiled_regex(compiled_regex&&) noexcept = default;
compiled_regex& compiled_regex::operator=(compiled_regex&&) noexcept = default;
compiled_regex::~compiled_regex() = default;

bool compiled_regex::found_in(std::string_view text) const {
  return RE2::PartialMatch(re2::StringPiece{text.data(), text.size()}, engine_->re2);
}

}  // namespace trailbell::detect
