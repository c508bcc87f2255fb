#include "verify/object_route.hpp"

#include <algorithm>
#include <optional>

#include "trailbell/base/text.hpp"
#include "trailbell/decode/json_reader.hpp"
#include "verify/link_text.hpp"
#include "verify/message_filter.hpp"
#include "verify/object_message.hpp"
#include "verify/resource_access.hpp"

namespace trailbell::verify {
namespace {

constexpr std::string_view s3_service = "s3.amazonaws.com";
constexpr std::string_view sns_service = "sns.amazonaws.com";
constexpr std::string_view event_service = "events.amazonaws.com";
constexpr std::string_view trail_service = "cloudtrail.amazonaws.com";

struct sender {
  std::string_view service;
  std::string arn;  // of what it sends on behalf of
};

class route_finder {
 public:
  route_finder(const inventory& of, const control& wanted, const trail& from,
               const std::set<std::string>& read, bool read_known)
      : of_{of}, wanted_{wanted}, trail_{from}, read_{read}, read_known_{read_known} {
    bucket_arn_ = "arn:" + std::string{split_arn(from.arn).partition} + ":s3:::" + from.bucket;
  }

  std::vector<object_route> find() {
    look_for_bucket();
    if (notices_ != nullptr) {
      for (const object_notice& one : notices_->queues) {
        from_notice(one, true);
      }
      for (const object_notice& one : notices_->topics) {
        from_notice(one, false);
      }
      if (notices_->event_bridge) {
        from_event_bridge();
      }
    }
    if (!trail_.topic.empty() && bucket_.is == verdict::present) {
      from_topic(trail_.topic, {trail_service, trail_.arn}, object_form::cloudtrail,
                 "CloudTrail tells it of each file");
    }
    if (routes_.empty()) {
      add({no_notice()});
    }
    return std::move(routes_);
  }

 private:
  void look_for_bucket() {
    const described<bucket_notices>* answer = nullptr;
    for (const auto& [name, region] : of_.regions) {
      const auto at = region.bucket_notices_of.find(trail_.bucket);
      if (at != region.bucket_notices_of.end() &&
          (answer == nullptr || (!answer->complete() && at->second.complete()))) {
        answer = &at->second;
        region_ = name;
      }
    }
    if (answer != nullptr && answer->complete()) {
      notices_ = &answer->value;
      bucket_ = present(link_kind::bucket, bucket_arn_, "exists, in " + region_);
    } else if (answer != nullptr && answer->state == listing_state::absent) {
      bucket_ = missing(link_kind::bucket, bucket_arn_, "there is no such bucket: " + answer->error,
                        "aws s3api create-bucket --bucket " + shell_quoted(trail_.bucket) +
                            "  # with a policy that lets cloudtrail.amazonaws.com put objects");
    } else {
      bucket_ =
          cannot_tell(link_kind::bucket, bucket_arn_, "GetBucketNotificationConfiguration",
                      "s3:GetBucketNotification", answer == nullptr ? listing{} : listing{*answer});
    }
  }

  void add(std::vector<chain_link> links) {
    links.insert(links.begin(), bucket_);
    routes_.push_back({std::move(links)});
  }

  [[nodiscard]] chain_link no_notice() const {
    if (notices_ == nullptr) {
      return undetermined(link_kind::notification, bucket_arn_,
                          "whom the bucket tells of new files is not known");
    }
    return missing(link_kind::notification, bucket_arn_, "it tells nobody of new files",
                   "aws s3api put-bucket-notification-configuration --bucket " +
                       shell_quoted(trail_.bucket) +
                       " --notification-configuration '{\"QueueConfigurations\":[{\"QueueArn\":\"" +
                       (read_.empty() ? "QUEUE_ARN" : *read_.begin()) +
                       "\",\"Events\":[\"s3:ObjectCreated:*\"]}]}'  # replaces what is there");
  }

  [[nodiscard]] const region_inventory* region_of(std::string_view arn) const {
    return of_.region(split_arn(arn).region);
  }

