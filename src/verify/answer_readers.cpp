#include "verify/answer_readers.hpp"

#include <algorithm>

#include "trailbell/base/text.hpp"
#include "trailbell/decode/json_reader.hpp"

namespace trailbell::verify {
namespace {

std::string or_else(std::string text, const char* fallback) {
  return text.empty() ? fallback : std::move(text);
}

// Some calls give ARNs of log groups with `:*` behind.
std::string without_star(std::string arn) {
  if (arn.ends_with(":*")) {
    arn.resize(arn.size() - 2);
  }
  return arn;
}

dimension_list read_dimensions(answer_fields& in, const located& of) {
  dimension_list all;
  in.each(of, "Dimensions", [&](const located& one) {
    all.emplace_back(in.text(one, "Name"), in.text(one, "Value"));
  });
  std::sort(all.begin(), all.end());
  return all;
}

void read_alarm_base(answer_fields& in, const located& of, alarm_base& out) {
  out.name = in.text(of, "AlarmName");
  out.arn = in.text(of, "AlarmArn");
  out.actions_enabled = in.truth(of, "ActionsEnabled").value_or(true);
  out.alarm_actions = in.list(of, "AlarmActions");
  out.state = in.text(of, "StateValue");
  // An update may repeat a state: the transition is what counts, where AWS says it.
  out.state_since = in.time(of, "StateTransitionedTimestamp");
  if (!out.state_since) {
    out.state_since = in.time(of, "StateUpdatedTimestamp");
  }
}

metric_query read_query(answer_fields& in, const located& of) {
  metric_query out;
  out.id = in.text(of, "Id");
  out.expression = in.text(of, "Expression");
  out.account_id = in.text(of, "AccountId");
  out.returned = in.truth(of, "ReturnData").value_or(true);
  out.period_s = in.whole(of, "Period").value_or(0);
  if (const auto stat = in.find(of, "MetricStat"); stat && in.is(*stat, json_kind::object)) {
    out.stat = in.text(*stat, "Stat");
    out.unit = in.text(*stat, "Unit");
    out.period_s = in.whole(*stat, "Period").value_or(0);
    if (const auto metric = in.find(*stat, "Metric"); metric && in.is(*metric, json_kind::object)) {
      out.metric_namespace = in.text(*metric, "Namespace");
      out.metric_name = in.text(*metric, "MetricName");
      out.dimensions = read_dimensions(in, *metric);
    }
  }
  return out;
}

metric_alarm read_metric_alarm(answer_fields& in, const located& of) {
  metric_alarm out;
  read_alarm_base(in, of, out);
  out.metric_namespace = in.text(of, "Namespace");
  out.metric_name = in.text(of, "MetricName");
  out.statistic = in.text(of, "Statistic");
  out.extended_statistic = in.text(of, "ExtendedStatistic");
  out.unit = in.text(of, "Unit");
  out.dimensions = read_dimensions(in, of);
  out.period_s = in.whole(of, "Period").value_or(0);
  out.evaluation_periods = in.whole(of, "EvaluationPeriods").value_or(1);
  out.datapoints_to_alarm = in.whole(of, "DatapointsToAlarm");
  out.threshold = in.number(of, "Threshold");
  out.comparison = in.text(of, "ComparisonOperator");
  out.treat_missing_data = or_else(in.text(of, "TreatMissingData"), "missing");
  out.low_sample_count = in.text(of, "EvaluateLowSampleCountPercentile");
  out.threshold_metric = in.text(of, "ThresholdMetricId");
  in.each(of, "Metrics", [&](const located& one) { out.queries.push_back(read_query(in, one)); });
  if (const auto criteria = in.find(of, "EvaluationCriteria")) {
    out.promql = true;
    if (const auto promql = in.find(*criteria, "PromQLCriteria")) {
      metric_query query;
      query.expression = in.text(*promql, "Query");
      out.queries.push_back(std::move(query));
    }
  }
  return out;
}

void collect_texts(json_value value, texts& out) {
  if (value.is(json_kind::text)) {
    out.emplace_back(value.text());
  }
  for (const json_value inner : value) {
    collect_texts(inner, out);
  }
}

bool says_overwrite(json_value value) {
  for (const json_value inner : value) {
    const bool here = inner.key() == "overwriteIfExists" && inner.is(json_kind::boolean);
    if ((here && inner.truth()) || says_overwrite(inner)) {
      return true;
    }
  }
  return false;
}

}  // namespace

void read_trails(answer_fields& in, const located& page, std::vector<trail>& out) {
  in.each(page, "trailList", [&](const located& of) {
    trail one;
    one.name = in.text(of, "Name");
    one.arn = in.text(of, "TrailARN");
    one.home_region = in.text(of, "HomeRegion");
    one.log_group_arn = without_star(in.text(of, "CloudWatchLogsLogGroupArn"));
    one.bucket = in.text(of, "S3BucketName");
    one.key_prefix = in.text(of, "S3KeyPrefix");
    one.topic = in.text(of, "SnsTopicARN");
    one.multi_region = in.truth(of, "IsMultiRegionTrail").value_or(false);
    one.organization = in.truth(of, "IsOrganizationTrail").value_or(false);
    one.global_service_events = in.truth(of, "IncludeGlobalServiceEvents").value_or(false);
    one.custom_selectors = in.truth(of, "HasCustomEventSelectors");
    if (one.arn.empty()) {
      in.say(of.path, to_text(of.path) + " is a trail without a TrailARN");
    }
    out.push_back(std::move(one));
  });
}

void read_status(answer_fields& in, const located& page, trail_status& out) {
  out.logging = in.truth(page, "IsLogging").value_or(false);
  out.delivery_error = in.text(page, "LatestDeliveryError");
  out.logs_delivery_error = in.text(page, "LatestCloudWatchLogsDeliveryError");
  out.delivery_time = in.time(page, "LatestDeliveryTime");
  out.logs_delivery_time = in.time(page, "LatestCloudWatchLogsDeliveryTime");
}

void read_selectors(answer_fields& in, const located& page, event_selectors& out) {
  in.each(page, "EventSelectors", [&](const located& of) {
    out.classic.push_back({or_else(in.text(of, "ReadWriteType"), "All"),
                           in.truth(of, "IncludeManagementEvents").value_or(true),
                           in.list(of, "ExcludeManagementEventSources")});
  });
  in.each(page, "AdvancedEventSelectors", [&](const located& of) {
    std::vector<field_selector>& all = out.advanced.emplace_back();
    in.each(of, "FieldSelectors", [&](const located& field) {
      all.push_back({in.text(field, "Field"), in.list(field, "Equals"),
                     in.list(field, "StartsWith"), in.list(field, "EndsWith"),
                     in.list(field, "NotEquals"), in.list(field, "NotStartsWith"),
                     in.list(field, "NotEndsWith")});
    });
  });
}

void read_log_groups(answer_fields& in, const located& page, std::vector<log_group>& out) {
  in.each(page, "logGroups", [&](const located& of) {
    log_group one;
    one.name = in.text(of, "logGroupName");
    one.arn = without_star(or_else(in.text(of, "logGroupArn"), in.text(of, "arn").c_str()));
    one.log_class = or_else(in.text(of, "logGroupClass"), "STANDARD");
    one.retention_days = in.whole(of, "retentionInDays");
    out.push_back(std::move(one));
  });
}

void read_metric_filters(answer_fields& in, const located& page, std::vector<metric_filter>& out) {
  in.each(page, "metricFilters", [&](const located& of) {
    metric_filter one;
    one.name = in.text(of, "filterName");
    one.log_group = in.text(of, "logGroupName");
    one.pattern = in.text(of, "filterPattern");
    one.field_selection = in.text(of, "fieldSelectionCriteria");
    one.system_dimensions = in.list(of, "emitSystemFieldDimensions");
    one.on_transformed_logs = in.truth(of, "applyOnTransformedLogs").value_or(false);
    const std::size_t before = out.size();
    in.each(of, "metricTransformations", [&](const located& made) {
      metric_filter filter = one;
      filter.metric_name = in.text(made, "metricName");
      filter.metric_namespace = in.text(made, "metricNamespace");
      filter.metric_value = in.text(made, "metricValue");
      filter.default_value = in.number(made, "defaultValue");
      filter.unit = or_else(in.text(made, "unit"), "None");
      if (const auto names = in.find(made, "dimensions");
          names && in.is(*names, json_kind::object)) {
        for (const json_value name : names->value) {
          filter.dimensions.emplace_back(name.key());
        }
      }
      out.push_back(std::move(filter));
    });
    if (out.size() == before) {
      out.push_back(std::move(one));  // publishes nothing
    }
  });
}

void read_transformer(answer_fields& in, const located& page, std::vector<transformer_step>& out) {
  in.each(page, "transformerConfig", [&](const located& of) {
    for (const json_value processor : of.value) {
      transformer_step one;
      one.processor = processor.key();
      collect_texts(processor, one.mentioned);
      one.overwrites = says_overwrite(processor);
      out.push_back(std::move(one));
    }
  });
}

void read_alarms(answer_fields& in, const located& page, alarm_listing& out) {
  in.each(page, "MetricAlarms",
          [&](const located& of) { out.metric.push_back(read_metric_alarm(in, of)); });
  in.each(page, "CompositeAlarms", [&](const located& of) {
    composite_alarm one;
    read_alarm_base(in, of, one);
    one.rule = in.text(of, "AlarmRule");
    one.suppressor = in.text(of, "ActionsSuppressor");
    out.composite.push_back(std::move(one));
  });
}

void read_mute_rules(answer_fields& in, const located& page, std::vector<mute_rule>& out) {
  in.each(page, "AlarmMuteRuleSummaries", [&](const located& of) {
    out.push_back({in.text(of, "AlarmMuteRuleArn"), in.text(of, "Status")});
  });
}

void read_mute_targets(answer_fields& in, const located& page, mute_targets& out) {
  out.name = in.text(page, "Name");
  out.status = in.text(page, "Status");
  if (const auto expires = in.find(page, "ExpireDate")) {
    out.expires = expires->value.text();
  }
  if (const auto to = in.find(page, "MuteTargets"); to && in.is(*to, json_kind::object)) {
    out.alarm_names = in.list(*to, "AlarmNames");
  }
}

void read_topics(answer_fields& in, const located& page, std::vector<std::string>& out) {
  in.each(page, "Topics", [&](const located& of) { out.push_back(in.text(of, "TopicArn")); });
}

void read_topic(answer_fields& in, const located& page, topic_attributes& out) {
  if (const auto all = in.find(page, "Attributes"); all && in.is(*all, json_kind::object)) {
    out.policy = in.text(*all, "Policy");
    out.kms_key = in.text(*all, "KmsMasterKeyId");
  }
}

void read_subscriptions(answer_fields& in, const located& page, std::vector<subscription>& out) {
  in.each(page, "Subscriptions", [&](const located& of) {
    out.push_back(
        {in.text(of, "SubscriptionArn"), in.text(of, "Protocol"), in.text(of, "Endpoint")});
  });
}

void read_subscription(answer_fields& in, const located& page, subscription_attributes& out) {
  const auto all = in.find(page, "Attributes");
  if (!all || !in.is(*all, json_kind::object)) {
    return;
  }
  out.pending = in.text(*all, "PendingConfirmation") == "true";
  out.filter_policy = in.text(*all, "FilterPolicy");
  out.filter_scope = or_else(in.text(*all, "FilterPolicyScope"), "MessageAttributes");
  const std::string redrive = in.text(*all, "RedrivePolicy");
  decode::json_reader reader;
  json_tree tree;
  if (!redrive.empty() && reader.read(redrive, tree)) {
    if (const auto target = tree.root().find("deadLetterTargetArn")) {
      out.quarantine_queue = target->text();
    }
  }
}

void read_event_rules(answer_fields& in, const located& page, std::vector<event_rule>& out) {
  in.each(page, "Rules", [&](const located& of) {
    out.push_back({in.text(of, "Name"), in.text(of, "Arn"), in.text(of, "State"),
                   in.text(of, "EventPattern")});
  });
}

void read_event_targets(answer_fields& in, const located& page, std::vector<event_target>& out) {
  in.each(page, "Targets", [&](const located& of) {
    out.push_back({in.text(of, "Arn"), in.find(of, "Input") || in.find(of, "InputPath") ||
                                           in.find(of, "InputTransformer")});
  });
}

void read_bucket_notices(answer_fields& in, const located& page, bucket_notices& out) {
  const auto read = [&](std::string_view key, std::string_view target,
                        std::vector<object_notice>& into) {
    in.each(page, key, [&](const located& of) {
      object_notice one;
      one.arn = in.text(of, target);
      one.events = in.list(of, "Events");
      const auto filter = in.find(of, "Filter");
      const auto rules = filter ? in.find(*filter, "Key") : std::nullopt;
      if (rules) {
        in.each(*rules, "FilterRules", [&](const located& rule) {
          const bool suffix = fold_ascii(in.text(rule, "Name")) == "suffix";
          (suffix ? one.suffix : one.prefix) = in.text(rule, "Value");
        });
      }
      into.push_back(std::move(one));
    });
  };
  read("QueueConfigurations", "QueueArn", out.queues);
  read("TopicConfigurations", "TopicArn", out.topics);
  out.event_bridge = in.find(page, "EventBridgeConfiguration").has_value();
}

void read_queue(answer_fields& in, const located& page, queue_attributes& out) {
  if (const auto all = in.find(page, "Attributes"); all && in.is(*all, json_kind::object)) {
    out.policy = in.text(*all, "Policy");
    out.kms_key = in.text(*all, "KmsMasterKeyId");
  }
}

}  // namespace trailbell::verify
