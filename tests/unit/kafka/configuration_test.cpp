#include "kafka/configuration.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace trailbell::kafka {
namespace {

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

}  // namespace
}  // namespace trailbell::kafka