  // What is wrong with a notice; nothing: it tells of every file that the control is about.
  [[nodiscard]] std::optional<std::string> flaw_of(const object_notice& one) const {
    const bool puts =
        std::any_of(one.events.begin(), one.events.end(), [](const std::string& event) {
          return event == "s3:ObjectCreated:*" || event == "s3:ObjectCreated:Put";
        });
    if (!puts) {
      return "it tells of " + comma_separated(one.events) +
             ", and CloudTrail's files are s3:ObjectCreated:Put";
    }
    const std::string folder = key_folder(of_, wanted_, trail_);
    const bool deeper = trail_.organization && one.prefix.starts_with(folder);
    if (!folder.starts_with(one.prefix) && !deeper) {
      return "its prefix " + in_quotes(one.prefix) + " leaves files of " + folder + " out";
    }
    if (!std::string_view{".json.gz"}.ends_with(one.suffix)) {
      return "its suffix " + in_quotes(one.suffix) + " leaves out files that end in .json.gz";
    }
    return std::nullopt;
  }

  void from_notice(const object_notice& one, bool queue) {
    if (const std::optional<std::string> flaw = flaw_of(one)) {
      add({missing(link_kind::notification, one.arn, *flaw,
                   "aws s3api put-bucket-notification-configuration --bucket " +
                       shell_quoted(trail_.bucket) +
                       " --notification-configuration file://notices.json  # replaces what is "
                       "there")});
    } else if (trail_.organization && one.prefix.size() > key_folder(of_, wanted_, trail_).size()) {
      add({undetermined(link_kind::notification, one.arn,
                        "which files of an organization's trail its prefix " +
                            in_quotes(one.prefix) + " lets through is not known here")});
    } else if (queue) {
      add({present(link_kind::notification, bucket_arn_,
                   "S3 tells the queue " + one.arn + " of each file"),
           judge_queue(one.arn, {s3_service, bucket_arn_})});
    } else {
      from_topic(one.arn, {s3_service, bucket_arn_}, object_form::s3_event,
                 "S3 tells it of each file");
    }
  }

  // Of a queue whose address does not tell the region, account and name have to do.
  [[nodiscard]] bool is_read(const std::string& arn) const {
    const arn_parts queue = split_arn(arn);
    return std::any_of(read_.begin(), read_.end(), [&](const std::string& one) {
      const arn_parts known = split_arn(one);
      return one == arn || (known.region.empty() && known.account == queue.account &&
                            known.resource == queue.resource);
    });
  }

  chain_link judge_queue(const std::string& arn, const sender& by) const {
    const region_inventory* const region = region_of(arn);
    const bool own = split_arn(arn).account == of_.account_id;
    const auto at =
        region == nullptr ? by_name<queue_attributes>::const_iterator{} : region->queues.find(arn);
    const bool asked = region != nullptr && at != region->queues.end();
    if (asked && at->second.state == listing_state::absent) {
      return missing(link_kind::queue, arn, "there is no such queue",
                     "aws sqs create-queue --region " + shell_quoted(split_arn(arn).region) +
                         " --queue-name " + shell_quoted(split_arn(arn).resource));
    }
    if (!asked || !at->second.complete()) {
      return cannot_tell(
          link_kind::queue, arn,
          (own ? "" : "it is a queue of account " + std::string{split_arn(arn).account} + ": ") +
              std::string{"GetQueueAttributes"},
          "sqs:GetQueueAttributes", asked ? listing{at->second} : listing{});
    }
    const queue_attributes& about = at->second.value;
    chain_link link =
        judge_access(*region, {link_kind::queue, arn, about.policy, about.kms_key},
                     {by.service, "sqs:SendMessage", arn, by.arn, of_.account_id, false});
    if (read_known_ && !is_read(arn) && link.is != verdict::missing) {
      return missing(link_kind::queue, arn,
                     "no service that was asked reads it" +
                         (read_.empty() ? std::string{} : "; they read " + comma_separated(read_)),
                     "set source.s3.queue_url in trailbell.yaml to this queue, or have the bucket "
                     "tell the one that is read");
    }
    return link;
  }

