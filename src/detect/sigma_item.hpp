// sigma_item: one line of a selection, `field|modifiers: values`, compiled.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "detect/sigma_test.hpp"
#include "trailbell/detect/sigma_rule.hpp"
#include "trailbell/model/yaml_mapping.hpp"

namespace trailbell::detect {

// What one value of the rule became: one of these has to hold.
using sigma_alternatives = std::vector<sigma_test>;

struct sigma_item {
  std::string path;  // empty: every value of the record
  std::vector<sigma_alternatives> values;
  bool all = false;  // of the values, instead of one
  bool negated = false;
  std::string shown;  // as the rule has it, on one line

  [[nodiscard]] bool holds(json_value record) const;
};

// What reading a rule needs beside its text.
struct sigma_reading {
  const yaml_file& file;
  const sigma_placeholders& placeholders;
  bool runs;  // false: the rule is for other logs, and what only running needs is not asked for
  problem_list& problems;

  void problem(text_place at, std::string what, std::string remedy) const;
};

// `key` is the field name with its modifiers; empty for keywords.
[[nodiscard]] sigma_item read_sigma_item(const sigma_reading& in, const yaml_node& key,
                                         const yaml_node& value);

}  // namespace trailbell::detect
