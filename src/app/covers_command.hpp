// `trailbell filter covers`: do these filters together match what a control is about?
#pragma once

#include <string>
#include <vector>

namespace trailbell::app {

struct covers_arguments {
  std::vector<std::string> patterns;
  std::string control = "cis-4.4";
  std::string control_pattern;  // empty: none was given
};

// Gives the exit code.
int filter_covers_command(const covers_arguments& arguments);

}  // namespace trailbell::app
