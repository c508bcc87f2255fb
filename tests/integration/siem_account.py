"""The inventory of a perfect chain through a SIEM: the account of inventories.py, with files that
S3 announces to a queue, a service that reads it, Prometheus, Alertmanager."""

import json
import os

from inventories import NAMES, Account, arn, complete, pattern, policy

PROJECT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
SERVICE = "http://127.0.0.1:9464"
MANAGER = "http://127.0.0.1:9093"
BUCKET = "trails-111122223333"
BUCKET_ARN = "arn:aws:s3:::" + BUCKET
QUEUE = arn("sqs", "trailbell")
QUEUE_URL = "https://sqs.us-east-1.amazonaws.com/111122223333/trailbell"
TOPIC = arn("sns", "files")
SUBSCRIPTION = TOPIC + ":0f1e2d3c-0000-4000-8000-000000000002"
RULE = arn("events", "rule/files")
STARTED = 1773140000.12
TAKEN_S = 1773144000  # TAKEN_AT
RECORD = "job_event_name_outcome:trailbell_iam_policy_changes:increase5m"
RECORD_QUERY = (
    "sum by (job, event_name, outcome) (increase(trailbell_iam_policy_changes_total[5m]) > 0 or "
    "trailbell_iam_policy_changes_total > 0 and on (job, instance) time() - "
    "process_start_time_seconds < 300)"
)
ALERT_QUERY = RECORD + '{outcome="success"} > 0'


def example(name):
    with open(os.path.join(PROJECT, "deploy", "prometheus", name)) as text:
        return text.read()


def lets(service, action, resource, source):
    return policy({
        "Effect": "Allow", "Principal": {"Service": service}, "Action": action,
        "Resource": resource, "Condition": {"ArnLike": {"aws:SourceArn": source}},
    })


def success(data):
    return complete({"status": "success", "data": data})


def metrics(progress_s=60, waiting=0, in_flight=0, source="s3", lag=0):
    return "\n".join([
        "# HELP trailbell_last_progress_timestamp_seconds When.",
        f'trailbell_last_progress_timestamp_seconds{{source="{source}"}} {TAKEN_S - progress_s}',
        f'trailbell_sqs_messages_waiting{{queue="trailbell"}} {waiting}',
        f'trailbell_kafka_lag_records{{topic="cloudtrail",partition="0"}} {lag}',
        f"trailbell_in_flight_bytes {in_flight}",
        f"process_start_time_seconds {STARTED}",
    ]) + "\n"


def service():
    return {
        "readyz": complete({"status": 200, "text": "ready\n"}),
        "status": complete({
            "trailbell_status": 1, "version": "1.0.0",
            "rules": [{"id": "cis-4.4", "kind": "built in", "pattern": pattern(NAMES),
                       "suppress": [], "stateful": False}],
            "sources": [{"kind": "s3", "queue_urls": [QUEUE_URL], "region": ""}],
            "sinks": [{"name": "file", "kind": "file", "required": True}],
            "canaries": [],
        }),
        "metrics": complete({"status": 200, "text": metrics()}),
    }


def prometheus_rule(name, query, kind="alerting", **more):
    return {"name": name, "query": query, "type": kind, "health": "ok", "duration": 0,
            "labels": {"severity": "warning"} if kind == "alerting" else {}, **more}


def prometheus():
    rules = [prometheus_rule(RECORD, RECORD_QUERY, "recording"),
             prometheus_rule("TrailbellIamPolicyChanged", ALERT_QUERY)]
    started = {"metric": {"job": "trailbell", "instance": "127.0.0.1:9464"},
               "value": [TAKEN_S, str(STARTED)]}
    return {
        "address": "http://127.0.0.1:9090",
        "rules": success({"groups": [{"name": "trailbell.iam-changes", "rules": rules}]}),
        "started": success({"resultType": "vector", "result": [started]}),
        "event_age": success({"resultType": "vector", "result": [
            {"metric": {}, "value": [TAKEN_S, "NaN"]}]}),
        "alertmanagers": success({"activeAlertmanagers": [{"url": MANAGER + "/api/v2/alerts"}],
                                  "droppedAlertmanagers": []}),
        "config": success({"yaml": example("prometheus.yml")}),
    }


