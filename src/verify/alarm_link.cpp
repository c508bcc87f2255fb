#include "verify/alarm_link.hpp"

#include <algorithm>
#include <set>

#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"
#include "verify/composite_rule.hpp"
#include "verify/filter_link.hpp"
#include "verify/link_text.hpp"
#include "verify/metric_series.hpp"

namespace trailbell::verify {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;
// Events may come for hours on end, each of which keeps an alarm where it is.
constexpr std::int64_t stuck_after_ns = 24 * 3'600 * second_ns;

std::string name_or_arn(const alarm_base& alarm) {
  return alarm.arn.empty() ? alarm.name : alarm.arn;
}

bool is_named(const alarm_base& alarm, std::string_view name) {
  return name == alarm.name || (!alarm.arn.empty() && name == alarm.arn);
}

std::string of_region(const std::string& region) {
  return " --region " + shell_quoted(region);
}

// Does it read the metric, by its name alone?
bool reads_metric(const metric_alarm& alarm, const metric_filter& filter) {
  if (alarm.queries.empty()) {
    return alarm.metric_namespace == filter.metric_namespace &&
           alarm.metric_name == filter.metric_name;
  }
  // SELECT, SEARCH and PromQL name it in a text.
  return std::any_of(alarm.queries.begin(), alarm.queries.end(), [&](const metric_query& query) {
    return query.expression.empty()
               ? query.metric_namespace == filter.metric_namespace &&
                     query.metric_name == filter.metric_name
               : !filter.metric_name.empty() &&
                     query.expression.find(filter.metric_name) != std::string::npos;
  });
}

class alarm_judge {
 public:
  alarm_judge(const alarm_question& about, const region_inventory& region)
      : about_{about}, region_{region}, event_{event_of(about.filter, about.value)} {}

  std::vector<judged_alarm> judge() {
    std::vector<judged_alarm> all;
    for (const metric_alarm& alarm : region_.alarms.metric) {
      if (!reads_metric(alarm, about_.filter)) {
        continue;
      }
      all.push_back({judge_metric_alarm(alarm, true), &alarm});
      for (const composite_alarm& above : region_.alarms.composite) {
        if (mentions(above, alarm, 0)) {
          std::vector<chain_link> links = judge_metric_alarm(alarm, false);
          links.push_back(judge_composite(above, alarm));
          all.push_back({std::move(links), &above});
        }
      }
    }
    return all;
  }

 private:
  [[nodiscard]] event_source event_of(const metric_filter& filter, double value) const {
    event_source event{
        filter.metric_namespace, filter.metric_name, value, filter.default_value, {}};
    for (const metric_filter& other : region_.metric_filters.items) {
      const bool itself = other.name == filter.name && other.metric_name == filter.metric_name &&
                          other.metric_namespace == filter.metric_namespace;
      if (other.log_group != filter.log_group || itself) {
        continue;
      }
      std::vector<double>& defaults = event.others[{other.metric_namespace, other.metric_name}];
      if (other.default_value) {
        defaults.push_back(*other.default_value);
      }
    }
    return event;
  }

  [[nodiscard]] chain_link fault(const metric_alarm& alarm, std::string reason) const {
    return missing(
        link_kind::alarm, name_or_arn(alarm), std::move(reason),
        put_alarm_command(about_.region, about_.filter, alarm.name, alarm.alarm_actions));
  }

  // Why the alarm does not see what the filter publishes; empty where it does.
  [[nodiscard]] std::string blind(const dimension_list& dimensions, const std::string& unit) const {
    if (!dimensions.empty()) {
      return "it watches the metric with dimension " + dimensions.front().first +
             ", and the filter publishes it without any";
    }
    if (!unit.empty() && unit != about_.filter.unit) {
      return "it watches the metric in " + unit + ", and the filter publishes it in " +
             about_.filter.unit;
    }
    return "";
  }

