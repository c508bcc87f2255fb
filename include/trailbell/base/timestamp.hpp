// RFC 3339 times, as nanoseconds since the Unix epoch (UTC). Times before 1678 or after 2261 are
// taken for the first and the last that fit.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace trailbell {

// Parses `2023-07-10T12:04:21Z`, with optional fraction (any length; below a nanosecond is cut) and
// an offset `Z` or `+hh:mm`. Nothing for any other text. A leap second (`:60`) is read as `:59`.
// Source: RFC 3339 section 5.6.
[[nodiscard]] std::optional<std::int64_t> parse_rfc3339(std::string_view text) noexcept;

// `2026-03-04T05:06:07.123Z`: UTC with milliseconds.
[[nodiscard]] std::string format_rfc3339(std::int64_t unix_ns);

// From `earlier` to `later`, or the most that fits: both may be as far off as they can be.
[[nodiscard]] constexpr std::int64_t ns_between(std::int64_t earlier, std::int64_t later) noexcept {
  std::int64_t between = 0;
  if (!__builtin_sub_overflow(later, earlier, &between)) {
    return between;
  }
  return earlier < 0 ? std::numeric_limits<std::int64_t>::max()
                     : std::numeric_limits<std::int64_t>::min();
}

// The time of day by the system's clock, which may be set back.
[[nodiscard]] std::int64_t system_now_ns() noexcept;

}  // namespace trailbell
