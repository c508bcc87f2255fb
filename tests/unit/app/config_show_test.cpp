#include "app/config_show.hpp"

#include <gmock/gmock.h>

#include "unit/app/config_cases.hpp"

namespace trailbell::app {
namespace {

using test::given;
using test::load;
using testing::HasSubstr;
using testing::Not;

std::string show(given from) {
  auto loaded = load(std::move(from));
  if (!loaded) {
    return loaded.failure().all.front().message();
  }
  return shown(std::move(loaded.value()));
}

TEST(config_show, what_it_prints_loads_to_the_same_configuration) {
  const given first{R"(
source:
  kafka: {brokers: k, topics: [^ct-.*$, "a"],
          properties: {ssl.ca.location: "/a $${b} \"c\" \u00e9"}}
  file: {paths: ["/x: #", '/y''z']}
sinks:
  - file: {path: /o, rotate_bytes: 1536MiB, rotate_every: 90s}
  - file: {path: /p, format: text}
    required: false
  - alertmanager: {url: "http://h/prefix", annotations: {n: "x\ny"}}
delivery: {drain_timeout: 1500ms}
metrics: {listen: null}
)"};
  const auto before = load(first);
  ASSERT_TRUE(before) << before.failure().all.front().message();
  const std::string text = show(first);
  const auto after = load({text});
  ASSERT_TRUE(after) << after.failure().all.front().message() << "\n" << text;
  EXPECT_EQ(after.value().config, before.value().config) << text;
}

TEST(config_show, says_where_each_value_came_from) {
  const std::string text =
      show({test::smallest, {{"TRAILBELL_LOG__LEVEL", "debug"}}, {"delivery.drain_timeout=2s"}});
  EXPECT_THAT(text, testing::ContainsRegex("paths: ..\\/a.. +# c.yaml:1\n"));
  EXPECT_THAT(text, testing::ContainsRegex("watch: true +# default\n"));
  EXPECT_THAT(text, testing::ContainsRegex("level: debug +# TRAILBELL_LOG__LEVEL\n"));
  EXPECT_THAT(text, testing::ContainsRegex("drain_timeout: 2s +# --set delivery.drain_timeout\n"));
}

TEST(config_show, masks_every_secret) {
  const std::string text = show({R"(
source: {kafka: {brokers: k, topics: [t], properties: {sasl.password: hush1, ssl.key.pem: hush2,
         sasl.passphrase: hush15,
         sasl.username: "${file:/u}"}}}
sinks:
  - webhook: {url: "https://u:hush4@h/hush5?k=hush6", headers: {A: hush7}, hmac_secret: hush8,
              template: pagerduty, routing_key: hush9, basic: {username: bob, password: hush10}}
  - alertmanager: {url: ["http://u:hush11@h/am"], bearer: hush12}
  - splunk_hec: {url: "https://h", token: "${T}"}
)",
                                 {{"T", "hush13"}},
                                 {"sinks.2.splunk_hec.token=hush14"},
                                 {{"/u", "hush3"}}});
  EXPECT_THAT(text, Not(HasSubstr("hush")));
  EXPECT_THAT(text, HasSubstr("https://********@h/********?********"));
  EXPECT_THAT(text, HasSubstr("http://********@h/am"));
  EXPECT_THAT(text, HasSubstr("username: \"bob\""));
}

TEST(config_show, a_problem_does_not_tell_a_secret) {
  const auto told = test::problems({R"(source: {file: {paths: [/a]}}
sinks:
  - splunk_hec: {url: "https://h", token: "hush\nhush"}
)"});
  ASSERT_EQ(told.size(), 1U);
  EXPECT_THAT(told[0], Not(HasSubstr("hush")));
}

}  // namespace
}  // namespace trailbell::app
