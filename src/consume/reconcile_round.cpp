#include "consume/reconcile_round.hpp"

#include <algorithm>

#include "consume/s3_layout.hpp"

namespace trailbell::consume {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

// A second is cut off of what S3 says, and clocks differ a little.
constexpr nanoseconds since_margin = seconds{2};
// Requests of a clock that is further off are refused by S3.
constexpr nanoseconds clocks_margin = std::chrono::minutes{15};

}  // namespace

time_range range_of_round(const reconcile_times& times, std::int64_t now_ns, std::int64_t since_ns,
                          std::int64_t reached_ns) {
  const std::int64_t to = now_ns - nanoseconds{times.delay}.count();
  const std::int64_t from = std::min(reached_ns, to) - nanoseconds{times.window}.count();
  return {std::max(from, since_ns), to};
}

std::int64_t since_of(std::int64_t now_ns, std::chrono::milliseconds backfill) {
  return now_ns - nanoseconds{backfill}.count() - since_margin.count();
}

std::int64_t forgettable_before(std::int64_t from_ns) {
  return from_ns - clocks_margin.count();
}

listed_as judge(const archive_item& item, const time_range& range) {
  if (item.skipped != skip_reason::none || !may_have_records(item.path)) {
    return listed_as::skipped;
  }
  if (item.changed_ns != 0 && item.changed_ns < range.from_ns) {
    return listed_as::old;
  }
  return item.changed_ns >= range.to_ns ? listed_as::young : listed_as::missing;
}

}  // namespace trailbell::consume
