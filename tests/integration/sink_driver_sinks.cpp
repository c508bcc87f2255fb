#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "sink_driver.hpp"
#include "trailbell/base/timestamp.hpp"
#include "trailbell/emit/alertmanager_sink.hpp"
#include "trailbell/emit/splunk_hec_sink.hpp"
#include "trailbell/emit/syslog_sink.hpp"
#include "trailbell/emit/webhook_sink.hpp"

namespace trailbell {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

using opened_sink = result<std::unique_ptr<emit::sink>>;

std::unique_ptr<emit::sink> current;
std::future<json> delivering;

opened_sink open_webhook(const json& c) {
  emit::webhook_options options;
  const std::string body = c.value("body", "json_array");
  options.url = c.value("url", "");
  options.body = body == "ndjson"      ? emit::webhook_body::ndjson
                 : body == "slack"     ? emit::webhook_body::slack
                 : body == "pagerduty" ? emit::webhook_body::pagerduty
                 : body == "custom"    ? emit::webhook_body::custom
                                       : emit::webhook_body::json_array;
  options.custom_body = c.value("custom_body", "");
  options.content_type = c.value("content_type", "");
  options.headers = headers_of(c);
  options.signing_key = c.value("signing_key", "");
  options.signature_header = c.value("signature_header", options.signature_header);
  options.routing_key = c.value("routing_key", "");
  options.http = http_options_of(c);
  return emit::open_webhook_sink(options);
}

opened_sink open_alertmanager(const json& c) {
  emit::alertmanager_options options;
  options.urls = c.value("urls", std::vector<std::string>{});
  options.headers = headers_of(c);
  const auto read = [&c](const char* name, auto& into) {
    const json all = c.value(name, json::object());
    for (const auto& each : all.items()) {
      into.emplace_back(each.key(), each.value());
    }
  };
  read("labels", options.labels);
  read("annotations", options.annotations);
  options.generator_url = c.value("generator_url", "");
  options.http = http_options_of(c);
  return emit::open_alertmanager_sink(options);
}

opened_sink open_splunk_hec(const json& c) {
  emit::splunk_hec_options options;
  options.url = c.value("url", "");
  options.token = c.value("token", "");
  options.index = c.value("index", "");
  options.acknowledgement = c.value("acknowledgement", false);
  options.ack_timeout = milliseconds{c.value("ack_timeout_ms", 10'000)};
  options.ack_interval = milliseconds{c.value("ack_interval_ms", 10)};
  options.http = http_options_of(c);
  return emit::open_splunk_hec_sink(options);
}

opened_sink open_syslog(const json& c) {
  emit::syslog_options options;
  const std::string via = c.value("via", "tcp");
  options.via = via == "udp"   ? emit::syslog_transport::udp
                : via == "tls" ? emit::syslog_transport::tls
                               : emit::syslog_transport::tcp;
  options.host = c.value("host", "127.0.0.1");
  options.port = c.value("port", std::uint16_t{0});
  options.facility = c.value("facility", 13);
  options.host_name = c.value("host_name", "here");
  options.app_name = c.value("app_name", options.app_name);
  options.datagram_bytes_max = c.value("datagram_bytes_max", std::size_t{2048});
  options.timeout = milliseconds{c.value("timeout_ms", 10'000)};
  options.tls = http_options_of(c).tls;
  return emit::open_syslog_sink(options);
}

opened_sink open_sink(const json& c) {
  const std::string kind = c.at("kind");
  if (kind == "syslog") {
    return open_syslog(c);
  }
  if (kind == "webhook") {
    return open_webhook(c);
  }
  return kind == "alertmanager" ? open_alertmanager(c) : open_splunk_hec(c);
}

// Shows the texts of `c`, which must outlive it.
alert alert_of(const json& c) {
  const auto text = [&](const char* name) -> text_view {
    const auto found = c.find(name);
    return found == c.end() ? text_view{} : text_view{found->get_ref<const std::string&>()};
  };
  alert a;
  a.rule.id = text("rule_id").value_or("cis-4.4");
  a.rule.title = text("rule_title").value_or("IAM policy changed");
  a.fingerprint = c.value("alert_id", "0123456789abcdef0123456789abcdef");
  a.level = static_cast<severity>(c.value("level", 3));
  a.event_id = text("event_id");
  a.event_name = text("event_name");
  a.event_source = text("event_source");
  a.event_time = text("event_time");
  a.aws_region = text("aws_region");
  a.account_id = text("account_id");
  a.source_ip = text("source_ip");
  a.user_agent = text("user_agent");
  a.actor.arn = text("arn");
  a.actor.name = text("name");
  a.target.policy_arn = text("policy_arn");
  a.place.name = "a.json";
  a.detected_at_ns = parse_rfc3339("2026-03-04T05:06:08.250Z").value_or(0);
  return a;
}

const char* name_of(emit::delivery what) {
  constexpr const char* names[] = {"accepted", "retry", "refused"};
  return names[static_cast<std::size_t>(what)];
}

json deliver(const json& c) {
  std::vector<alert> alerts;
  for (const json& each : c.at("alerts")) {
    alerts.push_back(alert_of(each));
  }
  std::vector<const alert*> given;
  for (const alert& each : alerts) {
    given.push_back(&each);
  }
  const emit::delivery_result got = current->deliver(given);
  return {{"what", name_of(got.what)},
          {"reason", got.reason},
          {"wait_ms", got.wait ? json(got.wait->count()) : json()}};
}

}  // namespace

nlohmann::json obey_sink(const nlohmann::json& command) {
  if (command.at("do") == "open_sink") {
    auto opened = open_sink(command);
    if (!opened) {
      return {{"error", opened.failure().message}};
    }
    current = std::move(opened.value());
    return {{"ok", true}, {"alerts_max", current->alerts_max()}};
  }
  if (command.at("do") == "idle") {
    current->on_idle();
    return {{"ok", true}};
  }
  if (command.at("do") == "begin_deliver") {
    delivering = std::async(std::launch::async, [command] { return deliver(command); });
    return {{"ok", true}};
  }
  if (command.at("do") == "hurry") {
    current->hurry();
    return delivering.get();
  }
  return deliver(command);
}

}  // namespace trailbell