  [[nodiscard]] passing passes(const std::string& filter, object_form form) const {
    return object_passes(filter, form, {of_, wanted_, trail_, region_});
  }

  void from_topic(const std::string& topic, const sender& by, object_form form,
                  const std::string& how) {
    const region_inventory* const region = region_of(topic);
    const described<topic_attributes>* about = nullptr;
    if (region != nullptr) {
      const auto at = region->topic_attributes_of.find(topic);
      about = at == region->topic_attributes_of.end() ? nullptr : &at->second;
    }
    if (about != nullptr && about->state == listing_state::absent) {
      add({missing(link_kind::notification, topic, how + ", and there is no such topic",
                   "aws sns create-topic --region " + shell_quoted(split_arn(topic).region) +
                       " --name " + shell_quoted(split_arn(topic).resource))});
      return;
    }
    if (about == nullptr || !about->complete()) {
      add({cannot_tell(link_kind::notification, topic, how + ": GetTopicAttributes",
                       "sns:GetTopicAttributes", about == nullptr ? listing{} : listing{*about})});
      return;
    }
    chain_link link = judge_access(
        *region, {link_kind::notification, topic, about->value.policy, about->value.kms_key},
        {by.service, "sns:Publish", topic, by.arn, of_.account_id, false});
    link.reason = how + "; " + link.reason;
    add_subscribed(*region, topic, link, form);
  }

  void add_subscribed(const region_inventory& region, const std::string& topic,
                      const chain_link& link, object_form form) {
    const auto at = region.subscriptions.find(topic);
    if (at == region.subscriptions.end() || !at->second.complete()) {
      add({link, cannot_tell(link_kind::notification, topic, "ListSubscriptionsByTopic",
                             "sns:ListSubscriptionsByTopic",
                             at == region.subscriptions.end() ? listing{} : listing{at->second})});
      return;
    }
    bool any = false;
    for (const subscription& one : at->second.value) {
      if (one.protocol == "sqs") {
        any = true;
        add({link, judge_subscription(region, topic, one, form),
             judge_queue(one.endpoint, {sns_service, topic})});
      }
    }
    if (!any) {
      add({link, missing(link_kind::notification, topic, "no queue is subscribed to this topic",
                         "aws sns subscribe --region " + shell_quoted(split_arn(topic).region) +
                             " --topic-arn " + shell_quoted(topic) +
                             " --protocol sqs --notification-endpoint " +
                             shell_quoted(read_.empty() ? "QUEUE_ARN" : *read_.begin()),
                         lack::subscription)});
    }
  }

  chain_link judge_subscription(const region_inventory& region, const std::string& topic,
                                const subscription& one, object_form form) const {
    const std::string who = "the queue " + one.endpoint;
    if (!one.arn.starts_with("arn:")) {
      return missing(
          link_kind::notification, topic,
          who + (one.arn == "PendingConfirmation" ? " has not confirmed" : " is deleted"),
          "aws sns confirm-subscription --topic-arn " + shell_quoted(topic) +
              " --token \"$TOKEN\"");
    }
    const auto at = region.subscription_attributes_of.find(one.arn);
    if (at == region.subscription_attributes_of.end() || !at->second.complete()) {
      return cannot_tell(
          link_kind::notification, one.arn, "GetSubscriptionAttributes",
          "sns:GetSubscriptionAttributes",
          at == region.subscription_attributes_of.end() ? listing{} : listing{at->second});
    }
    const subscription_attributes& about = at->second.value;
    const bool by_body = about.filter_scope == "MessageBody";
    const passing through = about.pending                 ? passing::no
                            : about.filter_policy.empty() ? passing::yes
                            : by_body                     ? passes(about.filter_policy, form)
                                      : passes(about.filter_policy, object_form::attributes);
    if (through == passing::maybe) {
      return undetermined(link_kind::notification, one.arn,
                          "whether every file's message passes its filter policy is not known");
    }
    if (through == passing::no) {
      return missing(link_kind::notification, one.arn,
                     about.pending ? who + " has not confirmed"
                                   : "its filter policy lets no file's message through",
                     "aws sns set-subscription-attributes --region " +
                         shell_quoted(split_arn(topic).region) + " --subscription-arn " +
                         shell_quoted(one.arn) +
                         " --attribute-name FilterPolicy --attribute-value '{}'");
    }
    return present(link_kind::notification, one.arn, who + " is subscribed");
  }

