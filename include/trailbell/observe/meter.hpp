// meter: the metrics of the service, as its parts report them.
//
// Thread-safety: any thread. Cheap enough to be called once a batch; never called for a record.
// Labels are closed sets: what is not known when the meter is made is not counted by name.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/model/announced_status.hpp"
#include "trailbell/model/batch_counts.hpp"
#include "trailbell/model/partition_lag.hpp"

namespace trailbell::observe {

// What happened to a consumer group's member since it was last told.
struct group_events {
  std::uint64_t rebalances = 0;
  std::uint64_t duplicates = 0;  // messages that came twice within one assignment, and were dropped
};

class meter {
 public:
  meter() = default;
  meter(const meter&) = delete;
  meter& operator=(const meter&) = delete;
  virtual ~meter() = default;

  // A batch of that source ("kafka", "file", "s3") was acked at that time (ns since 1970).
  virtual void add(std::string_view source, const batch_counts& counts, std::int64_t now_ns) = 0;
  // One attempt of a sink; outcome: "accepted", "retry", "refused", or "dropped" where a sink that
  // is not required could not keep up.
  virtual void add_delivery(std::string_view sink, std::string_view outcome, std::uint64_t alerts,
                            double seconds) = 0;
  // All lags of the partitions that are owned now; others vanish.
  virtual void set_lags(std::span<const partition_lag> lags) = 0;
  virtual void add_group_events(const group_events& more) = 0;
  virtual void set_in_flight_bytes(std::uint64_t bytes) = 0;
  // Ids of the rules that run now: their series exist from here on.
  virtual void set_rules(std::span<const std::string> ids) = 0;
  virtual void add_reload_failure() = 0;
  // Of a source that queues tell of objects, since its start.
  virtual void set_announced([[maybe_unused]] const announced_status& status) {}
  // Of exactly_once: "committed" or "aborted".
  virtual void add_transaction([[maybe_unused]] std::string_view outcome) {}
};

}  // namespace trailbell::observe
