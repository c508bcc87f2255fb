#include <string_view>
#include <utility>

#include "app/config_checks.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::app {
namespace {

// By any of its names; nothing: librdkafka's default.
const std::string* value_of(const text_map& properties, std::string_view name,
                            std::string_view other_name = {}) {
  auto found = properties.find(std::string{name});
  if (found == properties.end() && !other_name.empty()) {
    found = properties.find(std::string{other_name});
  }
  return found == properties.end() ? nullptr : &found->second;
}

// What a client of Kafka is told about who it is.
struct access {
  const text_map& properties;
  const msk_iam_config& msk;
  std::string path;  // of the section
};

void check_msk(const access& of, config_findings& findings) {
  const std::string where = of.path + ".properties.";
  const std::string* const protocol = value_of(of.properties, "security.protocol");
  const std::string named = protocol == nullptr ? "sasl_ssl" : fold_ascii(*protocol);
  if (named == "sasl_plaintext") {
    findings.warning(where + "security.protocol",
                     "whoever listens on the way may use a token that goes without TLS",
                     "leave 'security.protocol' out");
  } else if (named != "sasl_ssl") {
    findings.problem(where + "security.protocol",
                     "'aws_msk_iam' is by SASL, and '" + *protocol + "' is not",
                     "leave 'security.protocol' out");
  }
  for (const auto& [name, value] : of.properties) {
    if (name == "sasl.mechanism" || name == "sasl.mechanisms") {
      if (value != "OAUTHBEARER") {
        findings.problem(
            where + name,
            "'aws_msk_iam' is by OAUTHBEARER, and '" + value + "' is another mechanism",
            "leave '" + name + "' or 'aws_msk_iam' out");
      }
    } else if (name == "sasl.username" || name == "sasl.password" ||
               name == "enable.sasl.oauthbearer.unsecure.jwt" ||
               name.starts_with("sasl.oauthbearer.") || name.starts_with("sasl.kerberos.")) {
      findings.problem(where + name,
                       "'" + name + "' beside 'aws_msk_iam': the keys of AWS say who this is",
                       "leave one of them out");
    }
  }
  if (of.msk.role_arn.empty() && !of.msk.external_id.empty()) {
    findings.warning(of.path + ".external_id", "'external_id' has no effect without 'role_arn'",
                     "add the role, or leave it out");
  }
}

// OAUTHBEARER whose tokens come from somewhere else: librdkafka waits for ever where from nowhere.
void check_oauth(const access& of, config_findings& findings) {
  const std::string* const method = value_of(of.properties, "sasl.oauthbearer.method");
  const std::string* const unsecured =
      value_of(of.properties, "enable.sasl.oauthbearer.unsecure.jwt");
  if ((method == nullptr || fold_ascii(*method) != "oidc") &&
      (unsecured == nullptr || fold_ascii(*unsecured) != "true")) {
    findings.problem(of.path + ".properties.sasl.mechanism", "OAUTHBEARER, and no tokens for it",
                     "write 'aws_msk_iam: true' beside 'brokers' for Amazon MSK, or the property "
                     "'sasl.oauthbearer.method: oidc' and where tokens are had");
  }
}

void check(const access& of, config_findings& findings) {
  if (of.msk.on) {
    check_msk(of, findings);
    return;
  }
  for (const auto& [name, value] :
       {std::pair{"region", &of.msk.region}, std::pair{"profile", &of.msk.profile},
        std::pair{"role_arn", &of.msk.role_arn}, std::pair{"external_id", &of.msk.external_id}}) {
    if (!value->empty()) {
      findings.warning(of.path + "." + name,
                       "'" + std::string{name} + "' has no effect without 'aws_msk_iam: true'",
                       "add that, or leave it out");
    }
  }
  const std::string* const protocol = value_of(of.properties, "security.protocol");
  const std::string* const mechanism = value_of(of.properties, "sasl.mechanism", "sasl.mechanisms");
  if (mechanism == nullptr) {
    return;
  }
  if (protocol == nullptr || !fold_ascii(*protocol).starts_with("sasl_")) {
    findings.warning(of.path + ".properties.sasl.mechanism",
                     "'sasl.mechanism' has no effect without SASL",
                     "write 'security.protocol: SASL_SSL' in 'properties'");
  } else if (*mechanism == "OAUTHBEARER") {
    check_oauth(of, findings);
  }
}

}  // namespace

void check_kafka_access(const service_config& config, config_findings& findings) {
  if (const auto& source = config.source.kafka) {
    check({source->properties, source->msk, "source.kafka"}, findings);
  }
  for (std::size_t i = 0; i < config.sinks.size(); ++i) {
    if (const auto* const sink = std::get_if<kafka_sink_config>(&config.sinks[i].kind)) {
      check({sink->properties, sink->msk, "sinks." + std::to_string(i) + ".kafka"}, findings);
    }
  }
  if (const auto& topic = config.quarantine.kafka) {
    check({topic->properties, topic->msk, "quarantine.kafka"}, findings);
  }
}

}  // namespace trailbell::app
