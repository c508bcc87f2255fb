// dedup_window: which alerts were seen lately. Bounded: the oldest is forgotten first.
//
// Thread-safety: none; it belongs to the one thread that emits.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_set>

#include "trailbell/base/limits.hpp"

namespace trailbell::emit {

class dedup_window {
 public:
  explicit dedup_window(std::size_t entries_max = limits::dedup_entries_max)
      : entries_max_{entries_max} {}

  // True the first time; false while the window remembers an equal fingerprint.
  bool admit(const std::string& fingerprint);
  // Takes an admission back: the alert was not accepted by a sink.
  void forget(const std::string& fingerprint);

  [[nodiscard]] std::size_t size() const noexcept { return seen_.size(); }

 private:
  std::size_t entries_max_;
  std::unordered_set<std::string> seen_;
  std::deque<std::string> order_;  // oldest first; may name fingerprints that were forgotten
};

}  // namespace trailbell::emit
