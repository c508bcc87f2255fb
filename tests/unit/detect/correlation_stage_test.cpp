#include "trailbell/detect/correlation_stage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "support/correlated.hpp"

namespace trailbell::detect {
namespace {

using test::correlated;
using test::correlations;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int lateness_s = 15 * 60;

std::string threshold(const std::string& of) {
  return "id: r\ntitle: t\npattern: '{ $.eventName = A }'\nseverity: low\nthreshold: " + of + "\n";
}

std::string of_group(const std::string& value) {
  return "\"g\":\"" + value + "\"";
}

// ---- a threshold -------------------------------------------------------------------------------

TEST(correlation_stage, a_threshold_fires_for_count_matches_in_the_window_and_begins_anew) {
  correlated c{threshold("{count: 3, window: 10s}")};
  for (int i = 0; i < 7; ++i) {
    c.add(5 * i, "A", std::string(1, static_cast<char>('a' + i)));
  }
  EXPECT_THAT(c.shown(), IsEmpty()) << "an earlier one may still come";
  EXPECT_THAT(c.finished(), ElementsAre("r 3: a b c", "r 3: d e f"));
  EXPECT_EQ(c.due()[0].burst->from, "2026-01-01T00:00:00Z");
  EXPECT_EQ(c.due()[0].burst->to, "2026-01-01T00:00:10Z");
  EXPECT_EQ(c.due()[0].event_id, "c");
  EXPECT_EQ(c.due()[0].level, severity::low);
  EXPECT_EQ(c.due()[0].fingerprint, "f0");
}

TEST(correlation_stage, both_ends_of_the_timespan_belong_to_it) {
  for (const auto& [last, fires] : {std::pair{10, true}, std::pair{11, false}}) {
    correlated c{threshold("{count: 2, window: 10s}")};
    c.add(0, "A", "a");
    c.add(last, "A", "b");
    EXPECT_EQ(c.finished().size(), fires ? 1U : 0U) << last;
  }
}

TEST(correlation_stage, matches_further_apart_than_the_window_do_not_add_up) {
  correlated c{threshold("{count: 3, window: 10s}")};
  for (int i = 0; i < 20; ++i) {
    c.add(6 * i, "A", "x");
  }
  EXPECT_THAT(c.finished(), IsEmpty());
}

TEST(correlation_stage, groups_do_not_add_up) {
  correlated c{threshold("{count: 3, window: 10s, group_by: [$.g]}")};
  for (int i = 0; i < 6; ++i) {
    c.add(i, "A", std::to_string(i), of_group(i % 2 == 0 ? "even" : "odd"));
  }
  EXPECT_THAT(c.finished(), ElementsAre("r 3: 0 2 4", "r 3: 1 3 5"));
  EXPECT_THAT(c.due()[0].burst->group, ElementsAre(std::pair{"$.g", "\"even\""}));
}

TEST(correlation_stage, an_alert_is_due_once_nothing_earlier_is_allowed_to_come) {
  correlated c{threshold("{count: 3, window: 10s}")};
  for (int i = 0; i < 3; ++i) {
    c.add(i, "A", std::to_string(i));
  }
  c.add(lateness_s + 2, "A", "x");
  EXPECT_THAT(c.shown(), IsEmpty());
  c.add(lateness_s + 3, "A", "x");
  EXPECT_THAT(c.shown(), ElementsAre("r 3: 0 1 2"));
}

TEST(correlation_stage, order_within_the_allowed_lateness_does_not_matter) {
  std::mt19937 random{4};
  std::vector<std::string> expected;
  std::vector<int> order(200);
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 200; ++i) {
      order[static_cast<std::size_t>(i)] = i;
    }
    if (round > 0) {
      std::shuffle(order.begin(), order.end(), random);
    }
    correlated c{threshold("{count: 3, window: 10s, group_by: [$.g]}")};
    for (const int i : order) {
      c.add(i * i % 800, "A", std::to_string(i), of_group(std::to_string(i % 3)));
    }
    c.finish();
    std::vector<std::string> got;
    for (const alert& one : c.due()) {
      got.push_back(*one.burst->from + *one.burst->to + one.burst->group[0].second);
    }
    std::sort(got.begin(), got.end());  // groups that are due at one time have no order
    if (round == 0) {
      expected = got;
      EXPECT_GT(got.size(), 10U);
    }
    EXPECT_EQ(got, expected);
  }
}

