// The fields of one CloudTrail record that detection and alerts read.
//
// Every text is a view: into the record's own bytes, or into the cursor that decoded it. It is
// valid until the cursor decodes the next record. A member that is absent, null or of another type
// than CloudTrail documents is nullopt: a broken member never hides the others. Source: AWS
// CloudTrail User Guide, "CloudTrail record contents", "userIdentity element".
#pragma once

#include <optional>
#include <string_view>

namespace trailbell {

using text_view = std::optional<std::string_view>;

struct identity_fields {
  text_view type, arn, user_name, principal_id, account_id, access_key_id, invoked_by;
  text_view session_issuer_type, session_issuer_arn, session_issuer_user_name;
  text_view on_behalf_of_user_id;         // IdentityCenterUser
  std::optional<bool> mfa_authenticated;  // CloudTrail writes it as the text "true" or "false"
};

// What an IAM policy call was aimed at.
struct target_fields {
  text_view policy_arn, policy_name, role_name, user_name, group_name;  // requestParameters
  text_view created_policy_arn;                                         // responseElements.policy
};

struct record_fields {
  text_view event_id, event_name, event_source, event_time, event_type, event_category;
  text_view aws_region, recipient_account_id, source_ip, user_agent;
  text_view error_code, error_message;
  bool failed = false;    // errorCode or errorMessage is present and not null, whatever its type
  bool addendum = false;  // CloudTrail re-sent the record with changes; not a duplicate
  std::optional<bool> read_only;
  identity_fields identity;
  target_fields target;
  std::string_view raw;  // the record's bytes as they arrived
};

}  // namespace trailbell
