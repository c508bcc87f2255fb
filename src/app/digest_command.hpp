// `trailbell digest verify`: is an archive what CloudTrail signed?
#pragma once

#include <string>

#include "app/input_arguments.hpp"

namespace trailbell::app {

struct digest_arguments : input_arguments {
  std::string format = "text";
};

// The exit code.
int digest_verify_command(const digest_arguments& arguments);

}  // namespace trailbell::app
