#include "pipeline/settler.hpp"

#include <algorithm>

#include "trailbell/base/ensure.hpp"
#include "trailbell/base/timestamp.hpp"
#include "trailbell/emit/alert_writer.hpp"

namespace trailbell::pipeline {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds beat_interval{1};

// Nothing is in it.
bool is_mark(consume::reading what) noexcept {
  return what != consume::reading::fresh && what != consume::reading::again;
}

}  // namespace

settler::settler(const service_options& options, service::keep_rejects keep, surroundings around)
    : options_{options},
      around_{around},
      stateful_{around.transactions ? detect::correlation_clock::own
                                    : detect::correlation_clock::shared},
      settling_{options.dedup},
      rejects_{std::move(keep), around.listener},
      busy_{steady_clock::now()} {
  for (const auto& sink : around_.sinks) {
    required_ += sink->required() ? 1 : 0;
  }
  ensure(!around_.transactions || required_ == 0, "what a transaction stores, no sink holds up");
}
settler::~settler() = default;

void settler::use_rules(std::shared_ptr<const detect::rule_set> rules) {
  next_rules_.push(std::move(rules));
}

result<done> settler::run(std::atomic<bool>& stop) {
  bool closed = false;
  take_events(stop);
  if (rules_) {
    stateful_.follow(rules_);
    around_.windows.load(stateful_);
  }
  while (ended_ < around_.sources.size()) {
    around_.wake.pop_for(settler_wake_interval, closed);
    take_events(stop);
    take_reports();
    take_transaction_ends(stop);
    collect();
    rejects_.keep(settling_);
    keep_windows(stop.load());
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
    returns_.reached(event->returned);
    if (event->membership && around_.transactions) {
      transaction_item told;
      told.membership = std::move(event->membership);
      around_.transactions->give(std::move(told));
    }
    if (event->batch) {
      hand_out(event->source, std::move(*event->batch));
    }
    give_up(event->source, event->given_up);
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
  const bool is_good = batch.what == consume::reading::left ||
                       returns_.open({batch.place.name, batch.place.partition});
  if (!is_good || (around_.transactions && failure_)) {
    around_.sources[source]->settle(batch.receipt, consume::outcome::nacked);
    returns_.give_back();
    return;
  }
  const batch_id id = ++last_id_;
  settling_.open(id);
  batch_state& state = open_[id];
  state.source = source;
  state.receipt = batch.receipt;
  state.from = {batch.place.name, batch.place.partition};
  state.end = batch.end;
  state.what = batch.what;
  state.kind = batch.place.source;
  state.counts.bytes_read = batch.bytes;
  state.weight = weight_of(batch);
  state.work = std::make_shared<task>();
  state.work->rules = rules_;
  state.work->wake = &around_.wake;
  if (batch.objects.empty() && !is_mark(batch.what)) {
    state.work->objects.push_back({batch.place.name, batch.bytes, true});
  }
  state.work->taken = std::move(batch);
  stored_bytes_ += state.weight;
  by_receipt_[{source, state.receipt}] = id;
  order_.push_back(id);
  if (is_mark(state.work->taken.what)) {
    state.work->results.close();
  } else {
    around_.for_lanes.push(state.work);
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
    stateful_.follow(batch.work->rules);
    bool closed = false;
    std::optional<pipeline::batch> some = batch.work->results.pop_for(milliseconds{0}, closed);
    if (!some && !closed) {
      return;
    }
    if (!some) {
      if (around_.transactions && batch.has_position() && !hand_over_read(id, batch)) {
        return;
      }
      batch.read = true;
      batch.covered_by = around_.windows.next();
      begun_ = false;
      stateful_.mark(batch.source, batch.work->taken.place, batch.what, batch.work->taken.note);
      order_.pop_front();
      const bool given_back = !settling_.is_open(id);
      complete(id);
      batch.work.reset();
      if (given_back) {
        finish_batch(id);
      }
      settle();
      keep_windows(false);
      continue;
    }
    begun_ = true;
    for (object_part& part : some->parts) {
      if (settling_.is_open(id)) {
        collect_part(id, batch, part);
      }
    }
    queue_rejects(id, batch);
    if (around_.transactions) {
      attach_due(id, batch);
    } else {
      deliver(id, batch);
    }
    deliver_due();
    busy_ = steady_clock::now();
  }
  pass_time();
}

void settler::queue_rejects(batch_id id, batch_state& batch) {
  for (reject& one : std::exchange(batch.rejects, {})) {
    if (settling_.is_open(id) && !(around_.transactions && take_along(batch, one))) {
      settling_.expect(id, 1);
      rejects_.add(id, std::move(one), 1);
    }
  }
}

void settler::collect_part(batch_id id, batch_state& batch, object_part& part) {
  batch_counts& counts = batch.counts;
  const bool fresh = batch.what == consume::reading::fresh;
  if (fresh) {
    counts.bytes_inflated += part.bytes_inflated;
    counts.matched += part.found.matched;
    batch.take_losses(part, around_.listener);
  }
  for (alert& found : part.found.alerts) {
    found.place = batch.place_of(part.object);
    if (found.burst) {
      const bool kept = around_.windows.keeps() && stateful_rules::is_kept(found.place);
      batch.counted |= stateful_.add(batch.source, batch.what, std::move(found), due_) && kept;
    } else if (fresh) {
      take_finding(id, batch, found);
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

void settler::deliver(batch_id id, batch_state& batch) {
  if (batch.found.empty()) {
    return;
  }
  auto pack = std::make_shared<alert_pack>();
  pack->alerts = std::exchange(batch.found, {});
  pack->rules = stateful_.rules();
  pack->bytes = pack->alerts.size() * limits::alert_bytes_typical;
  settling_.expect(id, required_);
  alert_bytes_ += pack->bytes * required_;
  for (const auto& sink : around_.sinks) {
    sink->give({id, pack});
  }
}

// What a transaction has stored, had its rejects kept before.
void settler::settle() {
  if (rejects_.is_stuck() && !around_.transactions) {
    return;
  }
  while (const auto id = settling_.take_acked()) {
    batch_state& batch = open_.at(*id);
    for (const batch_id follower : std::exchange(batch.followers, {})) {
      settling_.accept(follower, 1);
    }
    if (batch.counted) {
      around_.windows.hold(*id, batch.covered_by);
    } else {
      acknowledge(*id);
    }
  }
  for (const batch_id id : around_.windows.take_covered()) {
    acknowledge(id);
  }
}

void settler::acknowledge(batch_id id) {
  batch_state& batch = open_.at(id);
  count_found_later(batch);
  if (batch.what == consume::reading::fresh || batch.counts.findings > 0) {
    around_.meter.add(batch.has_source ? around_.sources[batch.source]->name() : "", batch.counts,
                      system_now_ns());
    tell_cut(batch.counts);
  }
  if (batch.has_source) {
    if (batch.has_position()) {
      refused_.stored(batch.from.first, batch.from.second, batch.end);
    }
    around_.sources[batch.source]->settle(batch.receipt, consume::outcome::acked);
  }
  finish_batch(id);
}

void settler::finish_batch(batch_id id) {
  const auto at = open_.find(id);
  if (at == open_.end()) {
    return;
  }
  stored_bytes_ -= at->second.weight;
  if (at->second.has_source) {
    by_receipt_.erase({at->second.source, at->second.receipt});
  }
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

// Nobody takes what is still on its way: its givers are let go.
void settler::leave() {
  for (const batch_id id : order_) {
    open_.at(id).work->results.close();
  }
  around_.for_lanes.close();
  around_.reports.close();
  around_.transaction_ends.close();
}

}  // namespace trailbell::pipeline
