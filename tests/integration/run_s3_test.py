"""Services that read what SQS queues announce, from moto's S3 and SQS: every shape, poison, what
may not be read, slow objects. moto and boto3 are installed into FOLDER, from the network.

Usage: run_s3_test.py BINARY FOLDER
"""

import json
import os
import sys

from peer_packages import MOTO, run_with

run_with(MOTO, sys.argv[2])
del sys.argv[2]

import aws_proxy  # noqa: E402
from account_state import policy_document  # noqa: E402
from announced import (  # noqa: E402
    BUCKET,
    LONG,
    NOTICES,
    AnnouncedTest,
    key_of,
    s3_event,
    trail_message,
    wait_until,
)
from harness import main, record  # noqa: E402

TEMPLATE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "deploy", "aws",
                        "s3-events.cloudformation.yaml")


class EveryShape(AnnouncedTest):
    def test_objects_of_every_shape_are_read_once_and_their_messages_deleted(self):
        count = 1000 if LONG else 210
        announcing = self.announce(count)
        for body in NOTICES:
            self.send(body)
        together = [key_of(i) for i in range(count, count + 6)]
        for i, key in enumerate(together, count):
            self.put(key, f"e{i}")
        self.send(s3_event(*together[:3]))
        self.send(trail_message(*together[2:]))  # the third is announced twice
        self.send(json.dumps({"detail-type": "AWS API Call via CloudTrail", "source": "aws.iam",
                              "detail": json.loads(record(event_id="direct"))}))
        service = self.start_reading()
        announcing.result()
        self.wait_until_empty(service)
        wait_until(lambda: service.get("/readyz")[0] == 200, "it is ready")
        wait_until(lambda: service.total("trailbell_sqs_messages_deleted_total") == count + 11,
                   "all deletions are counted")
        series = service.metrics()
        self.assertEqual(service.stop(), 0, service.log())
        self.assertEqual(sorted(self.event_ids()),
                         sorted([f"e{i}" for i in range(count + 6)] + ["direct"]))
        self.assertEqual(self.quarantined(), [])
        self.assertEqual(series['trailbell_s3_objects_total{outcome="read"}'], count + 6)
        self.assertEqual(series['trailbell_s3_objects_total{outcome="duplicate"}'], 1)
        of_queue = '{queue="events"}'
        self.assertEqual(series["trailbell_sqs_messages_received_total" + of_queue], count + 11)
        self.assertEqual(series["trailbell_sqs_messages_redelivered_total" + of_queue], 0)
        self.assertEqual(series["trailbell_sqs_messages_in_flight" + of_queue], 0)
        for kind, many in {"test": 1, "validation": 1, "confirmation": 1, "removed": 2, "digest": 1,
                           "insight": 1, "marker": 1, "other": 0}.items():
            self.assertEqual(series[f'trailbell_sqs_notices_total{{kind="{kind}"}}'], many, kind)
        self.assertEqual(series["trailbell_s3_get_seconds_count"], count + 6)
        places = {one["event_id"]: one["position"] for one in self.alerts()}
        for i in range(20):
            self.assertEqual(places[f"e{i}"], {"source": "s3", "bucket": BUCKET, "key": key_of(i),
                                               "record": 1})
        self.assertEqual(places["direct"]["source"], "s3")
        self.assertTrue(places["direct"]["key"].startswith("sqs:events/"))

    def test_s3_itself_tells_the_queue_or_a_topic(self):
        self.tell_queue_of_bucket()
        for i in range(20):
            self.put(key_of(i), f"queue{i}")
        self.tell_topic_of_bucket()
        for i in range(20, 40):
            self.put(key_of(i), f"topic{i}")
        service = self.start_reading()
        self.wait_until_empty(service)
        self.assertEqual(service.stop(), 0, service.log())
        self.assertEqual(sorted(self.event_ids()), sorted(
            [f"queue{i}" for i in range(20)] + [f"topic{i}" for i in range(20, 40)]))

    def test_several_queues(self):
        other = self.make_queue("others")
        for i in range(40):
            self.put(key_of(i), f"e{i}")
            self.send(s3_event(key_of(i)), [self.queue, other][i % 2])
        service = self.start_reading(queue_url=[self.queue, other])
        for queue in (self.queue, other):
            self.wait_until_empty(service, queue=queue)
        for name in ("events", "others"):
            received = f'trailbell_sqs_messages_received_total{{queue="{name}"}}'
            wait_until(lambda: service.metrics().get(received) == 20, "both queues are counted")
        self.assertEqual(service.stop(), 0, service.log())
        self.assertEqual(sorted(self.event_ids()), sorted(f"e{i}" for i in range(40)))


