#include "trailbell/consume/ledger.hpp"

#include <gtest/gtest.h>

namespace trailbell::consume {
namespace {

TEST(partition_ledger, the_watermark_moves_only_over_what_is_acked_without_a_gap) {
  partition_ledger ledger{100};
  ledger.open(1, 103);
  ledger.open(2, 110);
  ledger.open(3, 111);
  EXPECT_TRUE(ledger.ack(2));
  EXPECT_EQ(ledger.watermark(), 100);
  EXPECT_EQ(ledger.take_moved(), std::nullopt);
  EXPECT_TRUE(ledger.ack(1));
  EXPECT_EQ(ledger.take_moved(), 110);
  EXPECT_EQ(ledger.take_moved(), std::nullopt);
  EXPECT_FALSE(ledger.settled());
  EXPECT_TRUE(ledger.ack(3));
  EXPECT_EQ(ledger.watermark(), 111);
  EXPECT_TRUE(ledger.settled());
}

TEST(partition_ledger, a_nack_gives_everything_behind_the_watermark_back) {
  partition_ledger ledger{0};
  ledger.open(1, 5);
  ledger.open(2, 9);
  ledger.open(3, 12);
  EXPECT_TRUE(ledger.ack(1));
  EXPECT_TRUE(ledger.ack(3));
  EXPECT_TRUE(ledger.nack(2));
  EXPECT_EQ(ledger.watermark(), 5);
  EXPECT_EQ(ledger.next_expected(), 5);
  EXPECT_TRUE(ledger.settled());
  EXPECT_FALSE(ledger.ack(3)) << "a receipt from before the nack";
  ledger.open(4, 9);
  EXPECT_TRUE(ledger.ack(4));
  EXPECT_EQ(ledger.watermark(), 9);
}

TEST(partition_ledger, outstanding_is_what_is_open_and_not_acked) {
  partition_ledger ledger{0};
  EXPECT_TRUE(ledger.outstanding().empty());
  ledger.open(1, 5);
  ledger.open(2, 9);
  ledger.open(3, 12);
  ledger.ack(2);
  EXPECT_EQ(ledger.outstanding(), (std::vector<receipt_id>{1, 3}));
  ledger.nack(3);
  EXPECT_TRUE(ledger.outstanding().empty());
}

TEST(partition_ledger, receipts_that_it_does_not_know_change_nothing) {
  partition_ledger ledger{7};
  EXPECT_FALSE(ledger.ack(1));
  EXPECT_FALSE(ledger.nack(1));
  ledger.open(2, 8);
  EXPECT_FALSE(ledger.ack(1));
  EXPECT_FALSE(ledger.nack(3));
  EXPECT_EQ(ledger.watermark(), 7);
}

TEST(partition_ledger, offsets_without_messages_are_passed_with_what_stands_before_them) {
  partition_ledger ledger{0};
  ledger.skip_to(3);
  EXPECT_EQ(ledger.take_moved(), 3);
  ledger.open(1, 5);
  ledger.skip_to(8);
  ledger.skip_to(6);
  EXPECT_EQ(ledger.next_expected(), 8);
  EXPECT_EQ(ledger.watermark(), 3);
  EXPECT_TRUE(ledger.ack(1));
  EXPECT_EQ(ledger.watermark(), 8);
}

TEST(partition_ledger, a_batch_without_messages_holds_what_comes_behind_it) {
  partition_ledger ledger{10};
  ledger.open(1, 12);
  EXPECT_TRUE(ledger.ack(1));
  ledger.open(2, 12);
  ledger.open(3, 13);
  EXPECT_TRUE(ledger.ack(3));
  EXPECT_EQ(ledger.watermark(), 12);
  EXPECT_FALSE(ledger.settled());
  EXPECT_TRUE(ledger.ack(2));
  EXPECT_EQ(ledger.watermark(), 13);
}

TEST(partition_ledger_death, batches_come_in_order) {
  partition_ledger ledger{10};
  ledger.open(1, 12);
  EXPECT_DEATH(ledger.open(2, 11), "begins behind");
  EXPECT_DEATH(ledger.open(1, 13), "receipts go up");
}

}  // namespace
}  // namespace trailbell::consume
