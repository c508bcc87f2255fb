#include "consume/reconcile_round.hpp"

#include <gtest/gtest.h>

#include "trailbell/base/timestamp.hpp"

namespace trailbell::consume {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

std::int64_t at(const char* time) {
  return parse_rfc3339(time).value();
}
const reconcile_times usual{hours{1}, hours{24}, minutes{15}};

std::string text_of(const time_range& range) {
  return format_rfc3339(range.from_ns).substr(5, 11) + " " +
         format_rfc3339(range.to_ns).substr(5, 11);
}

TEST(reconcile_round, looks_a_window_behind_what_was_reached_and_leaves_the_young_to_the_queue) {
  EXPECT_EQ(text_of(range_of_round(usual, at("2026-03-10T12:00:00Z"), at("2026-01-01T00:00:00Z"),
                                   at("2026-03-10T10:45:00Z"))),
            "03-09T10:45 03-10T11:45");
}

TEST(reconcile_round, leaves_out_nothing_of_the_time_that_the_service_was_away) {
  EXPECT_EQ(text_of(range_of_round(usual, at("2026-03-10T12:00:00Z"), at("2026-01-01T00:00:00Z"),
                                   at("2026-02-20T08:00:00Z"))),
            "02-19T08:00 03-10T11:45");
}

TEST(reconcile_round, begins_where_the_record_begins) {
  const std::int64_t now = at("2026-03-10T12:00:00Z");
  const std::int64_t since = since_of(now, hours{48});
  EXPECT_LT(since, at("2026-03-08T12:00:00Z")) << "S3 cuts a second off";
  EXPECT_GT(since, at("2026-03-08T11:59:55Z"));
  EXPECT_EQ(range_of_round(usual, now, since, since).from_ns, since);
}

TEST(reconcile_round, a_clock_that_was_set_back_makes_it_longer) {
  EXPECT_EQ(text_of(range_of_round(usual, at("2026-03-10T12:00:00Z"), at("2026-01-01T00:00:00Z"),
                                   at("2026-03-12T00:00:00Z"))),
            "03-09T11:45 03-10T11:45");
}

TEST(reconcile_round, what_is_forgotten_is_older_than_what_is_listed) {
  EXPECT_LT(forgettable_before(at("2026-03-09T10:45:00Z")), at("2026-03-09T10:45:00Z"));
}

TEST(reconcile_round, an_object_is_judged_by_its_key_and_its_time) {
  const time_range range{at("2026-03-09T10:45:00Z"), at("2026-03-10T11:45:00Z")};
  const auto judged = [&range](std::string key, const char* time,
                               skip_reason skipped = skip_reason::none) {
    archive_item item{std::move(key), 7, true};
    item.changed_ns = time == nullptr ? 0 : at(time);
    item.skipped = skipped;
    return judge(item, range);
  };
  const char* const within = "2026-03-10T00:00:00Z";
  EXPECT_EQ(judged("a", within), listed_as::missing);
  EXPECT_EQ(judged("a", "2026-03-09T10:45:00Z"), listed_as::missing);
  EXPECT_EQ(judged("a", "2026-03-09T10:44:59Z"), listed_as::old);
  EXPECT_EQ(judged("a", "2026-03-10T11:45:00Z"), listed_as::young);
  EXPECT_EQ(judged("a", nullptr), listed_as::missing) << "nobody says when";
  EXPECT_EQ(judged("a", within, skip_reason::digest), listed_as::skipped);
  EXPECT_EQ(judged("AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/10/a", within),
            listed_as::missing);
  EXPECT_EQ(judged("AWSLogs/o-1/111122223333/CloudTrail/us-east-1/2026/03/10/a", within),
            listed_as::missing);
  EXPECT_EQ(judged("x/AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/03/10/a", within),
            listed_as::skipped);
  EXPECT_EQ(judged("AWSLogs/mine/a", within), listed_as::missing);
}

}  // namespace
}  // namespace trailbell::consume
