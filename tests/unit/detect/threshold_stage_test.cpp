#include "trailbell/detect/threshold_stage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "trailbell/base/timestamp.hpp"
#include "unit/detect/rule_cases.hpp"

namespace trailbell::detect {
namespace {

using ::testing::ElementsAre;

class threshold_stage_test : public ::testing::Test {
 protected:
  static std::vector<rule_ptr> one_rule(const std::string& threshold) {
    return {rule_with("{ $.eventName = A }", "severity: low\nthreshold: " + threshold + "\n")};
  }

  static alert match(int second, const std::string& id, const std::string& group = "g") {
    static std::vector<std::string> texts;  // what the views show
    texts.reserve(100'000);
    alert made;
    texts.push_back(format_rfc3339(std::int64_t{1'000'000'000} * second));
    made.event_time = texts.back();
    texts.push_back(id);
    made.event_id = texts.back();
    made.burst = std::make_unique<alert_burst>();
    made.burst->group.emplace_back("$.g", group);
    return made;
  }

  static std::vector<std::string> ids(const std::vector<alert>& due) {
    std::vector<std::string> all;
    for (const alert& one : due) {
      std::string text;
      for (const std::string& id : one.burst->event_ids) {
        text += id;
      }
      all.push_back(text);
    }
    return all;
  }

  std::vector<rule_ptr> rules_ = one_rule("{count: 3, window: 10s}");
  std::vector<alert> due_;
};

TEST_F(threshold_stage_test, fires_for_count_matches_within_the_window_and_begins_anew) {
  threshold_stage stage{rules_};
  for (int i = 0; i < 7; ++i) {
    stage.add(match(5 * i, std::string(1, static_cast<char>('a' + i))), due_);
  }
  EXPECT_TRUE(due_.empty()) << "an earlier one may still come";
  stage.finish(due_);
  EXPECT_THAT(ids(due_), ElementsAre("abc", "def"));
  EXPECT_EQ(due_[0].burst->count, 3U);
  EXPECT_EQ(due_[0].burst->from, "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(due_[0].burst->to, "1970-01-01T00:00:10.000Z");
  EXPECT_EQ(*due_[0].event_id, "c");
}

TEST_F(threshold_stage_test, matches_further_apart_than_the_window_do_not_add_up) {
  threshold_stage stage{rules_};
  for (int i = 0; i < 20; ++i) {
    stage.add(match(6 * i, "x"), due_);
  }
  stage.finish(due_);
  EXPECT_TRUE(due_.empty());
}

TEST_F(threshold_stage_test, groups_do_not_add_up) {
  threshold_stage stage{rules_};
  for (int i = 0; i < 6; ++i) {
    stage.add(match(i, std::to_string(i), i % 2 == 0 ? "even" : "odd"), due_);
  }
  stage.finish(due_);
  EXPECT_THAT(ids(due_), ElementsAre("024", "135"));
}

TEST_F(threshold_stage_test, is_due_once_nothing_earlier_is_allowed_to_come) {
  threshold_stage stage{rules_};
  for (int i = 0; i < 3; ++i) {
    stage.add(match(i, std::to_string(i)), due_);
  }
  stage.add(match(15 * 60 + 2, "x"), due_);
  EXPECT_TRUE(due_.empty());
  stage.add(match(15 * 60 + 3, "x"), due_);
  EXPECT_THAT(ids(due_), ElementsAre("012"));
}

TEST_F(threshold_stage_test, order_within_the_allowed_lateness_does_not_matter) {
  std::mt19937 random{4};
  std::vector<std::string> expected;
  for (int round = 0; round < 20; ++round) {
    std::vector<int> order(200);
    for (int i = 0; i < 200; ++i) {
      order[static_cast<std::size_t>(i)] = i;
    }
    if (round > 0) {
      std::shuffle(order.begin(), order.end(), random);
    }
    threshold_stage stage{rules_};
    due_.clear();
    for (const int i : order) {
      stage.add(match(i * i % 800, std::to_string(i) + ",", std::to_string(i % 3)), due_);
    }
    stage.finish(due_);
    std::vector<std::string> got;
    for (const alert& one : due_) {
      got.push_back(one.burst->from + one.burst->to + one.burst->group[0].second);
    }
    std::sort(got.begin(), got.end());  // groups that are due at one time have no order
    if (round == 0) {
      expected = got;
      EXPECT_GT(got.size(), 10U);
    }
    EXPECT_EQ(got, expected);
  }
}

TEST_F(threshold_stage_test, what_comes_too_late_is_judged_when_it_comes) {
  threshold_stage stage{rules_};
  stage.add(match(100'000, "late"), due_);
  for (int i = 0; i < 3; ++i) {
    stage.add(match(i, std::to_string(i)), due_);
  }
  EXPECT_THAT(ids(due_), ElementsAre("012"));
}

TEST_F(threshold_stage_test, counts_what_has_no_time_and_what_it_forgets) {
  threshold_stage stage{rules_, 10};
  alert untimed = match(0, "x");
  untimed.event_time = std::nullopt;
  stage.add(std::move(untimed), due_);
  for (int i = 0; i < 25; ++i) {
    stage.add(match(i, "x", std::to_string(i)), due_);
  }
  stage.finish(due_);
  EXPECT_TRUE(due_.empty());
  EXPECT_EQ(stage.tally().untimed, 1U);
  EXPECT_EQ(stage.tally().evicted, 15U);
}

}  // namespace
}  // namespace trailbell::detect
