#include "trailbell/verify/remediation.hpp"

#include <algorithm>
#include <set>

#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"
#include "verify/alarm_link.hpp"
#include "verify/filter_link.hpp"
#include "verify/link_text.hpp"
#include "verify/remediation_forms.hpp"

namespace trailbell::verify {

std::string comment(std::string_view text) {
  std::string out = "# ";
  append_printable(text, out);
  return out + "\n";
}

std::string of_region(const std::string& region) {
  return " --region " + shell_quoted(region);
}

std::string heading(const mending_plan& plan) {
  std::string out =
      comment(plan.control + ": " + plan.title + ": " + std::string{name_of(plan.is)});
  for (const chain_link& link : plan.doubts) {
    out += comment("not known: " + link.reason);
  }
  return out;
}

std::string update_trail_command(const mending_plan& plan, const std::string& group_arn,
                                 const std::string& role_arn) {
  return "aws cloudtrail update-trail" + of_region(plan.trail_region) + " --name " +
         shell_quoted(plan.trail_name) + " --cloud-watch-logs-log-group-arn " + group_arn +
         " --cloud-watch-logs-role-arn " + role_arn;
}

std::string changes_as_comments(const mending_plan& plan) {
  std::string out;
  for (const chain_link& link : plan.changes) {
    out += comment("to be changed, not added: " + link.reason) + comment(link.remedy);
  }
  if (plan.log_group && !plan.trail) {
    out += comment("once the log group is there, the trail has to be told:") +
           comment(update_trail_command(plan, "ARN_OF_THE_LOG_GROUP",
                                        "ARN_OF_A_ROLE_THAT_LETS_CLOUDTRAIL_WRITE_LOGS"));
  }
  return out;
}

namespace {

// CloudFormation's logical names have letters and digits only.
std::string logical(std::string_view text) {
  std::string out;
  bool upper = true;
  for (const char c : text) {
    if (is_letter_or_digit(c)) {
      out.push_back(upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
    }
    upper = !is_letter_or_digit(c);
  }
  return out;
}

std::string json_text(std::string_view text) {
  std::string out;
  append_json_text(text, out);
  return out;
}

std::string alarm_command(const mending_plan& plan) {
  return put_alarm_command(plan.region, plan.metric, plan.alarm_name,
                           plan.topic_arn.empty() ? texts{} : texts{plan.topic_arn}) +
         "\n";
}

std::string cli_additions(const mending_plan& plan, std::set<std::string>& made) {
  std::string out;
  if (plan.trail && made.insert("trail " + plan.trail_region).second) {
    out += "aws cloudtrail create-trail" + of_region(plan.trail_region) + " --name " +
           plan.trail_name +
           " --s3-bucket-name \"${BUCKET:?a bucket whose policy lets CloudTrail write}\""
           " --is-multi-region-trail\n"
           "aws cloudtrail start-logging" +
           of_region(plan.trail_region) + " --name " + plan.trail_name + "\n";
  }
  if (plan.log_group && made.insert("group " + plan.region + plan.group_name).second) {
    out += "aws logs create-log-group" + of_region(plan.region) + " --log-group-name " +
           shell_quoted(plan.group_name) +
           "\n"
           "LOG_GROUP_ARN=$(aws logs describe-log-groups" +
           of_region(plan.region) + " --log-group-name-prefix " + shell_quoted(plan.group_name) +
           " --query 'logGroups[0].arn' --output text)\n" +
           update_trail_command(plan, "\"$LOG_GROUP_ARN\"",
                                "\"${ROLE_ARN:?a role that lets CloudTrail write logs}\"") +
           "\n";
  }
  if (plan.topic && made.insert("topic " + plan.region).second) {
    out += "TOPIC_ARN=$(aws sns create-topic" + of_region(plan.region) + " --name " +
           plan.topic_name + " --query TopicArn --output text)\n";
  }
  const std::string topic =
      plan.topic_arn.empty() ? "\"$TOPIC_ARN\"" : shell_quoted(plan.topic_arn);
  if (plan.subscription && made.insert("subscription " + topic + plan.region).second) {
    out += "aws sns subscribe" + of_region(plan.region) + " --topic-arn " + topic +
           " --protocol email --notification-endpoint "
           "\"${EMAIL:?who is to be told}\"  # and confirm it\n";
  }
  if (plan.filter) {
    out += put_filter_command(plan.region, plan.metric) + "\n";
  }
  return plan.alarm ? out + alarm_command(plan) : out;
}

std::string as_cli(const std::vector<mending_plan>& plans) {
  std::string out = "set -eu\n";
  std::set<std::string> made;
  for (const mending_plan& plan : plans) {
    out += "\n" + heading(plan);
    for (const chain_link& link : plan.changes) {
      out += comment(link.reason);
      if (made.insert(link.remedy).second) {
        out += link.remedy + "\n";
      }
    }
    out += cli_additions(plan, made);
  }
  return out;
}

std::string cloudformation_resources(const mending_plan& plan, std::set<std::string>& made) {
  std::string out;
  const std::string name = logical(plan.control);
  if (plan.log_group && made.insert("group").second) {
    out +=
        "  LogGroup:\n    Type: AWS::Logs::LogGroup\n"
        "    DeletionPolicy: Retain\n    UpdateReplacePolicy: Retain\n    Properties:\n      "
        "LogGroupName: " +
        json_text(plan.group_name) + "\n";
  }
  if (plan.trail && made.insert("trail").second) {
    out += "  Trail:\n    Type: AWS::CloudTrail::Trail\n    Properties:\n      TrailName: " +
           json_text(plan.trail_name) +
           "\n      S3BucketName: !Ref Bucket\n      IsLogging: true\n"
           "      IsMultiRegionTrail: true\n      IncludeGlobalServiceEvents: true\n"
           "      CloudWatchLogsLogGroupArn: !GetAtt LogGroup.Arn\n"
           "      CloudWatchLogsRoleArn: !Ref RoleArn\n";
  }
  if (plan.topic && made.insert("topic").second) {
    out += "  Topic:\n    Type: AWS::SNS::Topic\n    Properties:\n      TopicName: " +
           json_text(plan.topic_name) + "\n";
  }
  const std::string topic = plan.topic_arn.empty() ? "!Ref Topic" : json_text(plan.topic_arn);
  if (plan.subscription && made.insert("subscription " + topic).second) {
    out += "  Subscription" + std::to_string(made.size()) +
           ":\n    Type: AWS::SNS::Subscription\n    Properties:\n      TopicArn: " + topic +
           "\n      Protocol: email\n      Endpoint: !Ref Email\n";
  }
  if (plan.filter) {
    out +=
        "  " + name + "Filter:\n    Type: AWS::Logs::MetricFilter\n    Properties:\n" +
        "      LogGroupName: " + (plan.log_group ? "!Ref LogGroup" : json_text(plan.group_name)) +
        "\n      FilterName: " + json_text(plan.metric.name) +
        "\n      FilterPattern: " + json_text(plan.metric.pattern) +
        "\n      MetricTransformations:\n        - MetricName: " +
        json_text(plan.metric.metric_name) +
        "\n          MetricNamespace: " + json_text(plan.metric.metric_namespace) +
        "\n          MetricValue: \"1\"\n";
  }
  if (plan.alarm) {
    out += "  " + name + "Alarm:\n    Type: AWS::CloudWatch::Alarm\n    Properties:\n" +
           "      AlarmName: " + json_text(plan.alarm_name) +
           "\n      Namespace: " + json_text(plan.metric.metric_namespace) +
           "\n      MetricName: " + json_text(plan.metric.metric_name) +
           "\n      Statistic: Sum\n      Period: 300\n      EvaluationPeriods: 1\n"
           "      Threshold: 1\n      ComparisonOperator: GreaterThanOrEqualToThreshold\n"
           "      TreatMissingData: notBreaching\n      AlarmActions:\n        - " +
           topic + "\n";
  }
  return out;
}

std::string cloudformation_parameters(const std::vector<mending_plan>& plans) {
  const auto any = [&](bool mending_plan::*wanted) {
    return std::any_of(plans.begin(), plans.end(),
                       [&](const mending_plan& plan) { return plan.*wanted; });
  };
  const auto text = [](const std::string& name, const std::string& description) {
    return "  " + name + ":\n    Type: String\n    Description: " + description + "\n";
  };
  const std::string all =
      (any(&mending_plan::trail) ? text("Bucket", "A bucket whose policy lets CloudTrail write") +
                                       text("RoleArn", "A role that lets CloudTrail write logs")
                                 : std::string{}) +
      (any(&mending_plan::subscription) ? text("Email", "Who is to be told, and confirms it") : "");
  return all.empty() ? all : "Parameters:\n" + all;
}

// A stack has one region.
std::string as_cloudformation(const std::vector<mending_plan>& plans) {
  const std::string& region = plans.front().region;
  std::vector<mending_plan> here;
  std::set<std::string> others;
  std::string head, resources;
  std::set<std::string> made;
  for (const mending_plan& plan : plans) {
    if (plan.region != region) {
      others.insert(plan.region);
      continue;
    }
    here.push_back(plan);
    head += heading(plan) + changes_as_comments(plan);
    resources += cloudformation_resources(plan, made);
  }
  for (const std::string& other : others) {
    head += comment("what is missing in " + other + " wants a stack there: --region " + other);
  }
  if (resources.empty()) {
    return head;
  }
  return head + comment("for region " + region) + "AWSTemplateFormatVersion: \"2010-09-09\"\n" +
         cloudformation_parameters(here) + "Resources:\n" + resources;
}

}  // namespace

std::optional<remediation_form> remediation_form_of(std::string_view name) noexcept {
  if (name == "cli") {
    return remediation_form::cli;
  }
  if (name == "cloudformation") {
    return remediation_form::cloudformation;
  }
  return name == "terraform" ? std::optional{remediation_form::terraform} : std::nullopt;
}

std::string remediation_of(const inventory& of, const std::vector<control_verdict>& controls,
                           remediation_form form) {
  std::vector<mending_plan> plans;
  for (const control_verdict& control : controls) {
    if (control.is != verdict::present) {
      plans.push_back(plan_for(of, control));
    }
  }
  const std::string head =
      (form == remediation_form::cli ? "#!/bin/sh\n" : "") +
      comment("Account " + of.account_id + ", as of " + format_rfc3339(of.taken_at) + ".");
  if (plans.empty()) {
    return head + comment("Nothing is missing.");
  }
  switch (form) {
    case remediation_form::cli:
      return head + as_cli(plans);
    case remediation_form::cloudformation:
      return head + as_cloudformation(plans);
    case remediation_form::terraform:
      break;
  }
  return head + as_terraform(of.account_id, plans);
}

}  // namespace trailbell::verify
