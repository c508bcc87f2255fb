#include "trailbell/emit/dedup_window.hpp"

namespace trailbell::emit {

bool dedup_window::admit(const std::string& fingerprint) {
  if (!seen_.insert(fingerprint).second) {
    return false;
  }
  order_.push_back(fingerprint);
  if (order_.size() > entries_max_) {
    seen_.erase(order_.front());
    order_.pop_front();
  }
  return true;
}

void dedup_window::forget(const std::string& fingerprint) {
  if (seen_.erase(fingerprint) != 0) {
    std::erase(order_, fingerprint);
  }
}

}  // namespace trailbell::emit
