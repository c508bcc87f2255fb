// SNS delivers to subscriptions that are confirmed, and whose filter policy the message passes. An
// alarm's message has no attributes: a policy on attributes starves its subscription.
#include <algorithm>
#include <set>

#include "trailbell/base/text.hpp"
#include "trailbell/decode/json_reader.hpp"
#include "verify/action_link.hpp"
#include "verify/link_text.hpp"
#include "verify/message_filter.hpp"

namespace trailbell::verify {
namespace {

// What CloudWatch writes into the body; null where that is not known beforehand.
std::string message_of(const inventory& of, const alarm_base& alarm) {
  std::string text = R"({"AlarmName":)";
  append_json_text(alarm.name, text);
  text += R"(,"AWSAccountId":)";
  append_json_text(of.account_id, text);
  text += R"(,"AlarmArn":)";
  append_json_text(alarm.arn, text);
  return text + R"(,"NewStateValue":"ALARM","AlarmDescription":null,"OldStateValue":null,)"
                R"("NewStateReason":null,"StateChangeTime":null,"Region":null,"Trigger":null,)"
                R"("AlarmConfigurationUpdatedTimestamp":null,"OKActions":null,"AlarmActions":null,)"
                R"("InsufficientDataActions":null})";
}

class subscription_judge {
 public:
  subscription_judge(const inventory& of, const region_inventory& region, const std::string& topic,
                     const alarm_base& alarm)
      : region_{region}, topic_{topic}, message_text_{message_of(of, alarm)} {}

  chain_link judge() {
    const auto at = region_.subscriptions.find(topic_);
    const bool asked = at != region_.subscriptions.end();
    if (!asked || !at->second.complete()) {
      return cannot_tell(link_kind::subscription, topic_, "ListSubscriptionsByTopic",
                         "sns:ListSubscriptionsByTopic", asked ? listing{at->second} : listing{});
    }
    for (const subscription& one : at->second.value) {
      const auto attributes = region_.subscription_attributes_of.find(one.arn);
      if (attributes != region_.subscription_attributes_of.end()) {
        quarantine_.insert(attributes->second.value.quarantine_queue);
      }
    }
    for (const subscription& one : at->second.value) {
      look_at(one);
    }
    return answer();
  }

 private:
  void look_at(const subscription& one) {
    const std::string who = one.protocol + " " + one.endpoint;
    if (one.arn == "PendingConfirmation") {
      silent_.push_back(who + " has not confirmed");
      return;
    }
    if (!one.arn.starts_with("arn:")) {
      silent_.push_back(who + " is deleted");
      return;
    }
    if (quarantine_.contains(one.endpoint)) {
      silent_.push_back(who + " is where undelivered messages go");
      return;
    }
    const auto queue = region_.queues.find(one.endpoint);
    if (one.protocol == "sqs" && queue != region_.queues.end() && !queue->second.complete()) {
      if (queue->second.state == listing_state::absent) {
        silent_.push_back(who + " is a queue that does not exist");
      } else {
        doubtful_.push_back(
            who + ": " + dark_text("GetQueueAttributes", "sqs:GetQueueAttributes", queue->second));
      }
      return;
    }
    look_at_attributes(one, who);
  }

  void look_at_attributes(const subscription& one, const std::string& who) {
    const auto at = region_.subscription_attributes_of.find(one.arn);
    if (at == region_.subscription_attributes_of.end() || !at->second.complete()) {
      const bool asked = at != region_.subscription_attributes_of.end();
      const listing how = asked ? listing{at->second} : listing{};
      doubtful_.push_back(
          who + ": " +
          dark_text("GetSubscriptionAttributes", "sns:GetSubscriptionAttributes", how));
      return;
    }
    const subscription_attributes& about = at->second.value;
    if (about.pending) {
      silent_.push_back(who + " has not confirmed");
      return;
    }
    switch (passes(about)) {
      case passing::yes:
        heard_.push_back(who);
        heard_arn_ = heard_arn_.empty() ? one.arn : heard_arn_;
        break;
      case passing::maybe:
        doubtful_.push_back(who + ": whether an alarm passes its filter policy is not known");
        break;
      case passing::no:
        starved_arn_ = starved_arn_.empty() ? one.arn : starved_arn_;
        silent_.push_back(who + " has a filter policy that no alarm passes");
        break;
    }
  }

  [[nodiscard]] passing passes(const subscription_attributes& about) const {
    if (about.filter_policy.empty()) {
      return passing::yes;
    }
    decode::json_reader reader;
    json_tree policy;
    json_tree message;
    const bool by_body = about.filter_scope == "MessageBody";
    if (!reader.read(about.filter_policy, policy) || !policy.root().is(json_kind::object) ||
        !reader.read(by_body ? std::string_view{message_text_} : std::string_view{"{}"}, message)) {
      return passing::maybe;
    }
    return passes_filter(policy.root(), message.root());
  }

  [[nodiscard]] std::string subscribe() const {
    return "aws sns subscribe --region " + shell_quoted(split_arn(topic_).region) +
           " --topic-arn " + shell_quoted(topic_) +
           " --protocol email --notification-endpoint \"$EMAIL\"  # then confirm it";
  }

  [[nodiscard]] chain_link answer() const {
    const std::string silent = comma_separated(silent_);
    if (!heard_.empty()) {
      return present(
          link_kind::subscription, heard_arn_,
          "hear it: " + comma_separated(heard_) + (silent.empty() ? "" : "; do not: " + silent));
    }
    if (!doubtful_.empty()) {
      return undetermined(link_kind::subscription, topic_,
                          comma_separated(doubtful_) + (silent.empty() ? "" : "; " + silent));
    }
    if (!starved_arn_.empty()) {
      return missing(link_kind::subscription, starved_arn_, "nobody hears this topic: " + silent,
                     "aws sns set-subscription-attributes --region " +
                         shell_quoted(split_arn(topic_).region) + " --subscription-arn " +
                         shell_quoted(starved_arn_) +
                         " --attribute-name FilterPolicy --attribute-value '{}'");
    }
    return missing(link_kind::subscription, topic_,
                   silent.empty() ? "nobody is subscribed to this topic"
                                  : "nobody hears this topic: " + silent,
                   subscribe(), lack::subscription);
  }

  const region_inventory& region_;
  const std::string& topic_;
  std::string message_text_;
  std::set<std::string> quarantine_;
  std::vector<std::string> heard_, silent_, doubtful_;
  std::string heard_arn_, starved_arn_;
};

}  // namespace

chain_link judge_subscriptions(const inventory& of, const region_inventory& region,
                               const std::string& topic, const alarm_base& alarm) {
  return subscription_judge{of, region, topic, alarm}.judge();
}

}  // namespace trailbell::verify
