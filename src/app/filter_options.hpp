// The options of `trailbell filter` and its sub-commands.
#pragma once

#include <functional>

#include "app/filter_command.hpp"

namespace CLI {
class App;
}

namespace trailbell::app {

// Borrows the arguments until the command has run. What the command line asked for, once it is
// parsed, is in the function that comes back; it gives the exit code.
[[nodiscard]] std::function<int()> add_filter(CLI::App& app, filter_arguments& arguments);

}  // namespace trailbell::app
