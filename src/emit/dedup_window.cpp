#include "trailbell/emit/dedup_window.hpp"

namespace trailbell::emit {

bool dedup_window::admit(const std::string& fingerprint, std::int64_t now_ns) {
  while (!order_.empty() && now_ns - order_.front().at_ns >= bounds_.age_ns) {
    forget_oldest();
  }
  if (!seen_.emplace(fingerprint, admitted_).second) {
    return false;
  }
  order_.push_back({fingerprint, admitted_++, now_ns});
  while (seen_.size() > bounds_.entries || order_.size() > 2 * bounds_.entries) {
    forget_oldest();
  }
  return true;
}

void dedup_window::forget(const std::string& fingerprint) {
  seen_.erase(fingerprint);
}

void dedup_window::forget_oldest() {
  const admission& oldest = order_.front();
  const auto found = seen_.find(oldest.fingerprint);
  if (found != seen_.end() && found->second == oldest.number) {
    seen_.erase(found);
  }
  order_.pop_front();
}

}  // namespace trailbell::emit
