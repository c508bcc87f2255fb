#include "verify/alarm_evaluation.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace trailbell::verify {
namespace {

std::vector<datum> data(std::string_view text) {
  std::vector<datum> all;
  for (const char c : text) {
    if (c != ' ') {
      all.push_back(c == 'X' ? datum::breaching : c == '0' ? datum::fine : datum::missing);
    }
  }
  return all;
}

constexpr auto treatments =
    std::to_array<missing_data>({missing_data::missing, missing_data::ignore,
                                 missing_data::breaching, missing_data::not_breaching});

// A row of AWS's tables: what each treatment makes of the data. `?`: the current state.
void expect_row(std::string_view text, std::string_view states, std::size_t to_alarm) {
  for (std::size_t i = 0; i < treatments.size(); ++i) {
    for (const alarm_state current :
         {alarm_state::ok, alarm_state::alarm, alarm_state::insufficient_data}) {
      const alarm_state wanted = states[i] == 'A'   ? alarm_state::alarm
                                 : states[i] == 'O' ? alarm_state::ok
                                 : states[i] == 'I' ? alarm_state::insufficient_data
                                                    : current;
      const alarm_settings settings{3, to_alarm, treatments.at(i)};
      EXPECT_EQ(evaluate(data(text), settings, current), wanted) << text << " column " << i;
    }
  }
}

TEST(alarm_evaluation, is_as_in_the_documented_table_of_three_out_of_three) {
  expect_row("0 - X - X", "OOOO", 3);
  expect_row("0 - - - -", "OOOO", 3);
  expect_row("- - - - -", "I?AO", 3);
  expect_row("0 X X - X", "AAAA", 3);
  expect_row("- - X - -", "A?AO", 3);
}

TEST(alarm_evaluation, is_as_in_the_documented_table_of_two_out_of_three) {
  expect_row("0 - X - X", "AAAA", 2);
  expect_row("0 0 X 0 X", "AAAA", 2);
  expect_row("0 - X - -", "OOAO", 2);
  expect_row("- - - - 0", "OOAO", 2);
  expect_row("- - - X -", "A?AO", 2);
}

TEST(alarm_evaluation, does_not_go_into_alarm_before_its_time) {
  const alarm_settings settings{3, 3, missing_data::missing};
  for (const std::string_view text : {"- - - - X", "- - - X -", "- - - X 0", "- - X - 0"}) {
    EXPECT_NE(evaluate(data(text), settings, alarm_state::ok), alarm_state::alarm) << text;
  }
}

ring lone_event(std::size_t periods, std::size_t to_alarm, missing_data treat) {
  const event_series series{datum::breaching, [](int) { return datum::missing; }, datum::missing};
  return ring_of(series, {periods, to_alarm, treat}, periods + 2);
}

TEST(one_event, rings_and_leaves_again_where_missing_data_is_fine) {
  const ring got = lone_event(1, 1, missing_data::not_breaching);
  EXPECT_TRUE(got.first && got.again);
  EXPECT_FALSE(got.always_on);
  EXPECT_EQ(got.held, 3U);  // as long as it is in the range
}

TEST(one_event, rings_once_for_all_where_missing_data_is_ignored) {
  const ring got = lone_event(1, 1, missing_data::ignore);
  EXPECT_TRUE(got.first);
  EXPECT_FALSE(got.again);
  EXPECT_EQ(got.held, 0U);
}

TEST(one_event, changes_nothing_where_missing_data_breaches) {
  const ring got = lone_event(1, 1, missing_data::breaching);
  EXPECT_TRUE(got.always_on);
  EXPECT_FALSE(got.first || got.again);
}

TEST(one_event, rings_two_out_of_two_only_where_missing_data_is_missing) {
  EXPECT_TRUE(lone_event(2, 2, missing_data::missing).again);
  EXPECT_FALSE(lone_event(2, 2, missing_data::not_breaching).first);
  EXPECT_FALSE(lone_event(2, 2, missing_data::ignore).first);
}

}  // namespace
}  // namespace trailbell::verify
