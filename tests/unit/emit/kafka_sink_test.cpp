#include "trailbell/emit/kafka_sink.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "support/test_kafka.hpp"
#include "trailbell/emit/alert_writer.hpp"

namespace trailbell::emit {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr std::int16_t produce_request = 0;
constexpr std::int16_t init_producer_request = 22;

class kafka_sink_test : public ::testing::Test {
 protected:
  kafka_sink_test() {
    kafka_.create_topic("alerts");
    for (std::size_t i = 0; i < 3; ++i) {
      alerts_.emplace_back();
      alerts_.back().fingerprint = std::string(31, 'a') + std::to_string(i);
      alerts_.back().event_id = "e";
      alerts_.back().place.name = "x";
    }
    alerts_[0].account_id = "111122223333";
    alerts_[1].account_id = "444455556666";
  }
  kafka_sink_options options() const {
    kafka_sink_options quick;
    quick.brokers = kafka_.brokers();
    quick.topic = "alerts";
    quick.timeout = 10s;
    return quick;
  }
  std::unique_ptr<sink> open(kafka_sink_options how) const {
    result<std::unique_ptr<sink>> opened = open_kafka_sink(std::move(how));
    EXPECT_TRUE(opened.ok());
    return std::move(opened.value());
  }
  delivery_result deliver(sink& to) const {
    std::vector<const alert*> all;
    for (const alert& each : alerts_) {
      all.push_back(&each);
    }
    return to.deliver(all);
  }
  std::vector<std::string> keys() const {
    std::vector<std::string> all;
    for (const auto& stored : kafka_.read("alerts")) {
      all.push_back(stored.key);
    }
    return all;
  }

  test::mock_kafka kafka_;
  std::vector<alert> alerts_;
};

TEST_F(kafka_sink_test, stores_one_line_a_message_keyed_by_account) {
  const std::unique_ptr<sink> to = open(options());
  const delivery_result said = deliver(*to);
  EXPECT_EQ(said.what, delivery::accepted) << said.reason;
  const auto stored = kafka_.read("alerts");
  ASSERT_EQ(stored.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    std::string line;
    append_jsonl(alerts_[i], {}, line);
    EXPECT_EQ(stored[i].value + "\n", line);
    EXPECT_EQ(stored[i].key, alerts_[i].account_id.value_or(""));
  }
}

TEST_F(kafka_sink_test, stores_documents_of_other_formats) {
  for (const alert_format format : {alert_format::ocsf, alert_format::ecs}) {
    kafka_sink_options other = options();
    other.format = format;
    const std::unique_ptr<sink> to = open(other);
    const std::size_t before = keys().size();
    ASSERT_EQ(deliver(*to).what, delivery::accepted);
    std::string line;
    append_alert(alerts_[0], {format, false, false}, line);
    EXPECT_EQ(kafka_.read("alerts").at(before).value + "\n", line);
  }
}

TEST_F(kafka_sink_test, stores_more_than_one_attempt) {
  const std::unique_ptr<sink> to = open(options());
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(deliver(*to).what, delivery::accepted);
    to->on_idle();
  }
  EXPECT_EQ(keys().size(), 150U);
}

TEST_F(kafka_sink_test, an_alert_larger_than_any_message_is_refused_before_others_are_stored) {
  kafka_sink_options small = options();
  small.properties["message.max.bytes"] = "4000";
  const std::unique_ptr<sink> to = open(small);
  const std::string agent(5'000, 'x');
  alerts_[2].user_agent = agent;
  const delivery_result said = deliver(*to);
  EXPECT_EQ(said.what, delivery::refused);
  EXPECT_EQ(said.reason, "an alert is larger than message.max.bytes (4000)");
  EXPECT_TRUE(keys().empty());
}

TEST_F(kafka_sink_test, what_the_broker_finds_too_large_is_refused) {
  const std::unique_ptr<sink> to = open(options());
  rd_kafka_mock_push_request_errors(kafka_.cluster(), produce_request, 1,
                                    RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  const alert* const one = &alerts_[0];
  const delivery_result said = to->deliver({&one, 1});
  EXPECT_EQ(said.what, delivery::refused);
  EXPECT_THAT(said.reason, HasSubstr("Kafka topic alerts: "));
}

TEST_F(kafka_sink_test, a_fault_that_passes_is_none) {
  const std::unique_ptr<sink> to = open(options());
  rd_kafka_mock_push_request_errors(
      kafka_.cluster(), produce_request, 3, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
      RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR__TRANSPORT);
  EXPECT_EQ(deliver(*to).what, delivery::accepted);
  EXPECT_EQ(keys().size(), 3U);
}

TEST_F(kafka_sink_test, no_broker_is_worth_another_attempt) {
  kafka_sink_options hasty = options();
  hasty.timeout = 500ms;
  const std::unique_ptr<sink> to = open(hasty);
  ASSERT_EQ(deliver(*to).what, delivery::accepted);
  rd_kafka_mock_broker_set_down(kafka_.cluster(), 1);
  const delivery_result said = deliver(*to);
  EXPECT_EQ(said.what, delivery::retry);
  EXPECT_NE(said.reason, "");
  rd_kafka_mock_broker_set_up(kafka_.cluster(), 1);
  const auto end = std::chrono::steady_clock::now() + 20s;
  while (deliver(*to).what != delivery::accepted && std::chrono::steady_clock::now() < end) {
  }
  EXPECT_GE(keys().size(), 6U);
}

TEST_F(kafka_sink_test, makes_a_new_producer_after_a_fatal_error) {
  rd_kafka_mock_push_request_errors(kafka_.cluster(), init_producer_request, 1,
                                    RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED);
  const std::unique_ptr<sink> to = open(options());
  const delivery_result said = deliver(*to);
  EXPECT_EQ(said.what, delivery::retry);
  EXPECT_THAT(said.reason, HasSubstr("Kafka: "));
  EXPECT_EQ(deliver(*to).what, delivery::accepted);
  EXPECT_EQ(keys().size(), 3U);
}

TEST(kafka_sink_options_test, refuse_what_could_lose_an_alert) {
  const auto said = [](const std::string& name, const std::string& value) {
    kafka_sink_options options;
    options.brokers = "127.0.0.1:1";
    options.topic = "alerts";
    options.properties[name] = value;
    const result<std::unique_ptr<sink>> opened = open_kafka_sink(std::move(options));
    return opened ? std::string{} : opened.failure().message;
  };
  EXPECT_EQ(said("acks", "1"), "Kafka property acks: alerts could be lost or doubled");
  EXPECT_THAT(said("enable.idempotence", "false"), HasSubstr("lost"));
  EXPECT_THAT(said("transactional.id", "x"), HasSubstr("delivery.instance"));
  EXPECT_THAT(said("message.timeout.ms", "5"), HasSubstr("timeout"));
  EXPECT_THAT(said("max.in.flight.requests.per.connection", "10"), HasSubstr("Kafka: "));
  EXPECT_EQ(said("compression.type", "lz4"), "");
  EXPECT_FALSE(open_kafka_sink({}).ok());
}

}  // namespace
}  // namespace trailbell::emit
