// finding_counts: what became of each finding, in the totals of a replay; the last ones can be
// taken back, where an output fails that had them in its buffer.
#pragma once

#include <deque>
#include <string>

#include "trailbell/model/alert.hpp"
#include "trailbell/model/replay_totals.hpp"

namespace trailbell::pipeline {

class finding_counts {
 public:
  // Borrows the totals.
  explicit finding_counts(replay_totals& totals) : totals_{totals} {}

  // `reason`: the count of those that are suppressed for the same reason.
  void suppress(const alert& found, std::uint64_t& reason);
  void accept(const alert& found);

  // All but the last `count` alerts that were accepted have arrived.
  void keep_back(std::size_t count);
  // The last `count` alerts have not, and will not.
  void take_back(std::size_t count);

 private:
  struct accepted {
    std::string rule, event_name, actor, account;
  };

  replay_totals& totals_;
  std::deque<accepted> recent_;
};

}  // namespace trailbell::pipeline
