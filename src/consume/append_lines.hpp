// append_lines: lines that are added to a file whole and durably, or not at all.
#pragma once

#include <string>

namespace trailbell::consume {

// Appends `lines` to `file` and empties them. False, with errno: they are kept, and what could be
// written only in part is cut off again, so that the next attempt begins a line.
[[nodiscard]] bool append_lines(int file, std::string& lines);

}  // namespace trailbell::consume
