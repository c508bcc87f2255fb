#include "trailbell/verify/remediation.hpp"

#include <algorithm>
#include <set>

#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"
#include "verify/alarm_link.hpp"
#include "verify/filter_link.hpp"
#include "verify/link_text.hpp"
#include "verify/mending_plan.hpp"

namespace trailbell::verify {
namespace {

// One line, whatever an account's names hold.
std::string comment(std::string_view text) {
  std::string out = "# ";
  append_printable(text, out);
  return out + "\n";
}

std::string of_region(const std::string& region) {
  return " --region " + shell_quoted(region);
}

std::string identifier(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out.push_back(is_letter_or_digit(c) ? c : '_');
  }
  return out;
}

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

// Terraform expands ${ and %{ in a text.
std::string terraform_text(std::string_view text) {
  std::string doubled;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool opens = i + 1 < text.size() && text[i + 1] == '{';
    doubled += opens && (text[i] == '$' || text[i] == '%') ? std::string(2, text[i])
                                                           : std::string(1, text[i]);
  }
  return json_text(doubled);
}

std::string alarm_command(const mending_plan& plan) {
  return put_alarm_command(plan.region, plan.metric, plan.alarm_name,
                           plan.topic_arn.empty() ? texts{} : texts{plan.topic_arn}) +
         "\n";
}

std::string cli_additions(const mending_plan& plan, std::set<std::string>& made) {
  std::string out;
  if (plan.trail) {
    out += "aws cloudtrail create-trail" + of_region(plan.trail_region) + " --name " +
           plan.trail_name +
           " --s3-bucket-name \"${BUCKET:?a bucket whose policy lets CloudTrail write}\""
           " --is-multi-region-trail\n"
           "aws cloudtrail start-logging" +
           of_region(plan.trail_region) + " --name " + plan.trail_name + "\n";
  }
  if (plan.log_group) {
    out += "aws logs create-log-group" + of_region(plan.region) + " --log-group-name " +
           shell_quoted(plan.group_name) +
           "\n"
           "LOG_GROUP_ARN=$(aws logs describe-log-groups" +
           of_region(plan.region) + " --log-group-name-prefix " + shell_quoted(plan.group_name) +
           " --query 'logGroups[0].arn' --output text)\n"
           "aws cloudtrail update-trail" +
           of_region(plan.trail_region) + " --name " + shell_quoted(plan.trail_name) +
           " --cloud-watch-logs-log-group-arn \"$LOG_GROUP_ARN\""
           " --cloud-watch-logs-role-arn \"${ROLE_ARN:?a role that lets CloudTrail write logs}\"\n";
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

std::string heading(const mending_plan& plan) {
  std::string out =
      comment(plan.control + ": " + plan.title + ": " + std::string{name_of(plan.is)});
  for (const chain_link& link : plan.doubts) {
    out += comment("not known: " + link.reason);
  }
  return out;
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

std::string changes_as_comments(const std::vector<mending_plan>& plans) {
  std::string out;
  for (const mending_plan& plan : plans) {
    out += heading(plan);
    for (const chain_link& link : plan.changes) {
      out += comment("to be changed, not added: " + link.reason) + comment(link.remedy);
    }
    if (plan.trail || plan.log_group) {
      out += comment("a trail that delivers to log group " + plan.group_name + " of " +
                     plan.region + " has to be there first; --remediation cli has it");
    }
  }
  return out;
}

std::string cloudformation_resources(const mending_plan& plan, std::set<std::string>& made) {
  std::string out;
  const std::string name = logical(plan.control);
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
    out += "  " + name + "Filter:\n    Type: AWS::Logs::MetricFilter\n    Properties:\n" +
           "      LogGroupName: " + json_text(plan.group_name) +
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

std::string as_cloudformation(const std::vector<mending_plan>& plans) {
  std::string resources;
  std::set<std::string> made;
  std::set<std::string> regions;
  bool email = false;
  for (const mending_plan& plan : plans) {
    resources += cloudformation_resources(plan, made);
    email = email || plan.subscription;
    regions.insert(plan.region);
  }
  const std::string head = changes_as_comments(plans);
  if (resources.empty()) {
    return head;
  }
  return head + comment("for region " + comma_separated(regions)) +
         "AWSTemplateFormatVersion: \"2010-09-09\"\n" +
         (email ? "Parameters:\n  Email:\n    Type: String\n    Description: Who is to be told\n"
                : "") +
         "Resources:\n" + resources;
}

std::string terraform_resources(const mending_plan& plan, std::set<std::string>& made) {
  std::string out;
  const std::string name = identifier(plan.control);
  if (plan.topic && made.insert("topic").second) {
    out += "\nresource \"aws_sns_topic\" \"trailbell\" {\n  name = " +
           terraform_text(plan.topic_name) + "\n}\n";
  }
  const std::string topic =
      plan.topic_arn.empty() ? "aws_sns_topic.trailbell.arn" : terraform_text(plan.topic_arn);
  if (plan.subscription && made.insert("subscription " + topic).second) {
    out += (made.insert("email").second
                ? "\nvariable \"email\" {\n  type        = string\n  description = \"Who is to be "
                  "told\"\n}\n"
                : std::string{}) +
           "\nresource \"aws_sns_topic_subscription\" \"" + name + "\" {\n  topic_arn = " + topic +
           "\n  protocol  = \"email\"\n  endpoint  = var.email\n}\n";
  }
  if (plan.filter) {
    out += "\nresource \"aws_cloudwatch_log_metric_filter\" \"" + name +
           "\" {\n  name           = " + terraform_text(plan.metric.name) +
           "\n  log_group_name = " + terraform_text(plan.group_name) +
           "\n  pattern        = " + terraform_text(plan.metric.pattern) +
           "\n\n  metric_transformation {\n    name      = " +
           terraform_text(plan.metric.metric_name) +
           "\n    namespace = " + terraform_text(plan.metric.metric_namespace) +
           "\n    value     = \"1\"\n  }\n}\n";
  }
  if (plan.alarm) {
    out += "\nresource \"aws_cloudwatch_metric_alarm\" \"" + name +
           "\" {\n  alarm_name          = " + terraform_text(plan.alarm_name) +
           "\n  namespace           = " + terraform_text(plan.metric.metric_namespace) +
           "\n  metric_name         = " + terraform_text(plan.metric.metric_name) +
           "\n  statistic           = \"Sum\"\n  period              = 300\n"
           "  evaluation_periods  = 1\n  threshold           = 1\n"
           "  comparison_operator = \"GreaterThanOrEqualToThreshold\"\n"
           "  treat_missing_data  = \"notBreaching\"\n  alarm_actions       = [" +
           topic + "]\n}\n";
  }
  return out;
}

std::string as_terraform(const std::vector<mending_plan>& plans) {
  std::string out = changes_as_comments(plans);
  std::set<std::string> made;
  for (const mending_plan& plan : plans) {
    out += terraform_resources(plan, made);
  }
  return out;
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
  return head + as_terraform(plans);
}

}  // namespace trailbell::verify
