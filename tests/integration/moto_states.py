"""The states of a chain that moto can hold, each one change away from a whole one, by AWS's SDK.

STATES has, by the ids of verify_states.py where there is one, the verdict, the first broken link,
and the change. moto 5.2.1 holds no: delivery errors and times, log classes, transformers, metric
filters with dimensions or selection criteria, mute rules, composite alarms, alarms that are stuck,
subscriptions that are pending, topics of other accounts. Those are verified from inventories.
"""

import json

from inventories import NAMES, pattern
from states import registry

REGION = "us-east-1"
GROUP = "CloudTrail/logs"
ROLE = "arn:aws:iam::123456789012:role/logs"
ACCOUNT = "123456789012"
TOPIC = "arn:aws:sns:us-east-1:123456789012:security"
METRIC = {"metricNamespace": "CISBenchmark", "metricName": "IAMPolicyChanges", "metricValue": "1"}

STATES = {}
state = registry(STATES)


class Chain:
    """A whole chain, and what changes it."""

    def __init__(self, account):
        self.account = account
        names = ("cloudtrail", "logs", "cloudwatch", "sns", "sqs", "kms", "events", "s3")
        for name in names:
            setattr(self, name, account.client(name))

    def build(self):
        self.s3.create_bucket(Bucket="trails")
        self.logs.create_log_group(logGroupName=GROUP)
        self.group_arn = self.logs.describe_log_groups()["logGroups"][0]["arn"]
        self.trail("main")
        self.filter()
        self.sns.create_topic(Name="security")
        self.subscribe()
        self.alarm()

    def trail(self, name, **more):
        words = {
            "IsMultiRegionTrail": True,
            "IncludeGlobalServiceEvents": True,
            "CloudWatchLogsLogGroupArn": self.group_arn,
            "CloudWatchLogsRoleArn": ROLE,
            **more,
        }
        words = {k: v for k, v in words.items() if v is not None}
        self.cloudtrail.create_trail(Name=name, S3BucketName="trails", **words)
        self.cloudtrail.start_logging(Name=name)
        self.selectors(name, ReadWriteType="All")

    def new_trail(self, **more):
        self.cloudtrail.delete_trail(Name="main")
        self.trail("main", **more)

    def selectors(self, name="main", **more):
        selector = {"ReadWriteType": "All", "IncludeManagementEvents": True, **more}
        self.cloudtrail.put_event_selectors(TrailName=name, EventSelectors=[selector])

    def advanced(self, *fields):
        selectors = [{"Name": "n", "FieldSelectors": list(fields)}]
        self.cloudtrail.put_event_selectors(TrailName="main", AdvancedEventSelectors=selectors)

    def filter(self, name="iam-policy-changes", asked=pattern(NAMES), **more):
        if any(one["filterName"] == name for one in self.logs.describe_metric_filters()[
                "metricFilters"]):
            self.no_filter()  # moto keeps both
        self.logs.put_metric_filter(
            logGroupName=GROUP,
            filterName=name,
            filterPattern=asked,
            metricTransformations=[{**METRIC, **more}],
        )

    def no_filter(self):
        self.logs.delete_metric_filter(logGroupName=GROUP, filterName="iam-policy-changes")

    def alarm(self, name="iam-policy-changes", **more):
        words = {
            "Namespace": METRIC["metricNamespace"],
            "MetricName": METRIC["metricName"],
            "Statistic": "Sum",
            "Period": 300,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "AlarmActions": [TOPIC],
            **more,
        }
        words = {k: v for k, v in words.items() if v is not None}
        self.cloudwatch.put_metric_alarm(AlarmName=name, **words)

    def no_alarm(self):
        self.cloudwatch.delete_alarms(AlarmNames=["iam-policy-changes"])

    def math(self, expression):
        metric = {"Namespace": METRIC["metricNamespace"], "MetricName": METRIC["metricName"]}
        stat = {"Metric": metric, "Period": 300, "Stat": "Sum"}
        nothing = dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period"))
        self.alarm(**nothing, Metrics=[
            {"Id": "e1", "Expression": expression, "ReturnData": True},
            {"Id": "m1", "MetricStat": stat, "ReturnData": False},
        ])

    def subscribe(self, protocol="email", endpoint="security@example.com"):
        return self.sns.subscribe(
            TopicArn=TOPIC, Protocol=protocol, Endpoint=endpoint, ReturnSubscriptionArn=True
        )["SubscriptionArn"]

    def unsubscribe(self):
        for one in self.sns.list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"]:
            self.sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])

    def subscription(self, name, value):
        (one,) = self.sns.list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"]
        self.sns.set_subscription_attributes(
            SubscriptionArn=one["SubscriptionArn"], AttributeName=name, AttributeValue=value)

    def topic(self, name, value):
        self.sns.set_topic_attributes(TopicArn=TOPIC, AttributeName=name, AttributeValue=value)

    def own_key(self, *actions):
        service = {"Effect": "Allow", "Principal": {"Service": "cloudwatch.amazonaws.com"},
                   "Action": list(actions), "Resource": "*"}
        root = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::%s:root" % ACCOUNT},
                "Action": "kms:*", "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": [root, service]}
        made = self.kms.create_key(Policy=json.dumps(document))
        return made["KeyMetadata"]["KeyId"]


