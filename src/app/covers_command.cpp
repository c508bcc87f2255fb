#include "app/covers_command.hpp"

#include <cstdio>
#include <optional>
#include <string_view>
#include <utility>

#include "app/app.hpp"
#include "app/journal.hpp"
#include "app/rule_files.hpp"
#include "trailbell/base/json_members.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/detect/coverage.hpp"
#include "trailbell/detect/filter_pattern.hpp"
#include "trailbell/detect/pattern_rule.hpp"

namespace trailbell::app {
namespace {

using detect::coverage_answer;
using detect::coverage_control;
using detect::coverage_grade;
using detect::filter_pattern;

// Nothing where the pattern is rejected, which was then said.
std::optional<filter_pattern> parse(const std::string& option, const std::string& text) {
  result<filter_pattern, detect::pattern_error> parsed = filter_pattern::parse(text);
  if (!parsed) {
    journal{}.say(option + ": " + parsed.failure().message());
    return std::nullopt;
  }
  return std::move(parsed.value());
}

std::optional<coverage_control> control_of(const covers_arguments& arguments) {
  if (!arguments.control_pattern.empty()) {
    std::optional<filter_pattern> meant = parse("--control-pattern", arguments.control_pattern);
    return meant ? std::optional{detect::control_of(std::move(*meant))} : std::nullopt;
  }
  if (const coverage_control* known = detect::find_coverage_control(arguments.control)) {
    return *known;
  }
  const std::optional<detect::loaded_rule> shipped = shipped_rule(arguments.control);
  const auto* const rule =
      shipped ? dynamic_cast<const detect::pattern_rule*>(shipped->rule.get()) : nullptr;
  if (rule == nullptr) {
    journal{}.say(
        "--control " + arguments.control +
        ": unknown; known are cis-4.1 to cis-4.15 and securityhub-cloudwatch-1 to -14, any "
        "other by --control-pattern");
    return std::nullopt;
  }
  coverage_control control = detect::control_of(rule->content().pattern);
  control.id = arguments.control;
  return control;
}

std::string to_json(const coverage_answer& answer, const coverage_control& control,
                    const std::vector<filter_pattern>& patterns) {
  std::string out = "{";
  append_text_member("coverage", name_of(answer.grade), out);
  append_list_member("covered", answer.covered, out);
  append_list_member("uncovered", answer.uncovered, out);
  append_member("witness", out);
  out += answer.witness.value_or("null");
  append_member("control", out);
  control.id.empty() ? static_cast<void>(out += "null") : append_json_text(control.id, out);
  append_member("beyond", out);
  out.push_back('[');
  for (const filter_pattern& pattern : patterns) {
    const detect::noise noise = detect::noise_of(control, pattern);
    out += out.ends_with('[') ? "" : ",";
    out += noise.record.value_or(noise.undecided ? R"("undetermined")" : "null");
  }
  out.push_back(']');
  if (!answer.undecided.empty()) {
    append_list_member("undecided", answer.undecided, out);
  }
  if (!answer.reason.empty()) {
    append_text_member("reason", answer.reason, out);
  }
  return out + "}\n";
}

int exit_code_of(coverage_grade grade) noexcept {
  switch (grade) {
    case coverage_grade::full:
    case coverage_grade::changes_only:
      return exit_done;
    case coverage_grade::partial:
    case coverage_grade::none:
      return exit_no;
    case coverage_grade::undetermined:
      break;
  }
  return exit_failure;
}

}  // namespace

int filter_covers_command(const covers_arguments& arguments) {
  std::vector<filter_pattern> patterns;
  bool sound = true;
  for (const std::string& text : arguments.patterns) {
    std::optional<filter_pattern> pattern = parse("--pattern", text);
    sound = sound && pattern;
    if (pattern) {
      patterns.push_back(std::move(*pattern));
    }
  }
  const std::optional<coverage_control> control = control_of(arguments);
  if (!sound || !control) {
    return exit_usage;
  }
  const coverage_answer answer = covers(*control, patterns);
  if (answer.grade == coverage_grade::undetermined) {
    journal{}.say("undetermined: " + answer.reason);
  }
  const std::string out = to_json(answer, *control, patterns);
  const bool written =
      std::fwrite(out.data(), 1, out.size(), stdout) == out.size() && std::fflush(stdout) == 0;
  return written ? exit_code_of(answer.grade) : exit_failure;
}

}  // namespace trailbell::app
