// The options of `trailbell verify`.
#pragma once

#include "app/verify_command.hpp"

namespace CLI {
class App;
}

namespace trailbell::app {

// Borrows the arguments until the command has run.
void add_verify(CLI::App& app, verify_arguments& arguments);

}  // namespace trailbell::app
