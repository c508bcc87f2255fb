#include "trailbell/verify/inventory_file.hpp"

#include <algorithm>
#include <array>

#include "trailbell/base/text.hpp"
#include "trailbell/decode/json_reader.hpp"
#include "verify/answer_fields.hpp"
#include "verify/answer_readers.hpp"
#include "verify/listing_reader.hpp"
#include "verify/siem_readers.hpp"

namespace trailbell::verify {
namespace {

constexpr std::int64_t format_version = 1;

class file_reader : listing_reader {
 public:
  file_reader(std::vector<answer_problem>& problems, inventory& out)
      : listing_reader{problems}, out_{out} {}

  void read(const located& root) {
    if (!in_.is(root, json_kind::object)) {
      return;
    }
    only(root, {"trailbell_inventory", "account_id", "taken_at", "regions", "siem", "comment"});
    if (in_.whole(root, "trailbell_inventory") != format_version) {
      in_.say(root.path, "this is no inventory of version 1",
              "begin it with \"trailbell_inventory\": 1; deploy/inventory.md has the format");
      return;
    }
    out_.account_id = in_.text(root, "account_id");
    const std::optional<std::int64_t> taken_at = in_.time(root, "taken_at");
    if (out_.account_id.empty() || !taken_at) {
      in_.say(root.path, "account_id and taken_at say whose inventory this is, and of when",
              "add them: \"account_id\": \"111122223333\", \"taken_at\": \"2026-03-04T05:06:07Z\"");
    }
    out_.taken_at = taken_at.value_or(0);
    if (!in_.find(root, "regions")) {
      in_.say(root.path, "there are no regions", "add \"regions\": {\"us-east-1\": {...}}");
    }
    in_.each(root, "regions", [this](const located& region) {
      if (in_.is(region, json_kind::object)) {
        read_region(region, out_.regions[std::string{region.value.key()}]);
      }
    });
    if (const auto siem = in_.find(root, "siem"); siem && in_.is(*siem, json_kind::object)) {
      out_.siem = read_siem(*this, *siem);
    }
  }

 private:
  void read_region(const located& region, region_inventory& out) {
    only(region, {"cloudtrail", "logs", "cloudwatch", "sns", "kms", "sqs", "events", "s3"});
    if (const auto of = section(region, "cloudtrail",
                                {"DescribeTrails", "GetTrailStatus", "GetEventSelectors"})) {
      list(*of, "DescribeTrails", out.trails, read_trails);
      describe(*of, "GetTrailStatus", out.trail_statuses, read_status);
      describe(*of, "GetEventSelectors", out.trail_selectors, read_selectors);
    }
    if (const auto of = section(region, "logs",
                                {"DescribeLogGroups", "DescribeMetricFilters", "GetTransformer"})) {
      list(*of, "DescribeLogGroups", out.log_groups, read_log_groups);
      list(*of, "DescribeMetricFilters", out.metric_filters, read_metric_filters);
      describe(*of, "GetTransformer", out.transformers, read_transformer);
    }
    read_alarm_section(region, out);
    if (const auto of = section(region, "sns",
                                {"ListTopics", "GetTopicAttributes", "ListSubscriptionsByTopic",
                                 "GetSubscriptionAttributes"})) {
      list(*of, "ListTopics", out.topics, read_topics);
      describe(*of, "GetTopicAttributes", out.topic_attributes_of, read_topic);
      describe(*of, "ListSubscriptionsByTopic", out.subscriptions, read_subscriptions);
      describe(*of, "GetSubscriptionAttributes", out.subscription_attributes_of, read_subscription);
    }
    read_other_sections(region, out);
  }

  void read_alarm_section(const located& region, region_inventory& out) {
    const auto of =
        section(region, "cloudwatch", {"DescribeAlarms", "ListAlarmMuteRules", "GetAlarmMuteRule"});
    if (!of) {
      return;
    }
    if (const auto alarms = in_.find(*of, "DescribeAlarms")) {
      read_listing(*alarms, out.alarms,
                   [&](const located& page) { read_alarms(in_, page, out.alarms); });
    }
    list(*of, "ListAlarmMuteRules", out.mute_rules, read_mute_rules);
    describe(*of, "GetAlarmMuteRule", out.mute_rule_targets, read_mute_targets);
  }

  void read_other_sections(const located& region, region_inventory& out) {
    if (const auto of = section(region, "kms", {"GetKeyPolicy", "DescribeKey"})) {
      describe<std::string>(*of, "GetKeyPolicy", out.key_policies,
                            [](answer_fields& in, const located& page, std::string& policy) {
                              policy = in.text(page, "Policy");
                            });
      describe<std::string>(*of, "DescribeKey", out.key_states,
                            [](answer_fields& in, const located& page, std::string& state) {
                              if (const auto key = in.find(page, "KeyMetadata");
                                  key && in.is(*key, json_kind::object)) {
                                state = in.text(*key, "KeyState");
                              }
                            });
    }
    if (const auto of = section(region, "sqs", {"GetQueueAttributes"})) {
      describe(*of, "GetQueueAttributes", out.queues, read_queue);
    }
    if (const auto of = section(region, "s3", {"GetBucketNotificationConfiguration"})) {
      describe(*of, "GetBucketNotificationConfiguration", out.bucket_notices_of,
               read_bucket_notices);
    }
    if (const auto of = section(region, "events", {"ListRules", "ListTargetsByRule"})) {
      list(*of, "ListRules", out.event_rules, read_event_rules);
      describe(*of, "ListTargetsByRule", out.event_targets, read_event_targets);
    }
  }

  inventory& out_;
};

}  // namespace

arn_parts split_arn(std::string_view arn) noexcept {
  std::array<std::string_view, 6> parts{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t end = i + 1 == parts.size() ? std::string_view::npos : arn.find(':');
    parts[i] = arn.substr(0, end);
    if (end == std::string_view::npos) {
      arn = {};
    } else {
      arn.remove_prefix(end + 1);
    }
  }
  return {parts[1], parts[2], parts[3], parts[4], parts[5]};
}

result<inventory, inventory_problems> read_inventory(const std::string& path,
                                                     std::string_view text) {
  decode::json_reader reader;
  json_tree tree;
  inventory_problems problems;
  if (!reader.read(text, tree)) {
    problems.all.push_back({path, place_at(text, reader.offset()),
                            "this is no JSON document: " + std::string{reader.reason()}, ""});
    return problems;
  }
  std::vector<answer_problem> found;
  inventory out;
  file_reader{found, out}.read({tree.root(), {}});
  for (answer_problem& one : found) {
    problems.all.push_back(
        {path, place_of(text, one.at), std::move(one.what), std::move(one.remedy)});
  }
  if (!problems.all.empty()) {
    return problems;
  }
  return out;
}

}  // namespace trailbell::verify
