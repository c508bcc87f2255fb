#include "trailbell/pipeline/settlement.hpp"

#include "trailbell/base/ensure.hpp"

namespace trailbell::pipeline {

void settlement::open(batch_id batch) {
  ensure(open_.try_emplace(batch).second, "a batch is opened once");
}

bool settlement::admit(batch_id batch, const std::string& fingerprint, std::int64_t now_ns) {
  if (!dedup_.admit(fingerprint, now_ns)) {
    return false;
  }
  open_.at(batch).fingerprints.push_back(fingerprint);
  return true;
}

void settlement::expect(batch_id batch, std::uint64_t deliveries) {
  state& one = open_.at(batch);
  ensure(!one.complete, "a complete batch causes nothing more");
  one.expected += deliveries;
}

void settlement::accept(batch_id batch, std::uint64_t deliveries) {
  const auto at = open_.find(batch);
  if (at == open_.end()) {
    return;
  }
  ensure(at->second.expected >= deliveries, "more was accepted than was expected");
  at->second.expected -= deliveries;
  settle_if_done(at);
}

void settlement::complete(batch_id batch) {
  const auto at = open_.find(batch);
  if (at != open_.end()) {
    at->second.complete = true;
    settle_if_done(at);
  }
}

void settlement::abandon(batch_id batch) {
  const auto at = open_.find(batch);
  if (at == open_.end()) {
    return;
  }
  for (const std::string& fingerprint : at->second.fingerprints) {
    dedup_.forget(fingerprint);
  }
  open_.erase(at);
}

std::optional<batch_id> settlement::take_acked() {
  if (acked_.empty()) {
    return std::nullopt;
  }
  const batch_id batch = acked_.front();
  acked_.pop_front();
  return batch;
}

void settlement::settle_if_done(std::unordered_map<batch_id, state>::iterator at) {
  if (at->second.complete && at->second.expected == 0) {
    acked_.push_back(at->first);
    open_.erase(at);
  }
}

}  // namespace trailbell::pipeline
