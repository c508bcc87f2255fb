// A Sigma filter: a condition that is joined by `and` to that of other rules.
//
// Source: Sigma Filters Specification 2.1.0. It does not say how the two conditions are joined, and
// its example reads as if what it selects were left out; pySigma and rsigma join them as they are
// written, so that a filter that leaves out says `not selection`. That is what is done here.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "detect/rule_reference.hpp"
#include "detect/sigma_content.hpp"
#include "trailbell/detect/rule_file.hpp"

namespace trailbell::detect {

struct sigma_filter : sigma_detection {
  std::string title, path;
  text_place at;
  std::uint64_t definition = 0;
  sigma_log_source source;
  std::vector<placed_text> rules;  // by id or name; none: all whose log source fits
};

[[nodiscard]] bool is_sigma_filter(const yaml_node& document) noexcept;

// Null where there were problems.
[[nodiscard]] sigma_filter_ptr read_sigma_filter(const yaml_file& file, const yaml_node& document,
                                                 const sigma_placeholders& placeholders,
                                                 problem_list& problems);

// Puts every filter on the rules that it is for; one that is for none is a problem, unless it is
// for other logs.
void apply_sigma_filters(std::span<const sigma_filter_ptr> filters, const rule_directory& names,
                         std::vector<loaded_rule>& rules, problem_list& problems);

}  // namespace trailbell::detect
