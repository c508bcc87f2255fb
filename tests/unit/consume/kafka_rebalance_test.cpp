// Two members of one group: who owns what, and who commits it.
#include <gtest/gtest.h>

#include "unit/consume/kafka_member.hpp"

namespace trailbell::consume {
namespace {

class kafka_rebalance_test : public ::testing::TestWithParam<const char*> {
 protected:
  kafka_rebalance_test() {
    kafka_.create_topic("t", 2);
    kafka_.produce_numbers("t", 0, 0, 10);
    kafka_.produce_numbers("t", 1, 10, 20);
  }
  kafka_source_options options() const {
    kafka_source_options quick = quick_options(kafka_.brokers());
    quick.properties["partition.assignment.strategy"] = GetParam();
    return quick;
  }
  std::int64_t committed() const {
    return kafka_.committed("g", "t", 0) + kafka_.committed("g", "t", 1);
  }
  // Both go on until the condition holds.
  static bool both(kafka_member& a, kafka_member& b, const std::function<bool()>& condition) {
    return a.step_until([&] {
      b.step();
      return condition();
    });
  }
  static std::size_t owned(const kafka_member& member) {
    return member.source->status().lags.size();
  }

  test::mock_kafka kafka_;
};

TEST_P(kafka_rebalance_test, a_revoked_partition_is_drained_before_another_gets_it) {
  kafka_member first{options()};
  ASSERT_TRUE(first.take(20));
  kafka_member second{options()};
  // The first has to give one up, and may not before it is settled.
  const auto began = std::chrono::steady_clock::now();
  both(first, second, [&] { return std::chrono::steady_clock::now() - began > 1s; });
  EXPECT_EQ(second.taken(), 0U);
  EXPECT_EQ(committed(), -2);
  first.settle_all(outcome::acked);
  kafka_.produce_numbers("t", 0, 20, 21);
  kafka_.produce_numbers("t", 1, 21, 22);
  ASSERT_TRUE(both(first, second, [&] { return first.taken() + second.taken() >= 2; }));
  EXPECT_EQ(first.taken(), 1U) << first.values();
  EXPECT_EQ(second.taken(), 1U) << second.values();
  EXPECT_EQ(committed(), 20);
}

TEST_P(kafka_rebalance_test, what_does_not_drain_in_time_is_given_up_uncommitted) {
  kafka_source_options hasty = options();
  hasty.drain_timeout = 200ms;
  kafka_member first{hasty};
  ASSERT_TRUE(first.take(20));
  std::vector<source_batch> kept = std::move(first.batches);
  first.batches.clear();
  kafka_member second{hasty};
  ASSERT_TRUE(both(first, second, [&] { return second.taken() == 10; }));
  EXPECT_TRUE(first.logged("not all that was taken of it was acknowledged in time"));
  // Too late: the second has it. The first's own partition is another matter.
  for (const source_batch& batch : kept) {
    if (batch.place.partition == second.batches.front().place.partition) {
      first.source->settle(batch.receipt, outcome::acked);
    }
  }
  first.step(100ms);
  EXPECT_EQ(kafka_.committed("g", "t", second.batches.front().place.partition), -1);
  second.settle_all(outcome::acked);
  EXPECT_TRUE(both(first, second, [&] { return committed() == 10 - 1; }));
}

TEST_P(kafka_rebalance_test, lag_vanishes_with_the_partition) {
  kafka_member first{options()};
  ASSERT_TRUE(first.take(20));
  first.settle_all(outcome::acked);
  ASSERT_TRUE(first.step_until([&] { return owned(first) == 2; }));
  kafka_member second{options()};
  EXPECT_TRUE(both(first, second, [&] { return owned(first) == 1 && owned(second) == 1; }));
  EXPECT_EQ(first.source->status().dropped + second.source->status().dropped, 0U);
}

TEST_P(kafka_rebalance_test, one_that_closes_leaves_its_partitions_at_once) {
  kafka_member first{options()};
  kafka_member second{options()};
  ASSERT_TRUE(both(first, second, [&] { return first.taken() + second.taken() == 20; }));
  first.settle_all(outcome::acked);
  second.settle_all(outcome::acked);
  ASSERT_TRUE(first.source->close().ok());
  EXPECT_TRUE(second.step_until([&] { return owned(second) == 2; }));
  EXPECT_EQ(committed(), 20);
}

INSTANTIATE_TEST_SUITE_P(assignors, kafka_rebalance_test,
                         ::testing::Values("range", "cooperative-sticky"), [](const auto& its) {
                           return std::string{its.param} == "range" ? "range" : "cooperative";
                         });

}  // namespace
}  // namespace trailbell::consume
