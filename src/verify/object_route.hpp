// From a trail's bucket to a queue that a service reads: S3 tells the queue itself, a topic or
// EventBridge; or CloudTrail tells a topic.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "trailbell/verify/alarm_chain.hpp"

namespace trailbell::verify {

struct object_route {
  std::vector<chain_link> links;  // bucket, notifications, queue; ends where the rest is not there
};

// Every way on from the bucket, one at least. `read`: ARNs of the queues that services read;
// `read_known`: else any queue may be one.
[[nodiscard]] std::vector<object_route> object_routes(const inventory& of, const control& wanted,
                                                      const trail& from,
                                                      const std::set<std::string>& read,
                                                      bool read_known);

}  // namespace trailbell::verify
