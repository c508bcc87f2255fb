// `trailbell rules`: the commands' options, and what they do with them.
#pragma once

#include <string>
#include <vector>

namespace trailbell::app {

struct rules_arguments {
  std::vector<std::string> paths;  // check, list, test: where the rules are
  std::vector<std::string> rules;  // explain, convert: where an id is looked up
  std::string rule;                // explain, convert: an id or a file
  std::string input;               // explain: records
  std::string format = "text";     // test
  std::string output;              // test; empty: standard output
  std::string to;                  // convert
};

// Each gives the exit code.
int rules_check_command(const rules_arguments& arguments);
int rules_list_command(const rules_arguments& arguments);
int rules_explain_command(const rules_arguments& arguments);
int rules_test_command(const rules_arguments& arguments);
int rules_convert_command(const rules_arguments& arguments);

}  // namespace trailbell::app
