// The fifth link and the sixth: what an alarm does when it rings, and who hears it.
#pragma once

#include <string>
#include <vector>

#include "trailbell/verify/alarm_chain.hpp"

namespace trailbell::verify {

// An action and, where it is a topic, its best subscription; several where an alarm has several
// actions. One at least.
using action_route = std::vector<chain_link>;
[[nodiscard]] std::vector<action_route> action_routes(const inventory& of,
                                                      const std::string& region,
                                                      const alarm_base& alarm);

// Who hears a topic. `alarm`: whose message has to pass.
[[nodiscard]] chain_link judge_subscriptions(const inventory& of, const region_inventory& region,
                                             const std::string& topic, const alarm_base& alarm);

}  // namespace trailbell::verify
