// log_line: a message and its fields as they stand in a line of the log. Pure.
//
// What comes from outside can neither move nor hide nor reorder what a terminal shows, in JSON
// too; it is cut to a bound, and secrets are taken out.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "trailbell/observe/service_log.hpp"

namespace trailbell::observe {

// `kind: text key=value key="with blanks"`, or `"kind":"...","text":"...","key":1`: members of an
// object that the caller opens and closes.
[[nodiscard]] std::string log_line(const log_options& options, std::string_view kind,
                                   std::string_view text, std::span<const log_field> fields);

// `text` with every secret as ***. Secrets of fewer than four bytes are no secrets: they would be
// found everywhere.
[[nodiscard]] std::string without_secrets(std::string_view text,
                                          std::span<const std::string> secrets);

}  // namespace trailbell::observe
