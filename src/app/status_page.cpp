#include "app/status_page.hpp"

#include <variant>

#include "app/rule_files.hpp"
#include "app/version.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"
#include "trailbell/detect/pattern_rule.hpp"

namespace trailbell::app {
namespace {

void member(std::string_view key, std::string& out) {
  out += out.ends_with('{') ? "" : ",";
  append_json_text(key, out);
  out.push_back(':');
}

void text_member(std::string_view key, std::string_view value, std::string& out) {
  member(key, out);
  append_json_text(value, out);
}

template <class Texts>
void list_member(std::string_view key, const Texts& values, std::string& out) {
  member(key, out);
  out.push_back('[');
  for (const std::string& value : values) {
    out += out.ends_with('[') ? "" : ",";
    append_json_text(value, out);
  }
  out.push_back(']');
}

void append_rule(const detect::compiled_rule& rule, std::string& out) {
  out += out.ends_with('[') ? "{" : ",{";
  text_member("id", rule.id(), out);
  text_member("kind", rule.kind(), out);
  const auto* pattern = dynamic_cast<const detect::pattern_rule*>(&rule);
  // What the built-in rule does, the shipped file of its id says as a pattern.
  const std::optional<detect::loaded_rule> shipped =
      rule.kind() == "built in" ? shipped_rule(rule.id()) : std::nullopt;
  if (shipped) {
    pattern = dynamic_cast<const detect::pattern_rule*>(shipped->rule.get());
  }
  if (pattern != nullptr) {
    text_member("pattern", pattern->content().pattern.text(), out);
    std::vector<std::string> suppress;
    for (const detect::filter_pattern& one : pattern->content().suppress) {
      suppress.push_back(one.text());
    }
    list_member("suppress", suppress, out);
  }
  member("stateful", out);
  out += rule.threshold() != nullptr ? "true}" : "false}";
}

std::string sources_of(const source_config& from) {
  std::string out = "[";
  const auto begin = [&out](std::string_view kind) {
    out += out.ends_with('[') ? "{" : ",{";
    text_member("kind", kind, out);
  };
  if (from.kafka) {
    begin("kafka");
    list_member("topics", from.kafka->topics, out);
    text_member("group_id", from.kafka->group_id, out);
    out.push_back('}');
  }
  if (from.s3) {
    begin("s3");
    list_member("queue_urls", from.s3->queue_urls, out);
    text_member("region", from.s3->region, out);
    out.push_back('}');
  }
  if (from.file) {
    begin("file");
    out.push_back('}');
  }
  return out + "]";
}

struct kind_name {
  std::string_view operator()(const stdout_sink_config&) const { return "stdout"; }
  std::string_view operator()(const file_sink_config&) const { return "file"; }
  std::string_view operator()(const kafka_sink_config&) const { return "kafka"; }
  std::string_view operator()(const webhook_sink_config&) const { return "webhook"; }
  std::string_view operator()(const alertmanager_sink_config&) const { return "alertmanager"; }
  std::string_view operator()(const syslog_sink_config&) const { return "syslog"; }
  std::string_view operator()(const splunk_hec_sink_config&) const { return "splunk_hec"; }
};

std::string sinks_of(const std::vector<sink_config>& sinks) {
  std::string out = "[";
  for (const sink_config& one : sinks) {
    out += out.ends_with('[') ? "{" : ",{";
    text_member("name", one.name, out);
    text_member("kind", std::visit(kind_name{}, one.kind), out);
    member("required", out);
    out += one.required ? "true}" : "false}";
  }
  return out + "]";
}

}  // namespace

status_page::status_page(const service_config& config)
    : parts_{"\"sources\":" + sources_of(config.source) + ",\"sinks\":" + sinks_of(config.sinks)} {}

void status_page::set_rules(const detect::rule_set& rules) {
  std::string text = "[";
  for (const detect::rule_ptr& rule : rules.rules()) {
    append_rule(*rule, text);
  }
  text.push_back(']');
  const std::lock_guard lock{mutex_};
  rules_ = std::move(text);
}

std::string status_page::text(
    const std::vector<std::pair<std::string, std::int64_t>>& canaries) const {
  std::string out = "{\"trailbell_status\":1";
  text_member("version", version_number(), out);
  out += "," + parts_;
  member("rules", out);
  {
    const std::lock_guard lock{mutex_};
    out += rules_;
  }
  member("canaries", out);
  out.push_back('[');
  for (const auto& [id, at] : canaries) {
    out += out.ends_with('[') ? "{" : ",{";
    text_member("event_id", id, out);
    text_member("acknowledged_at", format_rfc3339(at), out);
    out.push_back('}');
  }
  return out + "]}\n";
}

}  // namespace trailbell::app
