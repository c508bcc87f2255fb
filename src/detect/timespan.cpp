#include "detect/timespan.hpp"

#include <array>
#include <charconv>

namespace trailbell::detect {
namespace {

constexpr std::string_view units = "smhd";
constexpr std::array<std::int64_t, 4> unit_s{1, 60, 3600, 86'400};
constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t timespan_s_max = 3650 * unit_s[3];

}  // namespace

std::optional<std::int64_t> parse_timespan(std::string_view text) noexcept {
  const std::size_t unit = text.empty() ? units.npos : units.find(text.back());
  if (unit == units.npos || text.size() < 2 || text.size() > 10 || text.front() < '1' ||
      text.front() > '9') {
    return std::nullopt;
  }
  std::int64_t number = 0;
  const char* const last = text.data() + text.size() - 1;
  const auto [end, failure] = std::from_chars(text.data(), last, number);
  if (failure != std::errc{} || end != last || number > timespan_s_max / unit_s[unit]) {
    return std::nullopt;
  }
  return number * unit_s[unit] * second_ns;
}

std::string timespan_text(std::int64_t ns) {
  const std::int64_t seconds = ns / second_ns;
  std::size_t unit = units.size() - 1;
  while (unit > 0 && seconds % unit_s[unit] != 0) {
    --unit;
  }
  return std::to_string(seconds / unit_s[unit]) + units[unit];
}

}  // namespace trailbell::detect
