#include "app/config_checks.hpp"

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

constexpr const char* exactly_once = "delivery: {guarantee: exactly_once}\n";

std::string with_sink(const std::string& sink) {
  return "source: {file: {paths: [/a]}}\nsinks:\n  - " + sink + "\n";
}

TEST(config_checks, one_sink_has_to_be_required) {
  EXPECT_THAT(problems({"source: {file: {paths: [/a]}}\nsinks: [{stdout: {}, required: false}]"}),
              ElementsAre(StartsWith("c.yaml:2:1: no sink is required")));
  EXPECT_THAT(problems({"source: {file: {paths: []}}\nsinks: []\n"}),
              ElementsAre(StartsWith("c.yaml:1:24: 'paths' lists nothing"),
                          StartsWith("c.yaml:2:1: no sink; write")));
}

TEST(config_checks, exactly_once_is_kafka_to_kafka_on_one_cluster) {
  EXPECT_THAT(problems({from_kafka_to_kafka(exactly_once)}), IsEmpty());
  EXPECT_THAT(problems({from_kafka_to_kafka(exactly_once), {}, {"sinks.0.kafka.brokers=other"}}),
              ElementsAre(HasSubstr("these brokers are others")));
  EXPECT_THAT(problems({std::string{test::smallest} + exactly_once}),
              ElementsAre(StartsWith("c.yaml:3:12: 'exactly_once' needs a Kafka source")));
  EXPECT_THAT(problems({from_kafka_to_kafka(exactly_once), {}, {"source.file.paths=/a"}}),
              ElementsAre(HasSubstr("needs a Kafka source, and no other beside it")));
  EXPECT_THAT(
      problems({from_kafka_to_kafka(exactly_once), {}, {"sinks.0.required=false"}}),
      ElementsAre(HasSubstr("no sink is required"), HasSubstr("needs a required Kafka sink")));
  EXPECT_THAT(
      problems({from_kafka_to_kafka(exactly_once) + "quarantine: {kafka: {brokers: o, topic: q}}"}),
      ElementsAre(StartsWith("c.yaml:4:22: 'exactly_once' needs the source's cluster")));
}

TEST(config_checks, exactly_once_has_one_required_sink) {
  const auto with = [](const std::string& sinks) {
    return "source: {kafka: {brokers: k, topics: [in]}}\ndelivery: {guarantee: exactly_once}\n"
           "sinks:\n  - kafka: {brokers: k, topic: out}\n" +
           sinks;
  };
  EXPECT_THAT(problems({with("  - stdout: {}\n    required: false\n")}), IsEmpty());
  EXPECT_THAT(problems({with("  - stdout: {}\n")}),
              ElementsAre(StartsWith("c.yaml:5:5: 'exactly_once' cannot hold for a sink")));
  EXPECT_THAT(problems({with("  - kafka: {brokers: k, topic: more}\n")}),
              ElementsAre(StartsWith("c.yaml:5:5: 'exactly_once' has one required sink")));
}

TEST(config_checks, exactly_once_reads_what_was_committed) {
  const std::string isolation = "source.kafka.properties.isolation.level=";
  EXPECT_THAT(problems({from_kafka_to_kafka(exactly_once), {}, {isolation + "read_uncommitted"}}),
              ElementsAre(HasSubstr("reads what was committed only")));
  EXPECT_THAT(problems({from_kafka_to_kafka(exactly_once), {}, {isolation + "read_committed"}}),
              IsEmpty());
  EXPECT_THAT(problems({from_kafka_to_kafka(""), {}, {isolation + "read_uncommitted"}}), IsEmpty());
}

TEST(config_checks, properties_that_break_a_guarantee_are_refused) {
  for (const char* const name : {"enable.auto.commit", "enable.auto.offset.store", "group.id",
                                 "bootstrap.servers", "enable.partition.eof"}) {
    const std::string setting = std::string{"source.kafka.properties."} + name + "=false";
    EXPECT_THAT(problems({from_kafka_to_kafka(""), {}, {setting}}),
                ElementsAre(HasSubstr(std::string{"the property '"} + name + "' is not yours")));
  }
  for (const char* const name : {"acks", "enable.idempotence", "transactional.id"}) {
    const std::string setting = std::string{"sinks.0.kafka.properties."} + name + "=1";
    EXPECT_THAT(problems({from_kafka_to_kafka(""), {}, {setting}}),
                ElementsAre(HasSubstr(std::string{"the property '"} + name + "' is not yours")));
  }
}

