#include "trailbell/emit/quarantine_topic.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "support/test_kafka.hpp"

namespace trailbell::emit {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr std::int16_t produce_request = 0;

class quarantine_topic_test : public ::testing::Test {
 protected:
  quarantine_topic_test() {
    kafka_.create_topic("bad");
    for (std::int64_t i = 0; i < 3; ++i) {
      entries_.push_back(
          {{source_kind::kafka, "trail", {}, 0, i}, 0, 0, "rejected", "no JSON", "{ no json"});
    }
  }
  std::unique_ptr<quarantine> open(quarantine_topic_options how = {}) const {
    how.brokers = kafka_.brokers();
    how.topic = "bad";
    auto opened = open_quarantine_topic(std::move(how));
    EXPECT_TRUE(opened.ok());
    return std::move(opened.value());
  }

  test::mock_kafka kafka_;
  std::vector<quarantine_entry> entries_;
};

TEST_F(quarantine_topic_test, keeps_all_at_once_by_their_positions) {
  const auto topic = open();
  for (int i = 0; i < 2; ++i) {
    const kept_entries kept = topic->put(entries_);
    EXPECT_EQ(kept.count, 3U) << kept.failure->message;
    EXPECT_FALSE(kept.failure);
    topic->attend();
  }
  const auto stored = kafka_.read("bad");
  ASSERT_EQ(stored.size(), 6U);
  EXPECT_EQ(stored[2].key, "trail[0]@2/0/0/rejected");
  EXPECT_EQ(stored[2].key, stored[5].key);
  EXPECT_EQ(stored[2].value, "{ no json");
}

TEST_F(quarantine_topic_test, a_broker_that_is_away_is_a_failure_that_passes) {
  quarantine_topic_options hasty;
  hasty.timeout = 300ms;
  const auto topic = open(hasty);
  ASSERT_FALSE(topic->put(entries_).failure);
  rd_kafka_mock_broker_set_down(kafka_.cluster(), 1);
  const kept_entries kept = topic->put(entries_);
  EXPECT_EQ(kept.count, 0U);
  ASSERT_TRUE(kept.failure);
  EXPECT_THAT(kept.failure->message, HasSubstr("Kafka topic bad at "));
  rd_kafka_mock_broker_set_up(kafka_.cluster(), 1);
  const auto end = std::chrono::steady_clock::now() + 20s;
  while (topic->put(entries_).failure && std::chrono::steady_clock::now() < end) {
  }
  EXPECT_FALSE(topic->put(entries_).failure);
}

TEST_F(quarantine_topic_test, finds_out_how_large_a_message_may_be) {
  std::vector<std::string> log;
  quarantine_topic_options how;
  how.log = [&log](log_level, std::string_view text) { log.emplace_back(text); };
  const auto topic = open(how);
  rd_kafka_mock_push_request_errors(kafka_.cluster(), produce_request, 1,
                                    RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  const std::string large(900'000, 'x');
  entries_.resize(1);
  entries_[0].bytes = large;
  const kept_entries kept = topic->put(entries_);
  EXPECT_EQ(kept.count, 1U);
  const auto stored = kafka_.read("bad");
  ASSERT_EQ(stored.size(), 2U);
  EXPECT_EQ(stored[0].value + stored[1].value, large);
  EXPECT_EQ(stored[1].key, stored[0].key + "#1");
  EXPECT_THAT(log, ::testing::Contains(HasSubstr("takes no messages of 1000000 bytes")));
}

TEST_F(quarantine_topic_test, needs_brokers_and_a_topic_and_no_property_that_loses) {
  EXPECT_FALSE(open_quarantine_topic({}).ok());
  quarantine_topic_options unsafe;
  unsafe.brokers = "127.0.0.1:1";
  unsafe.topic = "bad";
  unsafe.properties["acks"] = "1";
  EXPECT_FALSE(open_quarantine_topic(unsafe).ok());
}

}  // namespace
}  // namespace trailbell::emit
