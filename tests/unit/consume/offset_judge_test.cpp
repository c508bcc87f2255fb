#include "consume/offset_judge.hpp"

#include <gtest/gtest.h>

namespace trailbell::consume {
namespace {

using place = offset_judge::place;

class offset_judge_test : public ::testing::Test {
 protected:
  // 100 was the newest offset that was taken, written in leader epoch 3.
  place judge(std::int64_t offset, std::int32_t epoch = 3, std::int64_t next = 101) {
    return judge_.judge(offset, epoch, next, 3, [this] {
      ++asked_;
      return end_;
    });
  }

  offset_judge judge_;
  std::optional<std::int64_t> end_ = 200;
  int asked_ = 0;
};

TEST_F(offset_judge_test, takes_what_comes_behind_the_newest_for_the_next_and_asks_nobody) {
  EXPECT_EQ(judge(101), place::next);
  EXPECT_EQ(judge(150, 4), place::next) << "offsets have gaps, and leaders change";
  EXPECT_EQ(asked_, 0);
}

TEST_F(offset_judge_test, asks_once_for_a_row_of_repeated_ones) {
  for (std::int64_t offset = 40; offset <= 100; offset += 3) {
    EXPECT_EQ(judge(offset), place::repeated) << offset;
  }
  EXPECT_EQ(asked_, 1);
}

TEST_F(offset_judge_test, knows_a_log_that_was_made_anew_by_its_end) {
  end_ = 60;
  EXPECT_EQ(judge(0), place::log_restarted);
}

TEST_F(offset_judge_test, knows_a_log_that_was_made_anew_behind_a_row_of_repeated_ones) {
  ASSERT_EQ(judge(50), place::repeated);
  ASSERT_EQ(judge(51), place::repeated);
  end_ = 60;
  EXPECT_EQ(judge(0), place::log_restarted);
  ASSERT_EQ(judge(50), place::log_restarted) << "nothing is remembered of the old one";
}

TEST_F(offset_judge_test, knows_a_log_that_was_cut_back_by_the_leader_that_wrote_on) {
  ASSERT_EQ(judge(50), place::repeated);
  EXPECT_EQ(judge(51, 4), place::log_restarted);
  end_ = 60;
  EXPECT_EQ(judge(52), place::log_restarted) << "the row ended there";
}

TEST_F(offset_judge_test, asks_again_once_more_was_taken) {
  ASSERT_EQ(judge(50), place::repeated);
  ASSERT_EQ(judge(70, 3, 121), place::repeated);
  EXPECT_EQ(asked_, 2);
}

TEST_F(offset_judge_test, takes_a_message_for_a_new_one_where_nobody_answers) {
  end_ = std::nullopt;
  EXPECT_EQ(judge(50), place::log_restarted);
}

}  // namespace
}  // namespace trailbell::consume
