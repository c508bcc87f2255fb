// The command line as a model: manual and completions are written from it, so that they say what
// the program takes.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace trailbell::app {

// Calls `look` with all commands and their options. What is given is good until `look` returns.
void show_command_line(const std::function<void(const CLI::App&)>& look);

}  // namespace trailbell::app
