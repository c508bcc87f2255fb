// A Sigma correlation as its file spells it. What it refers to is found later: the rules may stand
// in any file. Source: Sigma Correlation Rules Specification 2.1.0.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "detect/rule_reference.hpp"
#include "trailbell/detect/rule_file.hpp"
#include "trailbell/detect/sigma_correlation.hpp"
#include "trailbell/model/yaml_mapping.hpp"

namespace trailbell::detect {

struct correlation_draft {
  std::string path;
  text_place at;
  rule_info::texts texts;
  std::optional<severity> level;
  sigma_correlation::parts content;  // without members, level, and the names below
  std::vector<placed_text> rules, group_by, counted;
  struct alias_field {
    placed_text rule;
    std::string field;
  };
  struct alias {
    placed_text name;
    std::vector<alias_field> fields;
  };
  std::vector<alias> aliases;
  bool sound = false;     // else of its references only is told which are unknown
  std::size_t place = 0;  // in the list of loaded rules, where it is sound
};

// As much of it as can be read; what is wrong is added to `problems`.
[[nodiscard]] correlation_draft read_sigma_correlation(const yaml_file& file,
                                                       const yaml_node& document,
                                                       problem_list& problems);

// Finds the rules of all drafts, and puts the correlations at their places in `loaded`; where one
// cannot be run as it is meant, its place stays empty, and `problems` says why.
void link_sigma_correlations(const std::vector<correlation_draft>& drafts,
                             const rule_directory& names, std::vector<loaded_rule>& loaded,
                             problem_list& problems);

}  // namespace trailbell::detect