TEST(correlation_stage, what_comes_too_late_is_judged_when_it_comes) {
  correlated c{threshold("{count: 3, window: 10s}")};
  c.add(100'000, "A", "new");
  for (const int second : {2, 0, 1}) {
    c.add(second, "A", std::to_string(second));
  }
  EXPECT_THAT(c.shown(), ElementsAre("r 3: 0 1 2"));
  EXPECT_EQ(c.due()[0].event_id, "1") << "the alert is that of the record that came last";
}

// ---- records without a time, or without an id --------------------------------------------------

TEST(correlation_stage, a_record_without_a_time_counts_as_new_as_the_newest) {
  correlated c{threshold("{count: 3, window: 10s}")};
  c.add(R"({"eventName":"A","eventID":"early"})");  // before any time was seen
  c.add(1000, "A", "a");
  c.add(R"({"eventName":"A","eventID":"odd","eventTime":"yesterday"})");
  EXPECT_THAT(c.finished(), ElementsAre("r 3: early a odd"));
  EXPECT_EQ(c.tally().untimed, 2U);
  EXPECT_EQ(c.due()[0].burst->from, std::nullopt);
  EXPECT_EQ(c.due()[0].burst->to, "yesterday") << "as recorded";
}

TEST(correlation_stage, where_no_record_has_a_time_they_count_as_one_moment) {
  correlated c{threshold("{count: 3, window: 1s}")};
  for (int i = 0; i < 3; ++i) {
    c.add(R"({"eventName":"A"})");
  }
  EXPECT_THAT(c.finished(), ElementsAre("r 3: null null null"));
  EXPECT_EQ(c.tally().untimed, 3U);
}

TEST(correlation_stage, times_at_the_ends_of_what_fits_do_no_harm) {
  correlated c{threshold("{count: 2, window: 3650d}")};
  for (const char* const time :
       {"0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"}) {
    c.add(std::string{R"({"eventName":"A","eventID":"x","eventTime":")"} + time + "\"}");
  }
  EXPECT_THAT(c.finished(), ElementsAre("r 2: x x"));
}

// ---- bounds ------------------------------------------------------------------------------------

TEST(correlation_stage, the_group_that_was_quiet_for_longest_is_forgotten_first) {
  correlated c{threshold("{count: 3, window: 100s, group_by: [$.g]}"), {10, 1'000'000}};
  for (int i = 0; i < 25; ++i) {
    c.add(i, "A", "x", of_group(std::to_string(i)));
  }
  c.add(30, "A", "y", of_group("24"));
  c.add(31, "A", "z", of_group("24"));
  EXPECT_THAT(c.finished(), ElementsAre("r 3: x y z"));
  EXPECT_EQ(c.tally().evicted, 16U);
}

TEST(correlation_stage, a_group_to_which_more_came_is_not_quiet) {
  correlated c{threshold("{count: 3, window: 100s, group_by: [$.g]}"), {10, 1'000'000}};
  for (int i = 0; i < 9; ++i) {
    c.add(i, "A", "x", of_group(std::to_string(i)));
  }
  c.add(10, "A", "y", of_group("0"));
  c.add(11, "A", "x", of_group("9"));  // takes the room of group 1
  c.add(12, "A", "z", of_group("0"));
  EXPECT_THAT(c.finished(), ElementsAre("r 3: x y z"));
  EXPECT_EQ(c.tally().evicted, 1U);
}

TEST(correlation_stage, what_is_judged_needs_no_more_room) {
  correlated c{correlations({"  {type: event_count, rules: [A], timespan: 10s, condition: "
                             "{eq: 2}}\n"}),
               {10, 20'000}};
  for (int i = 0; i < 200; ++i) {
    c.add(20 * i, "A", std::to_string(i));
  }
  EXPECT_THAT(c.finished(), IsEmpty());
  EXPECT_EQ(c.tally().evicted, 0U);
}

TEST(correlation_stage, the_last_record_of_a_window_is_not_that_which_came_last) {
  correlated c{
      correlations({"  {type: event_count, rules: [A], timespan: 10s, condition: "
                    "{eq: 3}}\n"})};
  c.add(10'000, "A", "new");  // all others come too late to be put in order
  c.add(1, "A", "1");
  c.add(5, "A", "5");
  c.add(3, "A", "3");
  EXPECT_THAT(c.finished(), ElementsAre("c1 3: 1 3 5"));
  EXPECT_EQ(c.due()[0].event_id, "5");
}

TEST(correlation_stage, a_group_that_is_alone_loses_its_oldest) {
  correlated c{threshold("{count: 20, window: 100s}"), {10, 1'000'000}};
  for (int i = 0; i < 25; ++i) {
    c.add(i, "A", "x");
  }
  EXPECT_THAT(c.finished(), IsEmpty());
  EXPECT_EQ(c.tally().evicted, 15U);
}

TEST(correlation_stage, state_is_bounded_in_bytes_too) {
  const std::string within =
      "  {type: value_count, rules: [A], timespan: 1h, condition: {field: v, gte: 1000%}}\n";
  for (const char* const more : {"", ", lte: 2000"}) {
    std::string rule = within;
    rule.replace(rule.find('%'), 1, more);
    correlated c{correlations({rule}), {1000, 20'000}};
    for (int i = 0; i < 100; ++i) {
      c.add(i, "A", "x", "\"v\":\"" + std::string(1000, 'x') + std::to_string(i) + "\"");
    }
    EXPECT_THAT(c.finished(), IsEmpty());
    EXPECT_GT(c.tally().evicted, 50U) << more;
  }
}

TEST(correlation_stage, many_event_ids_are_cut) {
  correlated c{threshold("{count: 1200, window: 1d}")};
  for (int i = 0; i < 1200; ++i) {
    c.add(i, "A", "x");
  }
  c.finish();
  ASSERT_EQ(c.due().size(), 1U);
  EXPECT_EQ(c.due()[0].burst->count, 1200U);
  EXPECT_EQ(c.due()[0].burst->event_ids.size(), limits::correlation_event_ids_max);
}

}  // namespace
}  // namespace trailbell::detect
