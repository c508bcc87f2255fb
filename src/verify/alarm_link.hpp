// The fourth link: an alarm on a filter's metric that one event rings; its own or, where it has
// no action, that of a composite alarm above it.
#pragma once

#include <string>
#include <vector>

#include "trailbell/verify/alarm_chain.hpp"

namespace trailbell::verify {

// An alarm that the metric reaches. What acts is `acting`: the alarm itself, or a composite one.
struct judged_alarm {
  // The metric alarm, then the composite one; before them the filter, where what it publishes is
  // to blame that the alarm does not ring.
  std::vector<chain_link> links;
  const alarm_base* acting = nullptr;
};

struct alarm_question {
  const inventory& of;
  std::string region;  // where the filter is
  const metric_filter& filter;
  double value;  // that the filter publishes for a match
};

// Every alarm on that metric, and every composite one above. None where there is no alarm on it:
// then `none` says so.
[[nodiscard]] std::vector<judged_alarm> judge_alarms(const alarm_question& about, chain_link& none);

// The command that makes one as trailbell recommends it.
[[nodiscard]] std::string put_alarm_command(const std::string& region, const metric_filter& filter,
                                            const std::string& alarm_name,
                                            const texts& alarm_actions);

}  // namespace trailbell::verify
