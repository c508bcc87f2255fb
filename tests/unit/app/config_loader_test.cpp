#include "app/config_loader.hpp"

#include <gmock/gmock.h>

#include "unit/app/config_cases.hpp"

namespace trailbell::app {
namespace {

using test::given;
using test::load;
using test::problems;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

service_config config_of(given from) {
  auto loaded = load(std::move(from));
  if (!loaded) {
    ADD_FAILURE() << loaded.failure().all.front().message();
    return {};
  }
  return loaded.value().config;
}

TEST(config_loader, a_small_file_has_the_defaults) {
  const service_config config = config_of({test::smallest});
  ASSERT_TRUE(config.source.file);
  EXPECT_THAT(config.source.file->paths, ElementsAre("/a"));
  EXPECT_TRUE(config.source.file->watch);
  ASSERT_EQ(config.sinks.size(), 1U);
  EXPECT_EQ(config.sinks[0].name, "stdout");
  EXPECT_TRUE(config.sinks[0].required);
  EXPECT_EQ(config.delivery, delivery_config{});
  EXPECT_EQ(config.metrics.listen, "0.0.0.0:9464");
  EXPECT_EQ(config.quarantine.path, "./quarantine");
}

TEST(config_loader, reads_every_kind_of_source) {
  const service_config config = config_of({R"(
source:
  kafka: {brokers: "k1:9092", topics: [cloudtrail, ^ct-.*$], group_id: g, watchdog: 0s,
          properties: {session.timeout.ms: 6000, debug: true}}
  s3: {queue_url: "https://sqs/1/q", region: us-east-1, endpoint_url: null, role_arn: r,
       missing_object_wait: 15m, max_receives: 7, on_poison: redrive, external_id: x, profile: p,
       visibility_timeout: 2m, concurrency: 8, max_object_bytes: 1MiB,
       reconcile: {bucket: b, prefix: [x/, y/], every: 30m, window: 2h, delay: 5m, backfill: 7d,
                   max_objects: 5000}}
  file: {paths: [/a, /b], watch: false, checkpoint: /var/lib/t/done}
sinks: [{stdout: {}}]
)"});
  EXPECT_EQ(config.source.kafka,
            (kafka_source_config{"k1:9092",
                                 {"cloudtrail", "^ct-.*$"},
                                 "g",
                                 {{"session.timeout.ms", "6000"}, {"debug", "true"}},
                                 0ms}));
  EXPECT_EQ(
      config.source.s3,
      (s3_source_config{
          {"https://sqs/1/q"},
          "us-east-1",
          "",
          "r",
          15min,
          7,
          poison_way::redrive,
          "x",
          "p",
          2min,
          8,
          config_mib,
          reconcile_config{
              "b", {"x/", "y/"}, 30min, 2h, 5min, 7 * 24h, "/var/lib/t/done.objects", 5000}}));
  EXPECT_EQ(config.source.file, (file_source_config{{"/a", "/b"}, false, "/var/lib/t/done"}));
  EXPECT_EQ(config.quarantine.path, "/var/lib/t/quarantine");
  EXPECT_EQ(config.rules.state, "/var/lib/t/done.windows");
}

TEST(config_loader, reads_every_kind_of_sink) {
  const service_config config = config_of({R"(
source: {file: {paths: [/a]}}
sinks:
  - file: {path: /o, format: ecs, rotate_bytes: 10MB, rotate_every: 1d, fsync: none, keep: 3}
  - kafka: {brokers: k, topic: out, format: ocsf, properties: {linger.ms: 5}}
  - webhook: {url: "https://h/x", headers: {X-A: b}, hmac_secret: s, hmac_header: X-S,
              template: slack, batch_max: 5, timeout: 2s, ca_file: /ca, bearer: t}
  - alertmanager: {url: ["http://a", "http://b"], labels: {l: v}, annotations: {n: "x\ny"},
                   timeout: 1s, resolve_after: 1h, basic: {username: u, password: p}}
  - syslog: {address: "s:514", transport: udp, facility: local0, app_name: t, format: text}
  - splunk_hec: {url: "https://s:8088", token: t, index: i, source: o, sourcetype: y, ack: false}
    required: false
    name: splunk
)"});
  ASSERT_EQ(config.sinks.size(), 6U);
  const http_auth_config bearer{secret{"t"}, "", {}};
  const http_auth_config basic{{}, "u", secret{"p"}};
  EXPECT_EQ(std::get<file_sink_config>(config.sinks[0].kind),
            (file_sink_config{"/o", alert_format::ecs, 10'000'000, 24h, file_sync::none, 3}));
  EXPECT_EQ(std::get<kafka_sink_config>(config.sinks[1].kind),
            (kafka_sink_config{"k", "out", alert_format::ocsf, {{"linger.ms", "5"}}}));
  EXPECT_EQ(
      std::get<webhook_sink_config>(config.sinks[2].kind),
      (webhook_sink_config{
          "https://h/x", {{"X-A", "b"}}, secret{"s"}, "X-S", "slack", {}, 5, 2s, "/ca", bearer}));
  EXPECT_EQ(std::get<alertmanager_sink_config>(config.sinks[3].kind),
            (alertmanager_sink_config{
                {"http://a", "http://b"}, {{"l", "v"}}, {{"n", "x\ny"}}, 1s, 1h, "", basic}));
  EXPECT_EQ(std::get<syslog_sink_config>(config.sinks[4].kind),
            (syslog_sink_config{"s:514", syslog_transport::udp, "local0", "t", alert_format::text,
                                "", 10s}));
  EXPECT_EQ(std::get<splunk_hec_sink_config>(config.sinks[5].kind),
            (splunk_hec_sink_config{"https://s:8088", secret{"t"}, "i", "o", "y", false, "", 30s}));
  EXPECT_FALSE(config.sinks[5].required);
  EXPECT_EQ(config.sinks[5].name, "splunk");
}

TEST(config_loader, reads_the_other_sections) {
  const service_config config = config_of({std::string{test::smallest} + R"(
rules: {paths: [r], reload: false, state: /var/lib/t/state}
delivery: {max_in_flight_bytes: 64MiB, drain_timeout: 5s}
quarantine: {kafka: {brokers: k, topic: q}}
metrics: {listen: null}
log: {level: warning, format: json}
threads: 3
)"});
  EXPECT_EQ(config.rules, (rules_config{{"r"}, false, "/var/lib/t/state"}));
  EXPECT_EQ(config.delivery.max_in_flight_bytes, std::uint64_t{64} << 20U);
  EXPECT_EQ(config.delivery.drain_timeout, 5s);
  EXPECT_EQ(config.quarantine.kafka, (quarantine_topic_config{"k", "q", {}}));
  EXPECT_EQ(config.quarantine.path, "");
  EXPECT_EQ(config.metrics.listen, "");
  EXPECT_EQ(config.log, (log_config{log_level::warning, log_format::json}));
  EXPECT_EQ(config.threads, 3);
}

TEST(config_loader, sinks_without_a_name_are_called_as_their_kind_and_numbered) {
  const service_config config = config_of({R"(
source: {file: {paths: [/a]}}
sinks: [{file: {path: a}}, {file: {path: b}, name: file-2}, {file: {path: c}}]
)"});
  EXPECT_EQ(config.sinks[0].name, "file");
  EXPECT_EQ(config.sinks[1].name, "file-2");
  EXPECT_EQ(config.sinks[2].name, "file-3");
}

TEST(config_loader, values_expand_and_need_no_quotes_then) {
  const service_config config = config_of({R"(
source: {file: {paths: ["${P}"], watch: "${W}"}}
sinks: [{splunk_hec: {url: "https://s", token: "${file:/t}", index: "${I:-}"}}]
threads: ${N}
)",
                                           {{"P", "/in: [x]"}, {"W", "false"}, {"N", "2"}},
                                           {},
                                           {{"/t", "12345\n"}}});
  EXPECT_THAT(config.source.file->paths, ElementsAre("/in: [x]"));
  EXPECT_FALSE(config.source.file->watch);
  EXPECT_EQ(config.threads, 2);
  const auto& sink = std::get<splunk_hec_sink_config>(config.sinks[0].kind);
  EXPECT_EQ(sink.token.reveal(), "12345");
  EXPECT_EQ(sink.index, "");
}

TEST(config_loader, says_all_that_is_wrong_with_its_place) {
  EXPECT_THAT(
      problems({R"(source:
  kafka: {brokrs: k, topics: [12, "^a("]}
sinks:
  - stdot: {}
  - stdout: {format: jsonll}
    required: maybe
  - stdout: {}
    file: {path: a}
delivery: {drain_timeout: 30, max_in_flight_bytes: 1}
threads: 1.5
treads: 1
)"}),
      ElementsAre(
          "c.yaml:2:3: 'source.kafka' without 'brokers'; add it",
          "c.yaml:2:11: unknown key 'brokrs'; did you mean 'brokers'?",
          "c.yaml:2:31: 'topics' is a text, and here stands a number; put it in quotes",
          testing::StartsWith("c.yaml:2:35: 'topics' is no regular expression: "),
          "c.yaml:4:5: unknown key 'stdot'; did you mean 'stdout'?",
          "c.yaml:4:5: a sink without its kind; one of stdout, file, kafka, webhook, alertmanager, "
          "syslog, splunk_hec",
          "c.yaml:5:22: 'format' is one of jsonl, ocsf, ecs, text, and here stands 'jsonll'; did "
          "you mean 'jsonl'?",
          "c.yaml:6:15: 'required' is true or false, and here stands 'maybe'; write one of them, "
          "without quotes",
          "c.yaml:8:5: a sink of two kinds, 'stdout' and 'file'; write the second behind a dash of "
          "its own",
          "c.yaml:9:27: 'drain_timeout' is a length of time, and here stands '30'; write a whole "
          "number and ms, s, m, h or d, such as 30s; ten years at most",
          "c.yaml:9:52: 'max_in_flight_bytes' is too small; 64KiB is the least",
          "c.yaml:10:10: 'threads' is a whole number from 0 to 256, and here stands '1.5'; write "
          "one of them",
          "c.yaml:11:1: unknown key 'treads'; did you mean 'threads'?"));
}

TEST(config_loader, a_variable_that_is_missing_has_its_place_in_the_value) {
  EXPECT_THAT(problems({std::string{test::smallest} + "rules: {paths: ['a/${NOPE}']}\n"}),
              ElementsAre("c.yaml:3:20: the environment has no NOPE; set it, or write "
                          "${NOPE:-default}"));
}

TEST(config_loader, an_expanded_value_changes_no_structure) {
  EXPECT_THAT(problems({std::string{test::smallest} + "log: {level: '${L}'}\n",
                        {{"L", "info, format: json"}}}),
              ElementsAre(testing::HasSubstr("here stands 'info, format: json'")));
}

TEST(config_loader, wrong_shapes_are_told_from_one_another) {
  const auto all = problems({R"(source: [kafka]
sinks: {stdout: {}}
rules: {paths: a}
metrics: 9464
log: {level: [info]}
)"});
  EXPECT_THAT(all, Contains(testing::StartsWith("c.yaml:1:9: 'source' is a mapping, and here")));
  EXPECT_THAT(all, Contains(testing::StartsWith("c.yaml:2:8: 'sinks' is a list, and here stands")));
  EXPECT_THAT(all,
              Contains(testing::StartsWith("c.yaml:3:16: 'paths' is a list, and here stands")));
  EXPECT_THAT(all, Contains(testing::StartsWith("c.yaml:4:10: 'metrics' is a mapping, and here")));
  EXPECT_THAT(all, Contains(testing::HasSubstr("'level' is one of debug, info, warning, error")));
}

TEST(config_loader, an_empty_file_lacks_a_source_and_a_sink) {
  for (const char* const text : {"", "# nothing\n", "---\n"}) {
    EXPECT_THAT(problems({text}), ElementsAre(testing::StartsWith("c.yaml:1:1: no source"),
                                              testing::StartsWith("c.yaml:1:1: no sink")))
        << text;
  }
  EXPECT_THAT(problems({"- a\n"}),
              Contains(testing::HasSubstr("a configuration is a mapping, and here stands a list")));
  EXPECT_EQ(problems({"a: b: c"}).size(), 1U);
  EXPECT_THAT(problems({std::string{test::smallest} + "---\na: b\n"}),
              ElementsAre(testing::HasSubstr("a second document")));
}

TEST(config_loader, a_secret_prints_masked) {
  std::ostringstream out;
  out << secret{"hunter2"} << secret{};
  EXPECT_EQ(out.str(), masked_text);
}

}  // namespace
}  // namespace trailbell::app
