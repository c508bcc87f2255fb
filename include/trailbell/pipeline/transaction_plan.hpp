// transaction_plan: which batches the next transaction holds, when it is due, and what is left of
// it where some of them are given up.
//
// Batches come whole and in the order in which they were taken. Each names the offset that its
// partition reaches with it; a transaction stores the last of each, with its note. So where one
// batch is taken out, all later ones of its partition have to go with it: stored, they would step
// over it.
//
// After an abort everything is read again from where the last transaction ended: what was on its
// way by then belongs to an earlier round, and is turned away.
//
// Pure: no threads, no clock of its own. Cost: constant for each call, but for those that are
// returned.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "trailbell/emit/transaction_sink.hpp"
#include "trailbell/pipeline/settlement.hpp"

namespace trailbell::pipeline {

struct transaction_bounds {
  // A transaction is due when nothing more is queued and so much has passed since the last one, ...
  std::chrono::milliseconds pause{50};
  // ... or when the first of its batches has waited so long, or when it is full.
  std::chrono::milliseconds interval{100};
  std::size_t bytes = std::size_t{16} << 20U;
  std::size_t batches = 1'000;
};

class transaction_plan {
 public:
  using time = std::chrono::steady_clock::time_point;

  struct entry {
    batch_id batch = 0;
    std::optional<emit::stored_position> at;  // nothing: no source will give it again
    std::size_t bytes = 0;
  };

  explicit transaction_plan(transaction_bounds bounds = {}) : bounds_{bounds} {}

  // What the group knows us by; empty: by nothing, and no position may be stored.
  void join(std::string membership) { membership_ = std::move(membership); }
  [[nodiscard]] const std::string& membership() const noexcept { return membership_; }

  // False: it is of another round; it is forgotten already.
  bool add(std::uint64_t round, entry what, time now);
  // Takes out these, and later ones of their partitions: the batches that it took.
  std::vector<batch_id> forget(std::span<const batch_id> batches);

  [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }
  [[nodiscard]] bool full() const noexcept {
    return bytes_ >= bounds_.bytes || waiting_.size() >= bounds_.batches;
  }
  [[nodiscard]] bool due(time now, bool nothing_queued) const;
  // How long until it is due, where nothing more is queued; nothing: not by waiting.
  [[nodiscard]] std::optional<std::chrono::milliseconds> due_in(time now) const;

  // All that waits, in order; the next transaction begins with nothing.
  std::vector<entry> take();
  [[nodiscard]] static std::vector<emit::stored_position> positions(std::span<const entry> of);

  // What was taken is stored.
  void committed(time now);
  // It is not, and its batches will come again, in a new round; not before `until`.
  void aborted(time until);
  [[nodiscard]] std::uint64_t round() const noexcept { return round_; }

 private:
  [[nodiscard]] bool allowed() const noexcept;

  transaction_bounds bounds_;
  std::string membership_;
  std::vector<entry> waiting_;
  std::size_t bytes_ = 0;
  std::size_t with_position_ = 0;  // of those that wait
  time first_{}, not_before_{};
  std::uint64_t round_ = 0;
};

}  // namespace trailbell::pipeline
