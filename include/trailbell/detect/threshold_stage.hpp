// threshold_stage: matches of rules with a threshold in, an alert for each time that one is
// reached.
//
// On event time: matches are put in order as far as limits::allowed_lateness_ns reaches; what comes
// later still is judged when it comes. So the result depends on the order of the input only, not on
// who read it. Within a group, `count` matches that lie no further apart than the window are one
// alert, that of the last of them, and counting begins anew. State is bounded: the group that was
// quiet for longest is forgotten first, and what was forgotten is counted.
//
// Thread-safety: none; it belongs to the one thread that has everything in order.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "trailbell/base/limits.hpp"
#include "trailbell/detect/rule_set.hpp"
#include "trailbell/model/alert.hpp"

namespace trailbell::detect {

struct threshold_tally {
  std::uint64_t untimed = 0;  // matches without an eventTime, which no window can hold
  std::uint64_t evicted = 0;  // matches that were forgotten for lack of room
};

class threshold_stage {
 public:
  // Borrows the rules. `entries_max`: matches that may be remembered.
  explicit threshold_stage(std::span<const rule_ptr> rules,
                           std::size_t entries_max = limits::threshold_entries_max)
      : rules_{rules}, entries_max_{entries_max} {}

  // A match of a rule with a threshold: it has a burst. Appends the alerts that it makes due.
  void add(alert match, std::vector<alert>& due);
  // No more will come.
  void finish(std::vector<alert>& due);

  [[nodiscard]] const threshold_tally& tally() const noexcept { return tally_; }

 private:
  struct entry {
    std::int64_t time_ns;
    std::string time, event_id;
  };
  struct group {
    std::vector<entry> entries;  // by time
    std::list<const std::string*>::iterator quiet_since;
  };

  using group_map = std::map<std::string, group>;  // by rule and values

  void judge(alert match, std::int64_t time_ns, std::vector<alert>& due);
  group_map::iterator group_of(const alert& match);
  void forget(group_map::iterator which);

  std::span<const rule_ptr> rules_;
  std::size_t entries_max_;
  std::size_t entries_ = 0;
  std::multimap<std::int64_t, alert> waiting_;  // equal times in the order of the input
  std::int64_t newest_ns_ = INT64_MIN;
  group_map groups_;
  std::list<const std::string*> by_quiet_;  // keys of groups_, the quietest first
  threshold_tally tally_;
};

}  // namespace trailbell::detect