def change(name, verdict, broken, act):
    state(name, verdict, broken)(act)


MANAGEMENT = {"Field": "eventCategory", "Equals": ["Management"]}
FULL = pattern(NAMES)[2:-2]

change("base/perfect", "present", None, lambda c: None)
change("trail/stopped", "missing", "trail", lambda c: c.cloudtrail.stop_logging(Name="main"))
change("trail/none", "missing", "trail", lambda c: c.cloudtrail.delete_trail(Name="main"))
change("trail/single_region_us_east_1", "missing", "trail",
       lambda c: c.new_trail(IsMultiRegionTrail=False))
change("trail/write_only", "present", None, lambda c: c.selectors(ReadWriteType="WriteOnly"))
change("trail/read_only", "missing", "trail", lambda c: c.selectors(ReadWriteType="ReadOnly"))
change("trail/no_mgmt", "missing", "trail", lambda c: c.selectors(IncludeManagementEvents=False))
change("trail/exclude_kms", "present", None,
       lambda c: c.selectors(ExcludeManagementEventSources=["kms.amazonaws.com"]))
change("trail/advanced_mgmt", "present", None, lambda c: c.advanced(MANAGEMENT))
change("trail/advanced_readonly_true", "missing", "trail",
       lambda c: c.advanced(MANAGEMENT, {"Field": "readOnly", "Equals": ["true"]}))
change("trail/advanced_exclude_iam", "missing", "trail", lambda c: c.advanced(
    MANAGEMENT, {"Field": "eventSource", "NotEquals": ["iam.amazonaws.com"]}))
change("trail/no_log_group", "missing", "log_group", lambda c: c.new_trail(
    CloudWatchLogsLogGroupArn=None, CloudWatchLogsRoleArn=None))
change("trail/two_trails_one_ok", "present", None, lambda c: c.trail(
    "a-first", CloudWatchLogsLogGroupArn=None, CloudWatchLogsRoleArn=None))
change("group/deleted", "missing", "log_group",
       lambda c: c.logs.delete_log_group(logGroupName=GROUP))
change("filter/none", "missing", "metric_filter", lambda c: c.no_filter())
change("filter/subset", "missing", "metric_filter", lambda c: c.filter(asked=pattern(NAMES[:-1])))
change("filter/security_hub_pattern", "present", None, lambda c: c.filter(
    asked="{($.eventSource=iam.amazonaws.com) && (%s)}" % FULL))
change("filter/all_and", "missing", "metric_filter",
       lambda c: c.filter(asked=pattern(NAMES, "&&")))
change("filter/dead_clause", "missing", "metric_filter",
       lambda c: c.filter(asked="{ (%s) && ($.eventName=Nothing) }" % FULL))
change("filter/wrong_case_value", "missing", "metric_filter",
       lambda c: c.filter(asked=pattern([name.lower() for name in NAMES])))
change("filter/metric_value_zero", "missing", "metric_filter", lambda c: c.filter(metricValue="0"))
change("filter/default_value_one", "missing", "metric_filter", lambda c: c.filter(defaultValue=1))
change("alarm/none", "missing", "alarm", lambda c: c.no_alarm())
change("alarm/other_namespace", "missing", "alarm", lambda c: c.alarm(Namespace="LogMetrics"))
change("alarm/metric_name_equals_filter_name_only", "missing", "alarm",
       lambda c: c.alarm(MetricName="iam-policy-changes"))
change("alarm/actions_disabled", "missing", "action", lambda c: c.alarm(ActionsEnabled=False))
change("alarm/no_alarm_actions", "missing", "action",
       lambda c: c.alarm(AlarmActions=[], OKActions=[TOPIC]))
change("alarm/threshold_two", "missing", "alarm",
       lambda c: c.alarm(ComparisonOperator="GreaterThanThreshold"))
change("alarm/average", "present", None, lambda c: c.alarm(Statistic="Average"))
change("alarm/m_of_n_not_breaching", "missing", "alarm", lambda c: c.alarm(
    EvaluationPeriods=2, DatapointsToAlarm=2, TreatMissingData="notBreaching"))
