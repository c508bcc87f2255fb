"""Every state of a chain through a SIEM that is one change away from a perfect one.

SIEM_STATES has, for each state by its id, the verdict, the first broken link (None: none), and the
change.
"""

import json

from inventories import ACCOUNT, NAMES, TRAIL, arn, complete, pattern, policy
from siem_account import BUCKET, BUCKET_ARN, QUEUE, TOPIC, Siem, lets, service
from states import registry

CODES = {"present": 0, "missing": 1, "undetermined": 3}
SIEM_STATES = {}
siem_state = registry(SIEM_STATES)


def first_broken(control):
    """Of a report: the first link that is as the verdict is."""
    return next((link["link"] for link in control["links"]
                 if link["verdict"] == control["verdict"] != "present"), None)


class SiemReader:
    """Beside a test case whose verify() runs `verify --siem`: what it says of one control."""

    def control(self, *words):
        got = self.verify(*words, "--format", "json")
        self.assertEqual(got.err, "")
        (control,) = json.loads(got.out)["controls"]
        self.assertEqual(got.code, CODES[control["verdict"]])
        return control

    def verdict(self, *words):
        control = self.control(*words)
        return control["verdict"], first_broken(control)


def make_siem(name):
    account = Siem()
    SIEM_STATES[name][2](account)
    return account.whole


def state(name, verdict, broken, change):
    siem_state(name, verdict, broken)(change)


def assign(holder, key, value):
    holder[key] = value


DENIED = {"denied": "AccessDenied: not authorized"}
FAILED = {"failed": "127.0.0.1 took longer than 10 s"}

state("base/perfect", "present", None, lambda a: None)
# trail
state("trail/stopped", "missing", "trail", lambda a: a.status.update(IsLogging=False))
state("trail/single_region", "missing", "trail",
      lambda a: a.trail.update(IsMultiRegionTrail=False))
state("trail/s3_delivery_error", "missing", "trail",
      lambda a: a.status.update(LatestDeliveryError="NoSuchBucket"))
state("trail/logs_delivery_error", "present", None,
      lambda a: a.status.update(LatestCloudWatchLogsDeliveryError="AccessDenied"))
state("trail/no_log_group", "present", None,
      lambda a: a.trail.pop("CloudWatchLogsLogGroupArn"))
state("trail/delivers_no_more", "undetermined", "trail",
      lambda a: a.status.update(LatestDeliveryTime="2026-03-01T12:00:00Z"))
state("trail/reads_only", "missing", "trail", lambda a: a.classic(ReadWriteType="ReadOnly"))
state("trail/none", "missing", "trail", lambda a: a.trails.clear())
state("trail/denied", "undetermined", "trail",
      lambda a: assign(a.region["cloudtrail"], "DescribeTrails", DENIED))
# bucket
state("bucket/gone", "missing", "bucket", lambda a: assign(
    a.region["s3"]["GetBucketNotificationConfiguration"], BUCKET, {"absent": "NoSuchBucket"}))
state("bucket/denied", "undetermined", "bucket", lambda a: assign(
    a.region["s3"]["GetBucketNotificationConfiguration"], BUCKET, DENIED))
state("bucket/not_asked", "undetermined", "bucket", lambda a: a.region.pop("s3"))
# notification: S3 to the queue
state("notice/none", "missing", "notification",
      lambda a: a.notices.pop("QueueConfigurations"))
state("notice/removals_only", "missing", "notification",
      lambda a: a.notice.update(Events=["s3:ObjectRemoved:*"]))
state("notice/put", "present", None, lambda a: a.notice.update(Events=["s3:ObjectCreated:Put"]))


def prefixed(prefix, suffix=""):
    rules = [{"Name": "prefix", "Value": prefix}, {"Name": "suffix", "Value": suffix}]
    return lambda a: a.notice.update(Filter={"Key": {"FilterRules": rules}})


FOLDER = "AWSLogs/%s/CloudTrail/" % ACCOUNT
state("notice/prefix_of_trail", "present", None, prefixed(FOLDER))
state("notice/prefix_of_global_region", "present", None, prefixed(FOLDER + "us-east-1/", ".gz"))
state("notice/prefix_of_other_region", "missing", "notification",
      prefixed(FOLDER + "eu-west-1/"))
