#include "app/config_keys.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "trailbell/base/limits.hpp"

namespace trailbell::app {
namespace {

using std::chrono::seconds;

config_keys kafka_source_keys(kafka_source_config& c) {
  config_keys keys{
      {"brokers", "host:port of some brokers, with commas between them",
       text_slot{&c.brokers, text_shape::brokers}, true},
      {"topics", "names; one that begins with ^ is an extended regular expression",
       texts_slot{&c.topics, text_shape::topic_regex}, true},
      {"group_id", "the consumer group", text_slot{&c.group_id}},
      {"properties", "any property of librdkafka, but for those that would lose records",
       map_slot{&c.properties, map_kind::properties}},
      {"watchdog",
       "a partition that makes no progress for so long while it has records is taken up anew; 0s: "
       "never",
       duration_slot{&c.watchdog}},
  };
  return with_msk_iam(std::move(keys), c.msk);
}

config_keys reconcile_keys(reconcile_config& c) {
  return {
      {"bucket", "the bucket that is listed", text_slot{&c.bucket}, true},
      {"prefix", "how keys begin that are listed: one or a list",
       texts_slot{&c.prefixes, text_shape::line, true}},
      {"every", "how often", duration_slot{&c.every, seconds{1}}},
      {"window", "how far behind what it has reached a listing looks again",
       duration_slot{&c.window, seconds{1}}},
      {"delay", "younger objects are left to the queue", duration_slot{&c.delay}},
      {"backfill", "at the first start, with nothing remembered: how far back objects are read",
       duration_slot{&c.backfill}},
      {"state",
       "the file that remembers which objects are done with; by default the checkpoint's name "
       "with '.objects'",
       text_slot{&c.state, text_shape::line, true}},
      {"max_objects", "that are remembered; some 50 bytes of memory each",
       whole_slot{&c.max_objects, 1'000, 1'000'000'000}},
  };
}

config_keys s3_source_keys(s3_source_config& c) {
  return {
      {"queue_url", "the SQS queue that is told of new objects: one URL or a list",
       texts_slot{&c.queue_urls, text_shape::url, true}, true},
      {"region", "of the queue; by default what the AWS environment says",
       text_slot{&c.region, text_shape::line, true}},
      {"endpoint_url", "another service than AWS; buckets are then part of the path",
       text_slot{&c.endpoint_url, text_shape::url, true}},
      {"role_arn", "a role to assume", text_slot{&c.role_arn, text_shape::line, true}},
      {"external_id", "what that role asks for", text_slot{&c.external_id, text_shape::line, true}},
      {"profile", "of the shared AWS files; by default the standard order of credentials",
       text_slot{&c.profile, text_shape::line, true}},
      {"missing_object_wait", "how long an object that was announced may be missing",
       duration_slot{&c.missing_object_wait}},
      {"max_receives", "a message that was received more often goes to quarantine",
       whole_slot{&c.max_receives, 1, 1000}},
      {"on_poison",
       "what cannot be read goes to quarantine, or stays for the queue's redrive policy",
       choice(c.on_poison,
              {{"quarantine", poison_way::quarantine}, {"redrive", poison_way::redrive}})},
      {"visibility_timeout", "how long a message is hidden, and again; 0s: as its queue has it",
       duration_slot{&c.visibility_timeout}},
      {"concurrency", "objects that are fetched at once", whole_slot{&c.concurrency, 1, 256}},
      {"max_object_bytes", "a larger object goes to quarantine by its name",
       size_slot{&c.max_object_bytes, 1}},
      {"reconcile", "a bucket that is listed too, for objects that no notification announced",
       part(c.reconcile, reconcile_keys)},
  };
}

config_keys file_source_keys(file_source_config& c) {
  return {
      {"paths", "files, and folders whose trees are walked", texts_slot{&c.paths}, true},
      {"watch", "stay, and take up what is new", truth_slot{&c.watch}},
      {"checkpoint", "the file that remembers what is done", text_slot{&c.checkpoint}},
  };
}

config_keys source_keys(source_config& c) {
  return {
      {"kafka", "topics of a Kafka cluster", part(c.kafka, kafka_source_keys)},
      {"s3", "objects of S3 that an SQS queue announces", part(c.s3, s3_source_keys)},
      {"file", "files and folders of this machine", part(c.file, file_source_keys)},
  };
}

config_keys rules_keys(rules_config& c) {
  return {
      {"paths", "rule files and folders; none: the built-in cis-4.4", texts_slot{&c.paths}},
      {"reload", "take up rule files that change", truth_slot{&c.reload}},
      {"state",
       "the file that keeps what thresholds and correlations have counted of files and S3; by "
       "default the checkpoint's name with '.windows'",
       text_slot{&c.state, text_shape::line, true}},
  };
}

config_keys delivery_keys(delivery_config& c) {
  return {
      {"guarantee", "exactly_once is for Kafka to Kafka",
       choice(c.level, {{"at_least_once", guarantee::at_least_once},
                        {"exactly_once", guarantee::exactly_once}})},
      {"instance", "of exactly_once: the transactional.id, one for each running member",
       text_slot{&c.instance, text_shape::line, true}},
      {"max_in_flight_bytes", "input that is held until it is acknowledged; beyond it sources wait",
       size_slot{&c.max_in_flight_bytes, limits::in_flight_bytes_min}},
      {"drain_timeout", "how long a stop waits for what is in flight",
       duration_slot{&c.drain_timeout, milliseconds{1}}},
  };
}

config_keys quarantine_topic_keys(quarantine_topic_config& c) {
  config_keys keys{
      {"brokers", "host:port of some brokers", text_slot{&c.brokers, text_shape::brokers}, true},
      {"topic", "where it goes", text_slot{&c.topic, text_shape::topic}, true},
      {"properties", "any property of librdkafka", map_slot{&c.properties, map_kind::properties}},
  };
  return with_msk_iam(std::move(keys), c.msk);
}

config_keys quarantine_keys(quarantine_config& c) {
  return {
      {"path", "a folder; by default 'quarantine' beside the checkpoint",
       text_slot{&c.path, text_shape::line, true}},
      {"max_bytes", "what the folder may hold; beyond it nothing is acknowledged",
       size_slot{&c.max_bytes, 1}},
      {"kafka", "a topic in place of the folder", part(c.kafka, quarantine_topic_keys)},
  };
}

config_keys verify_keys(verify_config& c) {
  return {
      {"interval", "how often AWS is asked whether alarm chains are there; 0s: never",
       duration_slot{&c.interval}},
      {"controls", "as of trailbell verify --control; none: cis-4.4", texts_slot{&c.controls}},
      {"regions", "to begin in, or all; none: that of the AWS environment", texts_slot{&c.regions}},
      {"role_arn", "a role to assume", text_slot{&c.role_arn, text_shape::line, true}},
      {"external_id", "what that role wants to be told",
       text_slot{&c.external_id, text_shape::line, true}},
      {"endpoint_url", "another service than AWS",
       text_slot{&c.endpoint_url, text_shape::url, true}},
      {"timeout", "of asking; what has no answer then is undetermined",
       duration_slot{&c.timeout, milliseconds{1000}}},
  };
}

config_keys metrics_keys(metrics_config& c) {
  return {{"listen", "host:port of /metrics, /livez and /readyz; null: none of them",
           text_slot{&c.listen, text_shape::address, true}}};
}

config_keys log_keys(log_config& c) {
  return {
      {"level", "the least that is written",
       choice(c.level, {{"debug", log_level::debug},
                        {"info", log_level::info},
                        {"warning", log_level::warning},
                        {"error", log_level::error}})},
      {"format", "to standard error, a line each",
       choice(c.format, {{"text", log_format::text}, {"json", log_format::json}})},
  };
}

template <class Part, class Keys>
group_slot always(Part& value, Keys keys) {
  return {{}, {}, [&value, keys] { return keys(value); }};
}

}  // namespace

config_keys keys_of(service_config& c) {
  return {
      {"source", "where records come from: one or more", always(c.source, source_keys), true},
      {"rules", "what makes an alert", always(c.rules, rules_keys)},
      {"sinks", "where alerts go", sinks_slot{&c.sinks}, true},
      {"delivery", "what holds when something fails", always(c.delivery, delivery_keys)},
      {"quarantine", "where bytes go that cannot be read", always(c.quarantine, quarantine_keys)},
      {"verify", "alarm chains in AWS that are looked after", always(c.verify, verify_keys)},
      {"metrics", "what Prometheus and health checks ask", always(c.metrics, metrics_keys)},
      {"log", "what a person is told", always(c.log, log_keys)},
      {"threads", "that decode; 0: one for each core that this process may use",
       whole_slot{&c.threads, 0, limits::lanes_max}},
  };
}

config_keys with_msk_iam(config_keys keys, msk_iam_config& c) {
  const config_keys msk{
      {"aws_msk_iam", "Amazon MSK lets this in as whom the keys of AWS belong to",
       truth_slot{&c.on}},
      {"region", "of the MSK cluster; by default what the AWS environment says",
       text_slot{&c.region, text_shape::line, true}},
      {"profile", "of AWS's shared files; by default AWS's standard order of credentials",
       text_slot{&c.profile, text_shape::line, true}},
      {"role_arn", "a role to assume for MSK", text_slot{&c.role_arn, text_shape::line, true}},
      {"external_id", "that the role asks for", text_slot{&c.external_id, text_shape::line, true}},
  };
  keys.insert(keys.end(), msk.begin(), msk.end());
  return keys;
}

const config_key* find_key(const config_keys& keys, std::string_view name) noexcept {
  const auto found = std::find_if(keys.begin(), keys.end(),
                                  [name](const config_key& key) { return key.name == name; });
  return found == keys.end() ? nullptr : &*found;
}

bool is_secret(map_kind kind, std::string_view name) noexcept {
  constexpr std::array<std::string_view, 7> signs{"pass", "secret",     "token", ".pem",
                                                  "jaas", "credential", "config"};
  return kind == map_kind::headers ||
         (kind == map_kind::properties &&
          std::any_of(signs.begin(), signs.end(), [name](std::string_view sign) {
            return name.find(sign) != std::string_view::npos;
          }));
}

}  // namespace trailbell::app
