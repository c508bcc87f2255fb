"""An AWS account of moto's, in a server of its own, and the inventory of it by AWS's own SDK."""

import json
import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import boto3
from botocore.exceptions import ClientError
from waiting import wait_until

REGION = "us-east-1"
# What scripts ask their reader for.
ANSWERS = {
    "EMAIL": "security@example.com",
    "ROLE_ARN": "arn:aws:iam::123456789012:role/logs",
    "BUCKET": "trails",
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MotoAccount:
    def __init__(self):
        port = free_port()
        self.url = "http://127.0.0.1:%d" % port
        self.server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until(self.answers, "moto's server answers")
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            **ANSWERS,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def close(self):
        self.server.terminate()
        self.server.wait()

    def answers(self):
        try:
            with urllib.request.urlopen(self.url + "/moto-api/", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def reset(self):
        request = urllib.request.Request(self.url + "/moto-api/reset", method="POST")
        with urllib.request.urlopen(request, timeout=30):
            pass

    def client(self, service):
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )

    def run(self, script):
        """A shell script, with the `aws` of this environment."""
        path = os.path.dirname(sys.executable) + os.pathsep + self.environment["PATH"]
        return subprocess.run(
            ["sh"],
            input=script,
            text=True,
            capture_output=True,
            env={**self.environment, "PATH": path},
            timeout=300,
        )

    def inventory(self, taken_at):
        trail, logs, alarms, sns = map(self.client, ("cloudtrail", "logs", "cloudwatch", "sns"))
        trails = ask(trail.describe_trails)
        trail_arns = [one["TrailARN"] for one in trails["complete"]["trailList"]]
        topics = ask(sns.list_topics)
        topic_arns = [one["TopicArn"] for one in topics["complete"]["Topics"]]
        subscriptions = {
            arn: ask(sns.list_subscriptions_by_topic, TopicArn=arn) for arn in topic_arns
        }
        subscribed = [
            one["SubscriptionArn"]
            for answer in subscriptions.values()
            for one in answer["complete"]["Subscriptions"]
            if one["SubscriptionArn"].startswith("arn:")
        ]
        region = {
            "cloudtrail": {
                "DescribeTrails": trails,
                "GetTrailStatus": {
                    arn: ask(trail.get_trail_status, Name=arn) for arn in trail_arns
                },
                "GetEventSelectors": {
                    arn: ask(trail.get_event_selectors, TrailName=arn) for arn in trail_arns
                },
            },
            "logs": {
                "DescribeLogGroups": ask(logs.describe_log_groups),
                "DescribeMetricFilters": ask(logs.describe_metric_filters),
            },
            "cloudwatch": {
                "DescribeAlarms": ask(
                    alarms.describe_alarms, AlarmTypes=["MetricAlarm", "CompositeAlarm"]
                ),
                "ListAlarmMuteRules": {"absent": "moto does not know the call"},
            },
            "sns": {
                "ListTopics": topics,
                "GetTopicAttributes": {
                    arn: ask(sns.get_topic_attributes, TopicArn=arn) for arn in topic_arns
                },
                "ListSubscriptionsByTopic": subscriptions,
                "GetSubscriptionAttributes": {
                    arn: ask(sns.get_subscription_attributes, SubscriptionArn=arn)
                    for arn in subscribed
                },
            },
        }
        account = self.client("sts").get_caller_identity()["Account"]
        whole = {
            "trailbell_inventory": 1,
            "account_id": account,
            "taken_at": taken_at,
            "regions": {REGION: region},
        }
        return json.dumps(whole, default=lambda time: time.isoformat())


def ask(call, **words):
    try:
        answer = call(**words)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        how = "denied" if "Denied" in code else "absent" if "NotFound" in code else "failed"
        return {how: str(error)}
    answer.pop("ResponseMetadata", None)
    return {"complete": answer}
