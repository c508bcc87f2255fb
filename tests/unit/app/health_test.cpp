#include "app/health.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "trailbell/base/limits.hpp"

namespace trailbell::app {
namespace {

constexpr std::int64_t second = 1'000'000'000;

TEST(readiness, comes_when_every_condition_holds) {
  readiness ready{{"source kafka", "sink alerts"}};
  EXPECT_FALSE(ready.report().good);
  EXPECT_EQ(ready.report().text, "not ready\nsource kafka: starting\nsink alerts: starting\n");
  ready.set(0, "");
  EXPECT_EQ(ready.report().text, "not ready\nsink alerts: starting\n");
  ready.set(1, "");
  EXPECT_TRUE(ready.report().good);
  EXPECT_EQ(ready.report().text, "ready\n");
}

TEST(readiness, goes_and_says_why) {
  readiness ready{{"quarantine"}};
  ready.set(0, "");
  ready.set(0, "full: 1 GiB of 1 GiB");
  EXPECT_FALSE(ready.report().good);
  EXPECT_EQ(ready.report().text, "not ready\nquarantine: full: 1 GiB of 1 GiB\n");
}

TEST(readiness, ends_with_the_stop) {
  readiness ready{{"rules"}};
  ready.set(0, "");
  ready.set_stopping();
  EXPECT_FALSE(ready.report().good);
  EXPECT_EQ(ready.report().text, "not ready\nservice: stopping\n");
}

TEST(readiness, shows_reasons_of_others_safely_and_within_bounds) {
  readiness ready{{"sink"}};
  ready.set(0, "a\nb\x1b[2J\xe2\x80\xae");
  EXPECT_EQ(ready.report().text, "not ready\nsink: a\\u{a}b\\u{1b}[2J\\u{202e}\n");
  ready.set(0, std::string(1'000'000, 'x'));
  EXPECT_LT(ready.report().text.size(), limits::health_reason_bytes_max + 100);
}

TEST(readiness, is_written_and_read_by_several_threads) {
  readiness ready{{"a", "b"}};
  std::vector<std::thread> writers;
  for (std::size_t i = 0; i < 2; ++i) {
    writers.emplace_back([&ready, i] {
      for (int round = 0; round < 1'000; ++round) {
        ready.set(i, round % 2 == 0 ? std::string(100, 'w') : "");
      }
    });
  }
  for (int round = 0; round < 1'000; ++round) {
    const health_report report = ready.report();
    EXPECT_EQ(report.good, report.text == "ready\n");
  }
  for (std::thread& writer : writers) {
    writer.join();
  }
  EXPECT_TRUE(ready.report().good);
}

TEST(liveness, lasts_while_every_loop_beats) {
  liveness alive{{{"settling", 30 * second}, {"kafka", 10 * second}}, 100 * second};
  EXPECT_TRUE(alive.report(110 * second).good);
  EXPECT_FALSE(alive.report(111 * second).good);
  EXPECT_EQ(alive.report(111 * second).text, "not alive\nkafka: has not come round for 11 s\n");
  alive.beat(1, 111 * second);
  EXPECT_TRUE(alive.report(121 * second).good);
  EXPECT_FALSE(alive.report(131 * second).good);
}

TEST(liveness, asks_nothing_of_a_loop_that_ended) {
  liveness alive{{{"file", second}}, 0};
  alive.end(0);
  EXPECT_TRUE(alive.report(1'000'000 * second).good);
}

TEST(liveness, bears_a_beat_that_is_newer_than_the_question) {
  liveness alive{{{"file", second}}, 0};
  alive.beat(0, 10 * second);
  EXPECT_TRUE(alive.report(9 * second).good);
}

}  // namespace
}  // namespace trailbell::app
