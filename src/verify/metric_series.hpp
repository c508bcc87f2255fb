// What an alarm sees of a metric when one record matches one of its filters.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/verify/inventory.hpp"
#include "verify/alarm_evaluation.hpp"

namespace trailbell::verify {

// The samples of one period.
using samples = std::vector<double>;

// Nothing where there is no sample, or the statistic is not known here.
[[nodiscard]] std::optional<double> statistic_of(std::string_view statistic, const samples& of);
[[nodiscard]] bool is_known_statistic(std::string_view statistic);

// Nothing for comparisons with a band.
[[nodiscard]] std::optional<bool> breaches(double value, std::string_view comparison,
                                           double threshold);

enum class rings : std::uint8_t { yes, no, unknown };
struct ring_answer {
  rings is = rings::no;
  std::string why;          // of no and unknown; one sentence without a full stop
  std::int64_t held_s = 0;  // seconds that one event keeps it in ALARM; 0: without end
};

// What publishes the metrics of an alarm, around one event. Each filter on a log group publishes
// for each record: its value where the record matches, else its default where it has one.
struct event_source {
  std::string metric_namespace, metric_name;  // of the filter that matches
  double value = 1;
  std::optional<double> default_value;
  // Defaults of the other filters, by their metric; an entry without any: a filter without one.
  std::map<std::pair<std::string, std::string>, std::vector<double>> others;
};
[[nodiscard]] ring_answer one_event_rings(const metric_alarm& alarm, const event_source& event);

}  // namespace trailbell::verify
