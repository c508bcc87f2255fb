// The command line of `trailbell rules`.
#pragma once

#include <functional>

#include "app/rules_command.hpp"

namespace CLI {
class App;
}

namespace trailbell::app {

// Adds the command. The function that comes back runs what was chosen, once the line was parsed.
[[nodiscard]] std::function<int()> add_rules(CLI::App& app, rules_arguments& arguments);

}  // namespace trailbell::app
