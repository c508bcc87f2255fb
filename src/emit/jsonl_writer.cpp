#include "emit/members.hpp"
#include "trailbell/base/timestamp.hpp"
#include "trailbell/emit/alert_writer.hpp"
#include "trailbell/model/canary.hpp"

namespace trailbell::emit {
namespace {

void append_actor(const alert_actor& actor, std::string& out) {
  members m{out};
  m.optional_text("type", actor.type);
  m.optional_text("arn", actor.arn);
  m.optional_text("name", actor.name);
  m.optional_text("session_name", actor.session_name);
  m.optional_text("principal_id", actor.principal_id);
  m.optional_text("account_id", actor.account_id);
  m.optional_text("access_key_id", actor.access_key_id);
  m.optional_text("session_issuer_arn", actor.session_issuer_arn);
  m.flag("mfa_authenticated", actor.mfa_authenticated);
  m.optional_text("invoked_by", actor.invoked_by);
  m.close();
}

void append_target(const alert_target& target, std::string& out) {
  members m{out};
  m.optional_text("policy_arn", target.policy_arn);
  m.optional_text("policy_name", target.policy_name);
  if (target.principal_type) {
    m.text("principal_type", *target.principal_type);
  } else {
    m.optional_text("principal_type", std::nullopt);
  }
  m.optional_text("principal_name", target.principal_name);
  m.close();
}

void append_burst(const alert_burst& burst, members& m) {
  members group{m.raw("group")};
  for (const auto& [field, value] : burst.group) {
    group.escaped(field) += value;
  }
  group.close();
  m.raw("count").append(std::to_string(burst.count));
  members window{m.raw("window")};
  window.optional_text("from", burst.from);
  window.optional_text("to", burst.to);
  window.close();
  std::string& ids = m.raw("event_ids");
  ids.push_back('[');
  for (const std::optional<std::string>& id : burst.event_ids) {
    ids.append(ids.back() == '[' ? "" : ",");
    id ? append_json_text(*id, ids) : void(ids.append("null"));
  }
  ids.push_back(']');
}

}  // namespace

void append_jsonl(const alert& what, const jsonl_options& options, std::string& out) {
  members m{out};
  m.raw("schema").append("1");
  m.text("alert_id", what.fingerprint);
  m.text("fingerprint", what.fingerprint);
  m.text("rule_id", what.rule.id);
  m.text("rule_title", what.rule.title);
  m.text("severity", to_string(what.level));
  m.optional_text("event_id", what.event_id);
  m.optional_text("event_name", what.event_name);
  m.optional_text("event_source", what.event_source);
  m.optional_text("event_time", what.event_time);
  m.optional_text("aws_region", what.aws_region);
  m.optional_text("account_id", what.account_id);
  m.text("outcome", what.failed ? "failure" : "success");
  m.optional_text("error_code", what.error_code);
  m.optional_text("error_message", what.error_message);
  append_actor(what.actor, m.raw("actor"));
  m.optional_text("source_ip", what.source_ip);
  m.optional_text("user_agent", what.user_agent);
  m.flag("read_only", what.read_only);
  append_target(what.target, m.raw("target"));
  m.list("controls", what.rule.controls);
  m.list("tags", what.rule.tags);
  if (is_canary(what)) {
    m.raw("canary").append("true");
  }
  members position{m.raw("position")};
  append_position(what, position);
  position.close();
  m.text("detected_at", format_rfc3339(what.detected_at_ns));
  m.present_text("integrity", to_string(what.log_file));
  if (what.burst) {
    append_burst(*what.burst, m);
  }
  if (options.with_record) {
    if (what.raw_is_json) {
      append_record(what.raw.value_or(""), m.raw("record"));
    } else {
      m.optional_text("record", what.raw);
    }
  }
  m.close();
  out.push_back('\n');
}

}  // namespace trailbell::emit
