#include "trailbell/consume/ledger.hpp"

#include <algorithm>

#include "trailbell/base/ensure.hpp"

namespace trailbell::consume {

void partition_ledger::open(receipt_id receipt, std::int64_t next) {
  ensure(next >= next_, "a batch begins behind the one before it");
  ensure(open_.empty() || receipt > open_.back().receipt, "receipts go up");
  open_.push_back({receipt, next});
  next_ = next;
}

void partition_ledger::skip_to(std::int64_t next) {
  if (next <= next_) {
    return;
  }
  next_ = next;
  if (open_.empty()) {
    watermark_ = next;
    moved_ = true;
  } else {
    open_.back().next = next;
  }
}

bool partition_ledger::ack(receipt_id receipt) {
  entry* const found = find(receipt);
  if (found == nullptr) {
    return false;
  }
  found->acked = true;
  while (!open_.empty() && open_.front().acked) {
    watermark_ = open_.front().next;
    moved_ = true;
    open_.pop_front();
  }
  return true;
}

bool partition_ledger::nack(receipt_id receipt) {
  if (find(receipt) == nullptr) {
    return false;
  }
  open_.clear();
  next_ = watermark_;
  return true;
}

std::vector<receipt_id> partition_ledger::outstanding() const {
  std::vector<receipt_id> receipts;
  for (const entry& each : open_) {
    if (!each.acked) {
      receipts.push_back(each.receipt);
    }
  }
  return receipts;
}

std::optional<std::int64_t> partition_ledger::take_moved() {
  if (!moved_) {
    return std::nullopt;
  }
  moved_ = false;
  return watermark_;
}

partition_ledger::entry* partition_ledger::find(receipt_id receipt) {
  const auto at = std::lower_bound(open_.begin(), open_.end(), receipt,
                                   [](const entry& e, receipt_id id) { return e.receipt < id; });
  return at != open_.end() && at->receipt == receipt ? &*at : nullptr;
}

}  // namespace trailbell::consume
