// The calls that an inventory is made of: how each is asked, and what it answers. Pure. Source: the
// services' API references; Smithy, "AWS JSON protocol", "AWS query protocol".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trailbell/aws/service_client.hpp"
#include "trailbell/base/result.hpp"

namespace trailbell::verify {

enum class call_style : std::uint8_t { json_1_0, json_1_1, query, rest };  // rest: of S3

struct aws_service {
  std::string_view section;  // of an inventory, and of IAM's actions
  std::string_view id;       // of AWS_ENDPOINT_URL_ID
  std::string_view host;     // and the name that is signed with
  call_style style;
  std::string_view version;  // in front of the call's name where JSON is spoken
};

struct aws_call {
  const aws_service& service;
  std::string_view name;
  std::string_view expected;  // a member that the answer always has; "A|B": one of them
  std::string_view thing;     // the member that says what is asked about; empty: it lists
  std::string_view token;     // the member that leads to the next page; empty: there is one page
  std::string_view fixed;     // what else is asked with, as members of a JSON object; of S3: what
                              // of the bucket is wanted
  std::string_view action{};  // that IAM has to allow, where it has another name than the call
};

namespace services {
inline constexpr aws_service cloudtrail{"cloudtrail", "cloudtrail", "cloudtrail",
                                        call_style::json_1_1,
                                        "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101"};
inline constexpr aws_service logs{"logs", "cloudwatch_logs", "logs", call_style::json_1_1,
                                  "Logs_20140328"};
inline constexpr aws_service cloudwatch{"cloudwatch", "cloudwatch", "monitoring",
                                        call_style::json_1_0, "GraniteServiceVersion20100801"};
inline constexpr aws_service sns{"sns", "sns", "sns", call_style::query, "2010-03-31"};
inline constexpr aws_service kms{"kms", "kms", "kms", call_style::json_1_1, "TrentService"};
inline constexpr aws_service sqs{"sqs", "sqs", "sqs", call_style::json_1_0, "AmazonSQS"};
inline constexpr aws_service events{"events", "eventbridge", "events", call_style::json_1_1,
                                    "AWSEvents"};
inline constexpr aws_service s3{"s3", "s3", "s3", call_style::rest, ""};
inline constexpr aws_service sts{"sts", "sts", "sts", call_style::query, "2011-06-15"};
inline constexpr aws_service ec2{"ec2", "ec2", "ec2", call_style::query, "2016-11-15"};
}  // namespace services

namespace calls {
using namespace services;
inline constexpr aws_call describe_trails{
    cloudtrail, "DescribeTrails", "trailList", "", "", "\"includeShadowTrails\":true"};
inline constexpr aws_call get_trail_status{cloudtrail, "GetTrailStatus", "IsLogging", "Name", "",
                                           ""};
inline constexpr aws_call get_event_selectors{
    cloudtrail, "GetEventSelectors", "EventSelectors|AdvancedEventSelectors", "TrailName", "", ""};
inline constexpr aws_call describe_log_groups{logs, "DescribeLogGroups", "logGroups",
                                              "",   "nextToken",         "\"limit\":50"};
inline constexpr aws_call describe_metric_filters{
    logs, "DescribeMetricFilters", "metricFilters", "", "nextToken", "\"limit\":50"};
inline constexpr aws_call get_transformer{logs, "GetTransformer", "", "logGroupIdentifier", "", ""};
// Without AlarmTypes AWS leaves composite alarms out.
inline constexpr aws_call describe_alarms{
    cloudwatch,
    "DescribeAlarms",
    "MetricAlarms|CompositeAlarms",
    "",
    "NextToken",
    R"("AlarmTypes":["MetricAlarm","CompositeAlarm"],"MaxRecords":100)"};
inline constexpr aws_call list_mute_rules{cloudwatch, "ListAlarmMuteRules", "",
                                          "",         "NextToken",          ""};
inline constexpr aws_call get_mute_rule{
    cloudwatch, "GetAlarmMuteRule", "Status", "AlarmMuteRuleName", "", ""};
inline constexpr aws_call list_topics{sns, "ListTopics", "Topics", "", "NextToken", ""};
inline constexpr aws_call get_topic{sns, "GetTopicAttributes", "Attributes", "TopicArn", "", ""};
inline constexpr aws_call list_subscriptions{
    sns, "ListSubscriptionsByTopic", "Subscriptions", "TopicArn", "NextToken", ""};
inline constexpr aws_call get_subscription{
    sns, "GetSubscriptionAttributes", "Attributes", "SubscriptionArn", "", ""};
inline constexpr aws_call describe_key{kms, "DescribeKey", "KeyMetadata", "KeyId", "", ""};
inline constexpr aws_call get_key_policy{
    kms, "GetKeyPolicy", "Policy", "KeyId", "", R"("PolicyName":"default")"};
inline constexpr aws_call get_queue{sqs, "GetQueueAttributes",         "Attributes", "QueueUrl",
                                    "",  R"("AttributeNames":["All"])"};
inline constexpr aws_call get_bucket_notices{s3,
                                             "GetBucketNotificationConfiguration",
                                             "",
                                             "Bucket",
                                             "",
                                             "notification",
                                             "GetBucketNotification"};
inline constexpr aws_call list_rules{events, "ListRules", "Rules",
                                     "",     "NextToken", "\"Limit\":100"};
inline constexpr aws_call list_targets{events, "ListTargetsByRule", "Targets",
                                       "Rule", "NextToken",         "\"Limit\":100"};
inline constexpr aws_call get_caller_identity{sts, "GetCallerIdentity", "Account", "", "", ""};
inline constexpr aws_call describe_regions{ec2, "DescribeRegions", "regionInfo", "", "", ""};
}  // namespace calls

// What IAM has to allow for it: "sns:ListTopics".
[[nodiscard]] std::string iam_action(const aws_call& call);

// `thing` and `token` may be empty.
[[nodiscard]] aws::service_request request_of(const aws_call& call, const std::string& thing,
                                              const std::string& token);

// A page of the answer.
struct answer_page {
  std::string json;   // an object
  std::string token;  // of the next page; empty: this is the last
};
// Errors: not_text, where it is no answer to this call.
[[nodiscard]] result<answer_page> page_of(const aws_call& call, const std::string& body);

}  // namespace trailbell::verify
