#include "trailbell/pipeline/transaction_plan.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace trailbell::pipeline {
namespace {

using std::chrono::milliseconds;
using partition_key = std::pair<std::string, std::int32_t>;

partition_key key_of(const emit::stored_position& at) {
  return {at.topic, at.partition};
}

}  // namespace

bool transaction_plan::add(std::uint64_t round, entry what, time now) {
  if (round != round_) {
    return false;
  }
  if (waiting_.empty()) {
    first_ = now;
  }
  bytes_ += what.bytes;
  with_position_ += what.at ? 1 : 0;
  waiting_.push_back(std::move(what));
  return true;
}

std::vector<batch_id> transaction_plan::forget(std::span<const batch_id> batches) {
  const std::set<batch_id> asked{batches.begin(), batches.end()};
  std::set<partition_key> cut;
  std::vector<batch_id> taken;
  std::vector<entry> kept;
  for (entry& each : waiting_) {
    const bool goes = asked.contains(each.batch) || (each.at && cut.contains(key_of(*each.at)));
    if (!goes) {
      kept.push_back(std::move(each));
      continue;
    }
    taken.push_back(each.batch);
    bytes_ -= each.bytes;
    if (each.at) {
      --with_position_;
      cut.insert(key_of(*each.at));
    }
  }
  waiting_ = std::move(kept);
  return taken;
}

// Alerts that hang on no position may be stored by one who is in no group.
bool transaction_plan::allowed() const noexcept {
  return !waiting_.empty() && (with_position_ == 0 || !membership_.empty());
}

bool transaction_plan::due(time now, bool nothing_queued) const {
  if (!allowed() || now < not_before_) {
    return false;
  }
  return nothing_queued || full() || now - first_ >= bounds_.interval;
}

std::optional<milliseconds> transaction_plan::due_in(time now) const {
  if (!allowed()) {
    return std::nullopt;
  }
  return std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(not_before_ - now));
}

std::vector<transaction_plan::entry> transaction_plan::take() {
  bytes_ = 0;
  with_position_ = 0;
  return std::exchange(waiting_, {});
}

std::vector<emit::stored_position> transaction_plan::positions(std::span<const entry> of) {
  std::map<partition_key, const emit::stored_position*> reached;
  for (const entry& each : of) {
    if (each.at) {
      reached[key_of(*each.at)] = &*each.at;
    }
  }
  std::vector<emit::stored_position> all;
  all.reserve(reached.size());
  for (const auto& [key, at] : reached) {
    all.push_back(*at);
  }
  return all;
}

void transaction_plan::committed(time now) {
  not_before_ = now + bounds_.pause;
}

void transaction_plan::aborted(time until) {
  take();
  ++round_;
  not_before_ = until;
}

}  // namespace trailbell::pipeline
