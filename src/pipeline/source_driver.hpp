// source_driver: one source on a thread of its own: takes while there is room, settles, attends.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "pipeline/lane.hpp"
#include "trailbell/base/bounded_queue.hpp"
#include "trailbell/consume/source.hpp"
#include "trailbell/pipeline/service.hpp"

namespace trailbell::pipeline {

// What a source has for the settler.
struct source_event {
  std::size_t source = 0;
  std::optional<consume::source_batch> batch;
  std::vector<consume::receipt_id> given_up;
  std::size_t returned = 0;  // so many nacks have reached it: batches behind this were read anew
  std::optional<std::string> membership;
  bool ended = false;            // nothing more will come
  bool drained = true;           // with `ended`: all that was taken is settled
  std::optional<error> failure;  // with `ended`
};

using event_queue = bounded_queue<source_event>;

// What a batch takes of the bytes in flight: a file is streamed, and never in memory as a whole.
[[nodiscard]] inline std::size_t weight_of(const consume::source_batch& batch) noexcept {
  return batch.objects.empty() ? std::min(batch.bytes, limits::whole_read_bytes_max) : batch.bytes;
}

class source_driver {
 public:
  source_driver(std::size_t number, std::unique_ptr<consume::source> from,
                const service_options& options, const std::atomic<bool>& stop,
                observe::meter& meter, service_listener& listener, event_queue& events,
                wake_queue& wake);

  [[nodiscard]] const char* name() const noexcept { return from_->name(); }
  void run();

  // From any thread: how far the stateful rules of what is taken from now on reach.
  void look_back(std::chrono::nanoseconds how_far) { look_back_ns_.store(how_far.count()); }

  // From the settling thread.
  void settle(consume::receipt_id receipt, consume::outcome what);

 private:
  result<done> step(std::chrono::milliseconds wait);
  [[nodiscard]] std::size_t room_bytes() const noexcept;
  void take_outcomes(std::chrono::milliseconds wait);
  void say(source_event event);
  void say_rest(source_event event);
  void finish(std::optional<error> failure);
  void report();

  std::size_t number_;
  std::unique_ptr<consume::source> from_;
  const service_options& options_;
  const std::atomic<bool>& stop_;
  observe::meter& meter_;
  service_listener& listener_;
  event_queue& events_;
  wake_queue& wake_;
  bounded_queue<std::pair<consume::receipt_id, consume::outcome>> outcomes_;
  std::unordered_map<consume::receipt_id, std::size_t> open_;  // what each weighs
  std::size_t in_flight_bytes_ = 0;
  std::size_t returned_ = 0;  // not said yet
  std::atomic<std::int64_t> look_back_ns_{0};
  std::int64_t looks_back_ns_ = 0;
  std::chrono::steady_clock::time_point reported_{};
  observe::group_events told_;  // to the meter
  bool reports_lags_ = false, reports_announced_ = false;
  std::string condition_ = "starting";
};

}  // namespace trailbell::pipeline
