#include "app/config_checks.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "app/config_keys.hpp"
#include "app/config_shapes.hpp"
#include "app/config_values.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::app {
namespace {

constexpr std::array<std::string_view, 4> templates{"json", "jsonl", "slack", "pagerduty"};

bool is_missing(const config_slot& slot) {
  return std::visit(overloaded{[](const text_slot& one) { return one.value->empty(); },
                               [](const secret_slot& one) { return one.value->empty(); },
                               [](const texts_slot& one) { return one.value->empty(); },
                               [](const auto&) { return false; }},
                    slot);
}

void check_required(const config_keys& keys, const std::string& path, const loaded_config& loaded,
                    config_findings& findings) {
  for (const config_key& key : keys) {
    const std::string inner =
        path.empty() ? std::string{key.name} : path + "." + std::string{key.name};
    const bool named = loaded.origins.contains(inner);
    if (const auto* const group = std::get_if<group_slot>(&key.slot)) {
      if (named || !group->present || group->present()) {
        check_required(group->keys(), inner, loaded, findings);
      }
    } else if (const auto* const sinks = std::get_if<sinks_slot>(&key.slot)) {
      for (std::size_t i = 0; i < sinks->value->size(); ++i) {
        check_required(keys_of((*sinks->value)[i]), inner + "." + std::to_string(i), loaded,
                       findings);
      }
    } else if (key.required && is_missing(key.slot) && !named) {
      findings.problem(path, "'" + path + "' without '" + std::string{key.name} + "'", "add it");
    }
  }
}

void check_url(const std::string& url, const std::string& key, config_findings& findings) {
  const std::optional<url_parts> parts = parse_url(url);
  if (!parts) {
    return;
  }
  if (!parts->user_info.empty()) {
    findings.warning(key, "a URL with a user or a password",
                     "move them to 'basic', and the password to ${file:...}");
  }
  for (const std::string_view sign : {"token=", "key=", "secret=", "password="}) {
    if (parts->query.find(sign) != std::string_view::npos) {
      findings.warning(key, "a URL with a secret in its query",
                       "move it to a header, if the receiver takes it there");
      return;
    }
  }
}

void check_auth(const http_auth_config& auth, const std::string& path, config_findings& findings) {
  if (!auth.bearer.empty() && !auth.username.empty()) {
    findings.problem(path + ".basic", "'basic' beside 'bearer'", "leave one of them out");
  }
}

void check_tls_file(const std::string& ca_file, bool tls, const std::string& path,
                    config_findings& findings) {
  if (!ca_file.empty() && !tls) {
    findings.warning(path + ".ca_file", "'ca_file' has no effect without TLS",
                     "leave it out, or use TLS");
  }
}

struct sink_check {
  const std::string& path;  // with the kind
  config_findings& findings;

  void operator()(const stdout_sink_config&) const {}
  void operator()(const kafka_sink_config&) const {}  // check_guarantees()
  void operator()(const file_sink_config& sink) const {
    if (sink.keep > 0 && sink.rotate_bytes == 0 && sink.rotate_every.count() == 0) {
      findings.warning(path + ".keep", "'keep' has no effect without rotation",
                       "write 'rotate_bytes' or 'rotate_every' too");
    }
  }
  void operator()(const webhook_sink_config& sink) const {
    check_url(sink.url, path + ".url", findings);
    check_auth(sink.auth, path, findings);
    check_tls_file(sink.ca_file, sink.url.starts_with("https:"), path, findings);
    if (!is_header_name(sink.hmac_header)) {
      findings.problem(path + ".hmac_header", "'" + sink.hmac_header + "' is no header's name",
                       "write one such as X-Trailbell-Signature");
    }
    const std::string& body = sink.body_template;
    const bool named = std::find(templates.begin(), templates.end(), body) != templates.end();
    if (!named && body.find("{{") == std::string::npos) {
      const std::string_view near = nearest(body, templates);
      findings.problem(path + ".template", "'template' puts nothing of an alert into the body",
                       near.empty() ? "write json, jsonl, slack, pagerduty, or a template's text"
                                    : "did you mean '" + std::string{near} + "'?");
    }
    if ((body == "pagerduty") == sink.routing_key.empty()) {
      findings.problem(path + ".template",
                       body == "pagerduty" ? "'template: pagerduty' without 'routing_key'"
                                           : "'routing_key' is for 'template: pagerduty'",
                       body == "pagerduty" ? "add the integration's key" : "leave it out");
    }
  }
  void operator()(const alertmanager_sink_config& sink) const {
    for (const std::string& url : sink.urls) {
      check_url(url, path + ".url", findings);
    }
    check_auth(sink.auth, path, findings);
    const bool tls = std::any_of(sink.urls.begin(), sink.urls.end(),
                                 [](const std::string& url) { return url.starts_with("https:"); });
    check_tls_file(sink.ca_file, tls || sink.urls.empty(), path, findings);
  }
  void operator()(const syslog_sink_config& sink) const {
    check_tls_file(sink.ca_file, sink.transport == syslog_transport::tls, path, findings);
    if (!parse_facility(sink.facility)) {
      const std::string_view near = nearest(sink.facility, syslog_facilities());
      findings.problem(path + ".facility", "'" + sink.facility + "' is no facility of syslog",
                       near.empty() ? "write one such as audit or local0"
                                    : "did you mean '" + std::string{near} + "'?");
    }
    constexpr std::size_t app_name_max = 48;  // RFC 5424 section 6
    const bool printable = std::all_of(sink.app_name.begin(), sink.app_name.end(),
                                       [](char c) { return c > 0x20 && c < 0x7f; });
    if (sink.app_name.size() > app_name_max || !printable) {
      findings.problem(path + ".app_name", "'app_name' is no name for syslog",
                       "at most 48 printable ASCII characters, and no blank");
    }
  }
  void operator()(const splunk_hec_sink_config& sink) const {
    check_url(sink.url, path + ".url", findings);
    check_tls_file(sink.ca_file, sink.url.starts_with("https:"), path, findings);
  }
};

void check_names(const service_config& config, config_findings& findings) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < config.sinks.size(); ++i) {
    const std::string& name = config.sinks[i].name;
    const std::string key = "sinks." + std::to_string(i) + ".name";
    const bool sound = name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
                         return is_letter_or_digit(c) || c == '-' || c == '_' || c == '.';
                       });
    if (!sound) {
      findings.problem(key, "'" + name + "' is no sink's name",
                       "at most 64 letters, digits, dots, dashes and underscores");
    } else if (!seen.insert(name).second) {
      findings.problem(key, "two sinks are called '" + name + "'", "rename one");
    }
  }
}

