// The third link: a metric filter that publishes a value for each record that it matches. Whether
// it matches the right ones is for the whole chain to say.
#pragma once

#include <optional>

#include "trailbell/verify/alarm_chain.hpp"

namespace trailbell::verify {

// `resource` of a filter, which has no ARN: `log group:filter name`.
[[nodiscard]] std::string resource_of(const metric_filter& filter);

struct judged_filter {
  chain_link link;  // present: each record that matches publishes `value`
  std::optional<detect::filter_pattern> pattern;
  double value = 1;
};
[[nodiscard]] judged_filter judge_filter(const region_inventory& region, const std::string& where,
                                         const metric_filter& filter);

// The commands that put one filter right, or make one: values as trailbell recommends them.
[[nodiscard]] std::string put_filter_command(const std::string& region, const metric_filter& like);

}  // namespace trailbell::verify
