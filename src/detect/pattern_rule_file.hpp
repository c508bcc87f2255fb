// A pattern rule as its file spells it. Source: rules/pattern-rule.schema.json.
#pragma once

#include <optional>

#include "trailbell/detect/rule_file.hpp"
#include "trailbell/model/yaml_mapping.hpp"

namespace trailbell::detect {

// Nothing where there were problems, which were added.
[[nodiscard]] std::optional<loaded_rule> read_pattern_rule(const yaml_file& file,
                                                           const yaml_node& document,
                                                           problem_list& problems);

}  // namespace trailbell::detect
