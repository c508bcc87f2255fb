// `trailbell config`: the commands' options, and what they do with them.
#pragma once

#include <string>
#include <vector>

namespace trailbell::app {

struct config_arguments {
  std::string path = "trailbell.yaml";
  std::vector<std::string> settings;  // `a.b=value`
};

// Each gives the exit code.
int config_check_command(const config_arguments& arguments);
int config_schema_command();
int config_show_command(const config_arguments& arguments);

}  // namespace trailbell::app
