// reconcile_round: what one listing of a bucket is to find, and what a listed object is to it.
// Pure.
//
// A round looks at what was written within its range of times. It begins one window before the time
// that the rounds before have reached, so that nothing is left out however long the service was
// away, and not before the record begins; it ends a while ago, as newer objects are left to the
// queue. S3 tells times in whole seconds, cut off.
#pragma once

#include <chrono>
#include <cstdint>

#include "trailbell/consume/archive_source.hpp"
#include "trailbell/model/announced_status.hpp"

namespace trailbell::consume {

struct reconcile_times {
  std::chrono::milliseconds every{std::chrono::hours{1}};
  std::chrono::milliseconds window{std::chrono::days{1}};
  std::chrono::milliseconds delay{std::chrono::minutes{15}};
};

// From and to, since 1970, half open.
struct time_range {
  std::int64_t from_ns = 0, to_ns = 0;
};
[[nodiscard]] time_range range_of_round(const reconcile_times& times, std::int64_t now_ns,
                                        std::int64_t since_ns, std::int64_t reached_ns);

// When a record that is made now begins: `backfill` ago, and what clocks may differ by.
[[nodiscard]] std::int64_t since_of(std::int64_t now_ns, std::chrono::milliseconds backfill);
// Objects that were done with before are listed by no round that begins at `from_ns` or later.
[[nodiscard]] std::int64_t forgettable_before(std::int64_t from_ns);

// By its key and its time alone: skipped, old, young, or else missing, unless it is known.
[[nodiscard]] listed_as judge(const archive_item& item, const time_range& range);

}  // namespace trailbell::consume