state("notice/prefix_elsewhere", "missing", "notification", prefixed("logs/"))
state("notice/suffix_json", "missing", "notification", prefixed("", ".json"))


@siem_state("notice/prefix_under_key_prefix", "present")
def prefix_under_key_prefix(a):
    a.trail["S3KeyPrefix"] = "org"
    prefixed("org/AWSLogs/")(a)


# notification: a topic
state("topic/whole", "present", None, Siem.through_topic)


def with_topic(change):
    def changed(a):
        a.through_topic()
        change(a)
    return changed


def topic_policy(a, text):
    a.answer("sns", "GetTopicAttributes", TOPIC)["Attributes"]["Policy"] = text


state("topic/may_not_publish", "missing", "notification",
      with_topic(lambda a: topic_policy(a, policy())))
state("topic/other_source", "missing", "notification", with_topic(lambda a: topic_policy(
    a, lets("s3.amazonaws.com", "sns:Publish", TOPIC, "arn:aws:s3:::other"))))
state("topic/gone", "missing", "notification", with_topic(lambda a: assign(
    a.region["sns"]["GetTopicAttributes"], TOPIC, {"absent": "NotFound"})))
state("topic/denied", "undetermined", "notification", with_topic(lambda a: assign(
    a.region["sns"]["GetTopicAttributes"], TOPIC, DENIED)))
state("topic/not_subscribed", "missing", "notification", with_topic(
    lambda a: a.answer("sns", "ListSubscriptionsByTopic", TOPIC)["Subscriptions"].clear()))
state("topic/pending", "missing", "notification",
      with_topic(lambda a: a.subscribed.update(PendingConfirmation="true")))
state("topic/filter_starves", "missing", "notification", with_topic(
    lambda a: a.subscribed.update(FilterPolicy='{"kind":["other"]}')))
state("topic/filter_by_body_passes", "present", None, with_topic(lambda a: a.subscribed.update(
    FilterPolicyScope="MessageBody",
    FilterPolicy='{"Records":{"s3":{"bucket":{"name":["%s"]}}}}' % BUCKET)))
state("topic/filter_by_body_starves", "missing", "notification", with_topic(
    lambda a: a.subscribed.update(
        FilterPolicyScope="MessageBody",
        FilterPolicy='{"Records":{"s3":{"object":{"key":[{"prefix":"logs/"}]}}}}')))
state("topic/filter_by_body_some", "undetermined", "notification", with_topic(
    lambda a: a.subscribed.update(
        FilterPolicyScope="MessageBody",
        FilterPolicy='{"Records":{"s3":{"object":{"key":[{"wildcard":"*2031*"}]}}}}')))
state("topic/queue_lets_s3_only", "missing", "queue", with_topic(lambda a: a.queue.update(
    Policy=lets("s3.amazonaws.com", "sqs:SendMessage", QUEUE, BUCKET_ARN))))


@siem_state("topic/of_cloudtrail", "present")
def topic_of_cloudtrail(a):
    del a.notices["QueueConfigurations"]
    a.trail["SnsTopicARN"] = TOPIC
    a.add_topic("cloudtrail.amazonaws.com", TRAIL)


# notification: EventBridge
state("bridge/whole", "present", None, Siem.through_event_bridge)
state("bridge/disabled", "missing", "notification",
      lambda a: a.through_event_bridge(state="DISABLED"))
state("bridge/other_bucket", "missing", "notification", lambda a: a.through_event_bridge(
    {"source": ["aws.s3"], "detail": {"bucket": {"name": ["other"]}}}))
state("bridge/some_keys", "undetermined", "notification", lambda a: a.through_event_bridge(
    {"source": ["aws.s3"], "detail": {"object": {"key": [{"wildcard": "*/2047/*"}]}}}))
state("bridge/reshaped", "undetermined", "notification",
      lambda a: a.through_event_bridge(InputPath="$.detail"))


@siem_state("bridge/not_told", "missing", "notification")
def bridge_not_told(a):
    a.through_event_bridge()
    del a.notices["EventBridgeConfiguration"]


@siem_state("bridge/denied", "undetermined", "notification")
def bridge_denied(a):
    a.through_event_bridge()
    a.region["events"]["ListRules"] = DENIED


