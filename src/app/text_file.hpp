// A small file as a text: rules, a configuration, a secret.
#pragma once

#include <cstddef>
#include <string>

#include "trailbell/base/result.hpp"

namespace trailbell::app {

// The first `bytes_max` + 1 bytes at most, so that a caller sees whether there were more. A pipe is
// read to its end. The message names the cause, not the path.
[[nodiscard]] result<std::string> read_text_file(const std::string& path, std::size_t bytes_max);

}  // namespace trailbell::app
