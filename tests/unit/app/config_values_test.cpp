#include "app/config_values.hpp"

#include <gtest/gtest.h>

namespace trailbell::app {
namespace {

using std::chrono::milliseconds;
using texts = std::vector<std::string>;

TEST(durations, are_whole_numbers_with_a_unit) {
  EXPECT_EQ(parse_duration("500ms"), milliseconds{500});
  EXPECT_EQ(parse_duration("30s"), milliseconds{30'000});
  EXPECT_EQ(parse_duration("15m"), milliseconds{900'000});
  EXPECT_EQ(parse_duration("2h"), milliseconds{7'200'000});
  EXPECT_EQ(parse_duration("1d"), milliseconds{86'400'000});
  EXPECT_EQ(parse_duration("0s"), milliseconds{0});
  for (const char* const text : {"", "s", "30", "-1s", "+1s", "1.5s", "1 s", "1w", "1s ", " 1s"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(durations, have_an_end_at_ten_years) {
  EXPECT_TRUE(parse_duration("3650d"));
  EXPECT_FALSE(parse_duration("3651d"));
  EXPECT_FALSE(parse_duration("18446744073709551615d"));
  EXPECT_FALSE(parse_duration("99999999999999999999ms"));
}

TEST(durations, are_shown_in_the_largest_unit_that_divides_them) {
  for (const char* const text : {"0s", "1ms", "1500ms", "90s", "15m", "25h", "2d"}) {
    EXPECT_EQ(duration_text(*parse_duration(text)), text);
  }
  EXPECT_EQ(duration_text(milliseconds{60'000}), "1m");
}

TEST(sizes, count_by_1000_or_by_1024) {
  EXPECT_EQ(parse_size("4096"), 4096U);
  EXPECT_EQ(parse_size("10MB"), 10'000'000U);
  EXPECT_EQ(parse_size("1kB"), 1000U);
  EXPECT_EQ(parse_size("1kb"), 1000U);
  EXPECT_EQ(parse_size("256MiB"), 268'435'456U);
  EXPECT_EQ(parse_size("1 GiB"), 1'073'741'824U);
  for (const char* const text : {"", "MiB", "-1", "1.5GiB", "1  GiB", "1 ", "1XB", "9999999TiB"}) {
    EXPECT_FALSE(parse_size(text)) << text;
  }
}

TEST(sizes, are_shown_in_the_largest_unit_that_divides_them) {
  EXPECT_EQ(size_text(0), "0");
  EXPECT_EQ(size_text(1023), "1023");
  EXPECT_EQ(size_text(1024), "1KiB");
  EXPECT_EQ(size_text(10'000'000), "10000000");
  EXPECT_EQ(size_text(std::uint64_t{1536} << 20U), "1536MiB");
}

TEST(addresses, are_a_host_and_a_port) {
  EXPECT_EQ(parse_host_port("0.0.0.0:9464"), (host_port{"0.0.0.0", 9464}));
  EXPECT_EQ(parse_host_port("[::1]:0"), (host_port{"::1", 0}));
  EXPECT_EQ(parse_host_port("log-1.example:514"), (host_port{"log-1.example", 514}));
  for (const char* const text : {"", ":9464", "host", "host:", "host:65536", "host:-1", "::1:80",
                                 "[::1]", "[x]:1", "1.2.3:1", "a b:1", "256.0.0.1:1"}) {
    EXPECT_FALSE(parse_host_port(text)) << text;
  }
}

TEST(facilities, have_the_numbers_of_the_standard) {
  EXPECT_EQ(parse_facility("kern"), 0);
  EXPECT_EQ(parse_facility("authpriv"), 10);
  EXPECT_EQ(parse_facility("audit"), 13);
  EXPECT_EQ(parse_facility("local7"), 23);
  EXPECT_FALSE(parse_facility("local8"));
}

TEST(brokers, compare_whatever_their_order_case_and_blanks) {
  EXPECT_EQ(parse_brokers("B:9092, a"), (texts{"a:9092", "b:9092"}));
  EXPECT_EQ(parse_brokers("a,a:9092"), (texts{"a:9092"}));
  EXPECT_EQ(parse_brokers("SASL_SSL://a:1"), (texts{"a:1"}));
  for (const char* const text : {"", ",", "a,", "a:0", "a b"}) {
    EXPECT_FALSE(parse_brokers(text)) << text;
  }
}

TEST(urls, are_taken_apart) {
  const auto url = parse_url("https://u:p@h.example:8088/a/b?c=d#e");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "https");
  EXPECT_EQ(url->user_info, "u:p");
  EXPECT_EQ(url->authority, "h.example:8088");
  EXPECT_EQ(url->path, "/a/b");
  EXPECT_EQ(url->query, "c=d");
  EXPECT_TRUE(parse_url("http://[::1]"));
  EXPECT_EQ(parse_url("http://h?q")->query, "q");
  for (const char* const text :
       {"", "h", "ftp://h", "http://", "http:///x", "http://h:x", "http://a b", "http://h\n"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
}

}  // namespace
}  // namespace trailbell::app