# queue
state("queue/no_policy", "missing", "queue", lambda a: a.queue.pop("Policy"))
state("queue/other_bucket", "missing", "queue", lambda a: a.queue.update(
    Policy=lets("s3.amazonaws.com", "sqs:SendMessage", QUEUE, "arn:aws:s3:::other")))
state("queue/gone", "missing", "queue", lambda a: assign(
    a.region["sqs"]["GetQueueAttributes"], QUEUE, {"absent": "QueueDoesNotExist"}))
state("queue/denied", "undetermined", "queue",
      lambda a: assign(a.region["sqs"]["GetQueueAttributes"], QUEUE, DENIED))
state("queue/key_of_aws", "missing", "queue",
      lambda a: a.queue.update(KmsMasterKeyId="alias/aws/sqs"))
state("queue/own_key_unknown", "undetermined", "queue",
      lambda a: a.queue.update(KmsMasterKeyId="arn:aws:kms:us-east-1:%s:key/1" % ACCOUNT))
state("queue/nobody_reads", "missing", "queue", lambda a: a.status_page["sources"][0].update(
    queue_urls=["https://sqs.us-east-1.amazonaws.com/111122223333/other"]))


def read_at(url, region=""):
    return lambda a: a.status_page["sources"][0].update(queue_urls=[url], region=region)


state("queue/address_without_a_region", "present", None,
      read_at("https://queue.amazonaws.com/111122223333/trailbell"))
state("queue/of_another_region", "missing", "queue",
      read_at("https://sqs.eu-west-1.amazonaws.com/111122223333/trailbell"))
state("queue/at_another_place", "present", None,
      read_at("http://127.0.0.1:4566/111122223333/trailbell", "us-east-1"))


@siem_state("queue/one_of_two_notices", "present")
def one_of_two_notices(a):
    other = {**a.notice, "QueueArn": arn("sqs", "other"), "Id": "other"}
    a.notices["QueueConfigurations"].insert(0, other)


# service
state("service/not_ready", "missing", "service", lambda a: assign(
    a.service, "readyz", complete({"status": 503, "text": "not ready\nsource s3: denied\n"})))
for page in ("readyz", "status", "metrics"):
    state("service/%s_failed" % page, "undetermined", "service",
          lambda a, page=page: assign(a.service, page, FAILED))
state("service/another_source", "undetermined", "topic",
      lambda a: a.status_page.update(sources=[{"kind": "file"}]))
state("service/second_reads_another", "missing", "service", lambda a: assign(
    a.siem["services"], "http://127.0.0.1:9465",
    {**service(), "status": complete({**a.status_page, "sources": [{"kind": "file"}]})}))
state("service/stalled", "missing", "service", lambda a: a.metrics(progress_s=400, waiting=3))
state("service/quiet", "present", None, lambda a: a.metrics(progress_s=400))
state("service/stuck_in_flight", "missing", "service",
      lambda a: a.metrics(progress_s=400, in_flight=1))


@siem_state("service/files_do_not_arrive", "undetermined", "service")
def files_do_not_arrive(a):
    a.status["LatestDeliveryTime"] = "2026-03-10T11:40:00Z"
    a.metrics(progress_s=3600)


def event_age(seconds):
    def changed(a):
        result = a.siem["prometheus"]["event_age"]["complete"]["data"]["result"]
        result[0]["value"][1] = seconds
    return changed


state("service/events_fresh", "present", None, event_age("420"))
state("service/events_old", "missing", "service", event_age("7200"))
state("service/none_asked", "undetermined", "service", lambda a: a.siem["services"].clear())


@siem_state("service/second_is_not_ready", "missing", "service")
def second_is_not_ready(a):
    a.siem["services"]["http://127.0.0.1:9465"] = {
        **service(), "readyz": complete({"status": 503, "text": "not ready\n"})}


# rule_set
def rules_of(*rules):
    return lambda a: a.status_page.update(rules=[
        {"id": "r%d" % i, "kind": "pattern", "suppress": [], "stateful": False, **rule}
        for i, rule in enumerate(rules)])


state("rules/none", "missing", "rule_set", rules_of())
state("rules/subset", "missing", "rule_set", rules_of({"pattern": pattern(NAMES[:-1])}))
state("rules/two_share", "present", None,
      rules_of({"pattern": pattern(NAMES[:8])}, {"pattern": pattern(NAMES[8:])}))