change("alarm/less_than", "missing", "alarm",
       lambda c: c.alarm(ComparisonOperator="LessThanThreshold"))
change("alarm/treat_missing_breaching", "missing", "alarm",
       lambda c: c.alarm(TreatMissingData="breaching"))
change("alarm/treat_missing_ignore", "missing", "alarm",
       lambda c: c.alarm(TreatMissingData="ignore"))
change("alarm/metric_math", "present", None, lambda c: c.math("FILL(m1, 0) * 2"))
change("alarm/metric_math_too_small", "missing", "alarm", lambda c: c.math("m1 / 2"))
change("alarm/lambda_action", "present", None, lambda c: c.alarm(
    AlarmActions=["arn:aws:lambda:us-east-1:%s:function:tell" % ACCOUNT]))
change("sns/no_subscription", "missing", "subscription", lambda c: c.unsubscribe())
change("sns/topic_missing", "missing", "action", lambda c: c.sns.delete_topic(TopicArn=TOPIC))
change("sns/kms_aws_managed", "missing", "action",
       lambda c: c.topic("KmsMasterKeyId", "alias/aws/sns"))
change("sns/kms_own_key", "present", None, lambda c: c.topic(
    "KmsMasterKeyId", c.own_key("kms:Decrypt", "kms:GenerateDataKey*")))
change("sns/kms_key_without_cloudwatch", "missing", "action",
       lambda c: c.topic("KmsMasterKeyId", c.own_key("kms:Decrypt")))
change("sns/filter_policy", "missing", "subscription",
       lambda c: c.subscription("FilterPolicy", json.dumps({"team": ["billing"]})))


@state("sns/kms_own_key_by_alias", "present")
def kms_own_key_by_alias(c):
    key = c.own_key("kms:Decrypt", "kms:GenerateDataKey*")
    c.kms.create_alias(AliasName="alias/alarms", TargetKeyId=key)
    c.topic("KmsMasterKeyId", "alias/alarms")


@state("sns/kms_key_disabled", "missing", "action")
def kms_key_disabled(c):
    key = c.own_key("kms:Decrypt", "kms:GenerateDataKey*")
    c.kms.disable_key(KeyId=key)
    c.topic("KmsMasterKeyId", key)


@state("filter/split_two_filters", "present")
def split_two_filters(c):
    c.no_filter()
    c.filter("one", pattern(NAMES[:8]))
    c.filter("two", pattern(NAMES[8:]))


@state("filter/many_pages", "present")
def many_pages(c):
    for number in range(60):
        c.logs.create_log_group(logGroupName="before-%d" % number)
        c.alarm("before-%d" % number, MetricName="other-%d" % number)


@state("alarm/other_region", "missing", "alarm")
def other_region(c):
    c.no_alarm()
    there = c.account.client("cloudwatch", "eu-west-1")
    there.put_metric_alarm(
        AlarmName="there", Namespace=METRIC["metricNamespace"], MetricName=METRIC["metricName"],
        Statistic="Sum", Period=300, EvaluationPeriods=1, Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold", AlarmActions=[TOPIC])


@state("alarm/event_bridge", "present")
def event_bridge(c):
    c.alarm(AlarmActions=[])
    event = {"source": ["aws.cloudwatch"], "detail": {"state": {"value": ["ALARM"]}}}
    c.events.put_rule(Name="alarms", EventPattern=json.dumps(event), State="ENABLED")
    target = "arn:aws:lambda:us-east-1:%s:function:tell" % ACCOUNT
    c.events.put_targets(Rule="alarms", Targets=[{"Id": "1", "Arn": target}])


@state("sns/topic_policy_denies", "missing", "action")
def topic_policy_denies(c):
    other = {"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}}
    other.update(Action="sns:Publish", Resource=TOPIC)
    c.topic("Policy", json.dumps({"Version": "2012-10-17", "Statement": [other]}))


@state("sns/filter_policy_passes", "present")
def filter_policy_passes(c):
    c.subscription("FilterPolicyScope", "MessageBody")
    c.subscription("FilterPolicy", json.dumps({"AlarmName": [{"prefix": "iam-"}]}))


@state("sns/sqs_endpoint", "present")
def sqs_endpoint(c):
    c.unsubscribe()
    c.sqs.create_queue(QueueName="alarms")
    c.subscribe("sqs", "arn:aws:sqs:us-east-1:%s:alarms" % ACCOUNT)


@state("sns/sqs_endpoint_deleted", "missing", "subscription")
def sqs_endpoint_deleted(c):
    sqs_endpoint(c)
    c.sqs.delete_queue(QueueUrl=c.sqs.get_queue_url(QueueName="alarms")["QueueUrl"])
