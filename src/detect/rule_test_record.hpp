// The record of a rule's test: YAML into the JSON that it stands for.
#pragma once

#include "trailbell/detect/rule_file.hpp"
#include "trailbell/model/yaml_mapping.hpp"

namespace trailbell::detect {

// `in` is the test that the record belongs to: problems are reported there.
void read_test_record(const yaml_mapping& in, const yaml_node& record, rule_test& into);

}  // namespace trailbell::detect
