// canary_entrance: puts a canary where a service takes its records from.
#pragma once

#include <string>

#include "app/config_loader.hpp"
#include "trailbell/base/result.hpp"

namespace trailbell::app {

struct canary {
  std::string event_id;
  std::string document;  // {"Records":[...]}
};
// `now_ns`: its event time. The id is new each time.
[[nodiscard]] canary make_canary(std::int64_t now_ns);

struct canary_way {
  std::string source;  // kafka, s3 or file; empty: the first that the configuration has
  std::string bucket;  // of s3: s3://BUCKET/PREFIX
  milliseconds time_max{};
};

// Where it was put, for a person. Errors: usage, where it cannot go that way; output_failed.
[[nodiscard]] result<std::string> send_canary(const canary& what, const loaded_config& to,
                                              const canary_way& way);

}  // namespace trailbell::app
