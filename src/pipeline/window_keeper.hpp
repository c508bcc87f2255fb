// window_keeper: when what windows hold is written, and which batches may be acknowledged by that.
//
// Between two batches, once a second or where nothing else is under way, all that the windows hold
// is made bytes. That covers the batches that were read before. It is written once all of those are
// done with: what they made due is no longer in it, and has been accepted. And a batch that counted
// for windows is acknowledged once it is covered by what is written. So, wherever the process ends:
//
//  - What was acknowledged is in the windows of the next process, and no alert that it made due is
//    lost.
//  - What was not is read again. Where it is covered all the same, its records are known, and count
//    once (counted_records).
//  - Where it is not, it counts as if it had never been read: it makes due what it made due before,
//    a repeat with its fingerprint, of what was accepted within the last second or so.
//
// Where nothing can be written, batches are acknowledged all the same, and that is said: alerts of
// one record are worth more than what windows would lose by a restart.
//
// Thread-safety: run() has a thread of its own; the rest is the settling thread's.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/lane.hpp"
#include "pipeline/stateful_rules.hpp"
#include "trailbell/base/bounded_queue.hpp"
#include "trailbell/pipeline/service.hpp"
#include "trailbell/pipeline/settlement.hpp"
#include "trailbell/pipeline/window_store.hpp"

namespace trailbell::pipeline {

class window_keeper {
 public:
  // No store: nothing is kept, and nothing waits for it.
  window_keeper(std::shared_ptr<window_store> store, service_listener& listener, wake_queue& wake);

  [[nodiscard]] bool keeps() const noexcept { return store_ != nullptr; }

  // What the last process left, to rules that have seen nothing.
  void load(stateful_rules& into);

  // The number of the next that is made bytes: it covers what is read by then.
  [[nodiscard]] std::uint64_t next() const noexcept { return next_; }
  // A batch that only waits to be covered.
  void hold(batch_id batch, std::uint64_t covered_by) { held_.emplace_back(covered_by, batch); }

  enum class moment : std::uint8_t {
    busy,
    quiet,   // everything waits for it
    ending,  // the service ends
  };
  // There is something to be made bytes, and it is time.
  [[nodiscard]] bool is_due(bool changed, moment now) const;
  // `open`: what was read and is not done with.
  void begin(std::string bytes, std::vector<batch_id> open);
  // Has it written where it may be, and looks what became of it.
  void attend(const settlement& settling);
  // Batches that are covered now, each once.
  std::vector<batch_id> take_covered();
  // Nothing more happens by itself.
  [[nodiscard]] bool is_idle() const noexcept { return !under_way_ && held_.empty(); }
  // The last attempt failed.
  [[nodiscard]] bool failed() const noexcept { return !failure_.empty(); }

  // The writer's thread; until close().
  void run();
  void close() { work_.close(); }

 private:
  using clock = std::chrono::steady_clock;

  void take_written(const result<done>& went);

  std::shared_ptr<window_store> store_;
  service_listener& listener_;
  wake_queue& wake_;
  bounded_queue<std::string> work_{1};
  bounded_queue<result<done>> written_{1};
  std::uint64_t next_ = 1, covered_ = 0, told_ = 0;
  std::deque<std::pair<std::uint64_t, batch_id>> held_;
  // Made bytes; given to the writer once nothing of `open_` is left.
  std::optional<std::string> waiting_;
  std::vector<batch_id> open_;
  bool under_way_ = false;
  bool unsaved_ = false;  // the last attempt failed
  std::string failure_;
  clock::time_point began_{}, not_before_{};
};

}  // namespace trailbell::pipeline