state("rules/named_like_it", "missing", "rule_set",
      rules_of({"id": "cis-4.4", "pattern": '{ $.eventName = "ConsoleLogin" }'}))
state("rules/threshold", "missing", "rule_set",
      rules_of({"pattern": pattern(NAMES), "stateful": True}))
state("rules/sigma", "undetermined", "rule_set", rules_of({"kind": "sigma"}))
state("rules/suppress_some", "undetermined", "rule_set", rules_of(
    {"pattern": pattern(NAMES), "suppress": ['{ $.userIdentity.userName = "ci" }']}))
state("rules/suppress_others", "present", None, rules_of(
    {"pattern": pattern(NAMES), "suppress": ['{ $.eventSource = "iot.amazonaws.com" }']}))
# sink
state("sink/none_required", "missing", "sink",
      lambda a: a.status_page["sinks"][0].update(required=False))
# scrape
state("scrape/other_process", "missing", "scrape", lambda a: a.siem["prometheus"]["started"][
    "complete"]["data"]["result"][0]["value"].__setitem__(1, "1773100000.5"))
state("scrape/nobody", "missing", "scrape", lambda a: a.siem["prometheus"]["started"]["complete"][
    "data"]["result"].clear())
state("scrape/failed", "undetermined", "scrape",
      lambda a: assign(a.siem["prometheus"], "started", FAILED))
# alert_rule
state("alert/none", "missing", "alert_rule", lambda a: a.rules.clear())
state("alert/by_another_name", "present", None, lambda a: a.rules[1].update(name="Ours"))
state("alert/same_name_only", "missing", "alert_rule",
      lambda a: a.rules[1].update(query="vector(1) > 2"))
state("alert/root_alone", "missing", "alert_rule", lambda a: a.rules[1].update(
    query='job_actor_type_outcome:trailbell_iam_policy_changes_by_actor:increase5m{'
          'actor_type="Root",outcome="success"} > 0'))
state("alert/another_expression", "undetermined", "alert_rule", lambda a: a.rules[1].update(
    query="increase(trailbell_iam_policy_changes_total[1h]) > 3"))
state("alert/record_gone", "missing", "alert_rule", lambda a: a.rules.pop(0))
state("alert/record_is_another", "missing", "alert_rule",
      lambda a: a.rules[0].update(query="vector(0)"))
state("alert/fails", "missing", "alert_rule",
      lambda a: a.rules[1].update(health="err", lastError="many-to-many"))
state("alert/record_not_evaluated", "undetermined", "alert_rule",
      lambda a: a.rules[0].update(health="unknown"))
state("alert/not_evaluated", "undetermined", "alert_rule",
      lambda a: a.rules[1].update(health="unknown"))
state("alert/waits_too_long", "missing", "alert_rule", lambda a: a.rules[1].update(duration=600))
state("alert/waits", "undetermined", "alert_rule", lambda a: a.rules[1].update(duration=60))
state("alert/failed", "undetermined", "alert_rule",
      lambda a: assign(a.siem["prometheus"], "rules", FAILED))
# receiver
PAGE = "  - name: page\n    webhook_configs:\n      - url: http://127.0.0.1:9099/page\n"
OURS = "    - matchers: ['alertname = \"TrailbellIamPolicyChanged\"']\n      receiver: page\n"
state("receiver/without_integration", "missing", "receiver",
      lambda a: a.routes(PAGE, "  - name: page\n"))
state("receiver/root_alone", "present", None, lambda a: a.routes(OURS, ""))
state("receiver/of_another_alert", "present", None,
      lambda a: a.routes("receiver: ticket\n", "receiver: nobody\n"))


@siem_state("receiver/falls_to_nobody", "missing", "receiver")
def falls_to_nobody(a):
    a.routes(OURS, "")
    a.routes("receiver: ticket\n", "receiver: nobody\n")
    a.routes("receivers:\n", "receivers:\n  - name: nobody\n")


@siem_state("receiver/some_names", "missing", "receiver")
def some_names(a):
    a.routes("  routes:\n", "  routes:\n    - match_re: {event_name: '(Put|Attach).*'}\n"
                            "      receiver: nobody\n")
    a.routes("receivers:\n", "receivers:\n  - name: nobody\n")


