#include "pipeline/sink_worker.hpp"

#include <chrono>
#include <utility>

#include "trailbell/emit/backoff.hpp"

namespace trailbell::pipeline {
namespace {

constexpr std::chrono::milliseconds idle_interval{1000};

// A required sink's queue is bounded by the bytes in flight, which count at least this many to an
// alert; its number only has to be out of reach.
constexpr std::size_t required_items_max = std::size_t{1} << 24U;

}  // namespace

sink_worker::sink_worker(std::size_t number, service_sink to, observe::meter& meter,
                         service_listener& listener, report_queue& reports, wake_queue& wake)
    : number_{number},
      to_{std::move(to)},
      meter_{meter},
      listener_{listener},
      reports_{reports},
      wake_{wake},
      items_{to_.required ? required_items_max : limits::optional_sink_items_max} {}

bool sink_worker::give(delivery_item item) {
  const std::size_t alerts = item.pack->alerts.size();
  if (items_.try_push(std::move(item))) {
    return true;
  }
  meter_.add_delivery(to_.name, "dropped", alerts, 0);
  listener_.on_trouble("sink_dropped", "sink " + to_.name + ": its queue is full, " +
                                           std::to_string(alerts) +
                                           " alerts are not delivered to it");
  return false;
}

void sink_worker::run() {
  bool closed = false;
  while (!closed) {
    std::optional<delivery_item> first = items_.pop_for(idle_interval, closed);
    reopen_if_asked();
    if (!first) {
      to_.to->on_idle();
      continue;
    }
    std::vector<delivery_item> items;
    std::size_t alerts = first->pack->alerts.size();
    items.push_back(std::move(*first));
    bool ignored = false;
    while (alerts < to_.to->alerts_max()) {
      std::optional<delivery_item> more = items_.pop_for(std::chrono::milliseconds{0}, ignored);
      if (!more) {
        break;
      }
      alerts += more->pack->alerts.size();
      items.push_back(std::move(*more));
    }
    deliver(items);
  }
}

void sink_worker::hurry() {
  hurried_.close();
  to_.to->hurry();
}

void sink_worker::deliver(std::vector<delivery_item>& items) {
  std::vector<delivery_report> reports(items.size());
  std::vector<due> some;
  bool all = true;
  for (std::size_t i = 0; i < items.size() && all; ++i) {
    for (std::size_t a = 0; a < items[i].pack->alerts.size() && all; ++a) {
      some.push_back({i, a});
      if (some.size() == to_.to->alerts_max()) {
        all = deliver_some(items, std::exchange(some, {}), reports);
      }
    }
  }
  if (!all || (!some.empty() && !deliver_some(items, std::move(some), reports))) {
    return;  // given up: nothing of these is accepted
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    reports[i].item = std::move(items[i]);
    reports[i].sink = number_;
    reports[i].required = to_.required;
    reports_.push(std::move(reports[i]));
  }
  wake_.try_push(0);
}

bool sink_worker::deliver_some(const std::vector<delivery_item>& items, std::vector<due> some,
                               std::vector<delivery_report>& reports) {
  emit::backoff waits{{}, number_};
  while (true) {
    const emit::delivery_result got = attempt(items, some);
    if (got.what == emit::delivery::accepted) {
      if (std::exchange(failing_, false)) {
        listener_.on_condition("sink " + to_.name, "");
      }
      return true;
    }
    if (got.what == emit::delivery::refused && some.size() == 1) {
      listener_.on_trouble("sink_refused", "sink " + to_.name + " refuses an alert: " + got.reason);
      reports[some.front().item].refused.push_back({some.front().alert, got.reason});
      return true;
    }
    if (got.what == emit::delivery::refused) {
      for (const due& one : some) {
        if (!deliver_some(items, {one}, reports)) {
          return false;
        }
      }
      return true;
    }
    failing_ = true;
    listener_.on_condition("sink " + to_.name, got.reason);
    listener_.on_trouble("sink_retry", "sink " + to_.name + ": " + got.reason);
    bool hurried = false;
    hurried_.pop_for(waits.next(got.wait), hurried);
    if (hurried) {
      return false;
    }
    reopen_if_asked();
  }
}

emit::delivery_result sink_worker::attempt(const std::vector<delivery_item>& items,
                                           const std::vector<due>& some) {
  std::vector<const alert*> alerts;
  alerts.reserve(some.size());
  for (const due& one : some) {
    alerts.push_back(&items[one.item].pack->alerts[one.alert]);
  }
  const auto began = std::chrono::steady_clock::now();
  emit::delivery_result got = to_.to->deliver(alerts);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  const bool one_by_one = got.what == emit::delivery::refused && some.size() > 1;
  if (!one_by_one) {
    meter_.add_delivery(to_.name,
                        got.what == emit::delivery::accepted ? "accepted"
                        : got.what == emit::delivery::retry  ? "retry"
                                                             : "refused",
                        some.size(), took.count());
  }
  return got;
}

void sink_worker::reopen_if_asked() {
  if (reopen_.exchange(false)) {
    to_.to->reopen();
  }
}

}  // namespace trailbell::pipeline
