// The configuration that the command line names, with the environment of this process.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/config_loader.hpp"

namespace trailbell::app {

// `settings` as --set has them. Nothing where something is wrong: then all of it was said on
// stderr. Warnings are said, too. '-' is standard input.
[[nodiscard]] std::optional<loaded_config> open_config(const std::string& path,
                                                       const std::vector<std::string>& settings);

}  // namespace trailbell::app
