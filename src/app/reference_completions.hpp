// reference_completions: what shells complete on the command line. Pure.
//
// Sub-commands and options are completed from the tables of the command line; a value or an operand
// is a file's name.
#pragma once

#include <string>

#include "app/reference_commands.hpp"

namespace trailbell::app {

[[nodiscard]] std::string bash_completion(const reference_command& top);
[[nodiscard]] std::string zsh_completion(const reference_command& top);
[[nodiscard]] std::string fish_completion(const reference_command& top);

}  // namespace trailbell::app
