#include "app/status_page.hpp"

#include <variant>

#include "app/rule_files.hpp"
#include "app/version.hpp"
#include "trailbell/base/json_members.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"
#include "trailbell/detect/pattern_rule.hpp"

namespace trailbell::app {
namespace {

void append_rule(const detect::compiled_rule& rule, std::string& out) {
  out += out.ends_with('[') ? "{" : ",{";
  append_text_member("id", rule.id(), out);
  append_text_member("kind", rule.kind(), out);
  const auto* pattern = dynamic_cast<const detect::pattern_rule*>(&rule);
  // What the built-in rule does, the shipped file of its id says as a pattern.
  const std::optional<detect::loaded_rule> shipped =
      rule.kind() == "built in" ? shipped_rule(rule.id()) : std::nullopt;
  if (shipped) {
    pattern = dynamic_cast<const detect::pattern_rule*>(shipped->rule.get());
  }
  if (pattern != nullptr) {
    append_text_member("pattern", pattern->content().pattern.text(), out);
    std::vector<std::string> suppress;
    for (const detect::filter_pattern& one : pattern->content().suppress) {
      suppress.push_back(one.text());
    }
    append_list_member("suppress", suppress, out);
  }
  append_member("stateful", out);
  out += rule.threshold() != nullptr ? "true}" : "false}";
}

std::string sources_of(const source_config& from) {
  std::string out = "[";
  const auto begin = [&out](std::string_view kind) {
    out += out.ends_with('[') ? "{" : ",{";
    append_text_member("kind", kind, out);
  };
  if (from.kafka) {
    begin("kafka");
    append_list_member("topics", from.kafka->topics, out);
    append_text_member("group_id", from.kafka->group_id, out);
    out.push_back('}');
  }
  if (from.s3) {
    begin("s3");
    append_list_member("queue_urls", from.s3->queue_urls, out);
    append_text_member("region", from.s3->region, out);
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
    append_text_member("name", one.name, out);
    append_text_member("kind", std::visit(kind_name{}, one.kind), out);
    append_member("required", out);
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
  append_text_member("version", version_number(), out);
  out += "," + parts_;
  append_member("rules", out);
  {
    const std::lock_guard lock{mutex_};
    out += rules_;
  }
  append_member("canaries", out);
  out.push_back('[');
  for (const auto& [id, at] : canaries) {
    out += out.ends_with('[') ? "{" : ",{";
    append_text_member("event_id", id, out);
    append_text_member("acknowledged_at", format_rfc3339(at), out);
    out.push_back('}');
  }
  return out + "]}\n";
}

}  // namespace trailbell::app
