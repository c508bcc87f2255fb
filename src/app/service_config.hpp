// service_config: what `trailbell run` is told, as plain values with their defaults.
//
// config_keys.hpp names every member as the file does; load_config() fills and checks it. A text
// that is empty was not given. Values: copy and compare. Durations in milliseconds, sizes in bytes.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "trailbell/base/log.hpp"
#include "trailbell/base/secret.hpp"
#include "trailbell/consume/s3_source.hpp"
#include "trailbell/emit/alert_writer.hpp"
#include "trailbell/emit/file_sink.hpp"
#include "trailbell/emit/syslog_sink.hpp"
#include "trailbell/observe/service_log.hpp"

namespace trailbell::app {

using milliseconds = std::chrono::milliseconds;
using text_map = std::map<std::string, std::string>;

inline constexpr std::uint64_t config_mib = std::uint64_t{1} << 20U;

// Who a client of Amazon MSK is: whom the keys of AWS belong to.
struct msk_iam_config {
  bool on = false;
  std::string region;    // of the cluster; empty: what the AWS environment says
  std::string profile;   // empty: the standard order
  std::string role_arn;  // empty: none
  std::string external_id;
  bool operator==(const msk_iam_config&) const = default;
};

struct kafka_source_config {
  std::string brokers;              // "k1:9092,k2:9092"
  std::vector<std::string> topics;  // names; behind ^ an extended regular expression
  std::string group_id = "trailbell";
  text_map properties;                              // of librdkafka
  milliseconds watchdog = std::chrono::minutes{1};  // 0: none
  msk_iam_config msk{};
  bool operator==(const kafka_source_config&) const = default;
};

using consume::poison_way;

// What no notification announced.
struct reconcile_config {
  std::string bucket;
  std::vector<std::string> prefixes{"AWSLogs/"};
  milliseconds every = std::chrono::hours{1};
  milliseconds window = std::chrono::days{1};
  milliseconds delay = std::chrono::minutes{15};
  milliseconds backfill = std::chrono::days{1};  // at the first start
  std::string state;                             // the file that remembers what is done with
  int max_objects = static_cast<int>(limits::s3_remembered_default);  // that are remembered
  bool operator==(const reconcile_config&) const = default;
};

struct s3_source_config {
  std::vector<std::string> queue_urls;
  std::string region;
  std::string endpoint_url;  // where it is given, buckets are part of the path
  std::string role_arn;
  milliseconds missing_object_wait = std::chrono::minutes{15};
  int max_receives = 5;
  poison_way on_poison = poison_way::quarantine;
  std::string external_id;
  std::string profile;
  milliseconds visibility_timeout{};                  // 0: each queue's own
  int concurrency = 32;                               // objects that are fetched at once
  std::uint64_t max_object_bytes = 256 * config_mib;  // as stored
  std::optional<reconcile_config> reconcile{};
  bool operator==(const s3_source_config&) const = default;
};

struct file_source_config {
  std::vector<std::string> paths;
  bool watch = true;
  std::string checkpoint = "./trailbell.checkpoint";
  bool operator==(const file_source_config&) const = default;
};

struct source_config {
  std::optional<kafka_source_config> kafka;
  std::optional<s3_source_config> s3;
  std::optional<file_source_config> file;
  bool operator==(const source_config&) const = default;
};

struct rules_config {
  std::vector<std::string> paths;  // none: the built-in cis-4.4
  bool reload = true;
  // The file that keeps what thresholds and correlations have counted, of sources that do not give
  // it again; empty: none.
  std::string state;
  bool operator==(const rules_config&) const = default;
};

using emit::alert_format;
using emit::file_sync;
using emit::syslog_transport;

// Nothing, a bearer token, or a user and a password.
struct http_auth_config {
  secret bearer;
  std::string username;
  secret password;
  bool operator==(const http_auth_config&) const = default;
};

struct stdout_sink_config {
  alert_format format = alert_format::jsonl;
  bool operator==(const stdout_sink_config&) const = default;
};

struct file_sink_config {
  std::string path;
  alert_format format = alert_format::jsonl;
  std::uint64_t rotate_bytes = 0;  // 0: not by size
  milliseconds rotate_every{};     // 0: not by time
  file_sync fsync = file_sync::batch;
  int keep = 0;  // rotated files; 0: all of them
  bool operator==(const file_sink_config&) const = default;
};

struct kafka_sink_config {
  std::string brokers;
  std::string topic;
  alert_format format = alert_format::jsonl;
  text_map properties;
  msk_iam_config msk{};
  bool operator==(const kafka_sink_config&) const = default;
};

struct webhook_sink_config {
  std::string url;
  text_map headers;
  secret hmac_secret;  // empty: not signed
  std::string hmac_header = "X-Trailbell-Signature";
  std::string body_template = "json";  // jsonl, slack, pagerduty; else the text of a template
  secret routing_key;                  // of the pagerduty template
  int batch_max = 100;
  milliseconds timeout = std::chrono::seconds{10};
  std::string ca_file;  // empty: the system's
  http_auth_config auth;
  bool operator==(const webhook_sink_config&) const = default;
};

struct alertmanager_sink_config {
  std::vector<std::string> urls;
  text_map labels;
  text_map annotations;
  milliseconds timeout = std::chrono::seconds{10};
  milliseconds resolve_after = std::chrono::hours{1};
  std::string ca_file;
  http_auth_config auth;
  bool operator==(const alertmanager_sink_config&) const = default;
};

struct syslog_sink_config {
  std::string address;  // host:port
  syslog_transport transport = syslog_transport::tcp;
  std::string facility = "audit";
  std::string app_name = "trailbell";
  alert_format format = alert_format::jsonl;
  std::string ca_file;
  milliseconds timeout = std::chrono::seconds{10};
  bool operator==(const syslog_sink_config&) const = default;
};

struct splunk_hec_sink_config {
  std::string url;
  secret token;
  std::string index;
  std::string source = "trailbell";
  std::string sourcetype = "trailbell:alert";
  bool ack = true;  // wait until the indexer has it
  std::string ca_file;
  milliseconds timeout = std::chrono::seconds{30};
  bool operator==(const splunk_hec_sink_config&) const = default;
};

using sink_kind_config =
    std::variant<stdout_sink_config, file_sink_config, kafka_sink_config, webhook_sink_config,
                 alertmanager_sink_config, syslog_sink_config, splunk_hec_sink_config>;

struct sink_config {
  sink_kind_config kind;
  bool required = true;  // it holds the acknowledgement
  std::string name;      // its label in metrics; unique
  bool operator==(const sink_config&) const = default;
};

enum class guarantee : std::uint8_t { at_least_once, exactly_once };

struct delivery_config {
  guarantee level = guarantee::at_least_once;
  std::string instance;  // of exactly_once: the transactional.id; empty: a random one
  std::uint64_t max_in_flight_bytes = 256 * config_mib;
  milliseconds drain_timeout = std::chrono::seconds{30};
  bool operator==(const delivery_config&) const = default;
};

struct quarantine_topic_config {
  std::string brokers;
  std::string topic;
  text_map properties;
  msk_iam_config msk{};
  bool operator==(const quarantine_topic_config&) const = default;
};

struct quarantine_config {
  std::string path;  // load_config() fills it in, unless there is a topic
  std::uint64_t max_bytes = 1024 * config_mib;
  std::optional<quarantine_topic_config> kafka;
  bool operator==(const quarantine_config&) const = default;
};

// AWS is asked from time to time whether alarm chains are there.
struct verify_config {
  milliseconds interval{};            // 0: never
  std::vector<std::string> controls;  // none: cis-4.4
  std::vector<std::string> regions;   // to begin in; none: what the AWS environment says
  std::string role_arn, external_id;  // a role to assume
  std::string endpoint_url;           // another service than AWS
  milliseconds timeout = std::chrono::minutes{1};
  bool operator==(const verify_config&) const = default;
};

struct metrics_config {
  std::string listen = "0.0.0.0:9464";  // empty: no server
  bool operator==(const metrics_config&) const = default;
};

using observe::log_format;

struct log_config {
  log_level level = log_level::info;
  log_format format = log_format::text;
  bool operator==(const log_config&) const = default;
};

struct service_config {
  source_config source;
  rules_config rules;
  std::vector<sink_config> sinks;
  delivery_config delivery;
  quarantine_config quarantine;
  verify_config verify;
  metrics_config metrics;
  log_config log;
  int threads = 0;  // that decode; 0: as usable_cores() says
  bool operator==(const service_config&) const = default;
};

}  // namespace trailbell::app
