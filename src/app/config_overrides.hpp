// Keys that the environment or a flag sets.
#pragma once

#include <string>
#include <vector>

#include "app/config_loader.hpp"

namespace trailbell::app {

struct config_override {
  config_layer layer = config_layer::environment;
  std::string from;                // for messages: the variable, `--set a.b`
  std::vector<std::string> names;  // from the outermost on
  std::string value;
};

// Of the variables that are meant for it, whole lists before what is in them. What looks as if it
// were meant is warned of.
[[nodiscard]] std::vector<config_override> overrides_of(
    const std::map<std::string, std::string>& environment, problem_list& warnings);

// Of `a.b=value`; what is none becomes a problem.
[[nodiscard]] std::vector<config_override> overrides_of(const std::vector<std::string>& settings,
                                                        problem_list& problems);

void apply(const config_override& override, const config_surroundings& around, loaded_config& into,
           problem_list& problems);

}  // namespace trailbell::app
