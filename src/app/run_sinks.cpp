#include "app/run_sinks.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <optional>
#include <random>
#include <string_view>
#include <utility>
#include <variant>

#include "app/config_values.hpp"
#include "app/run_tokens.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/emit/alertmanager_sink.hpp"
#include "trailbell/emit/file_sink.hpp"
#include "trailbell/emit/kafka_sink.hpp"
#include "trailbell/emit/kafka_transaction_sink.hpp"
#include "trailbell/emit/splunk_hec_sink.hpp"
#include "trailbell/emit/syslog_sink.hpp"
#include "trailbell/emit/webhook_sink.hpp"

namespace trailbell::app {
namespace {

using made_sink = result<std::unique_ptr<emit::sink>>;
using headers = std::vector<aws::http_header>;

std::string environment(const char* upper, const char* lower) {
  const char* const value = std::getenv(upper);
  const char* const other = value != nullptr ? value : std::getenv(lower);
  return other == nullptr ? std::string{} : std::string{other};
}

aws::http_options http_for(milliseconds timeout, const std::string& ca_file) {
  aws::http_options options;
  options.tls.ca_file = ca_file;
  options.request_timeout = timeout;
  options.https_proxy = environment("HTTPS_PROXY", "https_proxy");
  options.no_proxy = environment("NO_PROXY", "no_proxy");
  return options;
}

void add_authorization(const http_auth_config& auth, headers& to) {
  if (!auth.bearer.empty()) {
    to.push_back({"Authorization", "Bearer " + auth.bearer.reveal()});
  } else if (!auth.username.empty()) {
    to.push_back(
        {"Authorization", "Basic " + in_base64(auth.username + ":" + auth.password.reveal())});
  }
}

emit::alert_appender writing(alert_format format) {
  return [style = emit::alert_style{format, false, false}](const alert& what, std::string& out) {
    emit::append_alert(what, style, out);
  };
}

result<emit::kafka_sink_options> kafka_options(const kafka_sink_config& to, run_log& log) {
  result<bearer_tokens> tokens = open_tokens(to.msk, "kafka.sink", log);
  if (!tokens) {
    return tokens.failure();
  }
  emit::kafka_sink_options options;
  options.tokens = std::move(tokens.value());
  options.brokers = to.brokers;
  options.topic = to.topic;
  options.format = to.format;
  options.properties = to.properties;
  options.log = log.of("kafka.sink");
  return options;
}

// Nobody else has it.
std::string random_instance() {
  std::random_device random;
  return fmt::format("trailbell-{:08x}{:08x}{:08x}", random(), random(), random());
}

class sink_opener {
 public:
  sink_opener(run_log& log, stop_request& stop) : log_{log}, stop_{stop} {}

  made_sink operator()(const stdout_sink_config& to) const {
    emit::stdout_sink_options options;
    options.style.format = to.format;
    options.on_closed = [&asked = stop_, &said = log_] {
      said.say(log_level::warning, "sink.closed", "nobody reads standard output any more");
      asked.store(true);
    };
    return emit::open_stdout_sink(std::move(options));
  }

  made_sink operator()(const file_sink_config& to) const {
    emit::file_sink_options options;
    options.path = to.path;
    options.style.format = to.format;
    options.rotate_bytes = to.rotate_bytes;
    options.rotate_every = std::chrono::duration_cast<std::chrono::seconds>(to.rotate_every);
    options.keep = static_cast<std::size_t>(to.keep);
    options.sync = to.fsync;
    return emit::open_file_sink(std::move(options));
  }

  made_sink operator()(const kafka_sink_config& to) const {
    result<emit::kafka_sink_options> options = kafka_options(to, log_);
    return options ? emit::open_kafka_sink(std::move(options.value()))
                   : made_sink{options.failure()};
  }

  made_sink operator()(const webhook_sink_config& to) const {
    emit::webhook_options options;
    options.url = to.url;
    options.body = to.body_template == "json"        ? emit::webhook_body::json_array
                   : to.body_template == "jsonl"     ? emit::webhook_body::ndjson
                   : to.body_template == "slack"     ? emit::webhook_body::slack
                   : to.body_template == "pagerduty" ? emit::webhook_body::pagerduty
                                                     : emit::webhook_body::custom;
    if (options.body == emit::webhook_body::custom) {
      options.custom_body = to.body_template;
    }
    for (const auto& [name, value] : to.headers) {
      options.headers.push_back({name, value});
    }
    add_authorization(to.auth, options.headers);
    options.signing_key = to.hmac_secret.reveal();
    options.signature_header = to.hmac_header;
    options.routing_key = to.routing_key.reveal();
    options.alerts_max = static_cast<std::size_t>(to.batch_max);
    options.http = http_for(to.timeout, to.ca_file);
    return emit::open_webhook_sink(options);
  }

  made_sink operator()(const alertmanager_sink_config& to) const {
    emit::alertmanager_options options;
    options.urls = to.urls;
    add_authorization(to.auth, options.headers);
    options.labels.assign(to.labels.begin(), to.labels.end());
    options.annotations.assign(to.annotations.begin(), to.annotations.end());
    options.resolve_after = std::chrono::duration_cast<std::chrono::seconds>(to.resolve_after);
    options.http = http_for(to.timeout, to.ca_file);
    return emit::open_alertmanager_sink(options);
  }

  made_sink operator()(const syslog_sink_config& to) const {
    emit::syslog_options options;
    options.via = to.transport;
    if (const std::optional<host_port> address = parse_host_port(to.address)) {
      options.host = address->host;
      options.port = address->port;
    }
    options.facility = parse_facility(to.facility).value_or(options.facility);
    options.app_name = to.app_name;
    options.timeout = to.timeout;
    options.append = writing(to.format);
    options.tls.ca_file = to.ca_file;
    return emit::open_syslog_sink(std::move(options));
  }

  made_sink operator()(const splunk_hec_sink_config& to) const {
    emit::splunk_hec_options options;
    options.url = to.url;
    options.token = to.token.reveal();
    options.index = to.index;
    options.source = to.source;
    options.sourcetype = to.sourcetype;
    options.acknowledgement = to.ack;
    options.http = http_for(to.timeout, to.ca_file);
    return emit::open_splunk_hec_sink(std::move(options));
  }

 private:
  run_log& log_;
  stop_request& stop_;
};

}  // namespace

result<std::unique_ptr<emit::sink>> open_sink(const sink_config& config, run_log& log,
                                              stop_request& stop) {
  return std::visit(sink_opener{log, stop}, config.kind);
}

result<std::unique_ptr<emit::transaction_sink>> open_transaction_sink(const kafka_sink_config& to,
                                                                      const service_config& config,
                                                                      run_log& log) {
  result<emit::kafka_sink_options> alerts = kafka_options(to, log);
  if (!alerts) {
    return alerts.failure();
  }
  emit::kafka_transaction_options options;
  options.to = std::move(alerts.value());
  options.group_id = config.source.kafka->group_id;
  options.quarantine_topic = config.quarantine.kafka ? config.quarantine.kafka->topic : "";
  options.instance_is_ours = config.delivery.instance.empty();
  options.instance = options.instance_is_ours ? random_instance() : config.delivery.instance;
  return emit::open_kafka_transaction_sink(std::move(options));
}

}  // namespace trailbell::app
