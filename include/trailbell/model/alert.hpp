// An alert: a finding made deliverable. It owns all its text, so that it can cross threads and
// outlive the record. The fields and their meaning are those of the README's alert schema,
// version 1.
//
// A field that the record lacks is nullopt. Every text is as the record had it:
// attacker-controlled. Writers escape it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace trailbell {

using owned_text = std::optional<std::string>;

enum class severity { informational, low, medium, high, critical };

[[nodiscard]] std::string_view to_string(severity level) noexcept;

// What an alert says of its rule. Views into the rule, which outlives every alert.
struct rule_label {
  std::string_view id, title;
  std::span<const std::string_view> controls, tags;
};

struct alert_actor {
  owned_text type, arn, name, session_name, principal_id, account_id, access_key_id;
  owned_text session_issuer_arn, invoked_by;
  std::optional<bool> mfa_authenticated;
};

struct alert_target {
  owned_text policy_arn, policy_name;
  std::optional<std::string_view> principal_type;  // "role", "user" or "group"
  owned_text principal_name;
};

struct alert {
  rule_label rule;
  severity level = severity::informational;
  std::string fingerprint;  // 32 lower-case hex digits
  owned_text event_id, event_name, event_source, event_time, aws_region, account_id;
  bool failed = false;
  owned_text error_code, error_message, source_ip, user_agent;
  std::optional<bool> read_only;
  alert_actor actor;
  alert_target target;
  std::string path;          // of the file that the record is in; "-" for standard input
  std::uint64_t record = 0;  // from 0, in that file
  std::string raw;           // the record's bytes, where they were asked for
  std::int64_t detected_at_ns = 0;
};

}  // namespace trailbell
