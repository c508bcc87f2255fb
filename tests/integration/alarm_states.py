"""The states of alarms, topics and subscriptions. See inventories.py."""

import json

from inventories import (
    ACCOUNT,
    METRIC,
    TOPIC,
    arn,
    complete,
    metric_alarm,
    policy,
    state,
)


@state("alarm/none", "missing", "alarm")
def no_alarm(a):
    a.alarms.clear()


@state("alarm/other_namespace", "missing", "alarm")
def other_namespace(a):
    a.alarm["Namespace"] = "LogMetrics"


@state("alarm/other_region", "missing", "alarm")
def other_region(a):
    a.move_to("eu-west-1", "cloudwatch")
    a.alarms.clear()


@state("alarm/metric_name_equals_filter_name_only", "missing", "alarm")
def metric_name_equals_filter_name_only(a):
    a.alarm["MetricName"] = a.filters[0]["filterName"]


@state("alarm/actions_disabled", "missing", "action")
def actions_disabled(a):
    a.alarm["ActionsEnabled"] = False


@state("alarm/no_alarm_actions", "missing", "action")
def no_alarm_actions(a):
    a.alarm.update(AlarmActions=[], OKActions=[TOPIC])


@state("alarm/threshold_two", "missing", "alarm")
def threshold_two(a):
    a.alarm["ComparisonOperator"] = "GreaterThanThreshold"


@state("alarm/average", "present")
def average(a):
    a.alarm["Statistic"] = "Average"


# AWS is right: with missing data treated as missing, a lone breaching period rings 2 of 2 once it
# is two periods old ("premature alarm state"); so does the row `- - - X -` of AWS's own table.
@state("alarm/m_of_n", "present")
def m_of_n(a):
    a.alarm.update(EvaluationPeriods=2, DatapointsToAlarm=2)


@state("alarm/m_of_n_not_breaching", "missing", "alarm")
def m_of_n_not_breaching(a):
    a.alarm.update(EvaluationPeriods=2, DatapointsToAlarm=2, TreatMissingData="notBreaching")


@state("alarm/m_of_n_ignore", "missing", "alarm")
def m_of_n_ignore(a):
    a.alarm.update(EvaluationPeriods=2, DatapointsToAlarm=2, TreatMissingData="ignore")


# A default value makes every period real: then 2 of 2 wants two.
@state("alarm/m_of_n_default_value", "missing", "metric_filter")
def m_of_n_default_value(a):
    a.alarm.update(EvaluationPeriods=2, DatapointsToAlarm=2)
    a.transformation["defaultValue"] = 0.0


@state("alarm/one_of_three", "present")
def one_of_three(a):
    a.alarm.update(EvaluationPeriods=3, DatapointsToAlarm=1, TreatMissingData="notBreaching")
    a.transformation["defaultValue"] = 0.0


@state("alarm/less_than", "missing", "alarm")
def less_than(a):
    a.alarm["ComparisonOperator"] = "LessThanThreshold"


@state("alarm/treat_missing_breaching", "missing", "alarm")
def treat_missing_breaching(a):
    a.alarm["TreatMissingData"] = "breaching"


@state("alarm/treat_missing_ignore", "missing", "alarm")
def treat_missing_ignore(a):
    a.alarm["TreatMissingData"] = "ignore"


@state("alarm/treat_missing_ignore_default_zero", "present")
def treat_missing_ignore_default_zero(a):
    a.alarm["TreatMissingData"] = "ignore"
    a.transformation["defaultValue"] = 0.0


@state("alarm/stuck", "missing", "alarm")
def stuck(a):
    a.alarm.update(StateValue="ALARM", StateUpdatedTimestamp="2025-08-22T12:00:00Z")


@state("alarm/just_rang", "present")
def just_rang(a):
    a.alarm.update(StateValue="ALARM", StateUpdatedTimestamp="2026-03-10T11:57:00Z")


def math(a, expression):
    del a.alarm["Namespace"], a.alarm["MetricName"], a.alarm["Statistic"], a.alarm["Period"]
    metric = {"Namespace": METRIC[0], "MetricName": METRIC[1], "Dimensions": []}
    stat = {"Metric": metric, "Period": 300, "Stat": "Sum"}
    a.alarm["Metrics"] = [
        {"Id": "e1", "Expression": expression, "ReturnData": True},
        {"Id": "m1", "MetricStat": stat, "ReturnData": False},
    ]


