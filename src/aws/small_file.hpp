// Files of a few lines that AWS's tools leave for others: settings, tokens.
#pragma once

#include <string>

#include "trailbell/base/result.hpp"

namespace trailbell::aws {

// At most 1 MiB. Errors: not_found; unreadable; too_large.
[[nodiscard]] result<std::string> read_small_file(const std::string& path);

// Of tokens: without white space around it. Errors: empty, too.
[[nodiscard]] result<std::string> read_token_file(const std::string& path);

}  // namespace trailbell::aws
