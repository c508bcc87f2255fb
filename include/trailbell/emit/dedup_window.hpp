// dedup_window: which alerts were seen lately. Bounded in entries, and in time where that is asked:
// the oldest is forgotten first.
//
// Thread-safety: none; it belongs to the one thread that emits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <string>
#include <unordered_map>

#include "trailbell/base/limits.hpp"

namespace trailbell::emit {

struct dedup_bounds {
  std::size_t entries = limits::dedup_entries_max;
  std::int64_t age_ns = std::numeric_limits<std::int64_t>::max();  // of any clock; see admit()
};

class dedup_window {
 public:
  explicit dedup_window(dedup_bounds bounds = {}) : bounds_{bounds} {}

  // True the first time; false while the window remembers an equal fingerprint. `now_ns`: of a
  // clock that does not go back.
  bool admit(const std::string& fingerprint, std::int64_t now_ns = 0);
  // Takes an admission back: the alert was not accepted by a sink.
  void forget(const std::string& fingerprint);

  [[nodiscard]] std::size_t size() const noexcept { return seen_.size(); }

 private:
  struct admission {
    std::string fingerprint;
    std::uint64_t number;
    std::int64_t at_ns;
  };

  void forget_oldest();

  dedup_bounds bounds_;
  std::uint64_t admitted_ = 0;
  std::unordered_map<std::string, std::uint64_t> seen_;  // the number of its admission
  std::deque<admission> order_;  // oldest first; some are of fingerprints that were forgotten
};

}  // namespace trailbell::emit