class Template(AnnouncedTest):
    def test_what_the_template_makes_and_its_output_says_is_read(self):
        with open(TEMPLATE) as text:
            stacks = self.account.client("cloudformation")
            stacks.create_stack(
                StackName="trailbell", TemplateBody=text.read(), Capabilities=["CAPABILITY_IAM"],
                Parameters=[{"ParameterKey": "TrailBucket", "ParameterValue": BUCKET},
                            {"ParameterKey": "TrailKmsKeyArn",
                             "ParameterValue": "arn:aws:kms:us-east-1:123456789012:key/k"}])
        (stack,) = stacks.describe_stacks(StackName="trailbell")["Stacks"]
        outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
        done = self.account.run(outputs["NotificationCommand"])
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.put(key_of(1), "e1")
        self.put("elsewhere", "e2")
        # So slow that the message has to be kept hidden.
        self.sqs.set_queue_attributes(QueueUrl=outputs["QueueUrl"],
                                      Attributes={"VisibilityTimeout": "2"})
        self.proxy.fault = lambda asked: aws_proxy.slow(3) if asked.action == "GET" else None
        service = self.start_reading(queue_url=outputs["QueueUrl"])
        wait_until(lambda: self.event_ids() == ["e1"], "it is read")
        self.wait_until_empty(service, queue=outputs["QueueUrl"])
        self.assertEqual(service.stop(), 0, service.log())
        self.assertEqual(self.event_ids(), ["e1"])
        # By these S3 and KMS judge s3:GetObject; nobody calls them.
        unasked = {"s3:ListBucket", "kms:Decrypt"}
        self.assertEqual(self.actions(),
                         self.allowed(outputs["ReaderPolicyArn"]) - unasked)

    def actions(self):
        """Of the calls that were made: a batch needs the action of one."""
        return {"sqs:" + asked.action.removesuffix("Batch") if asked.is_sqs
                else {"GET": "s3:GetObject"}[asked.action] for asked in self.proxy.requests}

    def allowed(self, arn):
        document = policy_document(self.account.client("iam"), arn)
        return {action for one in document for action in
                ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])}


class Poison(AnnouncedTest):
    def test_it_goes_to_quarantine_and_is_deleted(self):
        self.put("good", "good")
        self.send("no notification")
        self.send(s3_event("good", "missing"))
        service = self.start_reading(missing_object_wait="2s")
        self.wait_until_empty(service)
        wait_until(lambda: service.total("trailbell_quarantined_total") == 2, "both are counted")
        missing = 'trailbell_s3_objects_total{outcome="missing"}'
        wait_until(lambda: service.total(missing) == 1, "the missing one is counted")
        self.assertEqual(service.stop(), 0, service.log())
        self.assertEqual(self.event_ids(), ["good"])
        said = sorted((one["position"]["bucket"], one["position"]["key"].partition("/")[0],
                       one["kind"]) for one in self.quarantined())
        self.assertEqual(said, [("", "sqs:events", "failed"), (BUCKET, "missing", "failed")])
        reasons = " ".join(one["reason"] for one in self.quarantined())
        self.assertIn("queue events is no notification: it is no JSON", reasons)
        self.assertIn("missing", reasons)

    def test_what_appears_in_time_is_read(self):
        self.send(trail_message("late"))
        service = self.start_reading()
        wait_until(lambda: self.fetched("late") > 1, "it was asked for twice")
        self.assertEqual(self.left(), 1)
        self.put("late", "late")
        self.wait_until_empty(service)
        self.assertEqual(service.stop(), 0, service.log())
        self.assertEqual(self.event_ids(), ["late"])

    def test_a_message_that_was_received_too_often_is_poison(self):
        self.put("k", "k")
        self.send(s3_event("k"))
        for _ in range(3):
            (got,) = self.sqs.receive_message(QueueUrl=self.queue)["Messages"]
            self.sqs.change_message_visibility(
                QueueUrl=self.queue, ReceiptHandle=got["ReceiptHandle"], VisibilityTimeout=0)
        service = self.start_reading(max_receives=3)
        self.wait_until_empty(service)
        self.assertEqual(service.stop(), 0, service.log())
        self.assertEqual(self.event_ids(), [])
        self.assertIn("it was received 4 times", self.quarantined()[0]["reason"])

    def test_it_is_left_to_the_redrive_policy(self):
        bad = self.make_queue("bad")
        self.queue = self.make_queue("redriven", RedrivePolicy=json.dumps({
            "deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:bad",
            "maxReceiveCount": 2}))
        self.put("good", "good")
        self.send("no notification")
        self.send(s3_event("missing"))
        self.send(s3_event("good"))
        service = self.start_reading(on_poison="redrive", missing_object_wait="0s")
        self.wait_until_empty(service)
        self.assertEqual(self.left(bad), 2)
        self.assertEqual(service.stop(), 0, service.log())
        self.assertEqual(self.event_ids(), ["good"])
        self.assertEqual(self.quarantined(), [])

    def test_redrive_without_a_policy_is_not_ready(self):
        service = self.start_reading(on_poison="redrive")
        wait_until(lambda: "has no redrive policy" in service.get("/readyz")[1], "it says so")

    def test_an_object_beyond_its_bound(self):
        self.put("large", "large", filler=5000)
        self.send(s3_event("large"))
        service = self.start_reading(max_object_bytes="4KiB")
        self.wait_until_empty(service)
        self.assertEqual(service.stop(), 0, service.log())
        self.assertEqual([one["position"]["key"] for one in self.quarantined()], ["large"])

    def test_a_damaged_object(self):
        self.s3.put_object(Bucket=BUCKET, Key="damaged", Body=b"\x1f\x8b\x08\x00 no gzip")
        self.send(s3_event("damaged"))
        service = self.start_reading()
        self.wait_until_empty(service)
        self.assertEqual(service.stop(), 0, service.log())
        self.assertEqual([one["kind"] for one in self.quarantined()], ["failed"])


