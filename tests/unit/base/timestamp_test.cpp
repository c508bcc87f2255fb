#include "trailbell/base/timestamp.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace trailbell {
namespace {

constexpr std::int64_t second = 1'000'000'000;

TEST(timestamp, reads_what_cloudtrail_writes) {
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_rfc3339("2023-07-10T12:04:21Z"), 1'688'990'661 * second);
  EXPECT_EQ(parse_rfc3339("2000-02-29T00:00:00Z"), 951'782'400 * second);
  EXPECT_EQ(parse_rfc3339("1969-12-31T23:59:59Z"), -second);
}

TEST(timestamp, reads_fractions_and_offsets) {
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00.5Z"), second / 2);
  EXPECT_EQ(parse_rfc3339("1970-01-01T00:00:00.1234567891Z"), 123'456'789);
  EXPECT_EQ(parse_rfc3339("1970-01-01T02:00:00+02:00"), 0);
  EXPECT_EQ(parse_rfc3339("1969-12-31T19:30:00-04:30"), 0);
  EXPECT_EQ(parse_rfc3339("2016-12-31T23:59:60Z"), parse_rfc3339("2016-12-31T23:59:59Z"));
}

TEST(timestamp, refuses_everything_else) {
  for (const char* const bad :
       {"", "2023-07-10", "2023-07-10T12:04:21", "2023-07-10 12:04:21", "2023-13-01T00:00:00Z",
        "2023-02-29T00:00:00Z", "2023-07-10T24:00:00Z", "2023-07-10T12:60:00Z",
        "2023-07-10T12:04:21.Z", "2023-07-10T12:04:21Zx", "x023-07-10T12:04:21Z",
        "2023-07-10T12:04:21+2:00"}) {
    EXPECT_FALSE(parse_rfc3339(bad).has_value()) << bad;
  }
}

TEST(timestamp, takes_times_beyond_the_range_for_its_ends) {
  constexpr auto last = std::numeric_limits<std::int64_t>::max();
  constexpr auto first = std::numeric_limits<std::int64_t>::min();
  for (const char* const late : {"9999-12-31T23:59:59Z", "2263-01-01T00:00:00Z"}) {
    EXPECT_EQ(parse_rfc3339(late), last) << late;
  }
  for (const char* const early : {"0001-01-01T00:00:00Z", "1600-01-01T00:00:00Z"}) {
    EXPECT_EQ(parse_rfc3339(early), first) << early;
  }
  EXPECT_LT(parse_rfc3339("2261-12-31T23:59:59Z"), last);
  EXPECT_GT(parse_rfc3339("1678-01-01T00:00:00Z"), first);
}

TEST(timestamp, writes_what_it_reads) {
  EXPECT_EQ(format_rfc3339(0), "1970-01-01T00:00:00.000Z");
  for (const char* const text : {"2026-03-04T05:06:07.123Z", "1969-12-31T23:59:59.999Z"}) {
    EXPECT_EQ(format_rfc3339(parse_rfc3339(text).value()), text);
  }
  EXPECT_EQ(format_rfc3339(std::numeric_limits<std::int64_t>::min()), "1677-09-21T00:12:43.145Z");
  EXPECT_EQ(format_rfc3339(std::numeric_limits<std::int64_t>::max()), "2262-04-11T23:47:16.854Z");
}

TEST(timestamp, is_as_far_from_another_as_can_be_told) {
  constexpr auto last = std::numeric_limits<std::int64_t>::max();
  constexpr auto first = std::numeric_limits<std::int64_t>::min();
  EXPECT_EQ(ns_between(3, 10), 7);
  EXPECT_EQ(ns_between(10, 3), -7);
  EXPECT_EQ(ns_between(first, second), last);
  EXPECT_EQ(ns_between(second, first), first);
}

}  // namespace
}  // namespace trailbell
