// What a Sigma rule is compiled to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "detect/sigma_condition.hpp"
#include "detect/sigma_item.hpp"
#include "trailbell/detect/sigma_rule.hpp"

namespace trailbell::detect {

struct sigma_selection {
  std::string name;
  std::vector<std::vector<sigma_item>> any_of;  // of which all items hold

  [[nodiscard]] bool holds(json_value record) const;
};

struct sigma_rule::content {
  sigma_log_source source;
  std::string status;
  severity level = severity::medium;
  std::vector<sigma_selection> selections;
  sigma_node condition;
  std::string condition_text;

  [[nodiscard]] bool holds(json_value record) const;
};

// Reads `detection` into `into`.
void read_sigma_detection(const sigma_reading& in, const yaml_node& detection,
                          sigma_rule::content& into);

// What every record has that the rule holds for.
[[nodiscard]] rule_needs needs_of(const sigma_rule::content& content);

}  // namespace trailbell::detect
