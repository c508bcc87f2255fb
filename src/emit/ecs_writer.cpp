#include <algorithm>
#include <array>
#include <vector>

#include "emit/attack_tags.hpp"
#include "emit/members.hpp"
#include "trailbell/base/timestamp.hpp"
#include "trailbell/emit/alert_writer.hpp"
#include "trailbell/model/canary.hpp"

namespace trailbell::emit {
namespace {

constexpr std::string_view schema_version = "8.17.0";

void append_time(members& m, std::string_view name, const text_view& time) {
  if (const std::optional<std::int64_t> ns = time ? parse_rfc3339(*time) : std::nullopt) {
    m.text(name, format_rfc3339(*ns));
  }
}

// By the first word of the call's name. To the schema, each category has its own kinds of events.
std::string_view change_of(const alert& what) {
  const std::string_view name = what.event_name.value_or("");
  if (what.read_only.value_or(false)) {
    return "info";
  }
  return name.starts_with("Create")   ? "creation"
         : name.starts_with("Delete") ? "deletion"
                                      : "change";
}

void append_kind(const alert& what, members& event) {
  const std::string_view source = what.event_source.value_or("");
  const bool sign_in = source == "signin.amazonaws.com";
  const bool iam = source == "iam.amazonaws.com";
  elements category{event, "category"};
  category.add(iam ? "iam" : sign_in ? "authentication" : "configuration");
  category.close();
  elements type{event, "type"};
  if (sign_in) {
    type.add(what.event_name == "ConsoleLogin" ? "start" : "info");
  } else {
    type.add(change_of(what));
  }
  if (iam && (what.target.principal_type == "user" || what.target.principal_type == "group")) {
    type.add(*what.target.principal_type);
  }
  type.close();
}

void append_event(const alert& what, bool with_record, members& parent) {
  members event{parent, "event"};
  event.text("kind", "alert");
  append_kind(what, event);
  event.present_text("action", what.event_name);
  event.text("outcome", what.failed ? "failure" : "success");
  event.present_text("id", what.event_id);
  event.present_text("provider", what.event_source);
  event.text("module", "trailbell");
  event.text("dataset", "trailbell.alert");
  event.number("severity", static_cast<std::int64_t>(what.level) + 1);
  event.text("created", format_rfc3339(what.detected_at_ns));
  if (what.burst) {
    append_time(event, "start", what.burst->from);
    append_time(event, "end", what.burst->to);
  }
  if (with_record) {
    event.optional_text("original", what.raw.value_or(""));
  }
  event.close();
}

void append_unique(std::vector<std::string_view>& texts, std::string_view text) {
  if (!text.empty() && std::find(texts.begin(), texts.end(), text) == texts.end()) {
    texts.push_back(text);
  }
}

void append_threat(const rule_label& rule, members& parent) {
  std::vector<attack_reference> found;
  for (const std::string_view tag : rule.tags) {
    if (std::optional<attack_reference> one = read_attack_tag(tag)) {
      found.push_back(std::move(*one));
    }
  }
  if (found.empty()) {
    return;
  }
  std::vector<std::string_view> techniques, sub_techniques, tactics, tactic_ids;
  for (const attack_reference& one : found) {
    append_unique(techniques, one.technique);
    append_unique(sub_techniques, one.sub_technique);
    append_unique(tactics, one.tactic);
    append_unique(tactic_ids, one.tactic_id);
  }
  members threat{parent, "threat"};
  threat.text("framework", "MITRE ATT&CK");
  members tactic{threat, "tactic"};
  tactic.present_list("id", tactic_ids);
  tactic.present_list("name", tactics);
  tactic.close();
  members technique{threat, "technique"};
  technique.present_list("id", techniques);
  members sub{technique, "subtechnique"};
  sub.present_list("id", sub_techniques);
  sub.close();
  technique.close();
  threat.close();
}

void append_user(const alert& what, members& parent) {
  members user{parent, "user"};
  user.present_text("name", what.actor.name);
  user.present_text("id", what.actor.principal_id);
  members target{user, "target"};
  if (what.target.principal_type == "user") {
    target.present_text("name", what.target.principal_name);
  }
  target.close();
  user.close();
  if (what.target.principal_type == "group") {
    members group{parent, "group"};
    group.present_text("name", what.target.principal_name);
    group.close();
  }
}

void append_source(const alert& what, members& parent) {
  const std::string_view from = what.source_ip.value_or("");
  members source{parent, "source"};
  source.present_text("address", from);
  if (is_address(from)) {
    source.text("ip", from);
  }
  source.close();
}

void append_related(const alert& what, members& parent) {
  std::vector<std::string_view> users;
  append_unique(users, what.actor.name.value_or(""));
  append_unique(users, what.actor.session_name.value_or(""));
  if (what.target.principal_type == "user") {
    append_unique(users, what.target.principal_name.value_or(""));
  }
  members related{parent, "related"};
  related.present_list("user", users);
  if (is_address(what.source_ip.value_or(""))) {
    elements addresses{related, "ip"};
    addresses.add(*what.source_ip);
    addresses.close();
  }
  related.close();
}

void append_own_actor(const alert_actor& actor, members& parent) {
  members m{parent, "actor"};
  m.present_text("type", actor.type);
  m.present_text("arn", actor.arn);
  m.present_text("session_name", actor.session_name);
  m.present_text("account_id", actor.account_id);
  m.present_text("access_key_id", actor.access_key_id);
  m.present_text("session_issuer_arn", actor.session_issuer_arn);
  m.present_flag("mfa_authenticated", actor.mfa_authenticated);
  m.present_text("invoked_by", actor.invoked_by);
  m.close();
}

// A group's fields are members of a list, and each value a text: names with dots, and values of any
// type, would make an index take the one and refuse the other.
void append_burst(const alert_burst& burst, members& m) {
  m.raw("count").append(std::to_string(burst.count));
  elements group{m, "group"};
  for (const auto& [field, value] : burst.group) {
    members one{group, {}};
    one.text("field", field);
    if (value.starts_with('"')) {
      one.raw("value").append(value);
    } else if (value != "null") {
      one.text("value", value);
    }
    one.close();
  }
  group.close();
  elements ids{m, "event_ids"};
  for (const std::optional<std::string>& id : burst.event_ids) {
    if (id && !id->empty()) {
      ids.add(*id);
    }
  }
  ids.close();
}

void append_own(const alert& what, members& parent) {
  members m{parent, "trailbell"};
  m.number("schema", 1);
  m.text("alert_id", what.fingerprint);
  m.text("severity", to_string(what.level));
  m.present_text("event_time", what.event_time);
  m.present_flag("read_only", what.read_only);
  append_own_actor(what.actor, m);
  members target{m, "target"};
  target.present_text("policy_arn", what.target.policy_arn);
  target.present_text("policy_name", what.target.policy_name);
  target.present_text("principal_type", what.target.principal_type);
  target.present_text("principal_name", what.target.principal_name);
  target.close();
  m.present_list("controls", what.rule.controls);
  members position{m, "position"};
  append_position(what, position);
  position.close();
  m.present_text("integrity", to_string(what.log_file));
  if (what.burst) {
    append_burst(*what.burst, m);
  }
  m.close();
}

}  // namespace

void append_ecs(const alert& what, const ecs_options& options, std::string& out) {
  members m{out};
  const std::optional<std::int64_t> time =
      what.event_time ? parse_rfc3339(*what.event_time) : std::nullopt;
  m.text("@timestamp", format_rfc3339(time.value_or(what.detected_at_ns)));
  members ecs{m, "ecs"};
  ecs.text("version", schema_version);
  ecs.close();
  m.text("message", what.rule.title);
  append_event(what, options.with_record, m);
  members rule{m, "rule"};
  rule.text("id", what.rule.id);
  rule.text("name", what.rule.title);
  rule.close();
  std::vector<std::string_view> tags{what.rule.tags.begin(), what.rule.tags.end()};
  if (is_canary(what)) {
    tags.emplace_back("canary");
  }
  m.present_list("tags", tags);
  append_threat(what.rule, m);
  members cloud{m, "cloud"};
  cloud.text("provider", "aws");
  members account{cloud, "account"};
  account.present_text("id", what.account_id);
  account.close();
  cloud.present_text("region", what.aws_region);
  cloud.close();
  append_user(what, m);
  append_source(what, m);
  members agent{m, "user_agent"};
  agent.present_text("original", what.user_agent);
  agent.close();
  members error{m, "error"};
  error.present_text("code", what.error_code);
  error.present_text("message", what.error_message);
  error.close();
  append_related(what, m);
  append_own(what, m);
  m.close();
  out.push_back('\n');
}

}  // namespace trailbell::emit
