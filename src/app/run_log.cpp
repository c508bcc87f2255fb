#include "app/run_log.hpp"

#include <utility>
#include <variant>
#include <vector>

namespace trailbell::app {
namespace {

void collect(const http_auth_config& auth, std::vector<std::string>& secrets) {
  secrets.push_back(auth.bearer.reveal());
  secrets.push_back(auth.password.reveal());
}

void collect(const text_map& properties, std::vector<std::string>& secrets) {
  for (const auto& [name, value] : properties) {
    if (name.find("password") != std::string::npos || name.find("secret") != std::string::npos) {
      secrets.push_back(value);
    }
  }
}

std::vector<std::string> secrets_of(const service_config& config) {
  std::vector<std::string> secrets;
  if (config.source.kafka) {
    collect(config.source.kafka->properties, secrets);
  }
  for (const sink_config& sink : config.sinks) {
    if (const auto* const webhook = std::get_if<webhook_sink_config>(&sink.kind)) {
      secrets.push_back(webhook->hmac_secret.reveal());
      secrets.push_back(webhook->routing_key.reveal());
      for (const auto& [name, value] : webhook->headers) {
        secrets.push_back(value);
      }
      collect(webhook->auth, secrets);
    } else if (const auto* const alertmanager = std::get_if<alertmanager_sink_config>(&sink.kind)) {
      collect(alertmanager->auth, secrets);
    } else if (const auto* const splunk = std::get_if<splunk_hec_sink_config>(&sink.kind)) {
      secrets.push_back(splunk->token.reveal());
    } else if (const auto* const kafka = std::get_if<kafka_sink_config>(&sink.kind)) {
      collect(kafka->properties, secrets);
    }
  }
  std::erase_if(secrets, [](const std::string& one) { return one.empty(); });
  return secrets;
}

observe::log_options options_for(const service_config& config) {
  return {config.log.format, config.log.level, secrets_of(config)};
}

}  // namespace

run_log::run_log(const service_config& config) : log_{options_for(config)} {}

log_function run_log::of(std::string kind) {
  return [this, kind = std::move(kind)](log_level level, std::string_view text) {
    say(level, kind, text);
  };
}

}  // namespace trailbell::app
