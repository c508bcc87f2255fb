#include "trailbell/pipeline/settlement.hpp"

#include <gtest/gtest.h>

namespace trailbell::pipeline {
namespace {

TEST(settlement, a_batch_without_alerts_is_acked_when_it_is_complete) {
  settlement all;
  all.open(1);
  EXPECT_EQ(all.take_acked(), std::nullopt);
  all.complete(1);
  EXPECT_EQ(all.take_acked(), 1U);
  EXPECT_EQ(all.take_acked(), std::nullopt);
  EXPECT_EQ(all.open_count(), 0U);
}

TEST(settlement, a_batch_waits_for_each_of_its_deliveries_and_for_its_end) {
  settlement all;
  all.open(1);
  all.expect(1, 2);
  all.accept(1, 2);
  EXPECT_EQ(all.take_acked(), std::nullopt) << "more may be found in it";
  all.expect(1, 2);
  all.complete(1);
  all.accept(1, 1);
  EXPECT_EQ(all.take_acked(), std::nullopt);
  all.accept(1, 1);
  EXPECT_EQ(all.take_acked(), 1U);
}

TEST(settlement, batches_are_acked_as_they_are_done_not_as_they_came) {
  settlement all;
  all.open(1);
  all.open(2);
  all.expect(1, 1);
  all.complete(1);
  all.complete(2);
  EXPECT_EQ(all.take_acked(), 2U);
  all.accept(1, 1);
  EXPECT_EQ(all.take_acked(), 1U);
}

TEST(settlement, an_equal_finding_is_suppressed_while_the_first_is_on_its_way_and_after) {
  settlement all;
  all.open(1);
  all.open(2);
  EXPECT_TRUE(all.admit(1, "x", 0));
  EXPECT_FALSE(all.admit(2, "x", 0));
  all.complete(1);
  EXPECT_FALSE(all.admit(2, "x", 0));
}

TEST(settlement, an_abandoned_batch_takes_its_fingerprints_back) {
  settlement all;
  all.open(1);
  EXPECT_TRUE(all.admit(1, "x", 0));
  all.expect(1, 1);
  all.complete(1);
  all.abandon(1);
  all.accept(1, 1);  // late: nobody waits for it
  EXPECT_EQ(all.take_acked(), std::nullopt);
  all.open(2);
  EXPECT_TRUE(all.admit(2, "x", 0));
}

TEST(settlement, what_an_acked_batch_brought_in_is_firm) {
  settlement all;
  all.open(1);
  EXPECT_TRUE(all.admit(1, "x", 0));
  all.complete(1);
  EXPECT_EQ(all.take_acked(), 1U);
  all.abandon(1);
  all.open(2);
  EXPECT_FALSE(all.admit(2, "x", 0));
}

TEST(settlement_death, counts_that_cannot_be_are_bugs) {
  settlement all;
  all.open(1);
  EXPECT_DEATH(all.open(1), "opened once");
  EXPECT_DEATH(all.accept(1, 1), "more was accepted");
}

}  // namespace
}  // namespace trailbell::pipeline