class NotReady(AnnouncedTest):
    def test_an_object_that_may_not_be_read_is_kept_until_it_may(self):
        self.put("secret", "secret")
        self.send(s3_event("secret"))
        refused = aws_proxy.error(403, "AccessDenied", "User is not authorized: s3:GetObject")
        self.proxy.fault = lambda request: refused if request.action == "GET" else None
        service = self.start_reading(missing_object_wait="0s")
        wait_until(lambda: "s3:GetObject" in service.get("/readyz")[1], "it says what is missing")
        self.assertEqual(service.get("/readyz")[0], 503)
        self.assertEqual(self.left(), 1)
        self.proxy.fault = None
        self.wait_until_empty(service)
        wait_until(lambda: service.get("/readyz")[0] == 200, "it is ready")
        self.assertEqual(service.stop(), 0, service.log())
        self.assertEqual(self.event_ids(), ["secret"])
        self.assertEqual(self.quarantined(), [])

    def test_a_queue_that_does_not_let_us(self):
        self.put("k", "k")
        self.send(s3_event("k"))
        for action in ("ReceiveMessage", "DeleteMessageBatch"):
            with self.subTest(action):
                refused = aws_proxy.error(403, "AccessDeniedException", "no")
                self.proxy.fault = lambda request: refused if request.action == action else None
                service = self.start_reading(action)
                permission = "sqs:" + action.removesuffix("Batch")
                wait_until(lambda: permission in service.get("/readyz")[1], "it names it")
                self.assertEqual(self.left(), 1)
                service.kill()
                self.proxy.fault = None
                self.sqs.purge_queue(QueueUrl=self.queue)
                self.send(s3_event("k"))

    def test_a_queue_that_is_not_there(self):
        service = self.start_reading(queue_url=self.queue + "-not")
        wait_until(lambda: "events-not" in service.get("/readyz")[1] and
                   "QueueDoesNotExist" in service.get("/readyz")[1], "it says so")

    def test_without_the_permission_to_ask_for_attributes(self):
        refused = aws_proxy.error(403, "AccessDeniedException", "no")
        self.proxy.fault = lambda r: refused if r.action == "GetQueueAttributes" else None
        self.put("k", "k")
        self.send(s3_event("k"))
        service = self.start_reading()
        self.wait_until_empty(service)
        wait_until(lambda: service.get("/readyz")[0] == 200, "it is ready")
        self.assertIn("sqs:GetQueueAttributes", service.log())
        self.assertEqual(service.stop(), 0, service.log())


class Time(AnnouncedTest):
    def test_a_slow_object_keeps_its_message_hidden(self):
        self.queue = self.make_queue("events2", visibility_s=6)
        for i in range(12):
            self.put(f"slow{i}", f"e{i}", filler=2000)
            self.send(s3_event(f"slow{i}"))
        self.proxy.fault = lambda r: aws_proxy.slow(15) if r.action == "GET" else None
        service = self.start_reading()
        self.wait_until_empty(service)
        wait_until(lambda: service.total("trailbell_sqs_messages_deleted_total") == 12, "counted")
        series = service.metrics()
        self.assertEqual(service.stop(), 0, service.log())
        self.assertEqual(sorted(self.event_ids()), sorted(f"e{i}" for i in range(12)))
        name = '{queue="events2"}'
        self.assertEqual(series["trailbell_sqs_messages_redelivered_total" + name], 0)
        self.assertGreaterEqual(series["trailbell_sqs_messages_extended_total" + name], 12 * 4)
        self.assertEqual([self.fetched(f"slow{i}") for i in range(12)], [1] * 12)

    def test_a_stop_releases_what_is_under_way(self):
        for i in range(6):
            self.put(f"slow{i}", f"e{i}", filler=2000)
            self.send(s3_event(f"slow{i}"))
        self.proxy.fault = lambda r: aws_proxy.slow(30) if r.action == "GET" else None
        service = self.start_reading()
        wait_until(lambda: len(self.proxy.gets()) == 6, "all are asked for")
        self.assertEqual(service.stop(), 0, service.log())
        # What is visible then may have gone to the question that was under way.
        shown = [entry for asked in self.proxy.requests
                 if asked.action == "ChangeMessageVisibilityBatch"
                 for entry in json.loads(asked.body)["Entries"] if entry["VisibilityTimeout"] == 0]
        self.assertEqual(len(shown), 6)
        self.proxy.fault = None
        service = self.start_reading("again")
        self.wait_until_empty(service)
        self.assertEqual(service.stop(), 0, service.log())
        self.assertEqual(sorted(self.event_ids()), sorted(f"e{i}" for i in range(6)))


if __name__ == "__main__":
    main()
