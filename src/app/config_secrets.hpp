// What of a configuration nobody may be shown, as the key tables know it.
#pragma once

#include <string>
#include <vector>

#include "app/config_loader.hpp"

namespace trailbell::app {

// Secrets, what came from a file by ${file:}, and what a URL holds that lets somebody in. None is
// empty.
[[nodiscard]] std::vector<std::string> secrets_of(loaded_config loaded);

}  // namespace trailbell::app
