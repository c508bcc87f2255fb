// Lengths of time in rule files: `30s`, `10m`, `24h`, `7d`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trailbell::detect {

// Nanoseconds: more than none, and at most ten years of 365 days. Nothing for any other text.
[[nodiscard]] std::optional<std::int64_t> parse_timespan(std::string_view text) noexcept;

// In the largest unit that divides it.
[[nodiscard]] std::string timespan_text(std::int64_t ns);

}  // namespace trailbell::detect
