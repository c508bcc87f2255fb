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
  // What a record's own eventName and eventSource have to be, in lower case, where they are texts.
  std::optional<std::vector<std::string>> event_names, event_sources;

  [[nodiscard]] bool holds(json_value record) const;
};

// What a correlation has too.
struct sigma_header {
  rule_info::texts texts;
  std::optional<severity> level;
};
[[nodiscard]] sigma_header read_sigma_header(const yaml_file& file, const yaml_node& document,
                                             std::vector<file_problem>& problems);

// Reads `detection` into `into`.
void read_sigma_detection(const sigma_reading& in, const yaml_node& detection,
                          sigma_rule::content& into);

// What every record has that the rule holds for. Fills in event_names and event_sources.
[[nodiscard]] rule_needs needs_of(sigma_rule::content& content);

}  // namespace trailbell::detect
