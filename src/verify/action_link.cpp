#include "verify/action_link.hpp"

#include <algorithm>
#include <optional>

#include "trailbell/base/text.hpp"
#include "trailbell/decode/json_reader.hpp"
#include "verify/link_text.hpp"
#include "verify/message_filter.hpp"
#include "verify/resource_access.hpp"

namespace trailbell::verify {
namespace {

constexpr std::string_view cloudwatch = "cloudwatch.amazonaws.com";
constexpr std::string_view event_bridge = "events.amazonaws.com";

class action_judge {
 public:
  action_judge(const inventory& of, const std::string& region, const alarm_base& alarm)
      : of_{of}, where_{region}, region_{*of.region(region)}, alarm_{alarm} {}

  std::vector<action_route> judge() {
    std::vector<action_route> routes;
    if (alarm_.actions_enabled) {
      for (const std::string& action : alarm_.alarm_actions) {
        routes.push_back(judge_action(action));
      }
    } else {
      routes.push_back(
          {missing(link_kind::action, alarm_.arn, "its actions are disabled",
                   "aws cloudwatch enable-alarm-actions --region " + shell_quoted(where_) +
                       " --alarm-names " + shell_quoted(alarm_.name))});
    }
    if (routes.empty()) {
      routes.push_back({missing(link_kind::action, alarm_.arn,
                                alarm_.name + " does nothing when it rings: it has no AlarmActions",
                                set_action_note(), lack::topic)});
    }
    add_event_rules(routes);
    return routes;
  }

 private:
  [[nodiscard]] std::string set_action_note() const {
    return "aws sns create-topic --region " + shell_quoted(where_) +
           " --name trailbell  # then put-metric-alarm of " + shell_quoted(alarm_.name) +
           " with --alarm-actions \"$TOPIC_ARN\"";
  }

  action_route judge_action(const std::string& action) {
    const arn_parts parts = split_arn(action);
    if (parts.service == "sns") {
      return judge_topic(action, cloudwatch);
    }
    const bool live = parts.service == "lambda" || parts.service == "ssm-incidents" ||
                      (parts.service == "ssm" && parts.resource.starts_with("opsitem"));
    if (!live) {
      return {missing(link_kind::action, action, "this action tells nobody", set_action_note(),
                      lack::topic)};
    }
    const std::string what = parts.service == "lambda"          ? "a Lambda function"
                             : parts.service == "ssm-incidents" ? "a response plan of Incident "
                                                                  "Manager"
                                                                : "an OpsItem";
    return {present(link_kind::action, action,
                    "rings " + what + "; what that does with it is beyond this chain"),
            present(link_kind::subscription, action, "none is needed: the action is told itself")};
  }

  action_route judge_topic(const std::string& topic, std::string_view service) {
    const arn_parts parts = split_arn(topic);
    if (parts.region != where_) {
      return {
          missing(link_kind::action, topic,
                  "an alarm in " + where_ + " cannot reach a topic in " + std::string{parts.region},
                  set_action_note(), lack::topic)};
    }
    chain_link link = judge_existing(topic, parts, service);
    if (link.lacks == lack::topic) {
      return {link};
    }
    return {link, judge_subscriptions(of_, region_, topic, alarm_)};
  }

  [[nodiscard]] const described<topic_attributes>* attributes_of(const std::string& topic) const {
    const auto at = region_.topic_attributes_of.find(topic);
    return at == region_.topic_attributes_of.end() ? nullptr : &at->second;
  }

