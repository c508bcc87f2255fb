// rule_convert: a pattern rule in a form that others run.
//
// Exact or not at all: where the form cannot say what the rule says, the failure names what it is;
// where records of odd types are seen otherwise, a note does.
// Sources: CloudWatch Logs and CloudWatch API references (put-metric-filter, put-metric-alarm);
// Amazon EventBridge User Guide, "Event patterns"; Sigma Rules Specification 2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/base/result.hpp"
#include "trailbell/detect/pattern_rule.hpp"

namespace trailbell::detect {

enum class rule_form : std::uint8_t { aws_cli, eventbridge, sigma };

// Of "aws-cli", "eventbridge", "sigma".
[[nodiscard]] std::optional<rule_form> rule_form_of(std::string_view name) noexcept;

struct converted_rule {
  std::string text;
  std::vector<std::string> notes;  // what its user has to know
};

[[nodiscard]] result<converted_rule> convert(const pattern_rule& rule, rule_form form);

}  // namespace trailbell::detect
