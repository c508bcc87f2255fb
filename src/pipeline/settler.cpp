#include "pipeline/settler.hpp"

#include <algorithm>

#include "trailbell/base/timestamp.hpp"
#include "trailbell/emit/alert_writer.hpp"

namespace trailbell::pipeline {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr milliseconds wake_interval{100};
constexpr seconds beat_interval{1};
// So long has nothing to be in flight before the time of day says that nothing older will come.
constexpr seconds quiet_interval{60};

}  // namespace

settler::settler(const service_options& options, service::keep_rejects keep, surroundings around)
    : options_{options},
      around_{around},
      settling_{options.dedup},
      rejects_{std::move(keep), around.listener},
      busy_{steady_clock::now()} {
  for (const auto& sink : around_.sinks) {
    required_ += sink->required() ? 1 : 0;
  }
}
settler::~settler() = default;

void settler::use_rules(std::shared_ptr<const detect::rule_set> rules) {
  next_rules_.push(std::move(rules));
}

result<done> settler::run(std::atomic<bool>& stop) {
  bool closed = false;
  while (ended_ < around_.sources.size()) {
    around_.wake.pop_for(wake_interval, closed);
    take_events(stop);
    take_reports();
    collect();
    rejects_.keep(settling_);
    settle();
    beat();
  }
  if (drained_ && !failure_) {
    finish(stop);
  }
  leave();
  if (failure_) {
    return *failure_;
  }
  if (!drained_) {
    return error{errc::interrupted,
                 "the drain time-out ended before everything was delivered; what was not is not "
                 "acknowledged and is read again at the next start"};
  }
  return done{};
}

void settler::take_events(std::atomic<bool>& stop) {
  bool closed = false;
  while (auto rules = next_rules_.pop_for(milliseconds{0}, closed)) {
    rules_ = std::move(*rules);
  }
  while (auto event = around_.events.pop_for(milliseconds{0}, closed)) {
    if (event->batch) {
      hand_out(event->source, std::move(*event->batch));
    }
    for (const consume::receipt_id receipt : event->given_up) {
      give_up(event->source, receipt);
    }
    if (event->ended) {
      ++ended_;
      drained_ = drained_ && event->drained;
      if (event->failure && !failure_) {
        failure_ = std::move(event->failure);
        stop.store(true);
      }
    }
  }
}

void settler::hand_out(std::size_t source, consume::source_batch batch) {
  const batch_id id = ++last_id_;
  settling_.open(id);
  batch_state& state = open_[id];
  state.source = source;
  state.receipt = batch.receipt;
  state.counts.bytes_read = batch.bytes;
  state.weight = weight_of(batch);
  state.work = std::make_shared<task>();
  state.work->rules = rules_;
  state.work->wake = &around_.wake;
  if (batch.objects.empty()) {
    state.work->objects.push_back({batch.place.name, batch.bytes, true, std::nullopt});
  }
  state.work->taken = std::move(batch);
  stored_bytes_ += state.weight;
  by_receipt_[{source, state.receipt}] = id;
  order_.push_back(id);
  around_.for_lanes.push(state.work);
}

void settler::give_up(std::size_t source, consume::receipt_id receipt) {
  const auto known = by_receipt_.find({source, receipt});
  if (known == by_receipt_.end()) {
    return;
  }
  const batch_id id = known->second;
  if (!settling_.is_open(id)) {
    return;
  }
  settling_.abandon(id);
  around_.sources[source]->settle(receipt, consume::outcome::nacked);
  if (open_.at(id).read) {
    finish_batch(id);
  }
}

// A report counts once what a sink refused is in quarantine.
void settler::take_reports() {
  bool closed = false;
  while (!rejects_.is_full()) {
    std::optional<delivery_report> report = around_.reports.pop_for(milliseconds{0}, closed);
    if (!report) {
      return;
    }
    if (!report->required) {
      continue;
    }
    const batch_id id = report->item.batch;
    const auto batch = open_.find(id);
    std::size_t left = report->refused.size();
    for (auto& [index, reason] : report->refused) {
      const alert& refused = report->item.pack->alerts[index];
      std::string text;
      emit::append_jsonl(refused, {true}, text);
      rejects_.add(id,
                   {refused.place, "refused", 0, refused.record, std::move(reason), std::move(text),
                    refused.fingerprint},
                   --left == 0 ? 1 : 0);
      if (batch != open_.end()) {
        ++batch->second.counts.quarantined["refused"];
      }
    }
    alert_bytes_ -= report->item.pack->bytes;
    if (report->refused.empty()) {
      settling_.accept(id, 1);
    }
  }
}

void settler::collect() {
  while (!order_.empty() && alert_bytes_ < options_.in_flight_bytes_max && !rejects_.is_stuck()) {
    if (rejects_.is_full()) {
      rejects_.keep(settling_);
      continue;
    }
    const batch_id id = order_.front();
    batch_state& batch = open_.at(id);
    follow_rules(*batch.work);
    bool closed = false;
    std::optional<pipeline::batch> some = batch.work->results.pop_for(milliseconds{0}, closed);
    if (!some && !closed) {
      return;
    }
    if (!some) {
      batch.read = true;
      order_.pop_front();
      settling_.complete(id);
      batch.work.reset();
      if (!settling_.is_open(id)) {
        settle();
        finish_batch(id);
      }
      continue;
    }
    for (object_part& part : some->parts) {
      if (settling_.is_open(id)) {
        collect_part(id, batch, part);
      }
    }
    for (reject& one : batch.rejects) {
      settling_.expect(id, 1);
      rejects_.add(id, std::move(one), 1);
    }
    batch.rejects.clear();
    deliver(id, batch);
    busy_ = steady_clock::now();
  }
  pass_time();
}

