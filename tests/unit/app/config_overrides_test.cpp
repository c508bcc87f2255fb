#include "app/config_overrides.hpp"

#include <gmock/gmock.h>

#include "unit/app/config_cases.hpp"

namespace trailbell::app {
namespace {

using test::load;
using test::problems;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;
using namespace std::chrono_literals;

constexpr const char* file = R"(
source: {kafka: {brokers: k, topics: [in]}}
sinks:
  - stdout: {}
  - webhook: {url: "https://h"}
delivery: {drain_timeout: 1s}
)";

service_config config_of(std::map<std::string, std::string> environment,
                         std::vector<std::string> settings) {
  auto loaded = load({file, std::move(environment), std::move(settings)});
  if (!loaded) {
    ADD_FAILURE() << loaded.failure().all.front().message();
    return {};
  }
  return loaded.value().config;
}

TEST(config_overrides, flags_go_before_the_environment_and_that_before_the_file) {
  EXPECT_EQ(config_of({}, {}).delivery.drain_timeout, 1s);
  const std::map<std::string, std::string> environment{{"TRAILBELL_DELIVERY__DRAIN_TIMEOUT", "2s"}};
  EXPECT_EQ(config_of(environment, {}).delivery.drain_timeout, 2s);
  EXPECT_EQ(config_of(environment, {"delivery.drain_timeout=3s"}).delivery.drain_timeout, 3s);
  EXPECT_EQ(config_of({}, {"threads=1", "threads=2"}).threads, 2);
}

TEST(config_overrides, a_value_is_taken_as_it_is) {
  const service_config config = config_of({{"TRAILBELL_SOURCE__KAFKA__GROUP_ID", "a: #${X} 'b"},
                                           {"TRAILBELL_SINKS__1__WEBHOOK__BEARER", "12$$"}},
                                          {"delivery.instance=null"});
  EXPECT_EQ(config.source.kafka->group_id, "a: #${X} 'b");
  EXPECT_EQ(std::get<webhook_sink_config>(config.sinks[1].kind).auth.bearer.reveal(), "12$$");
  EXPECT_EQ(config.delivery.instance, "");
}

TEST(config_overrides, a_flag_expands) {
  const auto loaded = load({file, {{"T", "9"}}, {"threads=${T}"}});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded.value().config.threads, 9);
}

TEST(config_overrides, lists_and_mappings_are_yaml_and_one_text_is_a_list) {
  const service_config config =
      config_of({{"TRAILBELL_SOURCE__KAFKA__TOPICS", "[a, b]"},
                 {"TRAILBELL_RULES__PATHS", "/r"},
                 {"TRAILBELL_SOURCE__FILE", "{paths: [/x], watch: false}"}},
                {"sinks=[{stdout: {format: text}, name: out}]"});
  EXPECT_THAT(config.source.kafka->topics, ElementsAre("a", "b"));
  EXPECT_THAT(config.rules.paths, ElementsAre("/r"));
  EXPECT_THAT(config.source.file->paths, ElementsAre("/x"));
  ASSERT_EQ(config.sinks.size(), 1U);
  EXPECT_EQ(config.sinks[0].name, "out");
}

TEST(config_overrides, a_whole_list_comes_before_what_is_in_it) {
  const service_config config = config_of(
      {{"TRAILBELL_SINKS", "[{file: {path: /a}}]"}, {"TRAILBELL_SINKS__0__NAME", "n"}}, {});
  ASSERT_EQ(config.sinks.size(), 1U);
  EXPECT_EQ(config.sinks[0].name, "n");
}

TEST(config_overrides, names_in_a_map_are_found) {
  const service_config config =
      config_of({{"TRAILBELL_SOURCE__KAFKA__PROPERTIES__SESSION_TIMEOUT_MS", "6000"},
                 {"TRAILBELL_SINKS__1__WEBHOOK__HEADERS__X_API_KEY", "k"}},
                {"source.kafka.properties.fetch.max.bytes=7", "sinks.1.webhook.headers.X-B=b"});
  EXPECT_THAT(
      config.source.kafka->properties,
      ElementsAre(std::pair{"fetch.max.bytes", "7"}, std::pair{"session.timeout.ms", "6000"}));
  EXPECT_THAT(std::get<webhook_sink_config>(config.sinks[1].kind).headers,
              ElementsAre(std::pair{"X-B", "b"}, std::pair{"x-api-key", "k"}));
}

TEST(config_overrides, what_sets_nothing_is_an_error) {
  EXPECT_THAT(
      problems({file,
                {{"TRAILBELL_DELIVERY__DRAIN_TIMEOU", "1s"}, {"TRAILBELL_LOG", "debug"}},
                {"x", "nothing.a=1", "threads.a=1", "sinks.2.name=a", "sinks.x=a",
                 "sinks.0.webhook.url=http://h", "log.level=loud"}}),
      ElementsAre(StartsWith("TRAILBELL_LOG:1:1: 'log' is a mapping, and here stands a text"),
                  "TRAILBELL_DELIVERY__DRAIN_TIMEOU:1:1: unknown key 'drain_timeou' in 'delivery'; "
                  "did you mean 'drain_timeout'?",
                  StartsWith("--set x:1:1: no setting"),
                  StartsWith("--set nothing.a:1:1: unknown key 'nothing'"),
                  StartsWith("--set threads.a:1:1: 'threads' is one value"),
                  StartsWith("--set sinks.2.name:1:1: 'sinks.2' is no key of one of the 2 sinks"),
                  StartsWith("--set sinks.x:1:1: 'sinks.x' is no key of one of the 2 sinks"),
                  StartsWith("--set sinks.0.webhook.url:1:1: 'sinks.0.webhook': this sink is of"),
                  StartsWith("--set log.level:1:1: 'level' is one of debug, info")));
}

TEST(config_overrides, other_variables_are_left_alone) {
  for (const char* const name : {"TRAILBELL_SIMD", "TRAILBELL_SHARED", "TRAILBELL_SIGMA_TREE",
                                 "TRAILBELLS__X", "TRAILBELL_EMULATE_AVX512", "PATH"}) {
    EXPECT_FALSE(is_config_variable(name)) << name;
    EXPECT_THAT(test::warnings({file, {{name, "x"}}}), IsEmpty()) << name;
  }
  EXPECT_TRUE(is_config_variable("TRAILBELL_THREADS"));
  EXPECT_TRUE(is_config_variable("TRAILBELL_NO__SUCH"));
}

TEST(config_overrides, a_near_miss_is_warned_of) {
  EXPECT_THAT(test::warnings({file, {{"TRAILBELL_THREAD", "2"}}}),
              ElementsAre(StartsWith("TRAILBELL_THREAD:1:1: sets no key of the configuration")));
}

}  // namespace
}  // namespace trailbell::app
