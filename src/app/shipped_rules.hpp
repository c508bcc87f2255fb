// The rules of the controls, as they were when the program was built: rules/cis, rules/securityhub.
#pragma once

#include <span>
#include <string_view>

namespace trailbell::app {

struct shipped_rule_text {
  std::string_view id;
  std::string_view text;  // the whole file
};

// In the order of the controls' numbers.
[[nodiscard]] std::span<const shipped_rule_text> shipped_rules() noexcept;

}  // namespace trailbell::app
