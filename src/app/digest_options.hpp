// The options of `trailbell digest verify`, and those that `replay` has of them.
#pragma once

#include "app/digest_command.hpp"

namespace CLI {
class App;
}

namespace trailbell::app {

// Borrows the arguments until the command has run.
void add_digest(CLI::App& app, digest_arguments& arguments);

// --threads, --from, --to, --max-object-bytes, --public-keys, and those about AWS.
void add_input_options(CLI::App& to, input_arguments& into, const char* what_has_a_time);

}  // namespace trailbell::app
