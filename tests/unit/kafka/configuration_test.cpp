#include "kafka/configuration.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <future>
#include <thread>

namespace trailbell::kafka {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string said(const properties& theirs, std::span<const refusal> refused = {}) {
  configuration configuration;
  const result<done> set = configuration.set_all(theirs, refused);
  return set ? "" : set.failure().message;
}

TEST(kafka_configuration, takes_any_property_of_librdkafka) {
  EXPECT_EQ(said({{"session.timeout.ms", "6000"},
                  {"security.protocol", "sasl_ssl"},
                  {"sasl.mechanism", "SCRAM-SHA-512"},
                  {"sasl.username", "u"},
                  {"sasl.password", "p"},
                  {"ssl.ca.location", "/etc/ssl/certs/ca-certificates.crt"},
                  {"compression.codec", "zstd"},
                  {"debug", "cgrp"}}),
            "");
}

TEST(kafka_configuration, names_the_property_that_is_wrong) {
  EXPECT_EQ(said({{"no.such.thing", "1"}}),
            "Kafka property no.such.thing: librdkafka knows no such property");
  EXPECT_THAT(said({{"session.timeout.ms", "soon"}}), HasSubstr("session.timeout.ms"));
  EXPECT_THAT(said({{"session.timeout.ms", "-5"}}), HasSubstr("session.timeout.ms"));
}

TEST(kafka_configuration, does_not_repeat_a_value) {
  EXPECT_THAT(said({{"session.timeout.ms", "hunter2"}}), Not(HasSubstr("hunter2")));
}

TEST(kafka_configuration, refuses_what_is_no_text_or_set_elsewhere) {
  for (const char* name : {"rebalance_cb", "dr_msg_cb", "consume_cb", "opaque", "interceptors",
                           "bootstrap.servers", "metadata.broker.list", "plugin.library.paths"}) {
    EXPECT_THAT(said({{name, "x"}}), HasSubstr(std::string{"Kafka property "} + name + ": "));
  }
}

TEST(kafka_configuration, refuses_with_the_reason_but_for_what_is_allowed) {
  const std::array refused{refusal{"acks", "all or nothing", "all -1"}};
  EXPECT_EQ(said({{"acks", "1"}}, refused), "Kafka property acks: all or nothing");
  EXPECT_EQ(said({{"acks", "al"}}, refused), "Kafka property acks: all or nothing");
  EXPECT_EQ(said({{"acks", "all"}}, refused), "");
  EXPECT_EQ(said({{"acks", "-1"}}, refused), "");
}

TEST(kafka_configuration, says_what_is_set) {
  configuration configuration;
  ASSERT_TRUE(configuration.set("client.id", "me").ok());
  EXPECT_EQ(configuration.get("client.id"), "me");
  EXPECT_EQ(configuration.get("no.such.thing"), "");
}

bearer_tokens tokens_for(std::chrono::seconds life, std::promise<std::thread::id>& asked) {
  return [life, &asked, calls = 0]() mutable -> result<bearer_token> {
    if (calls++ == 0) {
      asked.set_value(std::this_thread::get_id());
    }
    const auto now =
        std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    return bearer_token{secret{"hunter2"}, now + life, "me"};
  };
}

TEST(kafka_configuration, tokens_are_asked_for_while_nobody_serves_the_client) {
  std::promise<std::thread::id> asked;
  configuration configuration;
  ASSERT_TRUE(configuration.sign_in_with(tokens_for(std::chrono::hours{1}, asked)).ok());
  EXPECT_EQ(configuration.get("security.protocol"), "sasl_ssl");
  const result<client_handle> client = configuration.make(RD_KAFKA_PRODUCER);
  ASSERT_TRUE(client.ok()) << client.failure().message;
  auto who = asked.get_future();
  ASSERT_EQ(who.wait_for(std::chrono::seconds{30}), std::future_status::ready);
  EXPECT_NE(who.get(), std::this_thread::get_id());
}

TEST(kafka_configuration, a_token_that_is_not_taken_is_not_shown) {
  std::promise<std::thread::id> asked;
  configuration configuration;
  ASSERT_TRUE(configuration.sign_in_with(tokens_for(std::chrono::seconds{-1}, asked)).ok());
  rd_kafka_conf_set_events(configuration.conf(), RD_KAFKA_EVENT_ERROR);
  const result<client_handle> client = configuration.make(RD_KAFKA_PRODUCER);
  ASSERT_TRUE(client.ok()) << client.failure().message;
  const queue_handle queue{rd_kafka_queue_get_main(client.value().get())};
  const event_handle event{rd_kafka_queue_poll(queue.get(), 30'000)};
  ASSERT_TRUE(event);
  EXPECT_THAT(rd_kafka_event_error_string(event.get()),
              AllOf(HasSubstr("does not take the token"), Not(HasSubstr("hunter2"))));
}

TEST(kafka_configuration, tokens_are_for_oauthbearer) {
  std::promise<std::thread::id> asked;
  for (const properties& theirs :
       {properties{{"sasl.mechanism", "PLAIN"}, {"sasl.username", "u"}, {"sasl.password", "p"}},
        properties{{"security.protocol", "ssl"}}}) {
    configuration configuration;
    ASSERT_TRUE(configuration.sign_in_with(tokens_for(std::chrono::hours{1}, asked)).ok());
    ASSERT_TRUE(configuration.set_all(theirs, {}).ok());
    const result<client_handle> client = configuration.make(RD_KAFKA_PRODUCER);
    ASSERT_FALSE(client.ok());
    EXPECT_THAT(client.failure().message, HasSubstr("tokens are for OAUTHBEARER"));
  }
}

}  // namespace
}  // namespace trailbell::kafka
