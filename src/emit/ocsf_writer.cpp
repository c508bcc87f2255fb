#include <array>
#include <cstdint>

#include "emit/attack_tags.hpp"
#include "emit/members.hpp"
#include "trailbell/emit/alert_writer.hpp"
#include "trailbell/model/canary.hpp"

namespace trailbell::emit {
namespace {

constexpr std::string_view schema_version = "1.5.0";
constexpr std::int64_t ns_per_ms = 1'000'000;

// A number of an enumeration, with the caption that goes with it.
struct captioned {
  std::int64_t id;
  std::string_view caption;
};

bool has(const text_view& text) {
  return text && !text->empty();
}

captioned severity_of(severity level) {
  constexpr std::array<captioned, 5> levels{
      {{1, "Informational"}, {2, "Low"}, {3, "Medium"}, {4, "High"}, {5, "Critical"}}};
  return levels[static_cast<std::size_t>(level)];
}

// What is no kind of user to the schema keeps CloudTrail's word for it.
captioned user_type_of(const text_view& type) {
  if (!has(type)) {
    return {0, "Unknown"};
  }
  if (*type == "IAMUser") {
    return {1, "User"};
  }
  if (*type == "Root") {
    return {2, "Admin"};
  }
  return *type == "AWSService" ? captioned{3, "System"} : captioned{99, *type};
}

void append_enum(members& m, std::string_view id_name, std::string_view name, captioned value) {
  m.number(id_name, value.id);
  m.text(name, value.caption);
}

void append_account(members& parent, const text_view& id) {
  if (has(id)) {
    members account{parent, "account"};
    account.text("uid", *id);
    append_enum(account, "type_id", "type", {10, "AWS Account"});
    account.close();
  }
}

void append_metadata(const alert& what, members& parent) {
  members metadata{parent, "metadata"};
  metadata.text("version", schema_version);
  members product{metadata, "product"};
  product.text("name", "trailbell");
  product.text("vendor_name", "trailbell");
  product.text("version", TRAILBELL_VERSION);
  product.close();
  elements profiles{metadata, "profiles"};
  profiles.add("cloud");
  profiles.close();
  metadata.text("uid", what.fingerprint);
  metadata.text("log_name", "AWS CloudTrail");
  metadata.text("log_provider", "AWS");
  metadata.present_text("event_code", what.event_name);
  metadata.present_text("original_time", what.event_time);
  metadata.number("logged_time", what.detected_at_ns / ns_per_ms);
  metadata.close();
}

void append_attacks(const rule_label& rule, members& parent) {
  elements attacks{parent, "attacks"};
  for (const std::string_view tag : rule.tags) {
    const std::optional<attack_reference> found = read_attack_tag(tag);
    if (!found) {
      continue;
    }
    members attack{attacks, {}};
    for (const auto& [name, uid, caption] :
         {std::tuple<const char*, std::string_view, std::string_view>{"tactic", found->tactic_id,
                                                                      found->tactic},
          {"technique", found->technique, {}},
          {"sub_technique", found->sub_technique, {}}}) {
      members part{attack, name};
      part.present_text("uid", uid);
      part.present_text("name", caption);
      part.close();
    }
    attack.close();
  }
  attacks.close();
}

// The rule's own words about the finding, by name: {"name", "values"}.
void append_tags(const alert& what, members& parent) {
  const rule_label& rule = what.rule;
  elements tags{parent, "tags"};
  if (is_canary(what)) {
    constexpr std::array<std::string_view, 1> yes{"true"};
    members tag{tags, {}};
    tag.text("name", "canary");
    tag.list("values", yes);
    tag.close();
  }
  for (const auto& [name, values] : {std::pair{"controls", rule.controls}, {"tags", rule.tags}}) {
    if (!values.empty()) {
      members tag{tags, {}};
      tag.text("name", name);
      tag.list("values", values);
      tag.close();
    }
  }
  tags.close();
}

void append_related_events(const alert_burst& burst, members& parent) {
  elements events{parent, "related_events"};
  for (const std::optional<std::string>& id : burst.event_ids) {
    members event{events, {}};
    event.present_text("uid", id);
    event.close();
  }
  events.close();
}

void append_times(const alert_burst& burst, members& m, std::string_view from,
                  std::string_view to) {
  if (const std::optional<std::int64_t> ms = unix_ms(burst.from)) {
    m.number(from, *ms);
  }
  if (const std::optional<std::int64_t> ms = unix_ms(burst.to)) {
    m.number(to, *ms);
  }
}

void append_finding(const alert& what, members& parent) {
  members finding{parent, "finding_info"};
  finding.text("uid", what.fingerprint);
  finding.text("title", what.rule.title);
  elements types{finding, "types"};
  types.add(what.burst ? "Correlated AWS API calls" : "AWS API call");
  types.close();
  members analytic{finding, "analytic"};
  append_enum(analytic, "type_id", "type", {1, "Rule"});
  analytic.text("uid", what.rule.id);
  analytic.text("name", what.rule.title);
  analytic.close();
  append_attacks(what.rule, finding);
  append_tags(what, finding);
  elements sources{finding, "data_sources"};
  sources.add("AWS CloudTrail");
  sources.close();
  finding.number("created_time", what.detected_at_ns / ns_per_ms);
  if (what.burst) {
    append_times(*what.burst, finding, "first_seen_time", "last_seen_time");
    append_related_events(*what.burst, finding);
  }
  finding.close();
}

void append_actor(const alert_actor& actor, members& parent) {
  members m{parent, "actor"};
  if (has(actor.name) || has(actor.principal_id) || has(actor.account_id)) {  // else it is no user
    members user{m, "user"};
    user.present_text("name", actor.name);
    user.present_text("uid", actor.principal_id);
    user.present_text("uid_alt", actor.arn);
    append_account(user, actor.account_id);
    user.present_text("credential_uid", actor.access_key_id);
    append_enum(user, "type_id", "type", user_type_of(actor.type));
    user.close();
  }
  members session{m, "session"};
  session.present_text("uid", actor.session_name);
  session.present_text("issuer", actor.session_issuer_arn);
  session.present_flag("is_mfa", actor.mfa_authenticated);
  session.close();
  m.present_text("app_name", actor.invoked_by);
  m.close();
}

void append_api(const alert& what, members& parent) {
  if (!has(what.event_name)) {
    return;
  }
  members api{parent, "api"};
  api.text("operation", *what.event_name);
  members service{api, "service"};
  service.present_text("name", what.event_source);
  service.close();
  members response{api, "response"};
  response.present_text("error", what.error_code);
  response.present_text("error_message", what.error_message);
  response.close();
  api.close();
}

void append_evidence(const alert& what, members& parent) {
  elements evidences{parent, "evidences"};
  members evidence{evidences, {}};
  append_actor(what.actor, evidence);
  append_api(what, evidence);
  const std::string_view from = what.source_ip.value_or("");
  members endpoint{evidence, "src_endpoint"};
  endpoint.present_text(is_address(from) ? "ip" : "svc_name", from);
  endpoint.close();
  members request{evidence, "http_request"};
  request.present_text("user_agent", what.user_agent);
  request.close();
  evidence.close();
  evidences.close();
}

std::string_view resource_type(std::string_view principal_type) {
  return principal_type == "role"   ? "AWS::IAM::Role"
         : principal_type == "user" ? "AWS::IAM::User"
                                    : "AWS::IAM::Group";
}

void append_resources(const alert_target& target, members& parent) {
  elements resources{parent, "resources"};
  members policy{resources, {}};
  policy.present_text("uid", target.policy_arn);
  policy.present_text("name", target.policy_name);
  if (has(target.policy_arn) || has(target.policy_name)) {
    policy.text("type", "AWS::IAM::Policy");
  }
  policy.close();
  if (target.principal_type && has(target.principal_name)) {
    members principal{resources, {}};
    principal.text("name", *target.principal_name);
    principal.text("type", resource_type(*target.principal_type));
    principal.close();
  }
  resources.close();
}

void append_unmapped(const alert& what, members& parent) {
  members unmapped{parent, "unmapped"};
  unmapped.present_text("event_id", what.event_id);
  unmapped.text("outcome", what.failed ? "failure" : "success");
  unmapped.present_flag("read_only", what.read_only);
  members position{unmapped, "position"};
  append_position(what, position);
  position.close();
  unmapped.present_text("integrity", to_string(what.log_file));
  if (what.burst) {
    members group{unmapped, "group"};
    for (const auto& [field, value] : what.burst->group) {
      group.escaped(field) += value;
    }
    group.close();
  }
  unmapped.close();
}

}  // namespace

void append_ocsf(const alert& what, const ocsf_options& options, std::string& out) {
  members m{out};
  append_enum(m, "activity_id", "activity_name", {1, "Create"});
  append_enum(m, "category_uid", "category_name", {2, "Findings"});
  append_enum(m, "class_uid", "class_name", {2004, "Detection Finding"});
  append_enum(m, "type_uid", "type_name", {200401, "Detection Finding: Create"});
  append_enum(m, "severity_id", "severity", severity_of(what.level));
  append_enum(m, "status_id", "status", {1, "New"});
  m.flag("is_alert", true);
  m.number("time", unix_ms(what.event_time).value_or(what.detected_at_ns / ns_per_ms));
  m.text("message", what.rule.title);
  append_metadata(what, m);
  append_finding(what, m);
  members cloud{m, "cloud"};
  cloud.text("provider", "AWS");
  append_account(cloud, what.account_id);
  cloud.present_text("region", what.aws_region);
  cloud.close();
  append_api(what, m);
  append_evidence(what, m);
  append_resources(what.target, m);
  if (what.burst) {
    m.raw("count").append(std::to_string(what.burst->count));
    append_times(*what.burst, m, "start_time", "end_time");
  }
  append_unmapped(what, m);
  if (options.with_record) {
    m.optional_text("raw_data", what.raw.value_or(""));
  }
  m.close();
  out.push_back('\n');
}

}  // namespace trailbell::emit
