#include "detect/sigma_regex.hpp"

#include <re2/re2.h>

#include <array>
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

}  // namespace

struct sigma_regex::engine {
  RE2 re2;
  std::string source;
};

sigma_regex::sigma_regex(std::string_view source, sigma_regex_flags flags)
    : engine_{new engine{RE2{source_of(source, flags), options_of(flags)}, std::string{source}}} {}
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

bool sigma_regex::found_in(std::string_view text) const {
  ensure(engine_->re2.ok(), "a regular expression was not checked");
  return RE2::PartialMatch(re2::StringPiece{text.data(), text.size()}, engine_->re2);
}

}  // namespace trailbell::detect
