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

namespace trailbell::verify {

enum class listing_state : std::uint8_t {
  complete,
  absent,     // AWS said that there is no such thing
  denied,     // by IAM or an organization's policy
  failed,     // a time-out, throttling, half an answer
  not_asked,  // the inventory does not have it
};

struct listing {
  listing_state state = listing_state::not_asked;
  std::string error;  // what AWS said; of `not_asked`: empty

  [[nodiscard]] bool complete() const noexcept { return state == listing_state::complete; }
};

// A list, whole.
template <class Item>
struct listed : listing {
  std::vector<Item> items;
};

// What AWS says of one thing, each by its ARN or name.
template <class Answer>
struct described : listing {
  Answer value{};
};
template <class Answer>
using by_name = std::map<std::string, described<Answer>, std::less<>>;

using texts = std::vector<std::string>;
using dimension_list = std::vector<std::pair<std::string, std::string>>;  // sorted by name

struct trail {
  std::string name, arn, home_region;
  std::string log_group_arn;  // empty: none is configured
  std::string bucket;
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
  by_name<std::string> queues;                                  // by queue ARN
  listed<event_rule> event_rules;
  by_name<texts> event_targets;  // by rule name: target ARNs
};

struct inventory {
  std::string account_id;
  std::int64_t taken_at = 0;
  std::map<std::string, region_inventory, std::less<>> regions;

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
