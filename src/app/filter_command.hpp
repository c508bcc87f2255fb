// `trailbell filter`: CloudWatch Logs filter patterns, evaluated here.
#pragma once

#include <string>

#include "app/covers_command.hpp"

namespace trailbell::app {

struct filter_arguments {
  std::string pattern;
  std::string events = "text";  // text or json: what a line holds
  std::string path;             // empty: none was given
  covers_arguments covers;
};

// Each gives the exit code.
int filter_test_command(const filter_arguments& arguments);
int filter_explain_command(const filter_arguments& arguments);

}  // namespace trailbell::app
