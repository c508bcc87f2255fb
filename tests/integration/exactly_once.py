"""`trailbell run` with exactly_once at a real broker, and what reads only what was committed."""

import collections
import json

from harness import record
from kafka_broker import Broker, client
from service import ServiceTest, wait_until


def nothing_is_open(broker, topic):
    """No transaction is: a killed process leaves one until it times out, and readers wait at it."""
    ends = []
    for isolation in ("read_committed", "read_uncommitted"):
        consumer = client().Consumer({
            "bootstrap.servers": broker.bootstrap, "group.id": "trailbell-tests-ends",
            "isolation.level": isolation, "log_level": 0})
        try:
            partitions = consumer.list_topics(topic, 10).topics[topic].partitions
            ends.append([
                consumer.get_watermark_offsets(client().TopicPartition(topic, p), timeout=10)[1]
                for p in partitions])
        finally:
            consumer.close()
    return ends[0] == ends[1]


def read_committed(broker, topic):
    """All that readers of committed messages see now."""
    consumer = client().Consumer({
        "bootstrap.servers": broker.bootstrap, "group.id": "trailbell-tests-committed",
        "enable.auto.commit": False, "isolation.level": "read_committed",
        "enable.partition.eof": True, "log_level": 0})
    try:
        left = {p for p in consumer.list_topics(topic, 10).topics[topic].partitions}
        consumer.assign([client().TopicPartition(topic, p, 0) for p in left])
        messages = []

        def all_read():
            for one in consumer.consume(1000, 0.2):
                if one.error() is None:
                    messages.append(one)
                elif one.error().code() == client().KafkaError._PARTITION_EOF:
                    left.discard(one.partition())
            return not left

        wait_until(all_read, f"the end of {topic}")
        return messages
    finally:
        consumer.close()


class ExactlyOnceTest(ServiceTest):
    """`expected`: the event ids of the alerts that have to come; `poison`: what cannot be read."""

    def config(self, broker, **delivery):
        self.configs += 1
        return {
            "source": {
                "kafka": {
                    "brokers": broker.bootstrap,
                    "topics": ["cloudtrail"],
                    "group_id": "trailbell",
                    "properties": {"session.timeout.ms": "6000", **self.properties},
                }
            },
            "sinks": [
                {"kafka": {"brokers": broker.bootstrap, "topic": "alerts"}},
                {"file": {"path": self.path(f"beside-{self.configs}.jsonl")}, "required": False},
            ],
            "quarantine": {"kafka": {"brokers": broker.bootstrap, "topic": "rejects"}}
                          if self.quarantine_topic else {"path": self.path("quarantine")},
            "delivery": {"guarantee": "exactly_once", **delivery},
        }

    properties = {}
    configs = 0
    quarantine_topic = False
    rejects_topic = {}

    def broker(self, partitions=1, alerts=None):
        cleanup = "transaction.abort.timed.out.transaction.cleanup.interval.ms"
        broker = Broker(settings={cleanup: 500})
        self.addCleanup(broker.__exit__, None, None, None)
        broker.__enter__()
        broker.create_topic("cloudtrail", partitions=partitions)
        broker.create_topic("alerts", partitions=2, **(alerts or {}))
        broker.create_topic("rejects", partitions=2, **self.rejects_topic)
        self.sent, self.expected, self.poison = 0, [], []
        return broker

    def produce(self, broker, partitions, count, every=1, poison_every=0):
        """Returns how many alerts are expected of it. Before each `poison_every`-th comes one that
        cannot be read."""
        before = len(self.expected)
        for partition in range(partitions):
            names = [str(self.sent + i) for i in range(count)]
            alerting = {one for one in names if int(one) % every == 0}
            messages = []
            for one in names:
                if poison_every and int(one) % poison_every == 0:
                    self.poison.append(f"{{ no json {one}")
                    messages.append(self.poison[-1].encode())
                messages.append(
                    record("PutRolePolicy" if one in alerting else "ListRoles", one).encode())
            broker.produce("cloudtrail", messages, partition=partition)
            self.expected += sorted(alerting, key=int)
            self.sent += count
        return len(self.expected) - before

    def lag(self, broker):
        try:
            done = broker.committed("trailbell", "cloudtrail")
        except client().KafkaException:  # a coordinator that is not ready, or waits for an end
            return None
        return sum(end - (at or 0) for end, at in zip(broker.end_offsets("cloudtrail"), done))

    def lag_is_left(self, broker):
        lags = []

        def told():
            lags.append(self.lag(broker))
            return lags[-1] is not None

        wait_until(told, "the lag")
        return lags[-1] > 0

    def delivered(self, broker):
        return [json.loads(m.value())["event_id"] for m in read_committed(broker, "alerts")]

    def expect_each_once(self, broker):
        wait_until(lambda: self.lag(broker) == 0, "all is committed")
        wait_until(lambda: nothing_is_open(broker, "alerts"), "the end of every transaction")
        got = collections.Counter(self.delivered(broker))
        self.assertEqual({k: v for k, v in got.items() if v != 1}, {}, "doubled")
        self.assertEqual(set(got), set(self.expected))
        if self.quarantine_topic:
            wait_until(lambda: nothing_is_open(broker, "rejects"), "the end of every transaction")
            rejects = collections.Counter(
                m.value().decode() for m in read_committed(broker, "rejects"))
            self.assertEqual({k: v for k, v in rejects.items() if v != 1}, {}, "doubled rejects")
            self.assertEqual(set(rejects), set(self.poison))
