#include "pipeline/transaction_worker.hpp"

#include <algorithm>
#include <chrono>

namespace trailbell::pipeline {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds idle_interval{1000};
constexpr emit::backoff_options abort_waits{milliseconds{100}, milliseconds{10'000}};
// A batch weighs more than its alerts: what is in flight bounds the queue, not this.
constexpr std::size_t items_max = std::size_t{1} << 24U;

}  // namespace

transaction_worker::transaction_worker(service_sink to, observe::meter& meter,
                                       service_listener& listener, transaction_reports& reports,
                                       wake_queue& wake, transaction_bounds bounds)
    : to_{std::move(to)},
      meter_{meter},
      listener_{listener},
      reports_{reports},
      wake_{wake},
      plan_{bounds},
      waits_{abort_waits, 0},
      items_{items_max} {}

void transaction_worker::run() {
  while (true) {
    bool closed = false;
    const milliseconds wait =
        std::min(idle_interval, plan_.due_in(steady_clock::now()).value_or(idle_interval));
    std::optional<transaction_item> item = items_.pop_for(wait, closed);
    if (closed) {
      return;
    }
    const bool idle = !item && plan_.empty();
    while (item) {
      take(std::move(*item));
      bool ignored = false;
      item = plan_.full() ? std::nullopt : items_.pop_for(milliseconds{0}, ignored);
    }
    if (ended_) {
      continue;
    }
    if (plan_.due(steady_clock::now(), items_.empty())) {
      run_transaction();
    } else if (idle) {
      to_.by_transaction->on_idle();
    }
  }
}

void transaction_worker::take(transaction_item item) {
  if (item.membership) {
    plan_.join(std::move(*item.membership));
  }
  if (!item.forget.empty()) {
    transaction_report report{transaction_report::kind::forgotten, {}, {}, {}};
    for (const batch_id batch : plan_.forget(item.forget)) {
      report.batches.push_back(std::move(waiting_.extract(batch).mapped()));
    }
    if (!report.batches.empty()) {
      say(std::move(report));
    }
  }
  const batch_id batch = item.batch.batch;
  const std::size_t bytes = item.batch.pack ? item.batch.pack->bytes : 0;
  if (batch != 0 && !ended_ &&
      plan_.add(item.round, {batch, std::move(item.at), bytes}, steady_clock::now())) {
    waiting_.emplace(batch, std::move(item.batch));
  }
}

void transaction_worker::run_transaction() {
  const std::vector<transaction_plan::entry> entries = plan_.take();
  std::vector<delivery_item> batches;
  emit::transaction_content content;
  for (const transaction_plan::entry& each : entries) {
    batches.push_back(std::move(waiting_.extract(each.batch).mapped()));
    if (batches.back().pack) {
      for (const alert& one : batches.back().pack->alerts) {
        content.alerts.push_back(&one);
      }
      for (const emit::transaction_record& one : batches.back().pack->records) {
        content.records.push_back(&one);
      }
    }
  }
  content.positions = transaction_plan::positions(entries);
  content.membership = plan_.membership();
  const time began = steady_clock::now();
  const emit::transaction_result went = to_.by_transaction->run(content);
  const std::chrono::duration<double> took = steady_clock::now() - began;
  const bool stored = went.what == emit::transaction_outcome::committed;
  meter_.add_transaction(stored ? "committed" : "aborted");
  if (!content.alerts.empty()) {
    meter_.add_delivery(to_.name, stored ? "accepted" : "retry", content.alerts.size(),
                        took.count());
  }
  transaction_report report{
      transaction_report::kind::committed, std::move(batches), {}, went.reason};
  if (stored) {
    waits_.reset();
    plan_.committed(steady_clock::now());
    if (std::exchange(failing_, false)) {
      listener_.on_condition("sink " + to_.name, "");
    }
    say(std::move(report));
    return;
  }
  for (const auto& [index, reason] : went.refused) {
    report.refused.emplace_back(refused_alert_of(*content.alerts[index]), reason);
  }
  ended_ = went.what == emit::transaction_outcome::unusable;
  report.what = ended_ ? transaction_report::kind::ended : transaction_report::kind::aborted;
  failing_ = true;
  listener_.on_condition("sink " + to_.name, went.reason);
  listener_.on_trouble("sink_retry", "sink " + to_.name + ": " + went.reason);
  plan_.aborted(steady_clock::now() + waits_.next());
  waiting_.clear();
  say(std::move(report));
}

void transaction_worker::say(transaction_report report) {
  reports_.push(std::move(report));
  wake_.try_push(0);
}

}  // namespace trailbell::pipeline