// From here on, batches were asked of other rules.
void settler::follow_rules(const task& work) {
  if (work.rules != correlated_) {
    correlations_.reset();
    correlated_ = work.rules;
    if (!correlated_->correlations().nodes().empty()) {
      correlations_ = std::make_unique<detect::correlation_stage>(correlated_->correlations());
    }
  }
}

void settler::collect_part(batch_id id, batch_state& batch, object_part& part) {
  batch_counts& counts = batch.counts;
  counts.bytes_inflated += part.bytes_inflated;
  counts.matched += part.found.matched;
  batch.take_losses(part, around_.listener);
  for (alert& found : part.found.alerts) {
    found.place = batch.place_of(part.object);
    if (!found.burst) {
      take_finding(id, batch, found);
    } else if (correlations_) {
      correlations_->add(std::move(found), due_);
      take_due(id, batch);
    }
  }
  if (part.last) {
    counts.decoded += part.outcome.tally;
    counts.objects = std::max<std::size_t>(1, batch.work->taken.objects.size());
  }
}

void settler::take_finding(batch_id id, batch_state& batch, alert& found) {
  batch_counts& counts = batch.counts;
  found.detected_at_ns = system_now_ns();
  batch.count(found);
  if (found.suppressed_by_rule) {
    ++counts.suppressed_by_rule;
  } else if (!settling_.admit(id, found.fingerprint, found.detected_at_ns)) {
    ++counts.suppressed_by_dedup;
  } else {
    ++counts.alerts[{std::string{found.rule.id}, found.level}];
    batch.found.push_back(std::move(found));
  }
}

void settler::take_due(batch_id id, batch_state& batch) {
  for (alert& found : std::exchange(due_, {})) {
    take_finding(id, batch, found);
  }
}

// Where nothing comes for a while, what waits for older records is judged all the same. Its alerts
// are a batch of their own.
void settler::pass_time() {
  if (!correlations_ || !order_.empty() || steady_clock::now() - busy_ < quiet_interval) {
    return;
  }
  busy_ = steady_clock::now();
  correlations_->pass_time(system_now_ns(), due_);
  deliver_due();
}

// Alerts that no batch at hand brought about.
void settler::deliver_due() {
  if (due_.empty()) {
    return;
  }
  const batch_id id = ++last_id_;
  settling_.open(id);
  batch_state& batch = open_[id];
  batch.source = around_.sources.size();
  batch.read = true;
  take_due(id, batch);
  deliver(id, batch);
  settling_.complete(id);
}

void settler::deliver(batch_id id, batch_state& batch) {
  if (batch.found.empty()) {
    return;
  }
  auto pack = std::make_shared<alert_pack>();
  pack->alerts = std::exchange(batch.found, {});
  pack->rules = correlated_;
  pack->bytes = pack->alerts.size() * limits::alert_bytes_typical;
  settling_.expect(id, required_);
  alert_bytes_ += pack->bytes * required_;
  for (const auto& sink : around_.sinks) {
    sink->give({id, pack});
  }
}

void settler::settle() {
  if (rejects_.is_stuck()) {
    return;
  }
  while (const auto id = settling_.take_acked()) {
    batch_state& batch = open_.at(*id);
    const bool by_source = batch.source < around_.sources.size();
    around_.meter.add(by_source ? around_.sources[batch.source]->name() : "", batch.counts,
                      system_now_ns());
    if (by_source) {
      around_.sources[batch.source]->settle(batch.receipt, consume::outcome::acked);
    }
    finish_batch(*id);
  }
}

void settler::finish_batch(batch_id id) {
  const auto at = open_.find(id);
  if (at == open_.end()) {
    return;
  }
  stored_bytes_ -= at->second.weight;
  by_receipt_.erase({at->second.source, at->second.receipt});
  open_.erase(at);
}

void settler::beat() {
  const auto now = steady_clock::now();
  if (now - beaten_ >= beat_interval) {
    beaten_ = now;
    around_.listener.on_beat();
    around_.meter.set_in_flight_bytes(stored_bytes_ + alert_bytes_);
  }
}

// The sources have given all there is. What thresholds and correlations waited for is judged, where
// nobody will read it again.
void settler::finish(const std::atomic<bool>& stop) {
  if (correlations_ && !stop.load()) {
    correlations_->finish(due_);
    deliver_due();
  }
  const auto deadline = steady_clock::now() + options_.drain_timeout;
  bool closed = false;
  while (settling_.open_count() > 0 && steady_clock::now() < deadline) {
    around_.wake.pop_for(wake_interval, closed);
    take_reports();
    rejects_.keep(settling_);
    settle();
    beat();
  }
  drained_ = settling_.open_count() == 0;
}

// Nobody takes what is still on its way: its givers are let go.
void settler::leave() {
  for (const batch_id id : order_) {
    open_.at(id).work->results.close();
  }
  around_.for_lanes.close();
  around_.reports.close();
}

}  // namespace trailbell::pipeline
