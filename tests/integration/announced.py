"""Objects of CloudTrail's in moto's S3, announced in every shape, and services that read them."""

import gzip
import json
import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor

from aws_proxy import AwsProxy
from harness import document, record
from moto_account import REGION, BareAccountTest
from service import Service, ServiceTest, wait_until

LONG = os.environ.get("TRAILBELL_FAILURES") == "long"
BUCKET = "trails"
ACCOUNT = "123456789012"
# Whatever a key may have.
ODD = ["plain", "with space", "a+b", "1:2", "x=y", "100%", "caf\u00e9", "a%2Bb", "#?&", "'q'"]


def key_of(number):
    odd = ODD[number % len(ODD)]
    return f"AWSLogs/1/CloudTrail/us-east-1/2026/03/04/{odd}_{number}.json.gz"


def sns(text, **members):
    return json.dumps({"Type": "Notification", "MessageId": "m", "TopicArn": "arn:aws:sns:r:1:t",
                       "Message": text, "Timestamp": "2026-03-04T05:06:07.000Z", **members})


def form_encoded(key):
    from urllib.parse import quote_plus
    return quote_plus(key, safe="/")


def s3_event(*keys, name="ObjectCreated:Put", bucket=BUCKET):
    return json.dumps({"Records": [{
        "eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": REGION,
        "eventTime": "2026-03-04T05:06:07.000Z", "eventName": name,
        "s3": {"bucket": {"name": bucket}, "object": {"key": form_encoded(key)}}} for key in keys]})


def bus_event(key, kind="Object Created", bucket=BUCKET):
    return json.dumps({"version": "0", "detail-type": kind, "source": "aws.s3", "region": REGION,
                       "time": "2026-03-04T05:06:07Z",
                       "detail": {"bucket": {"name": bucket}, "object": {"key": key}}})


def trail_message(*keys, bucket=BUCKET):
    return json.dumps({"s3Bucket": bucket, "s3ObjectKey": list(keys)})


# Shapes of one key, as they stand in a queue.
SHAPES = [
    s3_event,
    bus_event,
    trail_message,
    lambda key: json.dumps({"s3Bucket": BUCKET, "s3ObjectKey": key}),
    lambda key: sns(s3_event(key)),
    lambda key: sns(trail_message(key)),
    lambda key: sns(bus_event(key)),
]
# Announce nothing.
NOTICES = [
    json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": BUCKET}),
    sns("CloudTrail validation message."),
    sns("visit it", Type="SubscriptionConfirmation"),
    s3_event("gone", name="ObjectRemoved:Delete"),
    bus_event("gone", "Object Deleted"),
    s3_event("AWSLogs/1/CloudTrail-Digest/x.json.gz"),
    s3_event("AWSLogs/1/CloudTrail-Insight/x.json.gz"),
    s3_event("AWSLogs/1/CloudTrail/"),
]


class AnnouncedTest(BareAccountTest, ServiceTest):
    """A bucket that tells a queue, behind a proxy that the service goes through."""

    KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}

    def setUp(self):
        super().setUp()
        self.account.reset()
        self.proxy = AwsProxy(self.account.port, self.store_port())
        self.addCleanup(self.proxy.close)
        self.s3, self.sqs = self.store(), self.account.client("sqs")
        self.s3.create_bucket(Bucket=BUCKET)
        self.queue = self.make_queue("events")

    def store(self):
        return self.account.client("s3")

    def store_port(self):
        return self.account.port

    def make_queue(self, name, visibility_s=30, **attributes):
        return self.sqs.create_queue(QueueName=name, Attributes={
            "VisibilityTimeout": str(visibility_s), **attributes})["QueueUrl"]

    def tell_queue_of_bucket(self):
        self.s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration={
            "QueueConfigurations": [{"QueueArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:events",
                                     "Events": ["s3:ObjectCreated:*"]}]})

    def tell_topic_of_bucket(self, **attributes):
        topics = self.account.client("sns")
        arn = topics.create_topic(Name="topic")["TopicArn"]
        topics.subscribe(TopicArn=arn, Protocol="sqs", Attributes=attributes,
                         Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:events")
        self.s3.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration={
            "TopicConfigurations": [{"TopicArn": arn, "Events": ["s3:ObjectCreated:*"]}]})

    def put(self, key, event_id, filler=0):
        other = record("GetUser", event_id="-", filler=random.Random(0).randbytes(filler).hex())
        body = gzip.compress(document(other, record(event_id=event_id)).encode(), mtime=0)
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)

    def send(self, body, queue=None):
        self.sqs.send_message(QueueUrl=queue or self.queue, MessageBody=body)

    def announce(self, count, filler=0):
        """Objects of every shape, put and announced on a thread of its own, which is given back.
        Of very many the queue never has more than a hundred: the more there are in a queue of
        moto's, the longer each call takes."""
        over = threading.Event()
        pool = ThreadPoolExecutor(5)
        self.addCleanup(pool.shutdown)
        self.addCleanup(over.set)

        def work():
            for first in range(0, count, 10):
                numbers = range(first, min(first + 10, count))
                list(pool.map(lambda i: self.put(key_of(i), f"e{i}", filler), numbers))
                wait_until(lambda: over.is_set() or self.left() <= 90, "there is room",
                           timeout_s=600, pause_s=0.5)
                if over.is_set():
                    return
                failed = self.sqs.send_message_batch(QueueUrl=self.queue, Entries=[
                    {"Id": str(i), "MessageBody": SHAPES[i % len(SHAPES)](key_of(i))}
                    for i in numbers]).get("Failed")
                if failed:
                    raise RuntimeError(f"not sent: {failed}")

        return pool.submit(work)

    def config(self, **source):
        return {
            "source": {"s3": {"queue_url": self.queue, "region": REGION,
                              "endpoint_url": self.proxy.url, **source}},
            "sinks": [{"file": {"path": self.path("alerts.jsonl")}}],
            "quarantine": {"path": self.path("quarantine")},
        }

    def start_reading(self, name="trailbell", **source):
        for variable in [one for one in os.environ if one.startswith("AWS_")]:
            del os.environ[variable]
        os.environ.update({**self.KEYS, "AWS_EC2_METADATA_DISABLED": "true"})
        return self.start(self.config(**source), name)

    def left(self, queue=None):
        """Messages that are there, seen or hidden."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        got = self.sqs.get_queue_attributes(QueueUrl=queue or self.queue, AttributeNames=names)
        return sum(int(got["Attributes"][name]) for name in names)

    def wait_until_empty(self, service=None, idle_s=180, queue=None):
        """However long that takes, as long as ever fewer are left."""
        left = self.left(queue)
        while left > 0:
            try:
                wait_until(lambda: self.left(queue) < left, "the queue gets empty",
                           timeout_s=idle_s, pause_s=0.5)
            except TimeoutError as late:
                raise TimeoutError(f"{late}: {left} left; "
                                   f"{service and service.log()[-3000:]}") from late
            left = self.left(queue)

    def event_ids(self):
        return [one["event_id"] for one in self.alerts()]

    def quarantined(self):
        """What each piece says of itself."""
        folder = self.path("quarantine")
        found = []
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            if name.endswith(".json"):
                with open(os.path.join(folder, name)) as text:
                    found.append(json.load(text))
        return found

    def fetched(self, key):
        """How often an object was asked for."""
        return len(self.proxy.gets(key))


__all__ = ["AnnouncedTest", "Service", "wait_until", "LONG"]