  chain_link judge_existing(const std::string& topic, const arn_parts& parts,
                            std::string_view service) const {
    const auto* const answer = attributes_of(topic);
    const bool own = parts.account == of_.account_id;
    const std::vector<std::string>& topics = region_.topics.items;
    const bool listed = std::find(topics.begin(), topics.end(), topic) != topics.end();
    const bool seen = listed || (answer != nullptr && answer->complete());
    const bool gone = (answer != nullptr && answer->state == listing_state::absent) ||
                      (own && region_.topics.complete() && !seen);
    if (gone) {
      return missing(link_kind::action, topic, "there is no such topic",
                     "aws sns create-topic --region " + shell_quoted(where_) + " --name " +
                         shell_quoted(parts.resource),
                     lack::topic);
    }
    if (answer == nullptr || !answer->complete()) {
      const std::string whose =
          own ? "" : "it is a topic of account " + std::string{parts.account} + ": ";
      return cannot_tell(link_kind::action, topic, whose + "GetTopicAttributes",
                         "sns:GetTopicAttributes",
                         answer == nullptr ? listing{} : listing{*answer});
    }
    const topic_attributes& about = answer->value;
    return judge_access(region_, {link_kind::action, topic, about.policy, about.kms_key},
                        {service, "sns:Publish", topic, alarm_.arn, of_.account_id, true});
  }

  // Rules are optional in an inventory; those that were asked for in vain are not.
  static bool is_dark(const listing& of) {
    return of.state == listing_state::denied || of.state == listing_state::failed;
  }

  // EventBridge is told of every change of an alarm's state, whatever its actions.
  void add_event_rules(std::vector<action_route>& routes) {
    if (is_dark(region_.event_rules)) {
      routes.push_back(
          {cannot_tell(link_kind::action, alarm_.arn,
                       "whether an EventBridge rule takes its change of state: ListRules",
                       "events:ListRules", region_.event_rules)});
      return;
    }
    std::string text =
        R"({"source":"aws.cloudwatch","detail-type":"CloudWatch Alarm State Change",)";
    text += R"("account":)";
    append_json_text(of_.account_id, text);
    text += R"(,"region":)";
    append_json_text(where_, text);
    text += R"(,"resources":[)";
    append_json_text(alarm_.arn, text);
    text += R"(],"detail":{"alarmName":)";
    append_json_text(alarm_.name, text);
    text += R"(,"state":{"value":"ALARM","reason":null,"timestamp":null},)"
            R"("previousState":null,"configuration":null}})";
    decode::json_reader reader;
    json_tree message;
    if (!reader.read(text, message)) {
      return;
    }
    for (const event_rule& rule : region_.event_rules.items) {
      json_tree pattern;
      if (rule.state.starts_with("ENABLED") && !rule.pattern.empty() &&
          reader.read(rule.pattern, pattern)) {
        add_targets(rule, passes_filter(pattern.root(), message.root()), routes);
      }
    }
  }

  void add_targets(const event_rule& rule, passing passes, std::vector<action_route>& routes) {
    const auto targets = region_.event_targets.find(rule.name);
    if (passes == passing::no || targets == region_.event_targets.end()) {
      return;
    }
    if (is_dark(targets->second)) {
      routes.push_back({cannot_tell(link_kind::action, rule.arn, "whom it tells: ListTargetsByRule",
                                    "events:ListTargetsByRule", targets->second)});
    }
    for (const event_target& one : targets->second.value) {
      const std::string& target = one.arn;
      action_route route;
      const std::string through = "EventBridge rule " + rule.name;
      if (passes == passing::maybe) {
        route.push_back(undetermined(link_kind::action, rule.arn,
                                     "whether " + through +
                                         " takes the alarm's change of state "
                                         "depends on values that are not known here"));
      } else if (split_arn(target).service == "sns") {
        route = judge_topic(target, event_bridge);
        route.front().reason = through + " sends to it; " + route.front().reason;
      } else {
        route.push_back(present(link_kind::action, rule.arn, through + " sends to " + target));
        route.push_back(present(link_kind::subscription, target,
                                "none is needed: the rule's target is told itself"));
      }
      routes.push_back(std::move(route));
    }
  }

  const inventory& of_;
  const std::string& where_;
  const region_inventory& region_;
  const alarm_base& alarm_;
};

}  // namespace

std::vector<action_route> action_routes(const inventory& of, const std::string& region,
                                        const alarm_base& alarm) {
  return action_judge{of, region, alarm}.judge();
}

}  // namespace trailbell::verify
