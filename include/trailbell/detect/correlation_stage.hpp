// correlation_stage: records that rules hold for in, an alert for each time that several of them
// are what a threshold or a correlation asks for.
//
// On event time: records are put in order as far as limits::allowed_lateness_ns reaches; what comes
// later still is judged when it comes. So the result depends on the order of the input only, not on
// who read it. A record without a time that can be read is taken for as new as the newest that was
// seen, and counted: a broken record must not hide an attack from a count.
//
// A count that has to be reached (`least`) is looked for in every window of the timespan, both ends
// included. The alert is that of the last record, and counting begins anew behind it. A count with
// an upper bound (`most`) is judged once: a window begins with the first match of its group that no
// other window holds, and is over when a later record shows that its timespan is. Neither tells of
// groups of which nothing was seen.
//
// State is bounded in entries and bytes: the group that was quiet for longest is forgotten first,
// of a group that is alone its oldest entries, and what was forgotten is counted.
//
// A stage that is fed from the middle of its input on (correlation_begin::middle) cannot know when
// a group began anew last. Until a group's records show a gap of its timespan, it fires for nothing
// and keeps all: so it holds every entry that a stage which saw all of the input would hold, and
// whoever absorbs it fires no later than that one would. Not so where a count has an upper bound,
// nor for a correlation that others are about: those begin with the first record that is seen.
//
// Each record has an origin, a number of the caller's: what came from one can be forgotten. Where
// each origin has a clock of its own (correlation_clock::own), its records wait for others of it
// alone, so that what is made of them is the same however origins take turns; then what comes of
// records of several is put in order no further than each of them is.
//
// Thread-safety: none; it belongs to the one thread that has everything in order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "trailbell/base/byte_stream.hpp"
#include "trailbell/base/limits.hpp"
#include "trailbell/detect/correlation_plan.hpp"
#include "trailbell/model/alert.hpp"

namespace trailbell::detect {

struct correlation_bounds {
  std::size_t entries = limits::correlation_entries_max;
  std::size_t bytes = limits::correlation_bytes_max;
};

enum class correlation_begin : std::uint8_t { input, middle };

enum class correlation_clock : std::uint8_t { shared, own };

struct correlation_tally {
  std::uint64_t untimed = 0;  // records without a time that can be read
  std::uint64_t evicted = 0;  // entries that were forgotten for lack of room
};

class correlation_stage {
 public:
  // Borrows the plan.
  explicit correlation_stage(const correlation_plan& plan, correlation_bounds bounds = {},
                             correlation_begin begin = correlation_begin::input,
                             correlation_clock whose = correlation_clock::shared);
  correlation_stage(const correlation_stage&) = delete;
  correlation_stage& operator=(const correlation_stage&) = delete;
  ~correlation_stage();

  // A record that counts for others: its alert has a burst with feeds. Appends the alerts that it
  // makes due.
  void add(alert record, std::vector<alert>& due, std::uint32_t origin = 0);
  // Nothing that happened before `now_ns` is still to be expected, but for what is late: judges
  // what waited for it. For input that comes as it happens; never goes back.
  void pass_time(std::int64_t now_ns, std::vector<alert>& due);
  // Judges what happened before `before_ns` of what waits of one origin, which has its own clock;
  // and what comes of it from now on and happened before that, as soon as it comes.
  void judge_before(std::int64_t before_ns, std::uint32_t origin, std::vector<alert>& due);
  // Up to where that is, of whatever made it so. Nothing: none of its records had a time.
  [[nodiscard]] std::optional<std::int64_t> judged_before(std::uint32_t origin) const;
  // The newest event time of that origin; of all.
  [[nodiscard]] std::optional<std::int64_t> newest(std::uint32_t origin) const;
  [[nodiscard]] std::optional<std::int64_t> newest() const;
  // Of the alerts that the last call appended, in order: where all records of each came from;
  // nothing: they came from several.
  [[nodiscard]] const std::vector<std::optional<std::uint32_t>>& due_origins() const noexcept {
    return origins_;
  }
  // No more will come.
  void finish(std::vector<alert>& due);

  // Takes over what another stage holds, for those of its nodes that are one of ours, by
  // `node_of`. Fires nothing; what the other would wait for is waited for here. Both plans live.
  void absorb(correlation_stage&& other, const node_map& node_of);
  // What came from there counts no more, as if it had never come. What fired stays fired.
  void forget(std::uint32_t origin);

  // All that is held of records from `wanted` origins, as bytes: of a stage whose clock is shared.
  void save(byte_writer& to, const std::function<bool(std::uint32_t)>& wanted) const;
  // And back, into a stage that has seen nothing: it goes on as the one that saved would. `node_of`
  // and `origin_of` are ours, by theirs. False: the bytes are damaged, the stage is of no use.
  bool load(byte_reader& from, const node_map& node_of, std::span<const std::uint32_t> origin_of);

  [[nodiscard]] const correlation_tally& tally() const noexcept { return tally_; }

 private:
  class windows;
  struct waiting_record {
    alert record;
    std::uint32_t origin = 0;
    std::size_t bytes = 0;
  };

  // What waits for older records, and what is known of time.
  struct clock {
    std::multimap<std::int64_t, waiting_record> waiting;  // equal times in the order of the input
    std::vector<waiting_record> untimed;                  // came before any time was seen
    std::optional<std::int64_t> newest_ns;
    std::int64_t before_ns = INT64_MIN;  // what is older is judged when it comes
  };

  clock& clock_of(std::uint32_t origin) {
    return clocks_[clock_ == correlation_clock::own ? origin : 0];
  }
  void wait(clock& on, std::int64_t time_ns, waiting_record record);
  void drain(clock& on, std::int64_t before_ns, std::vector<alert>& due);
  void absorb(clock& on, clock&& other, const node_map& node_of);

  correlation_begin begin_;
  correlation_clock clock_;
  std::vector<std::optional<std::uint32_t>> origins_;
  std::unique_ptr<windows> windows_;
  std::map<std::uint32_t, clock> clocks_;  // by origin, or of all
  std::size_t waiting_count_ = 0, waiting_bytes_ = 0;
  correlation_tally tally_;
};

}  // namespace trailbell::detect
