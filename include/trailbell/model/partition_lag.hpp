// How far behind a consumer of a Kafka partition is.
#pragma once

#include <cstdint>
#include <string>

namespace trailbell {

struct partition_lag {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t records = 0;  // behind the end that is known
};

}  // namespace trailbell
