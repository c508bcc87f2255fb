// What a partition does for the windows of rules: it reads again, and says that nothing comes.
#include <gmock/gmock.h>

#include "unit/consume/kafka_member.hpp"

namespace trailbell::consume {
namespace {

class kafka_reread_test : public ::testing::Test {
 protected:
  [[nodiscard]] kafka_source_options options() const { return quick_options(kafka_.brokers()); }
  [[nodiscard]] std::int64_t committed() const { return kafka_.committed("g", "t"); }

  test::mock_kafka kafka_;
};

TEST_F(kafka_reread_test, tells_the_lag_while_what_is_below_it_is_read_again) {
  kafka_.create_topic("t");
  kafka_.produce_numbers("t", 0, 0, 10);
  kafka_source_options brief = options();
  brief.properties["session.timeout.ms"] = "1000";
  {
    kafka_member before{brief};
    ASSERT_TRUE(before.take(10));
    before.settle_all(outcome::acked);
    ASSERT_TRUE(before.source->close().ok());
    ASSERT_EQ(committed(), 10);
  }
  kafka_.produce_numbers("t", 0, 10, 14);
  kafka_member member{brief};
  member.source->look_back(1h);
  const auto lag = [&] {
    const auto lags = member.source->status().lags;
    return lags.empty() ? -1 : lags.front().records;
  };
  // No batch of what is fresh was taken yet: what is open is only attended to.
  ASSERT_TRUE(member.step_until([&] { return !member.batches.empty(); }));
  EXPECT_EQ(member.batches.front().what, reading::begins);
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (lag() < 0 && std::chrono::steady_clock::now() < end) {
    ASSERT_TRUE(member.source->attend().ok());
  }
  EXPECT_EQ(lag(), 4);
  EXPECT_TRUE(member.step_until([&] { return lag() == 0; }));
  EXPECT_THAT(member.values(), ::testing::EndsWith("9 10 11 12 13"));
}

TEST_F(kafka_reread_test, with_transactions_says_that_nothing_comes_where_rules_have_windows) {
  kafka_.create_topic("t");
  kafka_.produce_numbers("t", 0, 0, 3);
  kafka_source_options transactional = options();
  transactional.transactional = true;
  kafka_member member{transactional};
  member.source->look_back(1h);
  const auto quiet = [&] {
    return !member.batches.empty() && member.batches.back().what == reading::quiet;
  };
  ASSERT_TRUE(member.step_until(quiet));
  EXPECT_EQ(member.taken(), 3U);
  EXPECT_EQ(member.batches.back().end, 3);
  // It holds the partition like any other, and reading goes on where it was.
  member.settle_all(outcome::acked);
  kafka_.produce_numbers("t", 0, 3, 5);
  ASSERT_TRUE(member.take(2));
  EXPECT_EQ(member.values(), "3 4");
  ASSERT_TRUE(member.step_until(quiet));
  member.settle_all(outcome::nacked);
  ASSERT_TRUE(member.take(2));
  EXPECT_THAT(member.values(), ::testing::EndsWith("3 4"));
}

}  // namespace
}  // namespace trailbell::consume
