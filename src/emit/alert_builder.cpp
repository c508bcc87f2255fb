#include "trailbell/emit/alert_builder.hpp"

#include <algorithm>
#include <array>

#include "trailbell/emit/fingerprint.hpp"

namespace trailbell::emit {
namespace {

// The part of an ARN's resource at `index`: of `arn:...:assumed-role/Admin/alice`, 1 is Admin.
text_view arn_part(const text_view& arn, std::size_t index) {
  if (!arn) {
    return std::nullopt;
  }
  std::string_view rest = arn->substr(std::min(arn->rfind(':') + 1, arn->size()));
  for (; index > 0; --index) {
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos) {
      return std::nullopt;
    }
    rest.remove_prefix(slash + 1);
  }
  return rest.substr(0, rest.find('/'));
}

// A user's ARN may hold a path: the name is what follows the last slash.
text_view arn_tail(const text_view& arn) {
  if (!arn || arn->find('/') == std::string_view::npos) {
    return std::nullopt;
  }
  return arn->substr(arn->rfind('/') + 1);
}

text_view first_of(std::initializer_list<text_view> choices) {
  for (const text_view& choice : choices) {
    if (choice && !choice->empty()) {
      return choice;
    }
  }
  return std::nullopt;
}

// What a person would call the actor, by the kind of identity.
text_view actor_name(const identity_fields& who) {
  if (who.type == "Root") {
    return first_of({who.user_name, "root"});
  }
  if (who.type == "AssumedRole") {
    return first_of({who.session_issuer_user_name, who.user_name, arn_part(who.arn, 1)});
  }
  if (who.type == "FederatedUser") {
    return first_of({who.user_name, arn_part(who.arn, 1), who.session_issuer_user_name});
  }
  if (who.type == "AWSService") {
    return first_of({who.invoked_by, who.user_name});
  }
  if (who.type == "IdentityCenterUser") {
    return first_of({who.user_name, who.on_behalf_of_user_id});
  }
  return first_of({who.user_name, arn_tail(who.arn), who.session_issuer_user_name, who.principal_id,
                   who.invoked_by});
}

alert_actor build_actor(const identity_fields& who) {
  alert_actor actor;
  actor.type = who.type;
  actor.arn = who.arn;
  actor.name = actor_name(who);
  actor.session_name = who.type == "AssumedRole" ? arn_part(who.arn, 2) : std::nullopt;
  actor.principal_id = who.principal_id;
  actor.account_id = who.account_id;
  actor.access_key_id = who.access_key_id;
  actor.session_issuer_arn = who.session_issuer_arn;
  actor.invoked_by = who.invoked_by;
  actor.mfa_authenticated = who.mfa_authenticated;
  return actor;
}

struct principal {
  std::string_view kind;  // as the alert says it
  std::string_view word;  // as the call's name spells it
  text_view target_fields::*name;
};

constexpr std::array<principal, 3> principals{{
    {"role", "Role", &target_fields::role_name},
    {"user", "User", &target_fields::user_name},
    {"group", "Group", &target_fields::group_name},
}};

// Whom the call is about is what it names; where it names several, as AddUserToGroup does, the last
// that its own name says, too.
alert_target build_target(const record_fields& fields) {
  const target_fields& from = fields.target;
  alert_target target;
  target.policy_arn = first_of({from.policy_arn, from.created_policy_arn});
  target.policy_name = from.policy_name;
  const std::string_view call = fields.event_name.value_or("");
  for (const principal& p : principals) {
    const text_view& name = from.*p.name;
    if (name && (!target.principal_type || call.find(p.word) != std::string_view::npos)) {
      target.principal_type = p.kind;
      target.principal_name = name;
    }
  }
  return target;
}

}  // namespace

alert build_alert(const rule_label& rule, severity level, const record_fields& fields) {
  alert made;
  made.rule = rule;
  made.level = level;
  made.fingerprint = fingerprint(rule.id, fields);
  made.event_id = fields.event_id;
  made.event_name = fields.event_name;
  made.event_source = fields.event_source;
  made.event_time = fields.event_time;
  made.aws_region = fields.aws_region;
  made.account_id = first_of({fields.recipient_account_id, fields.identity.account_id});
  made.failed = fields.failed;
  made.error_code = fields.error_code;
  made.error_message = fields.error_message;
  made.source_ip = fields.source_ip;
  made.user_agent = fields.user_agent;
  made.read_only = fields.read_only;
  made.actor = build_actor(fields.identity);
  made.target = build_target(fields);
  return made;
}

}  // namespace trailbell::emit
