#include <algorithm>
#include <array>

#include "detect/filter_visit.hpp"
#include "trailbell/base/ensure.hpp"
#include "trailbell/detect/coverage.hpp"
#include "trailbell/detect/iam_policy_events.hpp"

namespace trailbell::detect {
namespace {

coverage_control iam_policy_changes(std::string id) {
  std::string pattern;
  for (const std::string_view name : iam_policy_events) {
    pattern += (pattern.empty() ? "" : " || ") + ("$.eventName = " + std::string{name});
  }
  auto meant = filter_pattern::parse("{ $.eventSource = iam.amazonaws.com && (" + pattern + ") }");
  ensure(meant.ok(), "the pattern of a built-in control is sound");
  return {std::move(id),
          std::move(meant.value()),
          {{"eventSource", "iam.amazonaws.com"},
           {"readOnly", false},
           {"eventType", "AwsApiCall"},
           {"managementEvent", true},
           {"eventCategory", "Management"}},
          {iam_policy_events.begin(), iam_policy_events.end()},
          false};
}

std::optional<std::string> name_compared(const json_condition& condition) {
  const auto* test = std::get_if<comparison>(&condition.test);
  const std::vector<selector_step>& steps = condition.where.steps;
  if (test == nullptr || steps.size() != 1 || steps.front().name != "eventName") {
    return std::nullopt;
  }
  const auto* text = std::get_if<text_literal>(&test->value);
  constexpr std::size_t longest = 128;  // no service has such a name
  const bool plain =
      text != nullptr && !text->has_wildcard() && text->pieces.front().size() <= longest;
  return plain ? std::optional{text->pieces.front()} : std::nullopt;
}

}  // namespace

std::span<const coverage_control> coverage_controls() {
  static const std::array controls{iam_policy_changes("cis-4.4"),
                                   iam_policy_changes("securityhub-cloudwatch-4")};
  return controls;
}

const coverage_control* find_coverage_control(std::string_view id) {
  const std::span<const coverage_control> all = coverage_controls();
  const auto at = std::find_if(all.begin(), all.end(),
                               [id](const coverage_control& control) { return control.id == id; });
  return at == all.end() ? nullptr : &*at;
}

coverage_control control_of(filter_pattern meant) {
  std::vector<std::string> names;
  if (const auto* json = std::get_if<json_pattern>(&meant.syntax().pattern)) {
    each_leaf(json->condition, [&names](const json_condition& leaf) {
      std::optional<std::string> name = name_compared(leaf);
      if (name && std::find(names.begin(), names.end(), *name) == names.end()) {
        names.push_back(std::move(*name));
      }
    });
  }
  return {"", std::move(meant), {}, std::move(names), true};
}

}  // namespace trailbell::detect
