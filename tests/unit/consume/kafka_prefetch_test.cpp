#include "consume/kafka_prefetch.hpp"

#include <gtest/gtest.h>

#include <utility>

#include "support/test_kafka.hpp"
#include "trailbell/base/limits.hpp"

namespace trailbell::consume {
namespace {

using namespace std::chrono_literals;
using limits::kib;
using limits::mib;

std::optional<std::size_t> counted(const std::string& brokers, std::vector<std::string> topics,
                                   std::chrono::milliseconds wait = 20s) {
  kafka::configuration asking;
  EXPECT_TRUE(asking.set("bootstrap.servers", brokers).ok());
  kafka_source_options options;
  options.topics = std::move(topics);
  return count_partitions(std::move(asking), options, wait);
}

TEST(kafka_prefetch, all_partitions_together_stay_within_the_bound) {
  for (const std::size_t partitions : {1U, 4U, 5U, 100U, 1024U}) {
    const prefetch_bounds each = divide_prefetch(64 * mib, partitions);
    EXPECT_LE(each.queue_kib * kib * partitions, 64 * mib) << partitions;
    EXPECT_LE(each.fetch_bytes, each.queue_kib * kib) << partitions;
  }
}

TEST(kafka_prefetch, a_share_is_neither_too_small_to_work_nor_larger_than_it_helps) {
  EXPECT_EQ(divide_prefetch(64 * mib, 100'000).queue_kib, 64U);
  EXPECT_EQ(divide_prefetch(16 * kib, 1).queue_kib, 64U);
  EXPECT_EQ(divide_prefetch(1024 * mib, 1).queue_kib, 64U * 1024);
  EXPECT_EQ(divide_prefetch(1024 * mib, 0).queue_kib, 64U * 1024);
  EXPECT_EQ(divide_prefetch(64 * mib, 1).fetch_bytes, 4 * mib);
  EXPECT_EQ(divide_prefetch(64 * mib, 4).fetch_bytes, mib);
}

TEST(kafka_prefetch, the_brokers_say_how_many_partitions_there_are) {
  const test::mock_kafka kafka;
  kafka.create_topic("one");
  kafka.create_topic("five", 5);
  EXPECT_EQ(counted(kafka.brokers(), {"five"}), 5U);
  EXPECT_EQ(counted(kafka.brokers(), {"one", "five"}), 6U);
  EXPECT_EQ(counted(kafka.brokers(), {"^f"}), 6U);  // any of them may be meant
}

TEST(kafka_prefetch, without_an_answer_it_is_not_known) {
  EXPECT_EQ(counted("127.0.0.1:1", {"t"}, 50ms), std::nullopt);
}

}  // namespace
}  // namespace trailbell::consume
