#include "trailbell/base/timestamp.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <limits>

namespace trailbell {
namespace {

// Reads exactly `width` digits at `at`; -1 where there are none.
int digits(std::string_view text, std::size_t at, std::size_t width) noexcept {
  if (at + width > text.size()) {
    return -1;
  }
  int value = 0;
  for (const char c : text.substr(at, width)) {
    if (c < '0' || c > '9') {
      return -1;
    }
    value = value * 10 + (c - '0');
  }
  return value;
}

bool has(std::string_view text, std::size_t at, std::string_view any_of) noexcept {
  return at < text.size() && any_of.find(text[at]) != std::string_view::npos;
}

// The zone's offset from UTC in seconds; `at` must be where the zone begins and end the text.
std::optional<int> zone_seconds(std::string_view text, std::size_t at) noexcept {
  if (has(text, at, "Zz") && at + 1 == text.size()) {
    return 0;
  }
  const int hours = digits(text, at + 1, 2);
  const int minutes = digits(text, at + 4, 2);
  if (!has(text, at, "+-") || !has(text, at + 3, ":") || at + 6 != text.size() || hours < 0 ||
      hours > 23 || minutes < 0 || minutes > 59) {
    return std::nullopt;
  }
  const int seconds = (hours * 60 + minutes) * 60;
  return text[at] == '-' ? -seconds : seconds;
}

}  // namespace

std::optional<std::int64_t> parse_rfc3339(std::string_view text) noexcept {
  const int year = digits(text, 0, 4);
  const int month = digits(text, 5, 2);
  const int day = digits(text, 8, 2);
  const int hour = digits(text, 11, 2);
  const int minute = digits(text, 14, 2);
  int second = digits(text, 17, 2);
  if (year < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 ||
      !has(text, 4, "-") || !has(text, 7, "-") || !has(text, 10, "Tt ") || !has(text, 13, ":") ||
      !has(text, 16, ":")) {
    return std::nullopt;
  }
  second = second == 60 ? 59 : second;
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (month < 1 || day < 1 || !date.ok()) {
    return std::nullopt;
  }
  std::size_t at = 19;
  std::int64_t fraction_ns = 0;
  if (has(text, at, ".")) {
    std::int64_t unit_ns = 100'000'000;
    const std::size_t first = ++at;
    for (; has(text, at, "0123456789"); ++at) {
      fraction_ns += (text[at] - '0') * unit_ns;
      unit_ns /= 10;
    }
    if (at == first) {
      return std::nullopt;
    }
  }
  const std::optional<int> zone = zone_seconds(text, at);
  if (!zone) {
    return std::nullopt;
  }
  const auto days = std::chrono::sys_days{date}.time_since_epoch().count();
  const std::int64_t seconds =
      std::int64_t{days} * 86'400 + hour * 3'600 + minute * 60 + second - *zone;
  constexpr std::int64_t seconds_max = std::numeric_limits<std::int64_t>::max() / 1'000'000'000 - 1;
  if (seconds > seconds_max || seconds < -seconds_max) {
    return seconds > 0 ? std::numeric_limits<std::int64_t>::max()
                       : std::numeric_limits<std::int64_t>::min();
  }
  return seconds * 1'000'000'000 + fraction_ns;
}

std::string format_rfc3339(std::int64_t unix_ns) {
  using namespace std::chrono;
  // The day of the first nanosecond that fits began before it: nanoseconds cannot tell when.
  const auto time = floor<milliseconds>(sys_time<nanoseconds>{nanoseconds{unix_ns}});
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss clock{time - day};
  std::array<char, 40> text{};
  const int length = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", int{date.year()},
      unsigned{date.month()}, unsigned{date.day()}, static_cast<int>(clock.hours().count()),
      static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
      static_cast<int>(clock.subseconds().count()));
  return {text.data(), static_cast<std::size_t>(length)};
}

std::int64_t system_now_ns() noexcept {
  using namespace std::chrono;
  return duration_cast<nanoseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace trailbell
