// The settler where a batch is given up or given back, and where alerts and positions are stored by
// transactions: a batch is handed over whole, once it is read; it is acked when a transaction that
// holds it was committed, and only then do other sinks get its alerts.
#include <iterator>
#include <memory>
#include <utility>

#include "pipeline/settler.hpp"
#include "trailbell/base/timestamp.hpp"
#include "trailbell/emit/alert_writer.hpp"

namespace trailbell::pipeline {
namespace {

// Headers of a record, and what holds them.
constexpr std::size_t record_bytes_beside = 1'024;

}  // namespace

void settler::give_up(std::size_t source, const std::vector<consume::receipt_id>& receipts) {
  transaction_item handed;
  for (const consume::receipt_id receipt : receipts) {
    const auto known = by_receipt_.find({source, receipt});
    if (known == by_receipt_.end() || !settling_.is_open(known->second)) {
      continue;
    }
    batch_state& batch = open_.at(known->second);
    batch.given_up = true;
    if (around_.transactions && batch.read) {
      handed.forget.push_back(known->second);  // the worker says whether it was in time
    } else {
      give_back(known->second);
    }
  }
  if (!handed.forget.empty()) {
    around_.transactions->give(std::move(handed));
  }
}

void settler::give_back(batch_id id) {
  const batch_state& batch = open_.at(id);
  settling_.abandon(id);
  for (const std::string& record : batch.fired) {
    fired_.forget(record);
  }
  around_.sources[batch.source]->settle(batch.receipt, consume::outcome::nacked);
  if (batch.given_up) {
    returns_.give_back();
  } else {
    returns_.give_back(batch.from);
  }
  if (batch.read) {
    finish_batch(id);
  }
}

// What can never be stored goes where rejects go, before the batch is handed over.
void settler::refuse_alerts(batch_state& batch) {
  std::vector<alert> kept;
  for (alert& found : batch.found) {
    std::optional<std::string> why = around_.transactions->refuses(found);
    if (const std::string* const known = refused_.find(found); !why && known != nullptr) {
      why = *known;
    }
    if (!why) {
      kept.push_back(std::move(found));
      continue;
    }
    std::string text;
    emit::append_jsonl(found, {true}, text);
    batch.rejects.push_back(
        {found.place, "refused", 0, found.record, *why, std::move(text), found.fingerprint});
    ++batch.counts.quarantined["refused"];
    around_.listener.on_trouble("sink_refused", "an alert is refused: " + *why);
  }
  batch.found = std::move(kept);
}

// Rejects of a batch are stored with its position. Where there are too many for a transaction,
// which has to end before it times out, the rest is kept before; so is what no source gives again,
// since after an abort records may have to be made anew.
bool settler::take_along(batch_state& batch, const reject& what) {
  if (!batch.has_source ||
      batch.record_bytes + what.bytes.size() > limits::rejects_waiting_bytes_max) {
    return false;
  }
  std::optional<emit::quarantine_records> made = around_.transactions->records_of(what);
  if (!made) {
    return false;
  }
  for (emit::transaction_record& one : made->records) {
    batch.record_bytes += one.key.size() + one.value.size() + record_bytes_beside;
    batch.records.push_back(std::move(one));
  }
  batch.counts.quarantine_cut += made->is_cut ? 1 : 0;
  return true;
}

void settler::tell_cut(const batch_counts& counts) {
  if (counts.quarantine_cut > 0) {
    around_.listener.on_trouble("quarantine.cut",
                                std::to_string(counts.quarantine_cut) +
                                    " of what went to quarantine is not whole there; beside each "
                                    "it was said why");
  }
}

// A position may be stored once all that lies below it is kept.
bool settler::rejects_are_kept(batch_id id, batch_state& batch) {
  queue_rejects(id, batch);
  rejects_.keep(settling_);
  return rejects_.is_empty();
}

// Alerts of several records that are all of the batch's partition are stored with its position:
// where that is, so are they. After an abort both come again, since what was counted is forgotten
// and read again. Others are a batch of their own: what they were made of may be stored already.
void settler::attach_due(batch_id id, batch_state& batch) {
  for (alert& found : stateful_.take_own()) {
    if (settling_.is_open(id)) {
      take_due(id, batch, found);
    }
  }
}

// After the alerts of several records that it completed. False: what has to be kept first is not.
bool settler::hand_over_read(batch_id id, batch_state& batch) {
  if (batch.what == consume::reading::quiet && settling_.is_open(id)) {
    const std::optional<std::int64_t> now =
        is_quiet() ? std::optional{system_now_ns()} : std::nullopt;
    stateful_.pass_time(batch.source, batch.work->taken.place, now, due_);
    attach_due(id, batch);
    deliver_due();
  }
  hand_over_due();
  refuse_alerts(batch);
  if (!due_batches_.empty() || !rejects_are_kept(id, batch)) {
    return false;
  }
  // Where nothing came and nothing is due, there is nothing to store.
  if (batch.what != consume::reading::quiet || !batch.found.empty() || !batch.records.empty()) {
    hand_over(id, batch);
  }
  return true;
}

void settler::hand_over(batch_id id, batch_state& batch) {
  if (!settling_.is_open(id)) {
    return;
  }
  transaction_item item;
  item.round = round_;
  item.batch.batch = id;
  if (!batch.found.empty() || !batch.records.empty()) {
    auto pack = std::make_shared<alert_pack>();
    pack->alerts = std::exchange(batch.found, {});
    pack->records = std::exchange(batch.records, {});
    pack->rules = stateful_.rules();
    pack->bytes = pack->alerts.size() * limits::alert_bytes_typical + batch.record_bytes;
    alert_bytes_ += pack->bytes;
    item.batch.pack = std::move(pack);
  }
  if (batch.work) {
    const consume::source_batch& taken = batch.work->taken;
    item.at = emit::stored_position{taken.place.name, taken.place.partition, taken.end,
                                    stateful_.note_of(batch.source, taken.place),
                                    batch.what != consume::reading::start};
  } else {
    without_source_[id] = item.batch;
  }
  settling_.expect(id, 1);
  around_.transactions->give(std::move(item));
}

void settler::hand_over_due() {
  while (!due_batches_.empty() &&
         rejects_are_kept(due_batches_.front(), open_.at(due_batches_.front()))) {
    const batch_id id = due_batches_.front();
    due_batches_.pop_front();
    hand_over(id, open_.at(id));
  }
}

void settler::take_transaction_ends(std::atomic<bool>& stop) {
  bool closed = false;
  hand_over_due();
  while (auto report = around_.transaction_ends.pop_for(std::chrono::milliseconds{0}, closed)) {
    switch (report->what) {
      case transaction_report::kind::committed:
        take_commit(*report);
        break;
      case transaction_report::kind::forgotten:
        for (const delivery_item& each : report->batches) {
          alert_bytes_ -= each.pack ? each.pack->bytes : 0;
          give_back(each.batch);
        }
        break;
      case transaction_report::kind::ended:
        failure_ = error{errc::output_failed, report->reason};
        stop.store(true);
        begin_round();
        break;
      case transaction_report::kind::aborted:
        for (auto& [which, why] : report->refused) {
          refused_.add(std::move(which), std::move(why));
        }
        begin_round();
        break;
    }
  }
}

// The source hears of it before it hears of an abort behind it, by which it reads again from there.
void settler::take_commit(transaction_report& report) {
  for (delivery_item& each : report.batches) {
    if (without_source_.erase(each.batch) > 0) {
      settling_.complete(each.batch);
    }
    settling_.accept(each.batch, 1);
    if (each.pack) {
      alert_bytes_ -= each.pack->bytes;
    }
    if (each.pack && !each.pack->alerts.empty()) {
      for (const auto& sink : around_.sinks) {
        sink->give(each);
      }
    }
  }
  settle();
}

// Everything that was taken comes again, but what no source will give. What is read for stateful
// rules alone has no position to go back to.
void settler::begin_round() {
  ++round_;
  alert_bytes_ = 0;
  std::vector<batch_id> open;
  for (const auto& [id, batch] : open_) {
    if (settling_.is_open(id) && batch.has_position()) {
      open.push_back(id);
    }
  }
  for (const batch_id id : open) {
    give_back(id);
  }
  renew_due();
}

// What no source gives again is handed over anew, without what turned out to be refused.
void settler::renew_due() {
  std::deque<batch_id> again;
  for (auto& [id, item] : std::exchange(without_source_, {})) {
    settling_.accept(id, 1);
    batch_state& batch = open_.at(id);
    if (item.pack) {
      for (const alert& each : item.pack->alerts) {
        alert renewed = each.copy();  // the pack is handed out
        renewed.burst = std::make_unique<alert_burst>(*each.burst);
        batch.found.push_back(std::move(renewed));
      }
    }
    refuse_alerts(batch);
    again.push_back(id);
  }
  due_batches_.insert(due_batches_.begin(), again.begin(), again.end());
  hand_over_due();
}

}  // namespace trailbell::pipeline