void check_queues(const s3_source_config& from, config_findings& findings) {
  for (const std::string& url : from.queue_urls) {
    check_url(url, "source.s3.queue_url", findings);
  }
  if (!from.external_id.empty() && from.role_arn.empty()) {
    findings.problem("source.s3.external_id", "'external_id' without 'role_arn'",
                     "write the role that asks for it, or leave it out");
  }
  if (from.reconcile && from.reconcile->prefixes.empty()) {
    findings.problem("source.s3.reconcile.prefix", "'prefix' without anything",
                     "leave it out, or write how keys begin, such as AWSLogs/");
  }
  if (from.reconcile && from.reconcile->bucket.find_first_of(":/@?#% ") != std::string::npos) {
    findings.problem("source.s3.reconcile.bucket",
                     "'" + from.reconcile->bucket + "' is no bucket's name",
                     "write the name alone, and what keys begin with as 'prefix'");
  }
  const auto visibility = from.visibility_timeout;
  if (visibility > std::chrono::hours{12} ||
      visibility % std::chrono::seconds{1} != milliseconds{}) {
    findings.problem("source.s3.visibility_timeout",
                     "SQS has visibility time-outs of whole seconds, up to 12 hours",
                     "write one such as 120s");
  }
}

}  // namespace

config_findings::config_findings(std::string path, const loaded_config& loaded,
                                 problem_list& problems, problem_list& warnings)
    : path_{std::move(path)}, loaded_{loaded}, problems_{problems}, warnings_{warnings} {}

config_origin config_findings::origin_of(std::string key) const {
  while (!key.empty()) {
    const auto found = loaded_.origins.find(key);
    if (found != loaded_.origins.end()) {
      return found->second;
    }
    const std::size_t dot = key.rfind('.');
    key.resize(dot == std::string::npos ? 0 : dot);
  }
  return {config_layer::file, path_, {}};
}

void config_findings::problem(const std::string& key, std::string what, std::string remedy) {
  const config_origin origin = origin_of(key);
  problems_.push_back({origin.from, origin.at, std::move(what), std::move(remedy)});
}

void config_findings::warning(const std::string& key, std::string what, std::string remedy) {
  const config_origin origin = origin_of(key);
  warnings_.push_back({origin.from, origin.at, std::move(what), std::move(remedy)});
}

void check_required_keys(loaded_config& loaded, config_findings& findings) {
  check_required(keys_of(loaded.config), "", loaded, findings);
}

void check_parts(const service_config& config, config_findings& findings) {
  for (std::size_t i = 0; i < config.sinks.size(); ++i) {
    const sink_config& sink = config.sinks[i];
    const std::string path =
        "sinks." + std::to_string(i) + "." + std::string{sink_kinds()[sink.kind.index()]};
    std::visit(sink_check{path, findings}, sink.kind);
  }
  check_names(config, findings);
  if (config.source.s3) {
    check_queues(*config.source.s3, findings);
  }
}

}  // namespace trailbell::app
