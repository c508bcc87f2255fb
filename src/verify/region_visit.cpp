#include "verify/region_visit.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "trailbell/decode/json_reader.hpp"
#include "trailbell/verify/inventory_file.hpp"

namespace trailbell::verify {
namespace {

// Beside those that alarms name: remediation reuses one that is heard.
constexpr std::size_t other_topics_max = 16;

// Why the answer cannot be read; empty: `into` has it.
std::string read_answer(const aws_call& call, const std::string& key, const call_answer& answer,
                        region_inventory& into) {
  region_text only;
  only.put(call.service.section, call.name, key, answer);
  const auto read = read_inventory("", inventory_text("-", 0, {{"-", only.json()}}));
  if (!read) {
    return read.failure().all.front().what;
  }
  into = *read.value().region("-");
  return "";
}

std::string key_arn_of(const call_answer& answer) {
  decode::json_reader reader;
  json_tree tree;
  if (answer.state != listing_state::complete || !reader.read(answer.pages.front(), tree)) {
    return "";
  }
  const auto key = tree.root().find("KeyMetadata");
  const auto arn = key ? key->find("Arn") : std::nullopt;
  return arn ? std::string{arn->text()} : std::string{};
}

bool is_alias(const std::string& key) {
  const std::string_view resource =
      key.starts_with("arn:") ? split_arn(key).resource : std::string_view{key};
  return resource.starts_with("alias/");
}

// Whether it may take changes of an alarm's state: without a source it may take anything.
bool may_take_alarms(const event_rule& rule) {
  return rule.state.starts_with("ENABLED") && !rule.pattern.empty() &&
         (rule.pattern.find("cloudwatch") != std::string::npos ||
          rule.pattern.find("\"source\"") == std::string::npos);
}

// The same of new objects.
bool may_take_objects(const event_rule& rule) {
  return !rule.pattern.empty() && (rule.pattern.find("aws.s3") != std::string::npos ||
                                   rule.pattern.find("\"source\"") == std::string::npos);
}

}  // namespace

region_visit::region_visit(std::unique_ptr<aws_asker> asker, std::string account,
                           std::string region)
    : asker_{std::move(asker)}, account_{std::move(account)}, region_{std::move(region)} {}

region_inventory region_visit::ask(const aws_call& call, const std::string& key,
                                   const std::string& thing, call_answer* as_it_came) {
  call_answer answer = asker_->ask(call, thing.empty() ? key : thing);
  region_inventory got;
  if (const std::string problem = read_answer(call, key, answer, got); !problem.empty()) {
    answer = {listing_state::failed, "the answer is not as AWS documents it: " + problem, {}, {}};
    read_answer(call, key, answer, got);
  }
  text_.put(call.service.section, call.name, key, answer);
  if (as_it_came != nullptr) {
    *as_it_came = std::move(answer);
  }
  return got;
}

void region_visit::list_trails() {
  seen_.trails = ask(calls::describe_trails).trails;
}

void region_visit::ask_all(const std::set<std::string>& homed, bool delivered_to) {
  ask_trails(homed);
  ask_logs();
  ask_alarms();
  ask_event_rules(may_take_alarms);
  ask_topics(delivered_to);
}

std::string region_visit::ask_bucket(const std::string& bucket) {
  call_answer answer;
  const region_inventory got = ask(calls::get_bucket_notices, bucket, bucket, &answer);
  if (!answer.elsewhere.empty()) {
    text_.drop(calls::get_bucket_notices.service.section, calls::get_bucket_notices.name, bucket);
    return answer.elsewhere;
  }
  for (const auto& [name, notices] : got.bucket_notices_of) {
    for (const object_notice& one : notices.value.topics) {
      named_topics_.insert(one.arn);
    }
    for (const object_notice& one : notices.value.queues) {
      named_queues_.insert(one.arn);
    }
    to_event_bridge_ = to_event_bridge_ || notices.value.event_bridge;
  }
  return "";
}

void region_visit::ask_files(const std::set<std::string>& homed,
                             const std::set<std::string>& topics) {
  of_files_ = true;
  ask_trails(homed);
  if (to_event_bridge_) {
    ask_event_rules(may_take_objects);
  }
  named_topics_.insert(topics.begin(), topics.end());
  ask_named_topics();
  for (const std::string& queue : named_queues_) {
    ask_queue(queue);
  }
}

void region_visit::ask_trails(const std::set<std::string>& arns) {
  for (const std::string& arn : arns) {
    ask(calls::get_trail_status, arn);
    ask(calls::get_event_selectors, arn);
  }
}

void region_visit::ask_logs() {
  ask(calls::describe_log_groups);
  seen_.metric_filters = ask(calls::describe_metric_filters).metric_filters;
  std::set<std::string> transformed;
  for (const metric_filter& filter : seen_.metric_filters.items) {
    if (filter.on_transformed_logs && transformed.insert(filter.log_group).second) {
      ask(calls::get_transformer, filter.log_group);
    }
  }
}

// One that looks at a metric which no filter publishes is no part of any chain; what metric math
// looks at is not followed here.
bool region_visit::may_ring(const metric_alarm& alarm) const {
  const auto& filters = seen_.metric_filters.items;
  return !alarm.queries.empty() ||
         std::any_of(filters.begin(), filters.end(), [&](const metric_filter& filter) {
           return filter.metric_name == alarm.metric_name &&
                  filter.metric_namespace == alarm.metric_namespace;
         });
}

void region_visit::ask_alarms() {
  const alarm_listing alarms = ask(calls::describe_alarms).alarms;
  const auto name_topics = [this](const alarm_base& alarm) {
    named_topics_.insert(alarm.alarm_actions.begin(), alarm.alarm_actions.end());
  };
  for (const metric_alarm& alarm : alarms.metric) {
    if (may_ring(alarm)) {
      name_topics(alarm);
    }
  }
  std::for_each(alarms.composite.begin(), alarms.composite.end(), name_topics);
  for (const mute_rule& rule : ask(calls::list_mute_rules).mute_rules.items) {
    if (rule.status == "ACTIVE") {
      const std::string_view name = split_arn(rule.arn).resource;
      const std::size_t colon = name.find(':');
      ask(calls::get_mute_rule, rule.arn,
          std::string{colon == name.npos ? name : name.substr(colon + 1)});
    }
  }
}

void region_visit::ask_event_rules(bool (*wanted)(const event_rule&)) {
  for (const event_rule& rule : ask(calls::list_rules).event_rules.items) {
    if (!wanted(rule)) {
      continue;
    }
    for (const auto& [name, targets] : ask(calls::list_targets, rule.name).event_targets) {
      for (const event_target& target : targets.value) {
        named_topics_.insert(target.arn);
        named_queues_.insert(target.arn);
      }
    }
  }
}

void region_visit::ask_topics(bool delivered_to) {
  const listed<std::string> topics = ask(calls::list_topics).topics;
  std::size_t others = delivered_to ? other_topics_max : 0;
  for (const std::string& topic : topics.items) {
    if (others > 0 && named_topics_.insert(topic).second) {
      --others;
    }
  }
  ask_named_topics();
}

void region_visit::ask_named_topics() {
  for (const std::string& topic : named_topics_) {
    const arn_parts parts = split_arn(topic);
    if (parts.service == "sns" && parts.region == region_) {
      ask_topic(topic);
    }
  }
}

void region_visit::ask_topic(const std::string& topic) {
  for (const auto& [arn, attributes] : ask(calls::get_topic, topic).topic_attributes_of) {
    ask_key(attributes.value.kms_key);
  }
  ask_subscriptions(topic);
}

void region_visit::ask_subscriptions(const std::string& topic) {
  for (const auto& [arn, subscriptions] : ask(calls::list_subscriptions, topic).subscriptions) {
    for (const subscription& one : subscriptions.value) {
      if (!one.arn.starts_with("arn:")) {
        continue;
      }
      ask(calls::get_subscription, one.arn);
      if (one.protocol == "sqs") {
        ask_queue(one.endpoint);
      }
    }
  }
}

// A queue of another account does not tell us whether it is there, nor does one elsewhere.
void region_visit::ask_queue(const std::string& arn) {
  const arn_parts parts = split_arn(arn);
  if (parts.service != "sqs" || parts.account != account_ || parts.region != region_ ||
      !asked_queues_.insert(arn).second) {
    return;
  }
  const result<std::string> url = asker_->queue_url(account_, std::string{parts.resource});
  if (url) {
    const region_inventory got = ask(calls::get_queue, arn, url.value());
    for (const auto& [name, attributes] : got.queues) {
      ask_key(of_files_ ? attributes.value.kms_key : "");
    }
  }
}

void region_visit::ask_key(const std::string& key) {
  // Of the key that is AWS's own nothing more has to be known.
  const bool of_aws = key.ends_with("alias/aws/sns") || key.ends_with("alias/aws/sqs");
  if (key.empty() || of_aws || !asked_keys_.insert(key).second) {
    return;
  }
  call_answer described;
  ask(calls::describe_key, key, key, &described);
  if (!is_alias(key)) {
    ask(calls::get_key_policy, key);
    return;
  }
  // The policy is asked for by the key's own name.
  const std::string arn = key_arn_of(described);
  if (!arn.empty()) {
    ask(calls::get_key_policy, key, arn);
    return;
  }
  const bool ended = described.state != listing_state::complete;
  text_.put(calls::get_key_policy.service.section, calls::get_key_policy.name, key,
            {ended ? described.state : listing_state::failed,
             "which key " + key + " stands for, " + iam_action(calls::describe_key) +
                 (ended ? " did not say: " + described.error : " did not say"),
             {},
             {}});
}

}  // namespace trailbell::verify
