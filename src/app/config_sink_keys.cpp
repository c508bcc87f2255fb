#include <array>
#include <chrono>
#include <utility>

#include "app/config_keys.hpp"

namespace trailbell::app {
namespace {

constexpr milliseconds moment{1};

const choices<alert_format> documents{
    {"jsonl", alert_format::jsonl}, {"ocsf", alert_format::ocsf}, {"ecs", alert_format::ecs}};
const choices<alert_format> lines{{"jsonl", alert_format::jsonl},
                                  {"ocsf", alert_format::ocsf},
                                  {"ecs", alert_format::ecs},
                                  {"text", alert_format::text}};

config_key format_key(alert_format& format, const choices<alert_format>& all) {
  return {"format", "of an alert", choice(format, all)};
}

config_key timeout_key(milliseconds& timeout) {
  return {"timeout", "of one attempt", duration_slot{&timeout, moment}};
}

config_key ca_file_key(std::string& ca_file) {
  return {"ca_file", "certificates to trust (PEM); by default the system's",
          text_slot{&ca_file, text_shape::line, true}};
}

group_slot basic_keys(http_auth_config& c) {
  return {[&c] { return !c.username.empty() || !c.password.empty(); }, [] {},
          [&c]() -> config_keys {
            return {{"username", "who asks", text_slot{&c.username}, true},
                    {"password", "of that user", secret_slot{&c.password}, true}};
          }};
}

config_keys with_auth(config_keys keys, http_auth_config& c) {
  const config_keys auth{
      {"bearer", "a token for the Authorization header", secret_slot{&c.bearer}},
      {"basic", "a user for the Authorization header", basic_keys(c)},
  };
  keys.insert(keys.end(), auth.begin(), auth.end());
  return keys;
}

config_keys keys_of_kind(stdout_sink_config& c) {
  return {format_key(c.format, lines)};
}

config_keys keys_of_kind(file_sink_config& c) {
  return {
      {"path", "the file, which is appended to", text_slot{&c.path}, true},
      format_key(c.format, lines),
      {"rotate_bytes", "begin a new file at this size; 0: never", size_slot{&c.rotate_bytes}},
      {"rotate_every", "begin a new file after this time; 0s: never",
       duration_slot{&c.rotate_every}},
      {"fsync", "batch: on the disk before it is acknowledged; none: left to the system",
       choice(c.fsync, {{"none", file_sync::none}, {"batch", file_sync::batch}})},
      {"keep", "rotated files that stay; 0: all", whole_slot{&c.keep, 0, 100'000}},
  };
}

config_keys keys_of_kind(kafka_sink_config& c) {
  config_keys keys{
      {"brokers", "host:port of some brokers, with commas between them",
       text_slot{&c.brokers, text_shape::brokers}, true},
      {"topic", "where alerts go, keyed by account", text_slot{&c.topic, text_shape::topic}, true},
      format_key(c.format, documents),
      {"properties", "any property of librdkafka, but for those that would lose alerts",
       map_slot{&c.properties, map_kind::properties}},
  };
  return with_msk_iam(std::move(keys), c.msk);
}

config_keys keys_of_kind(webhook_sink_config& c) {
  config_keys keys{
      {"url", "where batches are posted", text_slot{&c.url, text_shape::url}, true},
      {"headers", "that every request has", map_slot{&c.headers, map_kind::headers}},
      {"hmac_secret", "signs the body by HMAC-SHA-256", secret_slot{&c.hmac_secret}},
      {"hmac_header", "the header of the signature", text_slot{&c.hmac_header}},
      {"template",
       "the body: json (an array), jsonl (lines), slack, pagerduty, or a template's text",
       text_slot{&c.body_template, text_shape::free}},
      {"routing_key", "of the pagerduty template", secret_slot{&c.routing_key}},
      {"batch_max", "alerts in one request", whole_slot{&c.batch_max, 1, 10'000}},
      timeout_key(c.timeout),
      ca_file_key(c.ca_file),
  };
  return with_auth(std::move(keys), c.auth);
}

config_keys keys_of_kind(alertmanager_sink_config& c) {
  config_keys keys{
      {"url", "of one Alertmanager, or of each in a list",
       texts_slot{&c.urls, text_shape::url, true}, true},
      {"labels", "that every alert has besides its own", map_slot{&c.labels, map_kind::labels}},
      {"annotations", "that every alert has besides its own",
       map_slot{&c.annotations, map_kind::annotations}},
      {"resolve_after", "from the alert's time to its endsAt",
       duration_slot{&c.resolve_after, moment}},
      timeout_key(c.timeout),
      ca_file_key(c.ca_file),
  };
  return with_auth(std::move(keys), c.auth);
}

config_keys keys_of_kind(syslog_sink_config& c) {
  return {
      {"address", "host:port", text_slot{&c.address, text_shape::address}, true},
      {"transport", "how it gets there; udp may lose",
       choice(c.transport, {{"udp", syslog_transport::udp},
                            {"tcp", syslog_transport::tcp},
                            {"tls", syslog_transport::tls}})},
      {"facility", "of RFC 5424, by its name", text_slot{&c.facility}},
      {"app_name", "of RFC 5424", text_slot{&c.app_name}},
      format_key(c.format, lines),
      timeout_key(c.timeout),
      ca_file_key(c.ca_file),
  };
}

config_keys keys_of_kind(splunk_hec_sink_config& c) {
  return {
      {"url", "of the collector, such as https://splunk:8088", text_slot{&c.url, text_shape::url},
       true},
      {"token", "of the collector", secret_slot{&c.token}, true},
      {"index", "by default the token's", text_slot{&c.index, text_shape::line, true}},
      {"source", "of every event", text_slot{&c.source}},
      {"sourcetype", "of every event", text_slot{&c.sourcetype}},
      {"ack", "wait until an indexer has it", truth_slot{&c.ack}},
      timeout_key(c.timeout),
      ca_file_key(c.ca_file),
  };
}

template <class Kind>
group_slot kind_group(sink_config& sink) {
  return {[&sink] { return std::holds_alternative<Kind>(sink.kind); },
          [&sink] {
            if (!std::holds_alternative<Kind>(sink.kind)) {
              sink.kind = Kind{};
            }
          },
          [&sink] { return keys_of_kind(std::get<Kind>(sink.kind)); }};
}

constexpr std::array<std::string_view, 7> kinds{"stdout",       "file",   "kafka",     "webhook",
                                                "alertmanager", "syslog", "splunk_hec"};
static_assert(kinds.size() == std::variant_size_v<sink_kind_config>);

}  // namespace

std::span<const std::string_view> sink_kinds() noexcept {
  return kinds;
}

config_keys keys_of(sink_config& sink) {
  return {
      {kinds[0], "standard output", kind_group<stdout_sink_config>(sink)},
      {kinds[1], "a file", kind_group<file_sink_config>(sink)},
      {kinds[2], "a Kafka topic", kind_group<kafka_sink_config>(sink)},
      {kinds[3], "an HTTP endpoint", kind_group<webhook_sink_config>(sink)},
      {kinds[4], "Prometheus Alertmanager", kind_group<alertmanager_sink_config>(sink)},
      {kinds[5], "a syslog receiver (RFC 5424)", kind_group<syslog_sink_config>(sink)},
      {kinds[6], "Splunk's HTTP event collector", kind_group<splunk_hec_sink_config>(sink)},
      {"required", "nothing is acknowledged before this sink has it", truth_slot{&sink.required}},
      {"name", "its label in metrics; by default the kind", text_slot{&sink.name}},
  };
}

}  // namespace trailbell::app