@siem_state("receiver/goes_on", "present")
def goes_on(a):
    some_names(a)
    a.routes("      receiver: nobody\n", "      receiver: nobody\n      continue: true\n")


state("receiver/at_night_not", "undetermined", "receiver", lambda a: a.routes(
    OURS, OURS + "      mute_time_intervals: [night]\n"))
state("receiver/inhibited", "undetermined", "receiver", lambda a: a.routes(
    "inhibit_rules:\n", "inhibit_rules:\n  - source_matchers: ['severity = \"critical\"']\n"
                        "    target_matchers: ['severity = \"warning\"']\n"
                        "    equal: [job]\n"))
state("receiver/inhibited_by_its_own_name", "present", None, lambda a: a.routes(
    "inhibit_rules:\n", "inhibit_rules:\n  - source_matchers: ['severity = \"critical\"']\n"
                        "    target_matchers: ['severity = \"warning\"']\n"
                        "    equal: [alertname]\n"))
state("receiver/label_not_known", "undetermined", "receiver", lambda a: (
    a.rules[1]["labels"].update(team="{{ $labels.job }}"),
    a.routes("  routes:\n", "  routes:\n    - matchers: ['team = \"blue\"']\n"
                            "      receiver: ticket\n")))


def silence(state_="active", **matcher):
    matcher = {"name": "alertname", "value": "TrailbellIamPolicyChanged", "isRegex": False,
               "isEqual": True, **matcher}
    return lambda a: a.manager["silences"]["complete"]["silences"].append({
        "id": "s1", "status": {"state": state_}, "createdBy": "mallory",
        "endsAt": "2026-03-11T12:00:00Z", "matchers": [matcher]})


state("receiver/silenced", "missing", "receiver", silence())
state("receiver/silence_over", "present", None, silence("expired"))
state("receiver/silence_of_another", "present", None, silence(value="Other"))
state("receiver/silenced_for_some_names", "missing", "receiver",
      silence(name="event_name", value="Delete.*", isRegex=True))
state("receiver/no_manager", "missing", "receiver", lambda a: a.siem["prometheus"][
    "alertmanagers"]["complete"]["data"]["activeAlertmanagers"].clear())
state("receiver/another_manager", "undetermined", "receiver", lambda a: a.siem["prometheus"][
    "alertmanagers"]["complete"]["data"]["activeAlertmanagers"][0].update(
        url="http://10.0.0.9:9093/api/v2/alerts"))
state("receiver/silences_failed", "undetermined", "receiver",
      lambda a: assign(a.manager, "silences", FAILED))
state("receiver/config_failed", "undetermined", "receiver",
      lambda a: assign(a.manager, "status", FAILED))
state("receiver/config_not_understood", "undetermined", "receiver",
      lambda a: a.routes("['alertname = \"TrailbellIamPolicyChanged\"']", "['alertname']"))
state("receiver/relabelled", "undetermined", "receiver", lambda a: assign(
    a.siem["prometheus"]["config"]["complete"]["data"], "yaml",
    "alerting:\n  alert_relabel_configs:\n    - {action: replace, target_label: severity}\n"))
state("receiver/replica_dropped", "present", None, lambda a: assign(
    a.siem["prometheus"]["config"]["complete"]["data"], "yaml",
    "global:\n  external_labels: {replica: a}\nalerting:\n  alert_relabel_configs:\n"
    "    - {action: labeldrop, regex: replica}\n"))
# What is certain goes first.
state("both/denied_and_no_receiver", "missing", "receiver", lambda a: (
    assign(a.region["sqs"]["GetQueueAttributes"], QUEUE, DENIED),
    a.routes(PAGE, "  - name: page\n")))

# With --siem-source kafka.
KAFKA_STATES = {
    "kafka/whole": ("present", None, Siem.from_kafka),
    "kafka/trail_stopped": ("missing", "trail", lambda a: (
        a.from_kafka(), a.status.update(IsLogging=False))),
    "kafka/no_topic": ("missing", "topic", lambda a: None),
    "kafka/stalled": ("missing", "service", lambda a: (
        a.from_kafka(), a.metrics(source="kafka", progress_s=400, lag=2))),
}
