// Members of a group against a real broker, which kafka_group_test.py starts: who owns what, who
// commits it, and what a broker does that librdkafka's mock cluster does not. Usage: kafka_group
// BROKERS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>
#include <optional>
#include <utility>

#include "unit/consume/kafka_member.hpp"

namespace trailbell::consume {
namespace {

using ::testing::HasSubstr;

std::string brokers;

// Each test has a topic and a group of its own, by one name.
class kafka_group_test : public ::testing::Test {
 protected:
  explicit kafka_group_test(int partitions = 1) {
    static int count = 0;
    name_ = "t" + std::to_string(++count) + "-" + std::to_string(getpid());
    kafka_.create_topic(name_, partitions);
  }
  [[nodiscard]] kafka_source_options options() const {
    kafka_source_options quick = quick_options(brokers);
    quick.topics = {name_};
    quick.group_id = name_;
    quick.properties["session.timeout.ms"] = "6000";
    return quick;
  }
  [[nodiscard]] std::int64_t committed(int partition = 0) const {
    return kafka_.committed(name_, name_, partition);
  }

  test::real_kafka kafka_{brokers};
  std::string name_;
};

class kafka_rebalance_test : public kafka_group_test,
                             public ::testing::WithParamInterface<const char*> {
 protected:
  kafka_rebalance_test() : kafka_group_test{2} {
    kafka_.produce_numbers(name_, 0, 0, 10);
    kafka_.produce_numbers(name_, 1, 10, 20);
  }
  [[nodiscard]] kafka_source_options options() const {
    kafka_source_options quick = kafka_group_test::options();
    quick.properties["partition.assignment.strategy"] = GetParam();
    return quick;
  }
  [[nodiscard]] std::int64_t all_committed() const { return committed(0) + committed(1); }
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
};

// As a pod that is made anew under its name.
TEST_P(kafka_rebalance_test, a_static_member_that_is_back_in_time_disturbs_nobody) {
  const auto named = [this](const char* name) {
    kafka_source_options fixed = options();
    fixed.properties["group.instance.id"] = name;
    fixed.properties["session.timeout.ms"] = "30000";
    return fixed;
  };
  std::optional<kafka_member> first{std::in_place, named("one")};
  kafka_member second{named("two")};
  const auto settled = [&](std::size_t each) {
    first->settle_all(outcome::acked);
    second.settle_all(outcome::acked);
    return owned(*first) == each && owned(second) == each;
  };
  ASSERT_TRUE(both(*first, second, [&] { return settled(1) && all_committed() == 20; }));
  const std::uint64_t before = second.source->status().rebalances;
  first.reset();
  kafka_.produce_numbers(name_, 0, 20, 21);
  kafka_.produce_numbers(name_, 1, 21, 22);
  first.emplace(named("one"));
  ASSERT_TRUE(both(*first, second, [&] { return settled(1) && all_committed() == 22; }));
  EXPECT_EQ(second.source->status().rebalances, before);
}

TEST_P(kafka_rebalance_test, a_revoked_partition_is_drained_before_another_gets_it) {
  kafka_member first{options()};
  ASSERT_TRUE(first.take(20));
  kafka_member second{options()};
  // The first has to give one up, and may not before it is settled.
  const auto began = std::chrono::steady_clock::now();
  both(first, second, [&] { return std::chrono::steady_clock::now() - began > 2s; });
  EXPECT_EQ(second.taken(), 0U);
  EXPECT_LE(all_committed(), 0);
  first.settle_all(outcome::acked);
  ASSERT_TRUE(both(first, second, [&] { return owned(first) == 1 && owned(second) == 1; }));
  EXPECT_EQ(first.taken() + second.taken(), 0U);
  EXPECT_EQ(all_committed(), 20);
  kafka_.produce_numbers(name_, 0, 20, 21);
  kafka_.produce_numbers(name_, 1, 21, 22);
  ASSERT_TRUE(both(first, second, [&] { return first.taken() + second.taken() >= 2; }));
  EXPECT_EQ(first.taken(), 1U) << first.values();
  EXPECT_EQ(second.taken(), 1U) << second.values();
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
  // Too late: the second has it.
  const int theirs = second.batches.front().place.partition;
  for (const source_batch& batch : kept) {
    if (batch.place.partition == theirs) {
      first.source->settle(batch.receipt, outcome::acked);
    }
  }
  both(first, second, [began = std::chrono::steady_clock::now()] {
    return std::chrono::steady_clock::now() - began > 200ms;
  });
  EXPECT_LE(committed(theirs), 0);
  second.settle_all(outcome::acked);
  EXPECT_TRUE(both(first, second, [&] { return committed(theirs) == 10; }));
}

// Some of it may be in a transaction that is not over: only its end settles it.
TEST_P(kafka_rebalance_test, what_a_transaction_may_hold_is_not_given_up_before_it_is_settled) {
  kafka_source_options hasty = options();
  hasty.drain_timeout = 200ms;
  hasty.transactional = true;
  kafka_member first{hasty};
  ASSERT_TRUE(first.take(20));
  const std::string before = first.source->take_membership().value_or("");
  EXPECT_NE(before, "");
  kafka_member second{hasty};
  std::vector<receipt_id> given_up;
  ASSERT_TRUE(both(first, second, [&] {
    std::ranges::copy(first.source->take_given_up(), std::back_inserter(given_up));
    return !given_up.empty();
  }));
  both(first, second, [began = std::chrono::steady_clock::now()] {
    return std::chrono::steady_clock::now() - began > 1s;
  });
  EXPECT_EQ(second.taken(), 0U) << "it is not settled";
  // Cooperative members are in another generation by now: what is stored has to show that one.
  const std::optional<std::string> now = first.source->take_membership();
  if (std::string_view{GetParam()} == "range") {
    EXPECT_FALSE(now) << "what was told holds";
  } else {
    EXPECT_NE(now.value_or(""), "");
    EXPECT_NE(now, before);
  }
  for (const receipt_id each : given_up) {
    first.source->settle(each, outcome::nacked);
  }
  EXPECT_TRUE(both(first, second, [&] { return second.taken() == 10; }));
  EXPECT_TRUE(first.source->take_given_up().empty()) << "told once";
}

TEST_P(kafka_rebalance_test, one_that_closes_leaves_its_partitions_at_once) {
  kafka_source_options patient = options();
  patient.properties["session.timeout.ms"] = "60000";
  kafka_member first{patient};
  kafka_member second{patient};
  ASSERT_TRUE(both(first, second, [&] {
    first.settle_all(outcome::acked);
    second.settle_all(outcome::acked);
    return owned(first) == 1 && owned(second) == 1 && all_committed() == 20;
  }));
  ASSERT_TRUE(first.source->close().ok());
  EXPECT_TRUE(second.step_until([&] { return owned(second) == 2; }));
  EXPECT_EQ(second.taken(), 0U);
}

TEST_P(kafka_rebalance_test, members_come_and_go_and_nothing_is_lost) {
  kafka_source_options few = options();
  few.batch_messages = 50;
  few.properties["session.timeout.ms"] = "3000";
  std::map<std::string, int> acked;
  // Some are always in flight, but where nothing more comes.
  const auto work = [&](kafka_member& member) {
    const bool took = member.step(1ms);
    if (member.batches.empty() || (took && member.batches.size() < 4)) {
      return;
    }
    for (const source_object& object : member.batches.front().objects) {
      ++acked[std::string{object.bytes}];
    }
    member.source->settle(member.batches.front().receipt, outcome::acked);
    member.batches.erase(member.batches.begin());
  };
  kafka_member stays{few};
  int count = 20;
  for (int round = 0; round < 6; ++round) {
    kafka_.produce_numbers(name_, 0, count, count + 2'000);
    kafka_.produce_numbers(name_, 1, count + 2'000, count + 4'000);
    count += 4'000;
    kafka_member guest{few};
    ASSERT_TRUE(stays.step_until([&] {
      work(stays);
      work(guest);
      return guest.source->status().rebalances > 0;
    })) << round;
    kafka_.produce_numbers(name_, 0, count, count + 2'000);
    kafka_.produce_numbers(name_, 1, count + 2'000, count + 4'000);
    count += 4'000;
    const std::size_t before = acked.size();
    ASSERT_TRUE(stays.step_until([&] {
      work(stays);
      work(guest);
      return acked.size() > before + 1'000;
    })) << round;
    if (round % 2 == 0) {
      ASSERT_TRUE(guest.source->close().ok());
    }  // else it crashes
  }
  EXPECT_TRUE(stays.step_until([&] {
    work(stays);
    return all_committed() == count;
  })) << all_committed();
  EXPECT_EQ(acked.size(), static_cast<std::size_t>(count));
}

INSTANTIATE_TEST_SUITE_P(assignors, kafka_rebalance_test,
                         ::testing::Values("range", "cooperative-sticky"), [](const auto& its) {
                           return std::string{its.param} == "range" ? "range" : "cooperative";
                         });

TEST_F(kafka_group_test, commits_beyond_the_mark_that_ends_a_transaction) {
  kafka_.produce_in_transaction(name_, 0, {"a", "b"});
  kafka_member member{options()};
  ASSERT_TRUE(member.take(2));
  member.settle_all(outcome::acked);
  EXPECT_TRUE(member.step_until([&] { return committed() == 3; }));
  EXPECT_TRUE(member.step_until([&] {
    const auto lags = member.source->status().lags;
    return !lags.empty() && lags.front().records == 0;
  }));
}

// The place in the old log is beyond the end of the new one.
TEST_F(kafka_group_test, a_topic_that_is_made_anew_is_read_from_its_beginning) {
  kafka_.produce_numbers(name_, 0, 0, 50);
  kafka_member member{options()};
  ASSERT_TRUE(member.take(50));
  member.settle_all(outcome::acked);
  ASSERT_TRUE(member.step_until([&] { return committed() == 50; }));
  kafka_.delete_topic(name_);
  kafka_.create_topic(name_);
  test::real_kafka{brokers}.produce_numbers(name_, 0, 100, 120);
  ASSERT_TRUE(member.take(20)) << member.source->status().not_ready;
  EXPECT_EQ(member.batches.front().objects.front().bytes, "100");
  EXPECT_EQ(member.source->status().dropped, 0U);
  member.settle_all(outcome::acked);
  EXPECT_TRUE(member.step_until([&] { return committed() == 20; }));
}

TEST_F(kafka_group_test, a_member_whose_place_is_taken_ends) {
  kafka_source_options fixed = options();
  fixed.properties["group.instance.id"] = "one";
  kafka_member first{fixed};
  kafka_.produce_numbers(name_, 0, 0, 1);
  ASSERT_TRUE(first.take(1));
  kafka_member second{fixed};
  ASSERT_TRUE(second.take(1));
  first.step_until([&] { return !first.failure.empty(); });
  EXPECT_THAT(first.failure, HasSubstr("Kafka: "));
  EXPECT_THAT(first.failure, HasSubstr("group.instance.id"));
}

// kafka_group_test.py stops the broker, and starts it again, when it reads "taken".
TEST_F(kafka_group_test, a_broker_that_stops_and_comes_back_loses_nothing) {
  kafka_.produce_numbers(name_, 0, 0, 1'000);
  kafka_source_options few = options();
  few.batch_messages = 100;
  kafka_member member{few};
  ASSERT_TRUE(member.take(500));
  std::cout << "taken" << std::endl;
  ASSERT_TRUE(member.step_until([&] { return !member.source->status().not_ready.empty(); }, 60s));
  member.settle_all(outcome::acked);
  ASSERT_TRUE(member.step_until([&] { return member.source->status().not_ready.empty(); }, 60s));
  kafka_.produce_numbers(name_, 0, 1'000, 1'100);
  ASSERT_TRUE(member.step_until(
      [&] {
        member.settle_all(outcome::acked);
        return committed() == 1'100;
      },
      60s));
  EXPECT_EQ(member.source->status().dropped, 0U);
}

}  // namespace
}  // namespace trailbell::consume

int main(int argc, char** argv) {
  ::testing::InitGoogleMock(&argc, argv);
  if (argc != 2) {
    std::cerr << "usage: kafka_group BROKERS\n";
    return 2;
  }
  trailbell::consume::brokers = argv[1];
  return RUN_ALL_TESTS();
}
