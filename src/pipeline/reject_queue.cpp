#include "pipeline/reject_queue.hpp"

#include <utility>

#include "trailbell/base/ensure.hpp"
#include "trailbell/base/limits.hpp"

namespace trailbell::pipeline {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds stuck_interval{1};  // between attempts that fail

}  // namespace

emit::quarantine_entry entry_of(const reject& what) {
  return {what.place, what.offset, what.record, what.kind, what.reason, what.bytes, what.alert_id};
}

reject_queue::reject_queue(service::keep_rejects keep, service_listener& listener)
    : keep_{std::move(keep)}, listener_{listener} {}

void reject_queue::add(batch_id batch, reject what, std::uint64_t deliveries) {
  bytes_ += what.bytes.size();
  rejects_.push_back(std::move(what));
  owners_.push_back({batch, deliveries});
}

bool reject_queue::is_full() const noexcept {
  return rejects_.size() >= limits::rejects_waiting_max ||
         bytes_ >= limits::rejects_waiting_bytes_max;
}

void reject_queue::keep(settlement& settling) {
  if (rejects_.empty() || (stuck_since_ && steady_clock::now() - *stuck_since_ < stuck_interval)) {
    return;
  }
  const kept_rejects kept = keep_(rejects_);
  ensure(kept.count <= rejects_.size() && (kept.failure || kept.count == rejects_.size()),
         "a reject is kept, or it is said why it is not");
  for (std::size_t i = 0; i < kept.count; ++i) {
    bytes_ -= rejects_[i].bytes.size();
    settling.accept(owners_[i].batch, owners_[i].deliveries);
  }
  const auto done = static_cast<std::ptrdiff_t>(kept.count);
  rejects_.erase(rejects_.begin(), rejects_.begin() + done);
  owners_.erase(owners_.begin(), owners_.begin() + done);
  tell(kept.failure);
}

void reject_queue::tell(const std::optional<error>& failure) {
  if (failure) {
    stuck_since_ = steady_clock::now();
    listener_.on_condition("quarantine", failure->message);
    listener_.on_trouble("quarantine", "quarantine: " + failure->message);
  } else if (stuck_since_) {
    stuck_since_.reset();
    listener_.on_condition("quarantine", "");
  }
}

}  // namespace trailbell::pipeline
