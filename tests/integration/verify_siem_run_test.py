"""A whole chain through a SIEM, of real parts: moto's trail, bucket, topic and queue, `trailbell
run`, Prometheus and Alertmanager as deploy/ configures them, a receiver. `verify --siem` says
present; each part that is broken is named; a change pages; a canary arrives and does not page.

Usage: verify_siem_run_test.py BINARY FOLDER
"""

import json
import sys
import time
import urllib.request

from peer_packages import MOTO, run_with

run_with(MOTO, sys.argv[2])
del sys.argv[2]

from announced import ACCOUNT, BUCKET, AnnouncedTest, wait_until  # noqa: E402
from harness import document, main, record  # noqa: E402
from moto_account import REGION  # noqa: E402
from prometheus_stack import Stack  # noqa: E402
from siem_account import lets  # noqa: E402
from siem_states import SiemReader, first_broken  # noqa: E402

QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:events"
FOLDER = f"AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/2026/03/04/"


class SiemRun(SiemReader, AnnouncedTest):
    def setUp(self):
        super().setUp()
        trails = self.account.client("cloudtrail")
        trails.create_trail(Name="main", S3BucketName=BUCKET, IsMultiRegionTrail=True,
                            IncludeGlobalServiceEvents=True)
        trails.start_logging(Name="main")
        trails.put_event_selectors(TrailName="main", EventSelectors=[
            {"ReadWriteType": "All", "IncludeManagementEvents": True}])
        self.aws = self.account.stand_in()
        self.addCleanup(self.aws.stop)

    def let(self, sender, source):
        self.sqs.set_queue_attributes(QueueUrl=self.queue, Attributes={
            "Policy": lets(sender, "sqs:SendMessage", QUEUE, source)})

    def verify(self, *words):
        return self.run_binary(
            "verify", "--siem", "--service", self.address,
            "--prometheus", "http://" + self.stack.api, *words,
            env=self.aws.environment(HOME=self.folder))

    def begin(self):
        self.service = self.start_reading()
        self.address = "http://" + self.service.address()
        self.stack = Stack([self.service.address()])
        self.addCleanup(self.stack.stop)
        wait_until(lambda: self.service.get("/readyz")[0] == 200, "it is ready")

    def until(self, *wanted):
        seen = []

        def came():
            seen[:] = [self.control()]
            return (seen[0]["verdict"], first_broken(seen[0])) == wanted
        try:
            wait_until(came, f"the verdict is {wanted}", pause_s=0.5)
        except TimeoutError as late:
            raise TimeoutError(f"{late}: {seen}; {self.stack.log()}") from late
        return seen[0]

    def silence(self):
        """Of the page; its id."""
        now = time.time()
        times = {name: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
                 for name, at in (("startsAt", now), ("endsAt", now + 600))}
        body = {"matchers": [{"name": "alertname", "value": "TrailbellIamPolicyChanged",
                              "isRegex": False, "isEqual": True}],
                "createdBy": "mallory", "comment": "quiet", **times}
        request = urllib.request.Request(
            f"http://{self.stack.alertmanager}/api/v2/silences", json.dumps(body).encode(),
            {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["silenceID"]

    def end_silence(self, silence):
        request = urllib.request.Request(
            f"http://{self.stack.alertmanager}/api/v2/silence/{silence}", method="DELETE")
        with urllib.request.urlopen(request, timeout=30):
            pass

    def test_a_whole_chain_and_each_break(self):
        self.tell_queue_of_bucket()
        self.let("s3.amazonaws.com", f"arn:aws:s3:::{BUCKET}")
        self.begin()
        self.until("present", None)
        saved = self.path("saved.json")
        live = self.control("--save-inventory", saved)
        again = self.run_binary("verify", "--siem", "--inventory", saved, "--format", "json")
        self.assertEqual(json.loads(again.out)["controls"], [live])

        self.canary_arrives_and_does_not_page()
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self.s3.put_object(Bucket=BUCKET, Key=FOLDER + "real.json.gz",
                           Body=document(record(event_id="real", eventTime=now)).encode())
        self.stack.wait_for_page("TrailbellIamPolicyChanged", event_name="CreatePolicy")

        silence = self.silence()
        self.until("missing", "receiver")
        self.end_silence(silence)
        self.until("present", None)
        self.let("s3.amazonaws.com", "arn:aws:s3:::other")
        self.assertEqual(self.verdict(), ("missing", "queue"))
        self.s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration={
            "QueueConfigurations": [{"QueueArn": QUEUE, "Events": ["s3:ObjectRemoved:*"]}]})
        self.assertEqual(self.verdict(), ("missing", "notification"))
        self.account.client("cloudtrail").stop_logging(Name="main")
        self.assertEqual(self.verdict(), ("missing", "trail"))
        self.account.client("cloudtrail").start_logging(Name="main")
        self.tell_queue_of_bucket()
        self.let("s3.amazonaws.com", f"arn:aws:s3:::{BUCKET}")
        self.assertEqual(self.verdict(), ("present", None))
        self.assertEqual(self.service.stop(), 0, self.service.log())
        self.assertEqual(self.verdict()[0], "undetermined")

    def canary_arrives_and_does_not_page(self):
        config = self.path("trailbell.yaml")
        got = self.run_binary(
            "verify", "--canary", "-c", config, "--service", self.address, "--format", "json",
            "--canary-bucket", f"s3://{BUCKET}/{FOLDER}",
            env=self.aws.environment(HOME=self.folder))
        self.assertEqual((got.code, got.err), (0, ""), self.service.log())
        said = json.loads(got.out)
        self.assertTrue(said["arrived"])
        (alert,) = [one for one in self.alerts() if one["event_id"] == said["event_id"]]
        self.assertIs(alert["canary"], True)
        series = self.service.metrics()
        self.assertEqual(series["trailbell_canaries_total"], 1)
        self.assertEqual(self.service.total("trailbell_iam_policy_changes_total"), 0)
        # Prometheus has seen it, and nothing that pages.
        self.stack.wait_for("trailbell_canaries_total == 1")
        self.assertEqual(self.stack.ask('ALERTS{alertname="TrailbellIamPolicyChanged"}'), [])

    def test_by_way_of_a_topic(self):
        self.tell_topic_of_bucket()
        topics = self.account.client("sns")
        (topic,) = [one["TopicArn"] for one in topics.list_topics()["Topics"]]
        topics.set_topic_attributes(
            TopicArn=topic, AttributeName="Policy",
            AttributeValue=lets("s3.amazonaws.com", "sns:Publish", topic,
                                f"arn:aws:s3:::{BUCKET}"))
        self.let("sns.amazonaws.com", topic)
        self.begin()
        self.until("present", None)
        topics.set_topic_attributes(
            TopicArn=topic, AttributeName="Policy",
            AttributeValue=lets("s3.amazonaws.com", "sns:Publish", topic, "arn:aws:s3:::other"))
        self.assertEqual(self.verdict(), ("missing", "notification"))


if __name__ == "__main__":
    main()
