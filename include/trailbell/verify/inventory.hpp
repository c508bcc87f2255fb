// inventory: what AWS listed of one account, as far as an alarm chain needs it.
//
// Values, made by inventory_file.hpp. Names of members follow the AWS API's own. Every answer knows
// whether AWS gave it: what was denied, failed or never asked is not the same as what is not there.
// Times are nanoseconds since the Unix epoch (UTC). Immutable once made; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trailbell/verify/listing.hpp"
#include "trailbell/verify/siem_inventory.hpp"

namespace trailbell::verify {

using dimension_list = std::vector<std::pair<std::string, std::string>>;  // sorted by name

struct trail {
  std::string name, arn, home_region;
  std::string log_group_arn;  // empty: none is configured
  std::string bucket, key_prefix;
  std::string topic;  // that CloudTrail itself tells of each file; empty: none
  bool multi_region = false;
  bool organization = false;
  bool global_service_events = false;
  std::optional<bool> custom_selectors;
};

struct trail_status {
  bool logging = false;
  std::string delivery_error;  // to S3
  std::string logs_delivery_error;
  std::optional<std::int64_t> delivery_time;
  std::optional<std::int64_t> logs_delivery_time;
};

struct classic_selector {
  std::string read_write_type = "All";
  bool management = true;
  texts excluded_sources;
};

struct field_selector {
  std::string field;
  texts equals, starts_with, ends_with, not_equals, not_starts_with, not_ends_with;
};

struct event_selectors {
  std::vector<classic_selector> classic;
  std::vector<std::vector<field_selector>> advanced;  // each: all of its fields
};

struct log_group {
  std::string name, arn;  // the ARN without `:*`
  std::string log_class = "STANDARD";
  std::optional<std::int64_t> retention_days;
};

struct metric_filter {
  std::string name, log_group, pattern;
  std::string metric_name, metric_namespace, metric_value;
  std::optional<double> default_value;
  std::string unit = "None";
  texts dimensions;         // names
  texts system_dimensions;  // emitSystemFieldDimensions
  std::string field_selection;
  bool on_transformed_logs = false;
};

// One processor of a log group's transformer: its name, and every text in it.
struct transformer_step {
  std::string processor;
  texts mentioned;
  bool overwrites = false;
};

struct metric_query {
  std::string id, expression;  // an expression, or a metric:
  std::string metric_namespace, metric_name, stat, unit, account_id;
  dimension_list dimensions;
  std::int64_t period_s = 0;
  bool returned = true;
};

// What metric and composite alarms have in common.
struct alarm_base {
  std::string name, arn;
  bool actions_enabled = true;
  texts alarm_actions;
  std::string state;  // OK, ALARM, INSUFFICIENT_DATA; empty: not said
  std::optional<std::int64_t> state_since;
};

struct metric_alarm : alarm_base {
  std::string metric_namespace, metric_name, statistic, extended_statistic, unit;
  dimension_list dimensions;
  std::int64_t period_s = 0;
  std::int64_t evaluation_periods = 1;
  std::optional<std::int64_t> datapoints_to_alarm;
  std::optional<double> threshold;
  std::string comparison;
  std::string treat_missing_data = "missing";
  std::string low_sample_count;       // EvaluateLowSampleCountPercentile
  std::string threshold_metric;       // an anomaly band
  std::vector<metric_query> queries;  // of metric math
  bool promql = false;
};

struct composite_alarm : alarm_base {
  std::string rule;
  std::string suppressor;  // a name or an ARN; empty: none
};

struct alarm_listing : listing {
  std::vector<metric_alarm> metric;
  std::vector<composite_alarm> composite;
};

struct mute_rule {
  std::string arn, status;
};
struct mute_targets {
  std::string name, status;
  texts alarm_names;
  std::string expires;  // as AWS wrote it; may be empty
};

struct topic_attributes {
  std::string policy;  // JSON
  std::string kms_key;
};

struct subscription {
  std::string arn, protocol, endpoint;  // the ARN, or PendingConfirmation, or Deleted
};
struct subscription_attributes {
  bool pending = false;
  std::string filter_policy;  // JSON; empty: everything passes
  std::string filter_scope = "MessageAttributes";
  std::string quarantine_queue;  // the target of its RedrivePolicy
};

struct event_rule {
  std::string name, arn, state, pattern;
};
struct event_target {
  std::string arn;
  bool reshaped = false;  // it gets another text than the event
};

// Whom a bucket tells of which of its objects.
struct object_notice {
  std::string arn;  // of a queue or a topic
  texts events;     // s3:ObjectCreated:*
  std::string prefix, suffix;
};
struct bucket_notices {
  std::vector<object_notice> queues, topics;
  bool event_bridge = false;
};

struct queue_attributes {
  std::string policy;  // JSON; empty: only its account may send
  std::string kms_key;
};

// One region. The names of the listings are those of the API's calls.
struct region_inventory {
  listed<trail> trails;
  by_name<trail_status> trail_statuses;      // by trail ARN
  by_name<event_selectors> trail_selectors;  // by trail ARN
  listed<log_group> log_groups;
  listed<metric_filter> metric_filters;
  by_name<std::vector<transformer_step>> transformers;  // by log group name
  alarm_listing alarms;
  listed<mute_rule> mute_rules;
  by_name<mute_targets> mute_rule_targets;  // by mute rule ARN
  listed<std::string> topics;               // ARNs
  by_name<topic_attributes> topic_attributes_of;
  by_name<std::vector<subscription>> subscriptions;             // by topic ARN
  by_name<subscription_attributes> subscription_attributes_of;  // by subscription ARN
  by_name<std::string> key_policies;                            // by key id, ARN or alias
  by_name<std::string> key_states;                              // the same
  by_name<queue_attributes> queues;                             // by queue ARN
  listed<event_rule> event_rules;
  by_name<std::vector<event_target>> event_targets;  // by rule name
  by_name<bucket_notices> bucket_notices_of;         // by bucket
};

struct inventory {
  std::string account_id;
  std::int64_t taken_at = 0;
  std::map<std::string, region_inventory, std::less<>> regions;
  std::optional<siem_inventory> siem;  // nothing: it was not asked

  [[nodiscard]] const region_inventory* region(std::string_view name) const {
    const auto at = regions.find(name);
    return at == regions.end() ? nullptr : &at->second;
  }
};

// The parts of `arn:partition:service:region:account:resource`; empty where there are fewer.
struct arn_parts {
  std::string_view partition, service, region, account, resource;
};
[[nodiscard]] arn_parts split_arn(std::string_view arn) noexcept;

}  // namespace trailbell::verify
