#include <gmock/gmock.h>

#include "unit/app/config_cases.hpp"

namespace trailbell::app {
namespace {

using test::from_kafka_to_kafka;
using test::problems;
using test::warnings;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// The source's properties, and keys beside them.
std::string from(const std::string& keys, const std::string& properties) {
  return "source:\n  kafka: {brokers: k, topics: [in], " + keys + "\n    properties: {" +
         properties + "}}\nsinks: [{stdout: }]\n";
}

TEST(config_kafka_access, keys_of_aws_are_all_that_msk_needs) {
  for (const char* const key : {"source.kafka", "sinks.0.kafka", "quarantine.kafka"}) {
    const std::string at{key};
    const auto loaded =
        test::load({from_kafka_to_kafka("quarantine: {kafka: {brokers: k, topic: bad}}"),
                    {},
                    {at + ".aws_msk_iam=true", at + ".region=eu-central-1", at + ".profile=p",
                     at + ".role_arn=r", at + ".external_id=e"}});
    ASSERT_TRUE(loaded.ok()) << test::messages(loaded.failure().all).front();
    EXPECT_THAT(loaded.value().warnings, IsEmpty());
    const service_config& config = loaded.value().config;
    const msk_iam_config& msk = at == "source.kafka" ? config.source.kafka->msk
                                : at == "sinks.0.kafka"
                                    ? std::get<kafka_sink_config>(config.sinks[0].kind).msk
                                    : config.quarantine.kafka->msk;
    EXPECT_EQ(msk, (msk_iam_config{true, "eu-central-1", "p", "r", "e"})) << at;
  }
}

TEST(config_kafka_access, properties_may_say_the_same) {
  EXPECT_THAT(problems({from("aws_msk_iam: true,",
                             "security.protocol: SASL_SSL, sasl.mechanisms: OAUTHBEARER, "
                             "ssl.ca.location: /ca.pem")}),
              IsEmpty());
}

TEST(config_kafka_access, properties_that_say_otherwise_are_refused) {
  for (const auto& [properties, said] : std::vector<std::pair<std::string, std::string>>{
           {"security.protocol: SSL", "c.yaml:3:18: 'aws_msk_iam' is by SASL, and 'SSL' is not"},
           {"sasl.mechanism: SCRAM-SHA-512",
            "c.yaml:3:18: 'aws_msk_iam' is by OAUTHBEARER, and 'SCRAM-SHA-512' is another"},
           {"sasl.username: u", "c.yaml:3:18: 'sasl.username' beside 'aws_msk_iam'"},
           {"sasl.password: p", "c.yaml:3:18: 'sasl.password' beside 'aws_msk_iam'"},
           {"sasl.oauthbearer.method: oidc", "c.yaml:3:18: 'sasl.oauthbearer.method' beside"},
           {"enable.sasl.oauthbearer.unsecure.jwt: true", "c.yaml:3:18: 'enable.sasl."}}) {
    EXPECT_THAT(problems({from("aws_msk_iam: true,", properties)}), ElementsAre(StartsWith(said)));
  }
}

TEST(config_kafka_access, a_token_that_goes_without_tls_is_worth_a_word) {
  EXPECT_THAT(warnings({from("aws_msk_iam: true,", "security.protocol: sasl_plaintext")}),
              ElementsAre(HasSubstr("goes without TLS")));
}

TEST(config_kafka_access, what_has_no_effect_is_said) {
  EXPECT_THAT(warnings({from("region: r,", "")}),
              ElementsAre(StartsWith("c.yaml:2:37: 'region' has no effect without 'aws_msk_iam")));
  EXPECT_THAT(warnings({from("aws_msk_iam: true, external_id: e,", "")}),
              ElementsAre(HasSubstr("'external_id' has no effect without 'role_arn'")));
  EXPECT_THAT(warnings({from("", "sasl.mechanism: PLAIN, sasl.username: u")}),
              ElementsAre(HasSubstr("'sasl.mechanism' has no effect without SASL")));
}

TEST(config_kafka_access, oauthbearer_needs_tokens_from_somewhere) {
  const std::string oauth = "security.protocol: sasl_ssl, sasl.mechanism: OAUTHBEARER";
  EXPECT_THAT(problems({from("", oauth)}),
              ElementsAre(HasSubstr("OAUTHBEARER, and no tokens for it; write 'aws_msk_iam")));
  EXPECT_THAT(problems({from("", oauth + ", sasl.oauthbearer.method: oidc")}), IsEmpty());
  EXPECT_THAT(problems({from("", oauth + ", enable.sasl.oauthbearer.unsecure.jwt: true")}),
              IsEmpty());
  EXPECT_THAT(warnings({from("",
                             "security.protocol: sasl_ssl, sasl.mechanism: SCRAM-SHA-512, "
                             "sasl.username: u, sasl.password: p")}),
              IsEmpty());
}

}  // namespace
}  // namespace trailbell::app
