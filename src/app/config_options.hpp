// The command line of `trailbell config`.
#pragma once

#include <functional>

#include "app/config_command.hpp"

namespace CLI {
class App;
}

namespace trailbell::app {

// Adds -c and --set, which `run` has too.
void add_config_source(CLI::App& command, config_arguments& arguments);

// Adds the command. The function that comes back runs what was chosen, once the line was parsed.
[[nodiscard]] std::function<int()> add_config(CLI::App& app, config_arguments& arguments);

}  // namespace trailbell::app
