// A configuration as YAML with every value that is in force, and where it came from. Secrets are
// masked, also those in URLs; what is not masked, loads to the same configuration. Pure.
#pragma once

#include <string>

#include "app/config_loader.hpp"

namespace trailbell::app {

[[nodiscard]] std::string shown(loaded_config loaded);

}  // namespace trailbell::app
