#include "detect/timespan.hpp"

#include <gtest/gtest.h>

namespace trailbell::detect {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

TEST(timespan, is_a_whole_number_and_a_unit) {
  EXPECT_EQ(parse_timespan("1s"), second_ns);
  EXPECT_EQ(parse_timespan("90m"), 90 * 60 * second_ns);
  EXPECT_EQ(parse_timespan("24h"), 24 * 3600 * second_ns);
  EXPECT_EQ(parse_timespan("30d"), 30 * 86'400 * second_ns);
}

TEST(timespan, anything_else_is_none) {
  for (const char* const text : {"", "s", "5", "0s", "05m", "-1s", "+1s", "1.5h", "1 h", "1w", "1M",
                                 "1y", "1H", "1m30s", "9999999999s"}) {
    EXPECT_EQ(parse_timespan(text), std::nullopt) << text;
  }
}

TEST(timespan, ten_years_are_the_most) {
  EXPECT_TRUE(parse_timespan("3650d").has_value());
  EXPECT_FALSE(parse_timespan("3651d").has_value());
  EXPECT_FALSE(parse_timespan("999999d").has_value());
}

TEST(timespan, is_shown_in_the_largest_unit_that_divides_it) {
  for (const char* const text : {"1s", "90s", "10m", "90m", "1h", "36h", "7d"}) {
    EXPECT_EQ(timespan_text(*parse_timespan(text)), text);
  }
  EXPECT_EQ(timespan_text(*parse_timespan("60m")), "1h");
  EXPECT_EQ(timespan_text(*parse_timespan("48h")), "2d");
}

}  // namespace
}  // namespace trailbell::detect
