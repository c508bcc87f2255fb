"""Inventories: a perfect account, and every state that is one change away from it.

STATES has, for each state by its id, the verdict, the first broken link (None: none), and the
change. Where published tables of such states and AWS's documented behaviour disagree, AWS is right;
the entry says so.
"""

import copy
import json

from states import registry

ACCOUNT = "111122223333"
REGION = "us-east-1"
TAKEN_AT = "2026-03-10T12:00:00Z"
GROUP = "CloudTrail/logs"
METRIC = ("CISBenchmark", "IAMPolicyChanges")
NAMES = [
    verb + kind + "Policy"
    for verb in ("Delete", "Put", "Attach", "Detach")
    for kind in ("Group", "Role", "User")
] + [verb + "Policy" + version for verb in ("Create", "Delete") for version in ("", "Version")]


def arn(service, resource, region=REGION, account=ACCOUNT):
    return "arn:aws:%s:%s:%s:%s" % (service, region, account, resource)


TRAIL = arn("cloudtrail", "trail/main")
GROUP_ARN = arn("logs", "log-group:" + GROUP)
ALARM = arn("cloudwatch", "alarm:iam-policy-changes")
TOPIC = arn("sns", "security")
SUBSCRIPTION = TOPIC + ":0f1e2d3c-0000-4000-8000-000000000001"


def pattern(names, joined="||"):
    return "{ %s }" % (" %s " % joined).join("($.eventName=%s)" % name for name in names)


def complete(answer):
    return {"complete": answer}


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


# What SNS writes when a topic is made.
OWNER_POLICY = policy(
    {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["SNS:GetTopicAttributes", "SNS:Publish", "SNS:Subscribe"],
        "Resource": TOPIC,
        "Condition": {"StringEquals": {"AWS:SourceOwner": ACCOUNT}},
    }
)


def metric_filter(name="iam-policy-changes", names=NAMES, metric=METRIC, group=GROUP, **more):
    return {
        "filterName": name,
        "filterPattern": pattern(names) if isinstance(names, list) else names,
        "metricTransformations": [
            {"metricNamespace": metric[0], "metricName": metric[1], "metricValue": "1"}
        ],
        "creationTime": 1700000000000,
        "logGroupName": group,
        **more,
    }


def metric_alarm(name="iam-policy-changes", metric=METRIC, actions=(TOPIC,), **more):
    return {
        "AlarmName": name,
        "AlarmArn": arn("cloudwatch", "alarm:" + name),
        "ActionsEnabled": True,
        "OKActions": [],
        "AlarmActions": list(actions),
        "InsufficientDataActions": [],
        "StateValue": "INSUFFICIENT_DATA",
        "StateUpdatedTimestamp": "2026-01-01T00:00:00.000000+00:00",
        "Namespace": metric[0],
        "MetricName": metric[1],
        "Statistic": "Sum",
        "Dimensions": [],
        "Period": 300,
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        **more,
    }


