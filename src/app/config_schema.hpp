// The JSON Schema (draft 2020-12) of a configuration file, made of the key tables. It judges a file
// alone: what the environment and flags would add is not in it. Pure.
#pragma once

#include <string>

namespace trailbell::app {

[[nodiscard]] std::string config_schema();

}  // namespace trailbell::app
