// append_lines: files of lines that are read at the start and only appended to after that: whole
// lines, durably, or none.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "trailbell/base/descriptor.hpp"
#include "trailbell/base/result.hpp"

namespace trailbell::consume {

// Appends `lines` to `file` and empties them. False, with errno: they are kept, and what could be
// written only in part is cut off again, so that the next attempt begins a line.
[[nodiscard]] bool append_lines(int file, std::string& lines);

struct lines_read {
  std::uint64_t count = 0;
  off_t whole = 0;   // where the last whole line ends
  std::string rest;  // what stands behind it: a line that was cut
};
// Each whole line of `file`, without its end, with its number from 0. Errors: those of `take`,
// which end it; unreadable, with the system's words.
[[nodiscard]] result<lines_read> read_lines(
    int file, const std::function<result<done>(std::string_view, std::uint64_t)>& take);

// A file of these lines in the place of the one at `path`, for appending; at no time is there
// none. Nothing, with errno: the old one stands.
[[nodiscard]] std::optional<descriptor> replace_lines(const std::string& path,
                                                      std::string_view lines);

}  // namespace trailbell::consume
