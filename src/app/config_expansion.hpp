// ${NAME}, ${NAME:-default} and ${file:/path} in the values of a configuration.
//
// Values only, after the YAML was parsed: what is put in can change no structure. `$$` is a dollar,
// and so is one that no brace or dollar follows. A path and a default may hold further ones.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "trailbell/base/result.hpp"

namespace trailbell::app {

// What the program finds around it, passed in.
struct config_surroundings {
  std::map<std::string, std::string> environment;
  std::function<result<std::string>(const std::string& path)> read_file;
};

struct expanded_text {
  std::string text;
  bool expanded = false;   // something was put in
  bool from_file = false;  // of that, something from a file: to be masked
};

struct expansion_fault {
  std::size_t offset;  // into the text, of the dollar
  std::string what;
  std::string remedy;
};

[[nodiscard]] result<expanded_text, expansion_fault> expand(std::string_view text,
                                                            const config_surroundings& around);

// The text that expands to this one.
[[nodiscard]] std::string unexpanded(std::string_view text);

}  // namespace trailbell::app
