// What state a metric alarm is in, by the rules that AWS documents ("Configuring how CloudWatch
// alarms treat missing data", with its tables and "Avoiding premature transitions to alarm state").
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace trailbell::verify {

enum class alarm_state : std::uint8_t { ok, alarm, insufficient_data };
enum class datum : std::uint8_t { missing, fine, breaching };
enum class missing_data : std::uint8_t { missing, ignore, breaching, not_breaching };

[[nodiscard]] std::optional<missing_data> missing_data_of(std::string_view name) noexcept;

struct alarm_settings {
  std::size_t periods = 1;   // N: EvaluationPeriods
  std::size_t to_alarm = 1;  // M: DatapointsToAlarm, 1 to N
  missing_data treat = missing_data::missing;
};

// `range` is the evaluation range, the newest datum last; it has N or more.
[[nodiscard]] alarm_state evaluate(std::span<const datum> range, const alarm_settings& settings,
                                   alarm_state current) noexcept;

// Whether one event rings: takes the alarm into ALARM, from another state.
struct ring {
  bool first = false;      // the first event does
  bool again = false;      // one long after it, too
  bool always_on = false;  // it is in ALARM before any event
  std::size_t held = 0;    // periods that the first event keeps it there; 0 where without end
};

// A metric's history around an event: periods before it, its own, and those behind.
struct event_series {
  datum event = datum::missing;
  // Of a period without the event, and how many periods away from it (negative: before).
  std::function<datum(int away)> elsewhere;
  datum at_rest = datum::missing;  // long after it
};
// How many of the latest periods AWS looks at is not published: `range` is one guess.
[[nodiscard]] ring ring_of(const event_series& series, const alarm_settings& settings,
                           std::size_t range);

// The guesses that have to agree: N, and some more.
[[nodiscard]] std::vector<std::size_t> evaluation_ranges(const alarm_settings& settings);

}  // namespace trailbell::verify