@state("alarm/metric_math", "present")
def metric_math(a):
    math(a, "FILL(m1, 0) * 2")


@state("alarm/metric_math_too_small", "missing", "alarm")
def metric_math_too_small(a):
    math(a, "m1 / 2")


@state("alarm/metric_math_not_followed", "undetermined", "alarm")
def metric_math_not_followed(a):
    math(a, "ANOMALY_DETECTION_BAND(m1)")


@state("alarm/metrics_insights", "undetermined", "alarm")
def metrics_insights(a):
    math(a, 'SELECT SUM(IAMPolicyChanges) FROM "CISBenchmark"')
    a.alarm["Metrics"].pop()


@state("alarm/prom_ql", "undetermined", "alarm")
def prom_ql(a):
    math(a, "m1")
    del a.alarm["Metrics"], a.alarm["Threshold"], a.alarm["ComparisonOperator"]
    a.alarm["EvaluationCriteria"] = {"PromQLCriteria": {"Query": "sum(IAMPolicyChanges) > 0"}}


def composite(a, rule='ALARM("iam-policy-changes")', **more):
    a.alarm["AlarmActions"] = []
    a.composites.append(
        {
            "AlarmName": "security",
            "AlarmArn": arn("cloudwatch", "alarm:security"),
            "AlarmRule": rule,
            "ActionsEnabled": True,
            "AlarmActions": [TOPIC],
            "StateValue": "OK",
            **more,
        }
    )


@state("alarm/composite_only", "present")
def composite_only(a):
    composite(a)


@state("alarm/composite_wants_two", "missing", "alarm")
def composite_wants_two(a):
    a.alarms.append(metric_alarm("other", ("Other", "m"), ()))
    composite(a, "ALARM(iam-policy-changes) AND ALARM(other)")


@state("alarm/composite_beside_one_that_just_rang", "present")
def composite_beside_one_that_just_rang(a):
    a.alarms.append(metric_alarm("other", ("Other", "m"), (), StateValue="ALARM"))
    a.alarms[1]["StateUpdatedTimestamp"] = "2026-03-10T11:50:00Z"
    composite(a, "ALARM(iam-policy-changes) OR ALARM(other)")


@state("alarm/composite_beside_one_that_is_stuck", "missing", "alarm")
def composite_beside_one_that_is_stuck(a):
    a.alarms.append(metric_alarm("other", ("Other", "m"), (), StateValue="ALARM"))
    composite(a, "ALARM(iam-policy-changes) OR ALARM(other)")


@state("alarm/composite_suppressed", "missing", "alarm")
def composite_suppressed(a):
    a.alarms.append(metric_alarm("maintenance", ("Other", "m"), (), StateValue="ALARM"))
    composite(a, ActionsSuppressor="maintenance")


@state("alarm/mute_rule", "missing", "alarm")
def mute_rule(a):
    rule = arn("cloudwatch", "alarm-mute-rule:night")
    a.answer("cloudwatch", "ListAlarmMuteRules")["AlarmMuteRuleSummaries"].append(
        {"AlarmMuteRuleArn": rule, "Status": "ACTIVE"}
    )
    a.region["cloudwatch"]["GetAlarmMuteRule"] = {
        rule: complete(
            {
                "Name": "night",
                "AlarmMuteRuleArn": rule,
                "Status": "ACTIVE",
                "MuteTargets": {"AlarmNames": [a.alarm["AlarmName"]]},
            }
        )
    }


@state("alarm/lambda_action", "present")
def lambda_action(a):
    a.alarm["AlarmActions"] = [arn("lambda", "function:tell")]


@state("alarm/scaling_action", "missing", "action")
def scaling_action(a):
    a.alarm["AlarmActions"] = [arn("autoscaling", "scalingPolicy:x")]


