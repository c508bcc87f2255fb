// Where `trailbell verify` has its inventory from: a file, or AWS.
#pragma once

#include "app/verify_command.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/verify/inventory.hpp"

namespace trailbell::app {

// Why none was had: the exit code; what is wrong was said.
struct no_inventory {
  int code;
};

// Also keeps a copy, where that is wanted.
[[nodiscard]] result<verify::inventory, no_inventory> find_inventory(
    const verify_arguments& arguments);

}  // namespace trailbell::app
