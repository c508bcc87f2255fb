// What a Sigma rule is compiled to.
#pragma once

#include <optional>
#include <string>
#include <string_view>
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

// Selections, and what joins them: of a rule, or of a filter.
struct sigma_detection {
  std::vector<sigma_selection> selections;
  sigma_node condition;
  std::string condition_text;

  [[nodiscard]] bool holds(json_value record) const;
};

struct sigma_rule::content : sigma_detection {
  sigma_log_source source;
  std::string status;
  severity level = severity::medium;
  // What a record's own eventName and eventSource have to be, in lower case, where they are texts.
  std::optional<std::vector<std::string>> event_names, event_sources;
};

// Reads the value of `detection`, or of `filter`, as `key` says: a filter has `rules` beside its
// selections.
void read_sigma_detection(const sigma_reading& in, const yaml_node& detection, std::string_view key,
                          sigma_detection& into);

// The `logsource` of a document; empty where it has none.
[[nodiscard]] sigma_log_source read_sigma_log_source(const yaml_file& file,
                                                     const yaml_node& document,
                                                     problem_list& problems);

// "product aws, service cloudtrail"; empty for any logs.
[[nodiscard]] std::string to_text(const sigma_log_source& source);

// What a correlation has too.
struct sigma_header {
  rule_info::texts texts;
  std::optional<severity> level;
};
[[nodiscard]] sigma_header read_sigma_header(const yaml_file& file, const yaml_node& document,
                                             std::vector<file_problem>& problems);

// What every record has that the rule holds for.
[[nodiscard]] rule_needs needs_of(const sigma_rule::content& content);

}  // namespace trailbell::detect