  [[nodiscard]] std::string blind(const metric_alarm& alarm) const {
    std::string why = alarm.queries.empty() ? blind(alarm.dimensions, alarm.unit) : "";
    for (const metric_query& query : alarm.queries) {
      const bool here = query.expression.empty() &&
                        query.metric_namespace == about_.filter.metric_namespace &&
                        query.metric_name == about_.filter.metric_name;
      if (here && !query.account_id.empty() && query.account_id != about_.of.account_id) {
        why = "it watches the metric of account " + query.account_id;
      } else if (here && why.empty()) {
        why = blind(query.dimensions, query.unit);
      }
    }
    return why;
  }

  // `acts`: by actions of its own, which a mute rule may mute.
  [[nodiscard]] std::vector<chain_link> judge_metric_alarm(const metric_alarm& alarm,
                                                           bool acts) const {
    if (const std::string why = blind(alarm); !why.empty()) {
      return {fault(alarm, why)};
    }
    const ring_answer answer = one_event_rings(alarm, event_);
    if (answer.is == rings::unknown) {
      return {undetermined(link_kind::alarm, name_or_arn(alarm),
                           "whether one event rings it cannot be told: " + answer.why)};
    }
    if (answer.is == rings::no) {
      return not_ringing(alarm, answer);
    }
    return {judge_state(alarm, answer.held_s * second_ns, acts)};
  }

  // Where the filter's values alone are to blame, the fault is the filter's.
  [[nodiscard]] std::vector<chain_link> not_ringing(const metric_alarm& alarm,
                                                    const ring_answer& answer) const {
    metric_filter plain = about_.filter;
    plain.default_value.reset();
    const bool plain_rings = one_event_rings(alarm, event_of(plain, 1)).is == rings::yes;
    if (!plain_rings) {
      return {fault(alarm, "one event does not ring it: " + answer.why)};
    }
    return {
        missing(link_kind::metric_filter, resource_of(about_.filter),
                "what it publishes does not ring " + alarm.name + ": " + answer.why,
                put_filter_command(about_.region, about_.filter)),
        present(link_kind::alarm, name_or_arn(alarm),
                "one event rings it, once the filter publishes 1 for a match and nothing else")};
  }

  [[nodiscard]] chain_link judge_state(const alarm_base& alarm, std::int64_t held_ns,
                                       bool acts) const {
    const std::string resource = name_or_arn(alarm);
    if (std::optional<chain_link> muted = acts ? judge_mutes(alarm) : std::nullopt) {
      return *muted;
    }
    if (alarm.state != "ALARM") {
      return present(link_kind::alarm, resource,
                     "one event rings it" + (alarm.state.empty() ? "" : "; now " + alarm.state));
    }
    const std::int64_t since =
        alarm.state_since ? ns_between(*alarm.state_since, about_.of.taken_at) : std::int64_t{0};
    if (since <= std::max(held_ns, stuck_after_ns)) {
      return present(link_kind::alarm, resource,
                     "one event rings it; now in ALARM" +
                         (alarm.state_since ? ", since " + duration_text(since) : std::string{}));
    }
    return missing(link_kind::alarm, resource,
                   "it is in ALARM since " + duration_text(since) +
                       " and does not leave it: a further event changes nothing",
                   "aws cloudwatch set-alarm-state" + of_region(about_.region) + " --alarm-name " +
                       shell_quoted(alarm.name) + " --state-value OK --state-reason 'was stuck'");
  }

