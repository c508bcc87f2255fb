#include "trailbell/pipeline/transaction_plan.hpp"

#include <gtest/gtest.h>

#include "trailbell/pipeline/return_barrier.hpp"

namespace trailbell::pipeline {
namespace {

using std::chrono::milliseconds;
using time = transaction_plan::time;

const time start{milliseconds{1'000'000}};

transaction_plan::entry at(batch_id batch, std::int32_t partition, std::int64_t next,
                           std::size_t bytes = 1) {
  return {batch, emit::stored_position{"t", partition, next}, bytes};
}

TEST(transaction_plan, stores_the_last_position_of_each_partition) {
  transaction_plan plan;
  plan.join("g");
  EXPECT_TRUE(plan.add(0, at(1, 0, 10), start));
  EXPECT_TRUE(plan.add(0, at(2, 1, 5), start));
  EXPECT_TRUE(plan.add(0, at(3, 0, 20), start));
  EXPECT_TRUE(plan.add(0, {4, std::nullopt, 0}, start));
  const auto entries = plan.take();
  ASSERT_EQ(entries.size(), 4U);
  EXPECT_EQ(transaction_plan::positions(entries),
            (std::vector<emit::stored_position>{{"t", 0, 20}, {"t", 1, 5}}));
  EXPECT_TRUE(plan.empty());
}

TEST(transaction_plan, a_batch_that_is_given_up_takes_the_later_ones_of_its_partition_along) {
  transaction_plan plan;
  plan.join("g");
  plan.add(0, at(1, 0, 10), start);
  plan.add(0, at(2, 1, 5), start);
  plan.add(0, at(3, 0, 20), start);
  plan.add(0, at(4, 0, 30), start);
  const std::vector<batch_id> given_up{3, 77};
  EXPECT_EQ(plan.forget(given_up), (std::vector<batch_id>{3, 4}));
  EXPECT_EQ(transaction_plan::positions(plan.take()),
            (std::vector<emit::stored_position>{{"t", 0, 10}, {"t", 1, 5}}));
}

TEST(transaction_plan, without_a_membership_no_position_is_stored) {
  transaction_plan plan;
  plan.add(0, at(1, 0, 10), start);
  EXPECT_FALSE(plan.due(start + milliseconds{10'000}, true));
  EXPECT_EQ(plan.due_in(start), std::nullopt);
  plan.join("g");
  EXPECT_TRUE(plan.due(start, true));
  plan.join("");
  EXPECT_FALSE(plan.due(start, true));
  EXPECT_EQ(plan.forget(std::vector<batch_id>{1}), std::vector<batch_id>{1});
  plan.add(0, {2, std::nullopt, 0}, start);
  EXPECT_TRUE(plan.due(start, true)) << "alerts that hang on no position";
  plan.join("g");
  plan.add(0, at(3, 0, 20), start);
  EXPECT_EQ(plan.take().size(), 2U);
  plan.join("");
  plan.add(0, {4, std::nullopt, 0}, start);
  EXPECT_TRUE(plan.due(start, true)) << "what was taken counts no more";
}

TEST(transaction_plan, is_due_at_once_when_idle_and_after_the_interval_when_not) {
  transaction_plan plan{{milliseconds{50}, milliseconds{100}, 1'000, 10}};
  plan.join("g");
  EXPECT_FALSE(plan.due(start, true)) << "nothing to do";
  plan.add(0, at(1, 0, 10), start);
  EXPECT_TRUE(plan.due(start, true));
  EXPECT_FALSE(plan.due(start + milliseconds{99}, false));
  EXPECT_TRUE(plan.due(start + milliseconds{100}, false));
  plan.take();
  plan.committed(start);
  plan.add(0, at(2, 0, 20), start);
  EXPECT_FALSE(plan.due(start + milliseconds{49}, true)) << "not thousands a second";
  EXPECT_EQ(plan.due_in(start + milliseconds{20}), milliseconds{30});
  EXPECT_TRUE(plan.due(start + milliseconds{50}, true));
  plan.add(0, at(3, 0, 30, 1'000), start);
  EXPECT_TRUE(plan.full());
  EXPECT_TRUE(plan.due(start + milliseconds{50}, false));
}

TEST(transaction_plan, after_an_abort_what_was_on_its_way_is_turned_away) {
  transaction_plan plan;
  plan.join("g");
  plan.add(0, at(1, 0, 10), start);
  plan.take();
  plan.add(0, at(2, 0, 20), start);
  plan.aborted(start + milliseconds{500});
  EXPECT_TRUE(plan.empty());
  EXPECT_FALSE(plan.add(0, at(3, 0, 30), start));
  EXPECT_TRUE(plan.add(plan.round(), at(4, 0, 10), start));
  EXPECT_FALSE(plan.due(start + milliseconds{499}, true));
  EXPECT_TRUE(plan.due(start + milliseconds{500}, true));
}

TEST(return_barrier, is_closed_until_the_first_of_a_partition_has_arrived) {
  return_barrier barrier;
  const return_barrier::partition first{"t", 0};
  const return_barrier::partition second{"t", 1};
  EXPECT_TRUE(barrier.open(first));
  barrier.give_back();
  EXPECT_TRUE(barrier.open(first)) << "what is gone is not read again";
  barrier.give_back(first);
  barrier.give_back(second);
  barrier.give_back(first);
  EXPECT_FALSE(barrier.open(first));
  EXPECT_FALSE(barrier.open(second));
  EXPECT_TRUE(barrier.open({"t", 2}));
  barrier.give_back();  // a batch that came meanwhile
  barrier.reached(2);
  EXPECT_TRUE(barrier.open(first));
  EXPECT_FALSE(barrier.open(second));
  barrier.reached(1);
  EXPECT_TRUE(barrier.open(second));
}

}  // namespace
}  // namespace trailbell::pipeline
