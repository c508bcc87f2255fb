// settlement: when a batch of the service is done, and what that makes firm.
//
// A batch is acked when it is complete (all that it holds was decoded, its rejects are in
// quarantine) and every delivery that it caused was accepted. A fingerprint that it brought into
// the dedup window is firm from then on; a batch that is abandoned takes its fingerprints back, as
// if it had never come. Another batch's equal finding is suppressed meanwhile all the same: the
// first one is unacked, so whoever reads it again delivers it.
//
// Pure: no threads, no clock of its own. Cost: constant for each call, and for each fingerprint.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "trailbell/emit/dedup_window.hpp"

namespace trailbell::pipeline {

using batch_id = std::uint64_t;  // unique in the process, never reused

class settlement {
 public:
  explicit settlement(emit::dedup_bounds dedup = {}) : dedup_{dedup} {}

  void open(batch_id batch);
  // A finding of an open batch. False: an equal one is in the dedup window; it is suppressed.
  bool admit(batch_id batch, const std::string& fingerprint, std::int64_t now_ns);
  // That many more deliveries have to be accepted.
  void expect(batch_id batch, std::uint64_t deliveries);
  void accept(batch_id batch, std::uint64_t deliveries);  // of a batch that is gone: ignored
  // Nothing more will be found in it.
  void complete(batch_id batch);
  // It will not be acked: its partition went away, or the process ends.
  void abandon(batch_id batch);

  // The next batch that is acked, each once.
  std::optional<batch_id> take_acked();
  [[nodiscard]] bool is_open(batch_id batch) const { return open_.contains(batch); }
  [[nodiscard]] std::size_t open_count() const noexcept { return open_.size(); }

 private:
  struct state {
    std::vector<std::string> fingerprints;
    std::uint64_t expected = 0;
    bool complete = false;
  };

  void settle_if_done(std::unordered_map<batch_id, state>::iterator at);

  emit::dedup_window dedup_;
  std::unordered_map<batch_id, state> open_;
  std::deque<batch_id> acked_;
};

}  // namespace trailbell::pipeline