@state("alarm/event_bridge", "present")
def event_bridge(a):
    a.alarm["AlarmActions"] = []
    event = {"source": ["aws.cloudwatch"], "detail": {"state": {"value": ["ALARM"]}}}
    rule = {"Name": "alarms", "Arn": arn("events", "rule/alarms"), "State": "ENABLED"}
    rule["EventPattern"] = json.dumps(event)
    a.region["events"] = {
        "ListRules": complete({"Rules": [rule]}),
        "ListTargetsByRule": {
            "alarms": complete({"Targets": [{"Id": "1", "Arn": arn("lambda", "function:tell")}]})
        },
    }


@state("sns/no_subscription", "missing", "subscription")
def no_subscription(a):
    a.subscriptions.clear()


@state("sns/pending", "missing", "subscription")
def pending(a):
    a.subscriptions[0]["SubscriptionArn"] = "PendingConfirmation"


@state("sns/deleted", "missing", "subscription")
def subscription_deleted(a):
    a.subscriptions[0]["SubscriptionArn"] = "Deleted"


@state("sns/topic_missing", "missing", "action")
def topic_missing(a):
    a.answer("sns", "ListTopics")["Topics"].clear()
    a.region["sns"]["GetTopicAttributes"] = {TOPIC: {"absent": "NotFound: Topic does not exist"}}
    a.region["sns"]["ListSubscriptionsByTopic"] = {TOPIC: {"absent": "NotFound"}}


@state("sns/kms_aws_managed", "missing", "action")
def kms_aws_managed(a):
    a.topic["KmsMasterKeyId"] = "alias/aws/sns"


def own_key(a, *actions):
    key = arn("kms", "key/11111111-2222-4333-8444-555555555555")
    a.topic["KmsMasterKeyId"] = key
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": list(actions),
        "Resource": "*",
    }
    root = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::%s:root" % ACCOUNT}}
    root.update(Action="kms:*", Resource="*")
    a.region["kms"] = {"GetKeyPolicy": {key: complete({"Policy": policy(root, statement)})}}
    return key


@state("sns/kms_own_key", "present")
def kms_own_key(a):
    own_key(a, "kms:Decrypt", "kms:GenerateDataKey*")


@state("sns/kms_key_without_cloudwatch", "missing", "action")
def kms_key_without_cloudwatch(a):
    own_key(a, "kms:Decrypt")


@state("sns/kms_denied", "undetermined", "action")
def kms_denied(a):
    a.region["kms"] = {"GetKeyPolicy": {own_key(a): {"denied": "AccessDeniedException"}}}


@state("sns/topic_policy_denies", "missing", "action")
def topic_policy_denies(a):
    other = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}}
    a.topic["Policy"] = policy({**other, "Action": "sns:Publish", "Resource": TOPIC})


@state("sns/topic_policy_cloudwatch", "present")
def topic_policy_cloudwatch(a):
    allow = {"Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"}}
    allow["Condition"] = {"ArnLike": {"aws:SourceArn": arn("cloudwatch", "alarm:*")}}
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": TOPIC}
    deny["Condition"] = {"Bool": {"aws:SecureTransport": "false"}}
    a.topic["Policy"] = policy({**allow, "Action": "sns:Publish", "Resource": TOPIC}, deny)


@state("sns/filter_policy", "missing", "subscription")
def filter_policy(a):
    a.subscription["FilterPolicy"] = json.dumps({"team": ["billing"]})


@state("sns/filter_policy_passes", "present")
def filter_policy_passes(a):
    a.subscription["FilterPolicy"] = json.dumps({"AlarmName": [{"prefix": "iam-"}]})
    a.subscription["FilterPolicyScope"] = "MessageBody"


@state("sns/topic_other_account", "undetermined", "action")
def topic_other_account(a):
    topic = arn("sns", "security", account="444455556666")
    a.alarm["AlarmActions"] = [topic]
    denied = {"denied": "AuthorizationError: not authorized to perform this"}
    a.region["sns"]["GetTopicAttributes"][topic] = denied
    a.region["sns"]["ListSubscriptionsByTopic"][topic] = denied


@state("sns/sqs_endpoint_deleted", "missing", "subscription")
def sqs_endpoint_deleted(a):
    queue = arn("sqs", "alarms")
    a.subscriptions[0].update(Protocol="sqs", Endpoint=queue)
    a.region["sqs"] = {"GetQueueAttributes": {queue: {"absent": "QueueDoesNotExist"}}}