  void from_event_bridge() {
    const region_inventory* const region = of_.region(region_);
    if (region == nullptr || !region->event_rules.complete()) {
      add({cannot_tell(link_kind::notification, bucket_arn_,
                       "the bucket tells EventBridge: ListRules of " + region_, "events:ListRules",
                       region == nullptr ? listing{} : listing{region->event_rules})});
      return;
    }
    const std::size_t before = routes_.size();
    for (const event_rule& rule : region->event_rules.items) {
      if (!rule.pattern.empty()) {
        from_rule(*region, rule);
      }
    }
    if (routes_.size() == before) {
      add({missing(link_kind::notification, bucket_arn_,
                   "the bucket tells EventBridge, and no rule there takes its new files",
                   "aws events put-rule --region " + shell_quoted(region_) +
                       " --name trailbell --event-pattern "
                       "'{\"source\":[\"aws.s3\"],\"detail-type\":[\"Object Created\"]}'  # then "
                       "put-targets with the queue")});
    }
  }

  void from_rule(const region_inventory& region, const event_rule& rule) {
    const passing through = passes(rule.pattern, object_form::event_bridge);
    if (through == passing::no) {
      return;
    }
    chain_link link = present(link_kind::notification, rule.arn,
                              "EventBridge rule " + rule.name + " takes each file's event");
    if (!rule.state.starts_with("ENABLED")) {
      link = missing(link_kind::notification, rule.arn, "this EventBridge rule is " + rule.state,
                     "aws events enable-rule --region " + shell_quoted(region_) + " --name " +
                         shell_quoted(rule.name));
    } else if (through == passing::maybe) {
      link = undetermined(link_kind::notification, rule.arn,
                          "whether its pattern takes every file's event is not known");
    }
    const auto targets = region.event_targets.find(rule.name);
    if (targets == region.event_targets.end() || !targets->second.complete()) {
      add({link, cannot_tell(link_kind::notification, rule.arn, "whom it tells: ListTargetsByRule",
                             "events:ListTargetsByRule",
                             targets == region.event_targets.end() ? listing{}
                                                                   : listing{targets->second})});
      return;
    }
    for (const event_target& target : targets->second.value) {
      from_target(rule, target, link);
    }
  }

  void from_target(const event_rule& rule, const event_target& target, const chain_link& link) {
    const std::string_view service = split_arn(target.arn).service;
    if (service != "sqs" && service != "sns") {
      return;
    }
    const std::size_t before = routes_.size();
    if (service == "sqs") {
      add({link, judge_queue(target.arn, {event_service, rule.arn})});
    } else {
      from_topic(target.arn, {event_service, rule.arn}, object_form::event_bridge,
                 "EventBridge rule " + rule.name + " tells it");
      for (std::size_t i = before; i < routes_.size(); ++i) {
        routes_[i].links.insert(routes_[i].links.begin() + 1, link);
      }
    }
    if (target.reshaped) {
      for (std::size_t i = before; i < routes_.size(); ++i) {
        routes_[i].links.push_back(undetermined(
            link_kind::notification, rule.arn,
            "it sends another text than the event, and what that is is not followed here"));
      }
    }
  }

  const inventory& of_;
  const control& wanted_;
  const trail& trail_;
  const std::set<std::string>& read_;
  bool read_known_;
  std::string bucket_arn_, region_;
  chain_link bucket_;
  const bucket_notices* notices_ = nullptr;
  std::vector<object_route> routes_;
};

}  // namespace

std::vector<object_route> object_routes(const inventory& of, const control& wanted,
                                        const trail& from, const std::set<std::string>& read,
                                        bool read_known) {
  return route_finder{of, wanted, from, read, read_known}.find();
}

}  // namespace trailbell::verify
