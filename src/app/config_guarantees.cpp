#include <algorithm>
#include <array>
#include <string_view>

#include "app/config_checks.hpp"
#include "app/config_shapes.hpp"
#include "app/config_values.hpp"

namespace trailbell::app {
namespace {

struct refused_property {
  std::string_view name;
  std::string_view why;  // continues "'properties' may not set it: "
};

constexpr std::array<refused_property, 2> of_clients{{
    {"bootstrap.servers", "it is 'brokers'"},
    {"metadata.broker.list", "it is 'brokers'"},
}};
constexpr std::array<refused_property, 4> of_consumers{{
    {"enable.auto.commit", "offsets are committed once alerts have arrived, and not before"},
    {"enable.auto.offset.store", "offsets are stored once alerts have arrived, and not before"},
    {"group.id", "it is 'group_id'"},
    {"enable.partition.eof", "the end of a partition is no record"},
}};
constexpr std::array<refused_property, 4> of_producers{{
    {"enable.idempotence", "without it a retry doubles alerts, and their order changes"},
    {"acks", "an alert has arrived once every replica in sync has it"},
    {"request.required.acks", "an alert has arrived once every replica in sync has it"},
    {"transactional.id", "it is 'delivery.instance'"},
}};

template <std::size_t Count>
void refuse(const text_map& properties, const std::array<refused_property, Count>& refused,
            const std::string& path, config_findings& findings) {
  for (const refused_property& one : refused) {
    if (properties.contains(std::string{one.name})) {
      findings.problem(path + ".properties." + std::string{one.name},
                       "the property '" + std::string{one.name} +
                           "' is not yours to set: " + std::string{one.why},
                       "leave it out");
    }
  }
}

void check_properties(const service_config& config, config_findings& findings) {
  if (const auto& source = config.source.kafka) {
    refuse(source->properties, of_clients, "source.kafka", findings);
    refuse(source->properties, of_consumers, "source.kafka", findings);
  }
  for (std::size_t i = 0; i < config.sinks.size(); ++i) {
    if (const auto* const sink = std::get_if<kafka_sink_config>(&config.sinks[i].kind)) {
      const std::string path = "sinks." + std::to_string(i) + ".kafka";
      refuse(sink->properties, of_clients, path, findings);
      refuse(sink->properties, of_producers, path, findings);
    }
  }
  if (const auto& topic = config.quarantine.kafka) {
    refuse(topic->properties, of_clients, "quarantine.kafka", findings);
    refuse(topic->properties, of_producers, "quarantine.kafka", findings);
  }
}

// Of two lists of brokers that share one, both name its cluster.
bool are_one_cluster(const std::string& a, const std::string& b) {
  const auto some = parse_brokers(a);
  const auto others = parse_brokers(b);
  return some && others &&
         std::find_first_of(some->begin(), some->end(), others->begin(), others->end()) !=
             some->end();
}

// A topic that is read and written is a loop; alerts and what cannot be read in one are a muddle.
void check_loops(const service_config& config, config_findings& findings) {
  const auto& source = config.source.kafka;
  const auto reads = [&source](const std::string& brokers, const std::string& topic) {
    return source && are_one_cluster(source->brokers, brokers) &&
           std::any_of(source->topics.begin(), source->topics.end(),
                       [&topic](const std::string& one) { return is_topic_of(topic, one); });
  };
  const auto& quarantine = config.quarantine.kafka;
  if (quarantine && reads(quarantine->brokers, quarantine->topic)) {
    findings.problem("quarantine.kafka.topic",
                     "what cannot be read would go to '" + quarantine->topic +
                         "', which is a topic of the source, and be read again without end",
                     "write another topic");
  }
  for (std::size_t i = 0; i < config.sinks.size(); ++i) {
    const auto* const sink = std::get_if<kafka_sink_config>(&config.sinks[i].kind);
    if (sink != nullptr && reads(sink->brokers, sink->topic)) {
      findings.problem("sinks." + std::to_string(i) + ".kafka.topic",
                       "alerts would go to '" + sink->topic + "', which is a topic of the source",
                       "write another topic");
    }
    if (sink != nullptr && quarantine && sink->topic == quarantine->topic &&
        are_one_cluster(sink->brokers, quarantine->brokers)) {
      findings.problem("quarantine.kafka.topic",
                       "what cannot be read would go to '" + sink->topic + "', where alerts go too",
                       "write another topic");
    }
  }
}

void check_exactly_once(const service_config& config, config_findings& findings) {
  constexpr const char* level = "delivery.guarantee";
  constexpr const char* or_else = "or write 'guarantee: at_least_once'";
  const auto remedy = [](const std::string& what) { return what + ", " + or_else; };
  const auto& source = config.source.kafka;
  if (!source || config.source.s3 || config.source.file) {
    findings.problem(source ? "source" : level,
                     "'exactly_once' needs a Kafka source, and no other beside it",
                     remedy("read from Kafka alone"));
    return;
  }
  // Of two lists of the same cluster's brokers nobody can tell here; so they have to be the same.
  const auto differs = [cluster = parse_brokers(source->brokers)](const std::string& brokers) {
    const auto others = parse_brokers(brokers);
    return cluster && others && *cluster != *others;
  };
  const auto isolation = source->properties.find("isolation.level");
  if (isolation != source->properties.end() && isolation->second != "read_committed") {
    findings.problem("source.kafka.properties.isolation.level",
                     "'exactly_once' reads what was committed only", remedy("leave it out"));
  }
  std::size_t required = 0;
  for (std::size_t i = 0; i < config.sinks.size(); ++i) {
    const std::string path = "sinks." + std::to_string(i);
    if (!config.sinks[i].required) {
      continue;
    }
    const auto* const sink = std::get_if<kafka_sink_config>(&config.sinks[i].kind);
    if (sink == nullptr) {
      findings.problem(path, "'exactly_once' cannot hold for a sink that is not Kafka",
                       remedy("write 'required: false' beside it"));
    } else if (++required > 1) {
      findings.problem(path, "'exactly_once' has one required sink, and this is another",
                       remedy("write 'required: false' beside it"));
    } else if (differs(sink->brokers)) {
      findings.problem(path + ".kafka.brokers",
                       "'exactly_once' needs the source's cluster, and these brokers are others",
                       remedy("write the brokers of the source"));
    }
  }
  if (required == 0) {
    findings.problem(level, "'exactly_once' needs a required Kafka sink", remedy("add one"));
  }
  const auto& topic = config.quarantine.kafka;
  if (topic && differs(topic->brokers)) {
    findings.problem("quarantine.kafka.brokers",
                     "'exactly_once' needs the source's cluster, and these brokers are others",
                     remedy("write the brokers of the source"));
  }
}

}  // namespace

void check_guarantees(const service_config& config, config_findings& findings) {
  if (!config.source.kafka && !config.source.s3 && !config.source.file) {
    findings.problem("source", "no source", "write one or more of kafka, s3 and file in 'source'");
  }
  if (config.sinks.empty()) {
    findings.problem("sinks", "no sink", "write one or more in 'sinks', such as '- stdout: {}'");
  } else if (std::none_of(config.sinks.begin(), config.sinks.end(),
                          [](const sink_config& sink) { return sink.required; })) {
    findings.problem("sinks", "no sink is required, so every alert might be lost",
                     "write 'required: true' beside one");
  }
  if (config.delivery.level == guarantee::exactly_once) {
    check_exactly_once(config, findings);
  } else if (!config.delivery.instance.empty()) {
    findings.warning("delivery.instance", "'instance' has no effect with at_least_once",
                     "leave it out, or write 'guarantee: exactly_once'");
  }
  if (config.quarantine.kafka && !config.quarantine.path.empty()) {
    findings.problem("quarantine.kafka", "quarantine in a folder and in a topic",
                     "leave 'path' or 'kafka' out");
  }
  check_properties(config, findings);
  check_loops(config, findings);
}

}  // namespace trailbell::app