class Siem(Account):
    """The account with its chain through a SIEM, and names for the places of changes."""

    def __init__(self):
        super().__init__()
        self.region["s3"] = {"GetBucketNotificationConfiguration": {BUCKET: complete({})}}
        self.notices["QueueConfigurations"] = [
            {"Id": "files", "QueueArn": QUEUE, "Events": ["s3:ObjectCreated:*"]}]
        attributes = {"QueueArn": QUEUE,
                      "Policy": lets("s3.amazonaws.com", "sqs:SendMessage", QUEUE, BUCKET_ARN)}
        self.region["sqs"] = {"GetQueueAttributes": {QUEUE: complete({"Attributes": attributes})}}
        self.whole["siem"] = self.siem = {
            "services": {SERVICE: service()}, "prometheus": prometheus(),
            "alertmanagers": {MANAGER: {
                "status": complete({"config": {"original": example("alertmanager.yml")}}),
                "silences": complete({"silences": []})}},
        }

    @property
    def notices(self):
        return self.answer("s3", "GetBucketNotificationConfiguration", BUCKET)

    @property
    def notice(self):
        return self.notices["QueueConfigurations"][0]

    @property
    def queue(self):
        return self.answer("sqs", "GetQueueAttributes", QUEUE)["Attributes"]

    @property
    def service(self):
        return self.siem["services"][SERVICE]

    @property
    def status_page(self):
        return self.service["status"]["complete"]

    @property
    def rules(self):
        return self.siem["prometheus"]["rules"]["complete"]["data"]["groups"][0]["rules"]

    @property
    def manager(self):
        return self.siem["alertmanagers"][MANAGER]

    def metrics(self, **more):
        self.service["metrics"] = complete({"status": 200, "text": metrics(**more)})

    def routes(self, old, new):
        config = self.manager["status"]["complete"]["config"]
        assert old in config["original"], old
        config["original"] = config["original"].replace(old, new)

    def through_topic(self):
        """S3 tells a topic, and that the queue."""
        del self.notices["QueueConfigurations"]
        self.notices["TopicConfigurations"] = [
            {"TopicArn": TOPIC, "Events": ["s3:ObjectCreated:Put"], "Filter": {"Key": {
                "FilterRules": [{"Name": "Prefix", "Value": "AWSLogs/"},
                                {"Name": "Suffix", "Value": ".json.gz"}]}}}]
        self.add_topic("s3.amazonaws.com", BUCKET_ARN)

    def add_topic(self, sender, source):
        self.queue["Policy"] = lets("sns.amazonaws.com", "sqs:SendMessage", QUEUE, TOPIC)
        sns = self.region["sns"]
        sns["GetTopicAttributes"][TOPIC] = complete({"Attributes": {
            "TopicArn": TOPIC, "Policy": lets(sender, "sns:Publish", TOPIC, source)}})
        sns["ListSubscriptionsByTopic"][TOPIC] = complete({"Subscriptions": [
            {"SubscriptionArn": SUBSCRIPTION, "Protocol": "sqs", "Endpoint": QUEUE}]})
        sns["GetSubscriptionAttributes"][SUBSCRIPTION] = complete({"Attributes": {
            "SubscriptionArn": SUBSCRIPTION, "PendingConfirmation": "false"}})

    @property
    def subscribed(self):
        return self.answer("sns", "GetSubscriptionAttributes", SUBSCRIPTION)["Attributes"]

    def through_event_bridge(self, wanted=None, state="ENABLED", **target):
        del self.notices["QueueConfigurations"]
        self.notices["EventBridgeConfiguration"] = {}
        self.queue["Policy"] = lets("events.amazonaws.com", "sqs:SendMessage", QUEUE, RULE)
        wanted = wanted or {"source": ["aws.s3"], "detail-type": ["Object Created"],
                            "detail": {"bucket": {"name": [BUCKET]}}}
        self.region["events"] = {
            "ListRules": complete({"Rules": [{"Name": "files", "Arn": RULE, "State": state,
                                              "EventPattern": json.dumps(wanted)}]}),
            "ListTargetsByRule": {"files": complete({"Targets": [
                {"Id": "1", "Arn": QUEUE, **target}]})},
        }

    def from_kafka(self):
        self.status_page["sources"] = [{"kind": "kafka", "topics": ["cloudtrail"]}]
        self.metrics(source="kafka")
