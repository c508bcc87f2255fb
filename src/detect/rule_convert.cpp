#include "detect/rule_convert.hpp"

#include <algorithm>

namespace trailbell::detect {
namespace {

// For a POSIX shell.
std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    out += c == '\'' ? std::string{"'\\''"} : std::string{c};
  }
  return out + "'";
}

result<converted_rule> to_aws_cli(const pattern_rule& rule) {
  const rule_info::texts& info = rule.info().text();
  const pattern_rule::parts& content = rule.content();
  if (!content.suppress.empty()) {
    return cannot_say("a metric filter has no 'suppress'; put its conditions into the pattern");
  }
  if (content.threshold) {
    return cannot_say(
        "an alarm counts in fixed periods and not by group: 'threshold' cannot be said exactly");
  }
  converted_rule made;
  made.text = "# " + info.id + ": " + info.title +
              "\n"
              "# LOG_GROUP: the log group of the trail. TOPIC_ARN: the SNS topic to ring.\n"
              "aws logs put-metric-filter \\\n"
              "  --log-group-name \"$LOG_GROUP\" \\\n"
              "  --filter-name " +
              shell_quoted(info.id) +
              " \\\n"
              "  --filter-pattern=" +  // one word: a pattern may begin with a dash
              shell_quoted(content.pattern.text()) +
              " \\\n"
              "  --metric-transformations " +
              shell_quoted("metricName=" + info.id + ",metricNamespace=trailbell,metricValue=1") +
              "\n"
              "aws cloudwatch put-metric-alarm \\\n"
              "  --alarm-name " +
              shell_quoted(info.id) +
              " \\\n"
              "  --alarm-description " +  // the AWS CLI would read a file for a title file://...
              shell_quoted(info.id + ": " + info.title) +
              " \\\n"
              "  --namespace trailbell --metric-name " +
              shell_quoted(info.id) +
              " \\\n"
              "  --statistic Sum --period 300 --evaluation-periods 1 \\\n"
              "  --threshold 1 --comparison-operator GreaterThanOrEqualToThreshold \\\n"
              "  --treat-missing-data notBreaching \\\n"
              "  --alarm-actions \"$TOPIC_ARN\"\n";
  if (content.severities.size() > 1) {
    made.notes.emplace_back("an alarm has no severity: the conditions of 'severity' are left out");
  }
  return made;
}

}  // namespace

std::optional<std::vector<std::string>> member_path(const selector& where) {
  std::vector<std::string> path;
  for (const selector_step& step : where.steps) {
    if (step.kind != step_kind::member) {
      return std::nullopt;
    }
    path.push_back(step.name);
  }
  return path;
}

const condition_node<json_condition>* condition_of(const filter_pattern& pattern) noexcept {
  const auto* const json = std::get_if<json_pattern>(&pattern.syntax().pattern);
  return json == nullptr ? nullptr : &json->condition;
}

std::optional<rule_form> rule_form_of(std::string_view name) noexcept {
  if (name == "aws-cli") {
    return rule_form::aws_cli;
  }
  if (name == "eventbridge") {
    return rule_form::eventbridge;
  }
  return name == "sigma" ? std::optional{rule_form::sigma} : std::nullopt;
}

result<converted_rule> convert(const pattern_rule& rule, rule_form form) {
  switch (form) {
    case rule_form::aws_cli:
      return to_aws_cli(rule);
    case rule_form::eventbridge:
      return to_eventbridge(rule);
    case rule_form::sigma:
      break;
  }
  return to_sigma(rule);
}

}  // namespace trailbell::detect
