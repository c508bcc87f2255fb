// May a service send to a topic or a queue? Its policy has to say so, and where it has a key, that
// of the key too.
#pragma once

#include <string>

#include "trailbell/verify/alarm_chain.hpp"
#include "verify/resource_policy.hpp"

namespace trailbell::verify {

struct guarded_resource {
  link_kind link;  // that it is in a chain
  const std::string& arn;
  const std::string& policy;   // JSON
  const std::string& kms_key;  // empty: none
};

// `request`: its action is sns:Publish or sqs:SendMessage. `region`: where the resource is.
[[nodiscard]] chain_link judge_access(const region_inventory& region, const guarded_resource& to,
                                      const service_request& request);

}  // namespace trailbell::verify
