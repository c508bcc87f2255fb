// `trailbell run`: the service, from its configuration to its exit code.
#pragma once

#include "app/config_command.hpp"

namespace trailbell::app {

// The exit code.
int run_command(const config_arguments& arguments);

}  // namespace trailbell::app
