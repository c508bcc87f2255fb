#include "pipeline/source_driver.hpp"

#include <algorithm>

namespace trailbell::pipeline {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds attend_interval{100};
constexpr milliseconds report_interval{1000};

}  // namespace

source_driver::source_driver(std::size_t number, std::unique_ptr<consume::source> from,
                             const service_options& options, const std::atomic<bool>& stop,
                             observe::meter& meter, service_listener& listener, event_queue& events,
                             wake_queue& wake)
    : number_{number},
      from_{std::move(from)},
      options_{options},
      stop_{stop},
      meter_{meter},
      listener_{listener},
      events_{events},
      wake_{wake},
      outcomes_{limits::batches_in_flight_max} {}

void source_driver::settle(consume::receipt_id receipt, consume::outcome what) {
  outcomes_.push({receipt, what});  // never waits: each batch in flight has one
}

void source_driver::run() {
  while (!stop_.load() && !(from_->ended() && open_.empty())) {
    if (const result<done> went = step(attend_interval); !went) {
      finish(went.failure());
      return;
    }
  }
  from_->stop();
  const auto deadline = steady_clock::now() + options_.drain_timeout;
  while (!open_.empty() && steady_clock::now() < deadline) {
    take_outcomes(attend_interval);
    if (const result<done> went = from_->attend(); !went) {
      finish(went.failure());
      return;
    }
    say_rest({});
  }
  finish(std::nullopt);
}

// One round. While too much is in flight, it waits for outcomes instead of batches.
result<done> source_driver::step(milliseconds wait) {
  if (const std::int64_t wanted = look_back_ns_.load(); wanted != looks_back_ns_) {
    looks_back_ns_ = wanted;
    from_->look_back(std::chrono::nanoseconds{wanted});
  }
  const bool room = in_flight_bytes_ < room_bytes() &&
                    open_.size() < limits::batches_in_flight_max && !from_->ended();
  take_outcomes(room ? milliseconds{0} : wait);
  source_event event;
  if (room) {
    result<std::optional<consume::source_batch>> taken = from_->take(wait);
    if (!taken) {
      return taken.failure();
    }
    event.batch = std::move(taken.value());
  } else if (const result<done> attended = from_->attend(); !attended) {
    return attended.failure();
  }
  if (event.batch) {
    const std::size_t weight = weight_of(*event.batch);
    open_.emplace(event.batch->receipt, weight);
    in_flight_bytes_ += weight;
  }
  say_rest(std::move(event));
  report();
  return done{};
}

// What is read ahead is in flight too; something always has room.
std::size_t source_driver::room_bytes() const noexcept {
  const std::size_t ahead = from_->ahead_bytes();
  return options_.in_flight_bytes_max > ahead ? options_.in_flight_bytes_max - ahead : 1;
}

void source_driver::take_outcomes(milliseconds wait) {
  bool closed = false;
  while (const auto settled = outcomes_.pop_for(wait, closed)) {
    from_->settle(settled->first, settled->second);
    returned_ += settled->second == consume::outcome::nacked ? 1 : 0;
    if (const auto at = open_.find(settled->first); at != open_.end()) {
      in_flight_bytes_ -= at->second;
      open_.erase(at);
    }
    wait = milliseconds{0};
  }
}

// What there is to say beside a batch. A batch of this event was taken after the nacks that it
// names.
void source_driver::say_rest(source_event event) {
  event.given_up = from_->take_given_up();
  event.membership = from_->take_membership();
  event.returned = std::exchange(returned_, 0);
  if (event.batch || !event.given_up.empty() || event.membership || event.returned > 0) {
    say(std::move(event));
  }
}

void source_driver::say(source_event event) {
  event.source = number_;
  events_.push(std::move(event));
  wake_.try_push(0);
}

void source_driver::finish(std::optional<error> failure) {
  source_event event;
  event.ended = true;
  event.drained = open_.empty();
  event.failure = std::move(failure);
  if (const result<done> closed = from_->close(); !closed && !event.failure) {
    event.failure = closed.failure();
  }
  if (reports_lags_) {
    meter_.set_lags({});
  }
  if (reports_announced_) {  // what the end did counts too
    meter_.set_announced(from_->status().announced.value_or(announced_status{}));
  }
  say(std::move(event));
}

void source_driver::report() {
  const auto now = steady_clock::now();
  if (now - reported_ < report_interval) {
    return;
  }
  reported_ = now;
  const consume::source_status status = from_->status();
  reports_lags_ = reports_lags_ || !status.lags.empty();
  if (reports_lags_) {
    meter_.set_lags(status.lags);
  }
  if (status.announced) {
    reports_announced_ = true;
    meter_.set_announced(*status.announced);
  }
  const observe::group_events since{status.rebalances - told_.rebalances,
                                    status.dropped - told_.duplicates};
  if (since.rebalances > 0 || since.duplicates > 0) {
    meter_.add_group_events(since);
    told_ = {status.rebalances, status.dropped};
  }
  if (status.not_ready != condition_) {
    condition_ = status.not_ready;
    listener_.on_condition(std::string{"source "} + from_->name(), condition_);
  }
}

}  // namespace trailbell::pipeline
