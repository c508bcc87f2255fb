#include "property/transaction_member.hpp"

#include <algorithm>

namespace trailbell {

using pipeline::batch_id;
using pipeline::transaction_plan;

transaction_member::transaction_member(transaction_world& around,
                                       transaction_world::member_id given)
    : known_as{given},
      world_{around},
      producer_{around.add_producer()},
      epoch_{around.init(producer_)} {}

bool transaction_member::idle() const {
  return events_.empty() && outcomes_.empty() && open_.empty() && items_.empty() &&
         reports_.empty() && stage_ == stage::none && notices.empty() && revoked_.empty() &&
         wanted_.empty();
}

// The source's thread: kafka_group and source_driver.

void transaction_member::drive(unsigned chance) {
  take_outcomes(chance & 3U);
  if (revoked_.empty()) {
    take_notice();
  }
  drain();
  std::erase_if(wanted_, [this](std::size_t partition) {
    if (world_.stable(partition)) {
      held_.insert_or_assign(partition, holding{world_.committed[partition]});
      return true;
    }
    return false;
  });
  if ((chance & 4U) != 0) {
    take_batch(chance >> 3U);
  }
  if (next_.batch || !next_.given_up.empty() || next_.returned > 0 || next_.membership) {
    events_.push_back(std::exchange(next_, {}));
  }
}

void transaction_member::take_outcomes(unsigned count) {
  for (; count > 0 && !outcomes_.empty(); --count) {
    const auto [receipt, acked] = outcomes_.front();
    outcomes_.pop_front();
    awaited_.erase(receipt);
    next_.returned += acked ? 0 : 1;
    const auto held = held_.find(where_.at(receipt));
    if (held == held_.end()) {
      continue;
    }
    consume::partition_ledger& ledger = held->second.ledger;
    if (acked) {
      ledger.ack(receipt);
      continue;
    }
    std::vector<receipt_id> others = ledger.outstanding();
    if (ledger.nack(receipt)) {
      std::erase(others, receipt);
      next_.given_up.insert(next_.given_up.end(), others.begin(), others.end());
    }
  }
}

void transaction_member::take_notice() {
  if (notices.empty()) {
    return;
  }
  const group_notice notice = std::move(notices.front());
  notices.pop_front();
  next_.membership = notice.membership;
  wanted_.insert(notice.assigned.begin(), notice.assigned.end());
  for (const std::size_t each : notice.revoked) {
    wanted_.erase(each);
    if (const auto held = held_.find(each); held != held_.end()) {
      held->second.leaving = true;
    }
  }
  revoked_ = notice.revoked;
  lost_ = notice.lost;
  abandoned_ = drain_over_ = false;
}

void transaction_member::drain() {
  if (revoked_.empty()) {
    return;
  }
  const auto of = [this](std::size_t each) { return held_.find(each); };
  if (!abandoned_ && (lost_ || drain_over_)) {
    abandoned_ = true;
    for (const std::size_t each : revoked_) {
      if (of(each) != held_.end()) {
        const std::vector<receipt_id> open = of(each)->second.ledger.outstanding();
        awaited_.insert(open.begin(), open.end());
        next_.given_up.insert(next_.given_up.end(), open.begin(), open.end());
      }
    }
  }
  const bool done =
      abandoned_ ? awaited_.empty() : std::all_of(revoked_.begin(), revoked_.end(), [&](auto each) {
        return of(each) == held_.end() || of(each)->second.ledger.settled();
      });
  if (done) {
    for (const std::size_t each : revoked_) {
      held_.erase(each);
    }
    revoked_.clear();
  }
}

void transaction_member::take_batch(unsigned chance) {
  if (held_.empty()) {
    return;
  }
  auto at = held_.begin();
  std::advance(at, chance % held_.size());
  auto& [partition, held] = *at;
  const auto size = static_cast<std::int64_t>(world_.partitions[partition].size());
  const std::int64_t begin = held.ledger.next_expected();
  const std::int64_t end = std::min<std::int64_t>(size, begin + 1 + (chance >> 4U) % 3);
  if (held.leaving || begin >= end) {
    return;
  }
  const receipt_id receipt = ++last_receipt_;
  held.ledger.open(receipt, end);
  where_[receipt] = partition;
  next_.batch = taken{receipt, partition, begin, end};
}

// The settler.

void transaction_member::settle(unsigned chance) {
  if ((chance & 1U) != 0) {
    take_event();
  }
  if ((chance & 2U) != 0) {
    take_report();
  }
  if ((chance & 4U) != 0) {
    collect();
  }
}

void transaction_member::take_event() {
  if (events_.empty()) {
    return;
  }
  event one = std::move(events_.front());
  events_.pop_front();
  returns_.reached(one.returned);
  if (one.membership) {
    items_.push_back({0, 0, {}, {}, {}, std::move(one.membership)});
  }
  if (one.batch && !returns_.open({"t", static_cast<std::int32_t>(one.batch->partition)})) {
    outcomes_.emplace_back(one.batch->receipt, false);
    returns_.give_back();
  } else if (one.batch) {
    const batch_id id = ++last_batch_;
    settling_.open(id);
    open_[id] = {*one.batch, one.batch->begin, false, false, {}};
    by_receipt_[one.batch->receipt] = id;
    order_.push_back(id);
  }
  give_up(one.given_up);
}

void transaction_member::give_up(const std::vector<receipt_id>& receipts) {
  item handed;
  for (const receipt_id receipt : receipts) {
    const auto known = by_receipt_.find(receipt);
    if (known == by_receipt_.end() || !settling_.is_open(known->second)) {
      continue;
    }
    open_batch& batch = open_.at(known->second);
    batch.given_up = true;
    if (batch.handed) {
      handed.forget.push_back(known->second);
    } else {
      give_back(known->second);
    }
  }
  if (!handed.forget.empty()) {
    items_.push_back(std::move(handed));
  }
}

void transaction_member::give_back(batch_id id) {
  const auto at = open_.find(id);
  settling_.abandon(id);
  outcomes_.emplace_back(at->second.from.receipt, false);
  if (at->second.given_up) {
    returns_.give_back();
  } else {
    returns_.give_back({"t", static_cast<std::int32_t>(at->second.from.partition)});
  }
  if (at->second.handed) {
    by_receipt_.erase(at->second.from.receipt);
    open_.erase(at);
  }
}

// One message of the oldest batch that is not read, or its end.
void transaction_member::collect() {
  if (order_.empty()) {
    return;
  }
  const batch_id id = order_.front();
  open_batch& batch = open_.at(id);
  if (settling_.is_open(id) && batch.at < batch.from.end) {
    const std::int64_t at = batch.at++;
    const world_message& found =
        world_.partitions[batch.from.partition][static_cast<std::size_t>(at)];
    if (found.rejected ||
        (!found.fingerprint.empty() && settling_.admit(id, found.fingerprint, 0))) {
      batch.caused.push_back(at);
    }
    return;
  }
  order_.pop_front();
  if (settling_.is_open(id)) {
    hand_over(id, batch);
  } else {
    by_receipt_.erase(batch.from.receipt);
    open_.erase(id);
  }
}

void transaction_member::hand_over(batch_id id, open_batch& batch) {
  batch.handed = true;
  items_.push_back({round_, id, batch.from, std::move(batch.caused), {}, std::nullopt});
  settling_.expect(id, 1);
  settling_.complete(id);
}

void transaction_member::take_report() {
  if (reports_.empty()) {
    return;
  }
  const report one = std::move(reports_.front());
  reports_.pop_front();
  if (one.what == report::kind::aborted) {
    ++round_;
    std::vector<batch_id> open;
    for (const auto& [id_of, batch] : open_) {
      if (settling_.is_open(id_of)) {
        open.push_back(id_of);
      }
    }
    for (const batch_id each : open) {
      give_back(each);
    }
    return;
  }
  for (const batch_id each : one.batches) {
    if (one.what == report::kind::forgotten) {
      give_back(each);
    } else {
      settling_.accept(each, 1);
    }
  }
  while (const auto acked = settling_.take_acked()) {
    const auto at = open_.find(*acked);
    outcomes_.emplace_back(at->second.from.receipt, true);
    by_receipt_.erase(at->second.from.receipt);
    open_.erase(at);
  }
}

}  // namespace trailbell
