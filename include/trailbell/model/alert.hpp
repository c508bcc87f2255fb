// An alert: a finding made deliverable. The fields and their meaning are those of the README's
// alert schema, version 1.
//
// A field that the record lacks is nullopt. Every text is as the record had it:
// attacker-controlled. Writers escape it. The texts are views: into the record until own_texts()
// was called, then into the alert itself, so that it can cross threads and outlive the record. An
// alert is moved, never copied.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trailbell/model/integrity.hpp"
#include "trailbell/model/position.hpp"
#include "trailbell/model/record.hpp"

namespace trailbell {

enum class severity { informational, low, medium, high, critical };

// By severity.
inline constexpr std::array<std::string_view, 5> severity_names{"informational", "low", "medium",
                                                                "high", "critical"};
[[nodiscard]] std::string_view to_string(severity level) noexcept;

// What an alert says of its rule. Views into the rule, which outlives every alert.
struct rule_label {
  std::string_view id, title;
  std::span<const std::string_view> controls, tags;
};

struct alert_actor {
  text_view type, arn, name, session_name, principal_id, account_id, access_key_id;
  text_view session_issuer_arn, invoked_by;
  std::optional<bool> mfa_authenticated;
};

struct alert_target {
  text_view policy_arn, policy_name;
  std::optional<std::string_view> principal_type;  // "role", "user" or "group"
  text_view principal_name;
};

// That a record counts towards an alert of several.
struct alert_feed {
  std::uint32_t node = 0;                                  // which of the rule set's correlations
  std::uint32_t member = 0;                                // as which of the rules that it is about
  std::vector<std::pair<std::string, std::string>> group;  // field, and its value as JSON
  std::vector<std::string> values;                         // what it adds to distinct values
  severity level = severity::informational;                // of the match
};

// What an alert says that stands for several records; and, before it is due, what its record counts
// for.
struct alert_burst {
  std::vector<alert_feed> feeds;  // the alert is one record's, and no finding yet
  std::vector<std::pair<std::uint32_t, std::string>>
      fingerprints;           // by node, of what it may become
  bool only_finding = false;  // the record has no finding by itself
  std::vector<std::pair<std::string, std::string>> group;
  std::uint64_t count = 0;                            // of what the rule counts
  std::optional<std::string> from, to;                // event times, as recorded
  std::vector<std::optional<std::string>> event_ids;  // in the order of time; bounded, see limits
};

// All that is copied as it is.
struct alert_content {
  rule_label rule;
  severity level = severity::informational;
  std::string fingerprint;  // 32 lower-case hex digits
  text_view event_id, event_name, event_source, event_time, aws_region, account_id;
  bool failed = false;
  text_view error_code, error_message, source_ip, user_agent;
  std::optional<bool> read_only;
  alert_actor actor;
  alert_target target;
  text_view raw;             // the record's bytes, where they were asked for
  bool raw_is_json = false;  // sound JSON: else it can be shown as a text only
  object_position place;     // of the object that the record is in
  std::uint64_t record = 0;  // from 0, in that object
  std::int64_t detected_at_ns = 0;
  bool suppressed_by_rule = false;  // its rule leaves it out: counted, not delivered
  integrity_state log_file = integrity_state::unasked;
};

struct alert : alert_content {
  std::unique_ptr<alert_burst> burst;  // of a rule with a threshold, or of a correlation

  // Copies what the fields show into the alert: one allocation for all.
  void own_texts();
  // Another one of the same record, without a burst; owns its texts.
  [[nodiscard]] alert copy() const;

 private:
  std::unique_ptr<char[]> texts_;
};

}  // namespace trailbell
