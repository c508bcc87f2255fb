// One configuration, in a folder of its own: each region has a provider, and what controls share
// (topic, log group, trail) is made once a region.
#include <map>
#include <set>

#include "trailbell/base/text.hpp"
#include "verify/link_text.hpp"
#include "verify/remediation_forms.hpp"

namespace trailbell::verify {
namespace {

std::string identifier(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out.push_back(is_letter_or_digit(c) ? c : '_');
  }
  return out;
}

// Terraform expands ${ and %{ in a text.
std::string quoted(std::string_view text) {
  std::string doubled;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool opens = i + 1 < text.size() && text[i + 1] == '{';
    doubled += opens && (text[i] == '$' || text[i] == '%') ? std::string(2, text[i])
                                                           : std::string(1, text[i]);
  }
  std::string out;
  append_json_text(doubled, out);
  return out;
}

class configuration {
 public:
  explicit configuration(const std::string& account_id) : account_id_{account_id} {}

  std::string of(const std::vector<mending_plan>& plans) {
    std::string comments;
    for (const mending_plan& plan : plans) {
      comments += heading(plan) + changes_as_comments(plan);
      add(plan);
    }
    return resources_.empty() ? comments : comments + head() + resources_;
  }

 private:
  void add(const mending_plan& plan) {
    if (plan.trail || plan.log_group) {
      add_group(plan);
    }
    if (plan.trail) {
      add_trail(plan);
    }
    if (plan.topic) {
      once("aws_sns_topic", shared_name(plan.region), plan.region,
           "  name = " + quoted(plan.topic_name) + "\n");
    }
    const std::string topic = plan.topic_arn.empty()
                                  ? "aws_sns_topic." + shared_name(plan.region) + ".arn"
                                  : quoted(plan.topic_arn);
    if (plan.subscription && made_.insert("subscription " + topic).second) {
      variable("email", "Who is to be told, and confirms it");
      once("aws_sns_topic_subscription", identifier(plan.control), plan.region,
           "  topic_arn = " + topic + "\n  protocol  = \"email\"\n  endpoint  = var.email\n");
    }
    if (plan.filter) {
      add_filter(plan);
    }
    if (plan.alarm) {
      add_alarm(plan, topic);
    }
  }

  void add_group(const mending_plan& plan) {
    const std::string number = group_number(plan);
    once("aws_cloudwatch_log_group", "trailbell" + number, plan.region,
         "  name = " + quoted(plan.group_name) + "\n");
    if (!plan.trail && made_.insert("output" + number).second) {
      resources_ += "\noutput \"log_group_arn" + number + "\" {\n  value = \"${" + group_of(plan) +
                    ".arn}:*\"\n}\n";
    }
  }

  void add_trail(const mending_plan& plan) {
    variable("bucket", "A bucket whose policy lets CloudTrail write");
    variable("role_arn", "A role that lets CloudTrail write logs");
    once("aws_cloudtrail", shared_name(plan.trail_region), plan.trail_region,
         "  name                       = " + quoted(plan.trail_name) +
             "\n  s3_bucket_name             = var.bucket\n"
             "  is_multi_region_trail      = true\n"
             "  cloud_watch_logs_group_arn = \"${" +
             group_of(plan) +
             ".arn}:*\"\n"
             "  cloud_watch_logs_role_arn  = var.role_arn\n");
  }

  void add_filter(const mending_plan& plan) {
    const std::string group = plan.log_group ? group_of(plan) + ".name" : quoted(plan.group_name);
    once("aws_cloudwatch_log_metric_filter", identifier(plan.control), plan.region,
         "  name           = " + quoted(plan.metric.name) + "\n  log_group_name = " + group +
             "\n  pattern        = " + quoted(plan.metric.pattern) +
             "\n\n  metric_transformation {\n    name      = " + quoted(plan.metric.metric_name) +
             "\n    namespace = " + quoted(plan.metric.metric_namespace) +
             "\n    value     = \"1\"\n  }\n");
  }

  void add_alarm(const mending_plan& plan, const std::string& topic) {
    once("aws_cloudwatch_metric_alarm", identifier(plan.control), plan.region,
         "  alarm_name          = " + quoted(plan.alarm_name) +
             "\n  namespace           = " + quoted(plan.metric.metric_namespace) +
             "\n  metric_name         = " + quoted(plan.metric.metric_name) +
             "\n  statistic           = \"Sum\"\n  period              = 300\n"
             "  evaluation_periods  = 1\n  threshold           = 1\n"
             "  comparison_operator = \"GreaterThanOrEqualToThreshold\"\n"
             "  treat_missing_data  = \"notBreaching\"\n  alarm_actions       = [" +
             topic + "]\n");
  }

  // The first region is the provider's own; the others have an alias.
  std::string provider_of(const std::string& region) {
    const auto [at, fresh] = regions_.insert(region);
    const bool first = first_.empty() || first_ == region;
    first_ = first ? region : first_;
    if (fresh) {
      providers_ +=
          "\nprovider \"aws\" {\n" +
          (first ? std::string{} : "  alias               = \"" + identifier(region) + "\"\n") +
          "  region              = " + quoted(region) + "\n  allowed_account_ids = [" +
          quoted(account_id_) + "]\n}\n";
    }
    return first ? "" : "  provider = aws." + identifier(region) + "\n\n";
  }

  [[nodiscard]] std::string shared_name(const std::string& region) const {
    return first_.empty() || region == first_ ? "trailbell" : "trailbell_" + identifier(region);
  }

  // What tells apart the groups to be made: of the first nothing.
  std::string group_number(const mending_plan& plan) {
    const auto [at, fresh] =
        groups_.try_emplace(plan.region + " " + plan.group_name, groups_.size() + 1);
    return at->second == 1 ? "" : "_" + std::to_string(at->second);
  }

  std::string group_of(const mending_plan& plan) {
    return "aws_cloudwatch_log_group.trailbell" + group_number(plan);
  }

  void once(const std::string& kind, const std::string& name, const std::string& region,
            const std::string& body) {
    if (made_.insert(kind + " " + name).second) {
      const std::string provider = provider_of(region);
      resources_ += "\nresource \"" + kind + "\" \"" + name + "\" {\n" + provider + body + "}\n";
    }
  }

  void variable(const std::string& name, const std::string& description) {
    if (made_.insert("variable " + name).second) {
      resources_ += "\nvariable \"" + name + "\" {\n  type        = string\n  description = \"" +
                    description + "\"\n}\n";
    }
  }

  [[nodiscard]] std::string head() const {
    return "\nterraform {\n  required_providers {\n    aws = { source = \"hashicorp/aws\" }\n"
           "  }\n}\n" +
           providers_;
  }

  const std::string& account_id_;
  std::string first_;  // region
  std::set<std::string> regions_;
  std::map<std::string, std::size_t> groups_;  // by region and name
  std::set<std::string> made_;
  std::string providers_, resources_;
};

}  // namespace

std::string as_terraform(const std::string& account_id, const std::vector<mending_plan>& plans) {
  return configuration{account_id}.of(plans);
}

}  // namespace trailbell::verify
