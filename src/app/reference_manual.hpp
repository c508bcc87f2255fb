// reference_manual: manual pages of the commands and of the configuration file. Pure.
#pragma once

#include <string>

#include "app/reference_commands.hpp"

namespace trailbell::app {

// What every page says of the program.
struct reference_edition {
  std::string date;     // "2026-03-01"
  std::string version;  // "0.1.0"
};

// A page of section 1.
[[nodiscard]] std::string command_page(const reference_command& command,
                                       const reference_edition& edition);

// trailbell.yaml(5): every key of the tables in config_keys.
[[nodiscard]] std::string configuration_page(const reference_edition& edition);

}  // namespace trailbell::app
