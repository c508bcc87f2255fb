// reject_queue: what waits for quarantine.
//
// A batch is not acked before all that it rejected is kept for good. What came together, of however
// many batches, is kept together: to make one piece durable takes as long as to make many.
//
// Thread-safety: none; the settling thread's.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "trailbell/pipeline/service.hpp"
#include "trailbell/pipeline/settlement.hpp"

namespace trailbell::pipeline {

class reject_queue {
 public:
  reject_queue(service::keep_rejects keep, service_listener& listener);

  // Of a batch in `settling`, from which that many deliveries count as accepted once it is kept.
  void add(batch_id batch, reject what, std::uint64_t deliveries);
  // Nothing more should be added before keep().
  [[nodiscard]] bool is_full() const noexcept;
  // The last attempt failed: until one succeeds, nothing is to be taken or acked.
  [[nodiscard]] bool is_stuck() const noexcept { return stuck_since_.has_value(); }
  // One attempt at all that waits, or none where the last one has only just failed.
  void keep(settlement& settling);

 private:
  struct owner {
    batch_id batch = 0;
    std::uint64_t deliveries = 0;
  };

  void tell(const std::optional<error>& failure);

  service::keep_rejects keep_;
  service_listener& listener_;
  std::vector<reject> rejects_;
  std::vector<owner> owners_;  // of each
  std::size_t bytes_ = 0;
  std::optional<std::chrono::steady_clock::time_point> stuck_since_;
};

}  // namespace trailbell::pipeline