TEST(config_checks, alerts_do_not_go_where_records_come_from) {
  EXPECT_THAT(problems({from_kafka_to_kafka(""), {}, {"sinks.0.kafka.topic=in"}}),
              ElementsAre(HasSubstr("alerts would go to 'in'")));
}

TEST(config_checks, names_of_sinks_are_unique_and_fit_for_a_label) {
  const auto named = [](const char* name) {
    return with_sink("stdout: {}\n    name: out\n  - file: {path: a}\n    name: " +
                     std::string{name});
  };
  EXPECT_THAT(problems({named("out")}),
              ElementsAre("c.yaml:6:5: two sinks are called 'out'; rename one"));
  EXPECT_THAT(problems({named("'a b'")}), ElementsAre(HasSubstr("'a b' is no sink's name")));
}

TEST(config_checks, a_sink_cannot_do_every_format) {
  EXPECT_THAT(problems({with_sink("kafka: {brokers: k, topic: t, format: text}")}),
              ElementsAre(StartsWith("c.yaml:3:43: 'format' is one of jsonl, ocsf, ecs, and")));
}

TEST(config_checks, a_webhook_has_a_template_that_says_something) {
  const auto webhook = [](const std::string& more) {
    return with_sink("webhook: {url: 'https://h', " + more + "}");
  };
  EXPECT_THAT(problems({webhook("template: '{{alert}}'")}), IsEmpty());
  EXPECT_THAT(problems({webhook("template: slak")}), ElementsAre(HasSubstr("mean 'slack'?")));
  EXPECT_THAT(problems({webhook("template: pagerduty")}), ElementsAre(HasSubstr("'routing_key'")));
  EXPECT_THAT(problems({webhook("template: pagerduty, routing_key: r")}), IsEmpty());
  EXPECT_THAT(problems({webhook("routing_key: r")}), ElementsAre(HasSubstr("is for 'template")));
  EXPECT_THAT(problems({webhook("bearer: t, basic: {username: u, password: p}")}),
              ElementsAre(HasSubstr("'basic' beside 'bearer'")));
  EXPECT_THAT(problems({webhook("basic: {username: u}")}),
              ElementsAre(HasSubstr("'sinks.0.webhook.basic' without 'password'")));
  EXPECT_THAT(problems({webhook("headers: {'a b': c}")}), ElementsAre(HasSubstr("no header's")));
  EXPECT_THAT(problems({webhook("headers: {a: \"b\\r\\nc\"}")}),
              ElementsAre(HasSubstr("holds a line break")));
  EXPECT_THAT(problems({webhook("hmac_header: 'a:'")}), ElementsAre(HasSubstr("no header's name")));
}

TEST(config_checks, syslog_knows_its_facilities) {
  EXPECT_THAT(problems({with_sink("syslog: {address: 'h:1', facility: authprv}")}),
              ElementsAre(HasSubstr("did you mean 'authpriv'?")));
  EXPECT_THAT(problems({with_sink("syslog: {address: 'h:1', app_name: 'a b'}")}),
              ElementsAre(HasSubstr("no name for syslog")));
}

TEST(config_checks, a_topic_that_is_read_and_written_is_a_loop) {
  const auto said = [](const std::string& topics, const std::string& sink,
                       const std::string& quarantine) {
    return problems({"source: {kafka: {brokers: 'k1,k2', topics: [" + topics +
                     "]}}\nsinks: [{kafka: {brokers: 'k2:9092,k3', topic: " + sink +
                     "}}]\nquarantine: {kafka: {brokers: k3, topic: " + quarantine + "}}\n"});
  };
  EXPECT_THAT(said("in", "out", "bad"), IsEmpty());
  EXPECT_THAT(said("in", "in", "bad"), ElementsAre(HasSubstr("alerts would go to 'in'")));
  EXPECT_THAT(said("'^.*t$'", "out", "bad"), ElementsAre(HasSubstr("alerts would go to 'out'")));
  EXPECT_THAT(said("in", "out", "out"), ElementsAre(HasSubstr("where alerts go too")));
  EXPECT_THAT(said("in", "out", "in"), IsEmpty())
      << "those are two clusters, as far as it is known";
  const auto loop = problems(
      {test::from_kafka_to_kafka("quarantine: {kafka: {brokers: 'k2:9092', topic: in}}\n")});
  EXPECT_THAT(loop, ElementsAre(HasSubstr("be read again without end; write another topic")));
}

