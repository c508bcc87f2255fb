#include "app/config_secrets.hpp"

#include <gmock/gmock.h>

#include "unit/app/config_cases.hpp"

namespace trailbell::app {
namespace {

using test::load;
using testing::UnorderedElementsAre;

TEST(config_secrets, are_all_that_the_key_tables_know_and_nothing_besides) {
  const auto loaded = load({R"(
source: {kafka: {brokers: k, topics: [t], properties: {sasl.password: hush1, ssl.key.pem: hush2,
         sasl.username: "${file:/u}", client.id: shown}}}
sinks:
  - webhook: {url: "https://h/shown/hush4-0123456789?k=hush5", headers: {A: hush6},
              hmac_secret: hush7, template: pagerduty, routing_key: hush8,
              basic: {username: bob, password: hush9}}
  - alertmanager: {url: ["http://h/a-long-shown-path-0123"], bearer: hush10}
  - splunk_hec: {url: "https://h", token: "${T}"}
  - kafka: {brokers: k, topic: out, properties: {sasl.oauthbearer.client.secret: hush12}}
quarantine: {kafka: {brokers: k, topic: q, properties: {ssl.key.password: hush13}}}
)",
                            {{"T", "hush11"}},
                            {},
                            {{"/u", "hush3"}}});
  ASSERT_TRUE(loaded) << loaded.failure().all.front().message();
  EXPECT_THAT(
      secrets_of(loaded.value()),
      UnorderedElementsAre("hush1", "hush2", "hush3", "hush4-0123456789", "k=hush5", "hush6",
                           "hush7", "hush8", "hush9", "hush10", "hush11", "hush12", "hush13"));
}

TEST(config_secrets, of_a_user_in_a_url_is_the_password_too) {
  const auto loaded =
      load({"source: {file: {paths: [/a]}}\n"
            "sinks: [{alertmanager: {url: 'http://bob:hush@h'}}]\n"});
  ASSERT_TRUE(loaded);
  EXPECT_THAT(secrets_of(loaded.value()), UnorderedElementsAre("bob:hush", "hush"));
}

}  // namespace
}  // namespace trailbell::app
