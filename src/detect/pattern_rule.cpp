#include "trailbell/detect/pattern_rule.hpp"

#include <algorithm>
#include <utility>

#include "detect/quick_pattern.hpp"

namespace trailbell::detect {
namespace {

event_view event_of(const record_view& record) noexcept {
  return {record.fields.raw, record.json};
}

bool any_reads_json(const pattern_rule::parts& parts) {
  const auto reads = [](const filter_pattern& pattern) { return pattern.reads_json(); };
  return reads(parts.pattern) || std::any_of(parts.suppress.begin(), parts.suppress.end(), reads) ||
         std::any_of(parts.severities.begin(), parts.severities.end(),
                     [&](const severity_case& one) { return one.when && reads(*one.when); }) ||
         (parts.threshold && !parts.threshold->group_by.empty());
}

}  // namespace

struct pattern_rule::quick_parts {
  explicit quick_parts(const parts& of) : pattern{of.pattern} {
    for (const severity_case& one : of.severities) {
      severities.push_back(one.when ? std::optional{quick_pattern{*one.when}} : std::nullopt);
    }
    for (const filter_pattern& one : of.suppress) {
      suppress.emplace_back(one);
    }
  }

  quick_pattern pattern;
  std::vector<std::optional<quick_pattern>> severities;  // as in the rule
  std::vector<quick_pattern> suppress;
};

pattern_rule::pattern_rule(rule_info::texts info, parts of)
    : compiled_rule{std::move(info)},
      parts_{std::move(of)},
      needs_{needs_of(parts_.pattern)},
      reads_json_{any_reads_json(parts_)} {
  if (!parts_.threshold) {  // its groups are of the record
    quick_ = std::make_unique<const quick_parts>(parts_);
  }
}

pattern_rule::~pattern_rule() = default;

field_verdict pattern_rule::decide(const record_fields& fields) const {
  const std::optional<bool> holds = quick_ ? quick_->pattern.matches(fields) : std::nullopt;
  if (!holds || !*holds) {
    return {holds.has_value(), std::nullopt};
  }
  rule_match match;
  for (std::size_t i = 0; i < parts_.severities.size(); ++i) {
    const std::optional<quick_pattern>& when = quick_->severities[i];
    const std::optional<bool> is = when ? when->matches(fields) : true;
    if (!is) {
      return {};
    }
    if (*is) {
      match.level = parts_.severities[i].is;
      break;
    }
  }
  for (std::size_t i = 0; i < quick_->suppress.size() && !match.suppressed_by; ++i) {
    const std::optional<bool> is = quick_->suppress[i].matches(fields);
    if (!is) {
      return {};
    }
    if (*is) {
      match.suppressed_by = i;
    }
  }
  return {true, match};
}

std::optional<rule_match> pattern_rule::evaluate(const record_view& record) const {
  const event_view event = event_of(record);
  if (!parts_.pattern.matches(event)) {
    return std::nullopt;
  }
  rule_match match;
  const auto level = std::find_if(
      parts_.severities.begin(), parts_.severities.end(),
      [&event](const severity_case& one) { return !one.when || one.when->matches(event); });
  match.level = level == parts_.severities.end() ? severity::informational : level->is;
  const auto found =
      std::find_if(parts_.suppress.begin(), parts_.suppress.end(),
                   [&event](const filter_pattern& pattern) { return pattern.matches(event); });
  if (found != parts_.suppress.end()) {
    match.suppressed_by = static_cast<std::size_t>(found - parts_.suppress.begin());
  }
  return match;
}

std::vector<explained_condition> pattern_rule::explain(const record_view& record) const {
  const event_view event = event_of(record);
  std::vector<explained_condition> conditions{{"pattern", detect::explain(parts_.pattern, event)}};
  if (!parts_.pattern.matches(event)) {
    return conditions;  // the others are looked at only where it holds
  }
  for (const severity_case& one : parts_.severities) {
    if (one.when) {
      conditions.push_back(
          {"severity " + std::string{to_string(one.is)}, detect::explain(*one.when, event)});
    }
  }
  for (std::size_t i = 0; i < parts_.suppress.size(); ++i) {
    conditions.push_back(
        {"suppress " + std::to_string(i + 1), detect::explain(parts_.suppress[i], event)});
  }
  return conditions;
}

}  // namespace trailbell::detect