TEST(config_checks, quarantine_is_in_one_place) {
  const std::string both = "quarantine: {path: /q, kafka: {brokers: k, topic: q}}\n";
  EXPECT_THAT(problems({std::string{test::smallest} + both}),
              ElementsAre(HasSubstr("in a folder and in a topic")));
}

TEST(config_checks, a_queue_can_be_what_is_written) {
  const auto of = [](const std::string& members) {
    return problems({"source: {s3: {queue_url: [\"https://q/1/a\", \"https://q/1/b\"]" + members +
                     "}}\nsinks: [{stdout: {}}]\n"});
  };
  EXPECT_THAT(of(", role_arn: r, external_id: x, visibility_timeout: 12h"), IsEmpty());
  EXPECT_THAT(of(", external_id: x"), ElementsAre(HasSubstr("'external_id' without 'role_arn'")));
  EXPECT_THAT(of(", visibility_timeout: 1500ms"), ElementsAre(HasSubstr("of whole seconds")));
  EXPECT_THAT(of(", visibility_timeout: 13h"), ElementsAre(HasSubstr("up to 12 hours")));
  EXPECT_THAT(of(", reconcile: {bucket: my-trail, prefix: [a/, b/]}"), IsEmpty());
  EXPECT_THAT(of(", reconcile: {prefix: a/}"),
              ElementsAre(HasSubstr("'source.s3.reconcile' without 'bucket'")));
  EXPECT_THAT(of(", reconcile: {bucket: \"s3://my-trail/x\"}"),
              ElementsAre(HasSubstr("is no bucket's name")));
  EXPECT_THAT(of(", reconcile: {bucket: b, prefix: []}"),
              ElementsAre(HasSubstr("'prefix' without anything")));
  EXPECT_THAT(of(", reconcile: {bucket: b, every: 0s}"), ElementsAre(HasSubstr("every")));
  EXPECT_THAT(of(", on_poison: drop"), ElementsAre(HasSubstr("'on_poison' is one of")));
  EXPECT_THAT(of(", concurrency: 0"), ElementsAre(HasSubstr("concurrency")));
  EXPECT_THAT(problems({"source: {s3: {queue_url: [\"https://q/1/a\", \"https://q/1/a\"]}}\n"
                        "sinks: [{stdout: {}}]\n"}),
              ElementsAre(HasSubstr("stands in 'queue_url' twice")));
}

TEST(config_checks, what_has_no_effect_or_shows_a_secret_is_warned_of) {
  EXPECT_THAT(warnings({test::smallest}), IsEmpty());
  EXPECT_THAT(warnings({with_sink("webhook: {url: 'https://u:p@h'}")}),
              ElementsAre(StartsWith("c.yaml:3:15: a URL with a user")));
  EXPECT_THAT(warnings({with_sink("webhook: {url: 'https://h?token=x'}")}),
              ElementsAre(HasSubstr("a secret in its query")));
  EXPECT_THAT(warnings({with_sink("webhook: {url: 'http://h', ca_file: /c}")}),
              ElementsAre(HasSubstr("'ca_file' has no effect")));
  EXPECT_THAT(warnings({with_sink("file: {path: a, keep: 3}")}),
              ElementsAre(HasSubstr("'keep' has no effect")));
  EXPECT_THAT(warnings({std::string{test::smallest} + "delivery: {instance: a}"}),
              ElementsAre(HasSubstr("'instance' has no effect")));
}

}  // namespace
}  // namespace trailbell::app
