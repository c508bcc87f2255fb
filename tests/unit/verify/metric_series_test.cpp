#include "verify/metric_series.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "verify/metric_math.hpp"

namespace trailbell::verify {
namespace {

using testing::HasSubstr;

metric_alarm alarm_of(std::string statistic = "Sum") {
  metric_alarm alarm;
  alarm.metric_namespace = "N";
  alarm.metric_name = "m";
  alarm.statistic = std::move(statistic);
  alarm.period_s = 300;
  alarm.threshold = 1;
  alarm.comparison = "GreaterThanOrEqualToThreshold";
  return alarm;
}

event_source event_of(double value = 1, std::optional<double> other = std::nullopt) {
  return {"N", "m", value, other, {}};
}

TEST(one_event_rings, by_every_statistic_where_nothing_else_is_published) {
  for (const char* const statistic : {"Sum", "Average", "Minimum", "Maximum", "SampleCount"}) {
    EXPECT_EQ(one_event_rings(alarm_of(statistic), event_of()).is, rings::yes) << statistic;
  }
  metric_alarm percentile = alarm_of("");
  percentile.extended_statistic = "p99.9";
  EXPECT_EQ(one_event_rings(percentile, event_of()).is, rings::yes);
  percentile.low_sample_count = "ignore";
  EXPECT_EQ(one_event_rings(percentile, event_of()).is, rings::no);
}

TEST(one_event_rings, not_by_an_average_or_percentile_that_defaults_water_down) {
  for (const char* const statistic : {"Average", "Minimum", "SampleCount"}) {
    EXPECT_EQ(one_event_rings(alarm_of(statistic), event_of(1, 0)).is, rings::no) << statistic;
  }
  for (const char* const statistic : {"Sum", "Maximum"}) {
    EXPECT_EQ(one_event_rings(alarm_of(statistic), event_of(1, 0)).is, rings::yes) << statistic;
  }
}

TEST(one_event_rings, not_where_the_defaults_of_a_filter_beside_it_keep_the_alarm_on) {
  event_source event = event_of();
  event.others[{"N", "m"}] = {1};
  const ring_answer got = one_event_rings(alarm_of(), event);
  EXPECT_EQ(got.is, rings::no);
  event.others.clear();
  event.others[{"N", "other"}] = {1};
  EXPECT_EQ(one_event_rings(alarm_of(), event).is, rings::yes);
}

TEST(one_event_rings, says_why_it_does_not) {
  metric_alarm alarm = alarm_of();
  alarm.threshold = 2;
  EXPECT_THAT(one_event_rings(alarm, event_of()).why,
              HasSubstr("a period with one event has Sum 1, and the alarm wants >= 2"));
  alarm = alarm_of();
  alarm.treat_missing_data = "ignore";
  EXPECT_THAT(one_event_rings(alarm, event_of()).why, HasSubstr("no later one"));
  alarm = alarm_of("IQM");
  EXPECT_EQ(one_event_rings(alarm, event_of()).is, rings::unknown);
}

TEST(one_event_rings, in_a_period_shorter_than_the_minute_in_which_filters_publish) {
  metric_alarm alarm = alarm_of();
  alarm.period_s = 10;
  EXPECT_EQ(one_event_rings(alarm, event_of(1, 0)).is, rings::yes);
}

TEST(one_event_rings, over_the_longest_look_back_that_aws_takes) {
  metric_alarm alarm = alarm_of();
  alarm.period_s = 60;
  alarm.evaluation_periods = 1'440;
  alarm.datapoints_to_alarm = 1;
  EXPECT_EQ(one_event_rings(alarm, event_of()).is, rings::yes);
}

std::optional<double> math(std::string_view expression) {
  const period_values values{{"a", 2.0}, {"b", std::nullopt}, {"c", 0.5}};
  const math_answer got = evaluate_math(expression, values, values);
  EXPECT_TRUE(got.understood) << expression;
  return got.value;
}

TEST(metric_math, is_evaluated_period_by_period) {
  EXPECT_EQ(math("a * 2 + c"), 4.5);
  EXPECT_EQ(math("a + b"), std::nullopt);
  EXPECT_EQ(math("SUM([a, b, c])"), 2.5);
  EXPECT_EQ(math("SUM(METRICS())"), 2.5);
  EXPECT_EQ(math("MAX([a, c]) - MIN([a, c]) - AVG([a])"), -0.5);
  EXPECT_EQ(math("FILL(b, 0) + a"), 2.0);
  EXPECT_EQ(math("IF(a >= 2 && c < 1, 7, 8)"), 7.0);
  EXPECT_EQ(math("-(a / c)"), -4.0);
  EXPECT_EQ(math("a / 0"), std::nullopt);
}

TEST(metric_math, that_is_not_known_is_not_guessed) {
  for (const std::string_view odd :
       {"SUM(a)", "RATE(a)", "SEARCH('x')", "a +", "d", "(a", "[a]", "FILL(a, REPEAT)", ""}) {
    EXPECT_FALSE(evaluate_math(odd, {{"a", 1.0}}, {}).understood) << odd;
  }
  const std::string deep(10'000, '(');
  EXPECT_FALSE(evaluate_math(deep, {}, {}).understood);
}

}  // namespace
}  // namespace trailbell::verify