  // An active mute rule on it, or one that might be.
  std::optional<chain_link> judge_mutes(const alarm_base& alarm) const {
    const std::string resource = name_or_arn(alarm);
    if (!region_.mute_rules.complete()) {
      // Regions without the call have no mute rules.
      return region_.mute_rules.state == listing_state::absent
                 ? std::nullopt
                 : std::optional{cannot_tell(link_kind::alarm, resource,
                                             "whether it is muted: ListAlarmMuteRules",
                                             "cloudwatch:ListAlarmMuteRules", region_.mute_rules)};
    }
    for (const mute_rule& rule : region_.mute_rules.items) {
      if (rule.status != "ACTIVE") {
        continue;
      }
      const auto at = region_.mute_rule_targets.find(rule.arn);
      const bool asked = at != region_.mute_rule_targets.end();
      if (!asked || !at->second.complete()) {
        return cannot_tell(link_kind::alarm, resource, "whether it is muted: GetAlarmMuteRule",
                           "cloudwatch:GetAlarmMuteRule", asked ? listing{at->second} : listing{});
      }
      const mute_targets& targets = at->second.value;
      for (const std::string& name : targets.alarm_names) {
        if (is_named(alarm, name)) {
          return missing(link_kind::alarm, resource,
                         "mute rule " + targets.name + " is active: it rings nobody" +
                             (targets.expires.empty() ? "" : " until " + targets.expires),
                         "aws cloudwatch delete-alarm-mute-rule" + of_region(about_.region) +
                             " --alarm-mute-rule-name " + shell_quoted(targets.name));
        }
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] const composite_alarm* composite(std::string_view name) const {
    for (const composite_alarm& one : region_.alarms.composite) {
      if (is_named(one, name)) {
        return &one;
      }
    }
    return nullptr;
  }

  // The alarm is somewhere in the rule, or in that of a composite alarm in it.
  [[nodiscard]] bool mentions(const composite_alarm& above, const alarm_base& alarm,
                              int depth) const {
    bool found = false;
    (void)composite_holds(above.rule, [&](std::string_view name) {
      const composite_alarm* const inner = depth < rule_depth_max ? composite(name) : nullptr;
      found = found || is_named(alarm, name) ||
              (inner != nullptr && mentions(*inner, alarm, depth + 1));
      return alarm_state::ok;
    });
    return found;
  }

  // In ALARM, and not because of an event just now.
  [[nodiscard]] bool is_stuck(const alarm_base& alarm) const {
    return alarm.state == "ALARM" &&
           (!alarm.state_since ||
            ns_between(*alarm.state_since, about_.of.taken_at) > stuck_after_ns);
  }

  // The state of an alarm in a rule, where the metric alarm has `own` and all others `rest`: or the
  // state that AWS reported, where `rest` is nothing.
  [[nodiscard]] alarm_state state_in(std::string_view name, const metric_alarm& alarm,
                                     alarm_state own, std::optional<alarm_state> rest,
                                     int depth) const {
    if (is_named(alarm, name)) {
      return own;
    }
    if (const composite_alarm* const inner = composite(name); inner && depth < rule_depth_max) {
      return holds(*inner, alarm, own, rest, depth + 1).value_or(false) ? alarm_state::alarm
                                                                        : alarm_state::ok;
    }
    if (rest) {
      return *rest;
    }
    for (const metric_alarm& other : region_.alarms.metric) {
      if (is_named(other, name)) {
        return is_stuck(other)       ? alarm_state::alarm
               : other.state != "OK" ? alarm_state::insufficient_data
                                     : alarm_state::ok;
      }
    }
    return alarm_state::insufficient_data;
  }

  [[nodiscard]] std::optional<bool> holds(const composite_alarm& above, const metric_alarm& alarm,
                                          alarm_state own, std::optional<alarm_state> rest,
                                          int depth) const {
    return composite_holds(above.rule, [&, depth](std::string_view name) {
      return state_in(name, alarm, own, rest, depth);
    });
  }

  chain_link judge_composite(const composite_alarm& above, const metric_alarm& alarm) const {
    const std::string resource = name_or_arn(above);
    for (const std::optional<alarm_state> rest :
         {std::optional<alarm_state>{}, std::optional{alarm_state::ok},
          std::optional{alarm_state::insufficient_data}}) {
      const std::optional<bool> before = holds(above, alarm, alarm_state::ok, rest, 0);
      const std::optional<bool> unheard =
          holds(above, alarm, alarm_state::insufficient_data, rest, 0);
      const std::optional<bool> rung = holds(above, alarm, alarm_state::alarm, rest, 0);
      if (!before || !rung || !unheard) {
        return undetermined(link_kind::alarm, resource, "its rule is not understood here");
      }
      if (*before || *unheard || !*rung) {
        return missing(link_kind::alarm, resource,
                       "its rule does not begin to hold when " + alarm.name + " alone rings" +
                           (rest ? "" : ", with the other alarms as they are now"),
                       "aws cloudwatch put-composite-alarm" + of_region(about_.region) +
                           " --alarm-name " + shell_quoted(above.name) + " --alarm-rule " +
                           shell_quoted("ALARM(\"" + alarm.name + "\")") + actions_of(above));
      }
    }
    return judge_suppressor(above);
  }

  [[nodiscard]] static std::string actions_of(const alarm_base& alarm) {
    std::string out = alarm.alarm_actions.empty() ? "" : " --alarm-actions";
    for (const std::string& action : alarm.alarm_actions) {
      out += " " + shell_quoted(action);
    }
    return out;
  }

  chain_link judge_suppressor(const composite_alarm& above) const {
    if (above.suppressor.empty()) {
      return judge_state(above, 0, true);
    }
    const auto in_alarm = [&](const alarm_base& one) {
      return is_named(one, above.suppressor) && one.state == "ALARM";
    };
    const bool suppressed =
        std::any_of(region_.alarms.metric.begin(), region_.alarms.metric.end(), in_alarm) ||
        std::any_of(region_.alarms.composite.begin(), region_.alarms.composite.end(), in_alarm);
    if (suppressed) {
      return missing(link_kind::alarm, name_or_arn(above),
                     "its actions are suppressed: " + above.suppressor + " is in ALARM",
                     "aws cloudwatch set-alarm-state" + of_region(about_.region) +
                         " --alarm-name " + shell_quoted(above.suppressor) +
                         " --state-value OK --state-reason 'ends the suppression'");
    }
    chain_link link = judge_state(above, 0, true);
    link.reason += "; " + above.suppressor +
                   " suppresses it while that is in ALARM, which it is "
                   "not now";
    return link;
  }

  static constexpr int rule_depth_max = 8;

  const alarm_question& about_;
  const region_inventory& region_;
  event_source event_;
};

// What comes near, for the reader.
std::string near_miss(const alarm_question& about) {
  for (const auto& [name, region] : about.of.regions) {
    for (const metric_alarm& alarm : region.alarms.metric) {
      if (name != about.region && reads_metric(alarm, about.filter)) {
        return "; " + alarm.name + " in " + name + " watches the metric of that region";
      }
      if (alarm.metric_name == about.filter.metric_name &&
          alarm.metric_namespace != about.filter.metric_namespace) {
        return "; " + alarm.name + " watches the same name in namespace " + alarm.metric_namespace;
      }
      if (alarm.metric_name == about.filter.name && alarm.metric_name != about.filter.metric_name) {
        return "; " + alarm.name +
               " watches a metric of the filter's name, which nothing publishes";
      }
    }
  }
  return "";
}

}  // namespace

std::vector<judged_alarm> judge_alarms(const alarm_question& about, chain_link& none) {
  const region_inventory* const region = about.of.region(about.region);
  const std::string metric = about.filter.metric_namespace + " " + about.filter.metric_name;
  if (region == nullptr || !region->alarms.complete()) {
    none = cannot_tell(link_kind::alarm, "", "DescribeAlarms of " + about.region,
                       "cloudwatch:DescribeAlarms",
                       region == nullptr ? listing{} : listing{region->alarms});
    return {};
  }
  none = missing(link_kind::alarm, "",
                 "no alarm in " + about.region + " watches " + metric + near_miss(about),
                 put_alarm_command(about.region, about.filter, about.filter.name, {}), lack::alarm);
  return alarm_judge{about, *region}.judge();
}

std::string put_alarm_command(const std::string& region, const metric_filter& filter,
                              const std::string& alarm_name, const texts& alarm_actions) {
  std::string out = "aws cloudwatch put-metric-alarm" + of_region(region) + " --alarm-name " +
                    shell_quoted(alarm_name) + " --namespace " +
                    shell_quoted(filter.metric_namespace) + " --metric-name " +
                    shell_quoted(filter.metric_name) +
                    " --statistic Sum --period 300 --evaluation-periods 1 --threshold 1"
                    " --comparison-operator GreaterThanOrEqualToThreshold"
                    " --treat-missing-data notBreaching --alarm-actions";
  for (const std::string& action : alarm_actions) {
    out += " " + shell_quoted(action);
  }
  return out + (alarm_actions.empty() ? " \"$TOPIC_ARN\"" : "");
}

}  // namespace trailbell::verify
