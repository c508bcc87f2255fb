#include "detect/sigma_regex.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "trailbell/base/ensure.hpp"

namespace trailbell::detect {
namespace {

RE2::Options options_of(sigma_regex_flags flags) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_case_sensitive(!flags.ignore_case);
  options.set_dot_nl(flags.dot_is_all);
  return options;
}

std::string source_of(std::string_view source, sigma_regex_flags flags) {
  return (flags.lines ? "(?m)" : "") + std::string{source};
}

// What RE2 leaves out, because its time would not be linear.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> left_out{{
    {"(?=", "a look-ahead"},
    {"(?!", "a negative look-ahead"},
    {"(?<=", "a look-behind"},
    {"(?<!", "a negative look-behind"},
    {"(?>", "an atomic group"},
    {"(?(", "a condition"},
}};

std::string_view name_of(std::string_view argument) {
  for (const auto& [begins, name] : left_out) {
    if (argument.starts_with(begins)) {
      return name;
    }
  }
  const bool digit = argument.size() > 1 && argument[1] >= '1' && argument[1] <= '9';
  return argument.starts_with("\\") && (digit || argument[1] == 'k' || argument[1] == 'g')
             ? "a back-reference"
             : "";
}

// Reads plain characters off an expression, outside of its groups and classes. Gives up where what
// it sees could mean anything but that.
class run_finder {
 public:
  explicit run_finder(std::string_view source) noexcept : source_{source} {}

  std::vector<std::string> find() {
    if (source_.find('|') != std::string_view::npos ||
        source_.find("(?") != std::string_view::npos) {
      return {};
    }
    while (sound_ && at_ < source_.size()) {
      step(source_[at_++]);
    }
    end_run();
    return sound_ ? std::move(runs_) : std::vector<std::string>{};
  }

 private:
  void step(char c) {
    constexpr std::string_view others = "+.^$)]}";
    if (c == '\\') {
      escape();
    } else if (c == '*' || c == '?' || c == '{') {
      if (!run_.empty()) {
        run_.pop_back();  // that character may be absent
      }
      end_run();
      at_ = c == '{' ? std::min(source_.find('}', at_), source_.size()) : at_;
    } else if (c == '(') {
      end_run();
      skip_group();
    } else if (c == '[') {
      end_run();
      skip_class();
    } else if (others.find(c) != std::string_view::npos) {
      end_run();
    } else {
      run_.push_back(c);
    }
  }

  // A sign stands for itself; of the letters those for one class of characters are known.
  void escape() {
    constexpr std::string_view classes = "dDsSwWbBnrtfvAz";
    const char c = at_ < source_.size() ? source_[at_++] : '\0';
    const bool word = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (!word && c > ' ' && c < 0x7f) {
      run_.push_back(c);
    } else {
      end_run();
      sound_ = classes.find(c) != std::string_view::npos;
    }
  }

  void skip_group() {
    for (int depth = 1; depth > 0 && at_ < source_.size();) {
      const char c = source_[at_++];
      if (c == '\\') {
        sound_ = sound_ && at_ < source_.size() && source_[at_] != 'Q';
        ++at_;
      } else if (c == '[') {
        skip_class();
      } else {
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      }
    }
  }

  void skip_class() {
    at_ += at_ < source_.size() && source_[at_] == '^' ? 1 : 0;
    at_ += at_ < source_.size() && source_[at_] == ']' ? 1 : 0;
    while (at_ < source_.size() && source_[at_] != ']') {
      sound_ = sound_ && source_[at_] != '[';
      at_ += source_[at_] == '\\' ? 2 : 1;
    }
    ++at_;
  }

  void end_run() {
    if (!run_.empty()) {
      runs_.push_back(std::exchange(run_, {}));
    }
  }

  std::string_view source_;
  std::size_t at_ = 0;
  bool sound_ = true;
  std::string run_;
  std::vector<std::string> runs_;
};

}  // namespace

struct sigma_regex::engine {
  RE2 re2;
  std::string source;
  bool ignore_case = false;
};

sigma_regex::sigma_regex(std::string_view source, sigma_regex_flags flags)
    : engine_{new engine{RE2{source_of(source, flags), options_of(flags)}, std::string{source},
                         flags.ignore_case}} {}
sigma_regex::sigma_regex(sigma_regex&&) noexcept = default;
sigma_regex& sigma_regex::operator=(sigma_regex&&) noexcept = default;
sigma_regex::~sigma_regex() = default;

std::optional<std::string> sigma_regex::failure() const {
  if (engine_->re2.ok()) {
    return std::nullopt;
  }
  std::string argument = engine_->re2.error_arg();
  const std::size_t behind = engine_->source.find("(?<");
  if (argument == "(?<" && behind != std::string::npos) {
    argument = engine_->source.substr(behind, 4);  // older RE2 names less than it saw
  }
  const std::string_view name = name_of(argument);
  if (!name.empty()) {
    return "this regular expression has " + std::string{name} + ", '" + argument +
           "', which cannot be run in linear time";
  }
  return "this is no regular expression that can be run: " + engine_->re2.error();
}

// In any case of its letters: RE2 then takes some beyond ASCII for the same, which needs do not.
std::vector<std::string> sigma_regex::plain_runs() const {
  return engine_->ignore_case ? std::vector<std::string>{} : run_finder{engine_->source}.find();
}

bool sigma_regex::found_in(std::string_view text) const {
  ensure(engine_->re2.ok(), "a regular expression was not checked");
  return RE2::PartialMatch(re2::StringPiece{text.data(), text.size()}, engine_->re2);
}

}  // namespace trailbell::detect
