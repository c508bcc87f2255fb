#include "emit/alert_fields.hpp"

#include <algorithm>
#include <array>

#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"

namespace trailbell::emit {
namespace {

constexpr std::size_t summary_bytes_max = 800;  // PagerDuty takes 1024 characters

struct field {
  std::string_view name;
  field_reader read;
};

void add(const text_view& text, std::string& out) {
  out.append(text.value_or(""));
}

// Who did what to whom, where, and whether it came to pass.
void append_summary(const alert& a, std::string& out) {
  std::string text;
  add(a.event_name, text);
  text.append(a.failed ? " was tried by " : " by ");
  text.append(a.actor.name.value_or(a.actor.arn.value_or(a.actor.type.value_or("somebody"))));
  if (const text_view policy = a.target.policy_arn ? a.target.policy_arn : a.target.policy_name) {
    text.append(", policy ").append(*policy);
  }
  if (a.target.principal_type) {
    text.append(", ").append(*a.target.principal_type).append(" ");
    add(a.target.principal_name, text);
  }
  text.append(", account ").append(a.account_id.value_or("unknown"));
  if (a.aws_region) {
    text.append(", ").append(*a.aws_region);
  }
  std::size_t size = 0;
  while (size < text.size()) {
    const std::size_t next = std::max<std::size_t>(decode_utf8(text, size).size, 1);
    if (size + next > summary_bytes_max) {
      break;
    }
    size += next;
  }
  out.append(text, 0, size);
}

std::string_view pagerduty_severity(severity level) {
  constexpr std::array<std::string_view, 5> names{"info", "info", "warning", "error", "critical"};
  return names[static_cast<std::size_t>(level)];
}

std::string_view colour_of(severity level) {
  constexpr std::array<std::string_view, 5> colours{"#8a8f98", "#2f80ed", "#f2c037", "#e8590c",
                                                    "#c92a2a"};
  return colours[static_cast<std::size_t>(level)];
}

constexpr std::array fields{
    field{"account_id", [](const alert& a, std::string& out) { add(a.account_id, out); }},
    field{"actor.account_id",
          [](const alert& a, std::string& out) { add(a.actor.account_id, out); }},
    field{"actor.access_key_id",
          [](const alert& a, std::string& out) { add(a.actor.access_key_id, out); }},
    field{"actor.arn", [](const alert& a, std::string& out) { add(a.actor.arn, out); }},
    field{"actor.name", [](const alert& a, std::string& out) { add(a.actor.name, out); }},
    field{"actor.principal_id",
          [](const alert& a, std::string& out) { add(a.actor.principal_id, out); }},
    field{"actor.session_name",
          [](const alert& a, std::string& out) { add(a.actor.session_name, out); }},
    field{"actor.type", [](const alert& a, std::string& out) { add(a.actor.type, out); }},
    field{"alert_id", [](const alert& a, std::string& out) { out.append(a.fingerprint); }},
    field{"aws_region", [](const alert& a, std::string& out) { add(a.aws_region, out); }},
    field{"colour", [](const alert& a, std::string& out) { out.append(colour_of(a.level)); }},
    field{"detected_at",
          [](const alert& a, std::string& out) { out.append(format_rfc3339(a.detected_at_ns)); }},
    field{"error_code", [](const alert& a, std::string& out) { add(a.error_code, out); }},
    field{"error_message", [](const alert& a, std::string& out) { add(a.error_message, out); }},
    field{"event_id", [](const alert& a, std::string& out) { add(a.event_id, out); }},
    field{"event_name", [](const alert& a, std::string& out) { add(a.event_name, out); }},
    field{"event_source", [](const alert& a, std::string& out) { add(a.event_source, out); }},
    field{"event_time", [](const alert& a, std::string& out) { add(a.event_time, out); }},
    field{"fingerprint", [](const alert& a, std::string& out) { out.append(a.fingerprint); }},
    field{"outcome",
          [](const alert& a, std::string& out) { out.append(a.failed ? "failure" : "success"); }},
    field{"pagerduty_severity",
          [](const alert& a, std::string& out) { out.append(pagerduty_severity(a.level)); }},
    field{"position", [](const alert& a, std::string& out) { out.append(to_string(a.place)); }},
    field{"rule_id", [](const alert& a, std::string& out) { out.append(a.rule.id); }},
    field{"rule_title", [](const alert& a, std::string& out) { out.append(a.rule.title); }},
    field{"severity", [](const alert& a, std::string& out) { out.append(to_string(a.level)); }},
    field{"source_ip", [](const alert& a, std::string& out) { add(a.source_ip, out); }},
    field{"summary", append_summary},
    field{"target.policy_arn",
          [](const alert& a, std::string& out) { add(a.target.policy_arn, out); }},
    field{"target.policy_name",
          [](const alert& a, std::string& out) { add(a.target.policy_name, out); }},
    field{"target.principal_name",
          [](const alert& a, std::string& out) { add(a.target.principal_name, out); }},
    field{
        "target.principal_type",
        [](const alert& a, std::string& out) { out.append(a.target.principal_type.value_or("")); }},
    field{"time", [](const alert& a, std::string& out) { out.append(time_of(a)); }},
    field{"user_agent", [](const alert& a, std::string& out) { add(a.user_agent, out); }},
};

}  // namespace

field_reader find_field(std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const field& each) { return each.name == name; });
  return found == fields.end() ? nullptr : found->read;
}

std::vector<std::string_view> field_names() {
  std::vector<std::string_view> names;
  names.reserve(fields.size());
  for (const field& each : fields) {
    names.push_back(each.name);
  }
  return names;
}

std::string time_of(const alert& what) {
  const auto event = what.event_time ? parse_rfc3339(*what.event_time) : std::nullopt;
  return format_rfc3339(event.value_or(what.detected_at_ns));
}

}  // namespace trailbell::emit