def perfect():
    trail = {
        "Name": "main",
        "S3BucketName": "trails-111122223333",
        "IncludeGlobalServiceEvents": True,
        "IsMultiRegionTrail": True,
        "HomeRegion": REGION,
        "TrailARN": TRAIL,
        "LogFileValidationEnabled": True,
        "CloudWatchLogsLogGroupArn": GROUP_ARN + ":*",
        "CloudWatchLogsRoleArn": "arn:aws:iam::111122223333:role/CloudTrailToLogs",
        "HasCustomEventSelectors": True,
        "HasInsightSelectors": False,
        "IsOrganizationTrail": False,
    }
    status = {
        "IsLogging": True,
        "LatestDeliveryTime": "2026-03-10T11:58:00Z",
        "LatestCloudWatchLogsDeliveryTime": "2026-03-10T11:57:00Z",
        "StartLoggingTime": 1700000000.0,
    }
    selectors = {
        "TrailARN": TRAIL,
        "EventSelectors": [
            {
                "ReadWriteType": "All",
                "IncludeManagementEvents": True,
                "DataResources": [],
                "ExcludeManagementEventSources": [],
            }
        ],
    }
    group = {
        "logGroupName": GROUP,
        "creationTime": 1700000000000,
        "retentionInDays": 365,
        "metricFilterCount": 1,
        "arn": GROUP_ARN + ":*",
        "logGroupArn": GROUP_ARN,
        "logGroupClass": "STANDARD",
    }
    subscription = {
        "SubscriptionArn": SUBSCRIPTION,
        "Owner": ACCOUNT,
        "Protocol": "email",
        "Endpoint": "security@example.com",
        "TopicArn": TOPIC,
    }
    return {
        "trailbell_inventory": 1,
        "account_id": ACCOUNT,
        "taken_at": TAKEN_AT,
        "regions": {
            REGION: {
                "cloudtrail": {
                    "DescribeTrails": complete({"trailList": [trail]}),
                    "GetTrailStatus": {TRAIL: complete(status)},
                    "GetEventSelectors": {TRAIL: complete(selectors)},
                },
                "logs": {
                    "DescribeLogGroups": complete({"logGroups": [group]}),
                    "DescribeMetricFilters": complete({"metricFilters": [metric_filter()]}),
                },
                "cloudwatch": {
                    "DescribeAlarms": complete(
                        {"MetricAlarms": [metric_alarm()], "CompositeAlarms": []}
                    ),
                    "ListAlarmMuteRules": complete({"AlarmMuteRuleSummaries": []}),
                },
                "sns": {
                    "ListTopics": complete({"Topics": [{"TopicArn": TOPIC}]}),
                    "GetTopicAttributes": {
                        TOPIC: complete({"Attributes": {"TopicArn": TOPIC, "Policy": OWNER_POLICY}})
                    },
                    "ListSubscriptionsByTopic": {
                        TOPIC: complete({"Subscriptions": [subscription]})
                    },
                    "GetSubscriptionAttributes": {
                        SUBSCRIPTION: complete(
                            {
                                "Attributes": {
                                    "SubscriptionArn": SUBSCRIPTION,
                                    "PendingConfirmation": "false",
                                }
                            }
                        )
                    },
                },
            }
        },
    }


class Account:
    """An inventory, with names for the places that changes are made in."""

    def __init__(self):
        self.whole = perfect()
        self.region = self.whole["regions"][REGION]

    def answer(self, section, call, name=None):
        found = self.region[section][call]
        return (found if name is None else found[name])["complete"]

    @property
    def trails(self):
        return self.answer("cloudtrail", "DescribeTrails")["trailList"]

    @property
    def trail(self):
        return self.trails[0]

    @property
    def status(self):
        return self.answer("cloudtrail", "GetTrailStatus", TRAIL)

    @property
    def selectors(self):
        return self.answer("cloudtrail", "GetEventSelectors", TRAIL)

    @property
    def groups(self):
        return self.answer("logs", "DescribeLogGroups")["logGroups"]

    @property
    def filters(self):
        return self.answer("logs", "DescribeMetricFilters")["metricFilters"]

    @property
    def transformation(self):
        return self.filters[0]["metricTransformations"][0]

    @property
    def alarms(self):
        return self.answer("cloudwatch", "DescribeAlarms")["MetricAlarms"]

    @property
    def alarm(self):
        return self.alarms[0]

    @property
    def composites(self):
        return self.answer("cloudwatch", "DescribeAlarms")["CompositeAlarms"]

    @property
    def topic(self):
        return self.answer("sns", "GetTopicAttributes", TOPIC)["Attributes"]

    @property
    def subscriptions(self):
        return self.answer("sns", "ListSubscriptionsByTopic", TOPIC)["Subscriptions"]

    @property
    def subscription(self):
        return self.answer("sns", "GetSubscriptionAttributes", SUBSCRIPTION)["Attributes"]

    def classic(self, **more):
        self.selectors["EventSelectors"][0].update(more)

    def advanced(self, *fields):
        del self.selectors["EventSelectors"]
        self.selectors["AdvancedEventSelectors"] = [{"FieldSelectors": list(fields)}]

    def move_to(self, region, section):
        """A section of the region, elsewhere: what is here has nothing of it."""
        there = self.whole["regions"].setdefault(region, {})
        there[section] = copy.deepcopy(self.region[section])
        return there[section]


STATES = {}
state = registry(STATES)


def make(name):
    account = Account()
    STATES[name][2](account)
    return account.whole
