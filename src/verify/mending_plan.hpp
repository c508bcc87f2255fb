// What has to be added for one control, and what has to be changed.
#pragma once

#include <string>
#include <vector>

#include "trailbell/verify/alarm_chain.hpp"

namespace trailbell::verify {

struct mending_plan {
  std::string control, title;
  verdict is = verdict::present;
  std::vector<chain_link> changes;  // settings of what is there
  std::vector<chain_link> doubts;

  bool trail = false, log_group = false, filter = false, alarm = false, topic = false,
       subscription = false;  // to be added
  std::string region;
  std::string trail_name;
  std::string trail_region;
  std::string group_name;
  metric_filter metric;  // the filter to be added, or the one that the alarm is to watch
  std::string alarm_name;
  std::string topic_arn;  // empty: the one that is to be added
  std::string topic_name;
};

[[nodiscard]] mending_plan plan_for(const inventory& of, const control_verdict& control);

}  // namespace trailbell::verify
