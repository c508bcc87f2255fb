"""`trailbell run` with exactly_once through a real broker: every alert once, whatever happens.

Readers see what was committed, and count: each expected event_id is there exactly once, and so is
in the quarantine topic what cannot be read.
"""

import collections
import json
import os
import secrets

from harness import main, record
from kafka_broker import Broker, client
from service import ServiceTest, wait_until

LONG = os.environ.get("TRAILBELL_FAILURES") == "long"
KILLS = 30 if LONG else 5
REBALANCES = 30 if LONG else 5
MESSAGES = 3_000  # for each partition and kill
ALERTING = 20     # one record of so many
POISON = 30       # before each record of so many comes one that cannot be read


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


class RunExactlyOnce(ServiceTest):
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

    def test_alerts_and_offsets_are_committed_together(self):
        broker = self.broker(partitions=2)
        service = self.start(self.config(broker))
        self.produce(broker, 2, 500, every=2)
        broker.produce("cloudtrail", [b"{ no json", None, b""])
        wait_until(lambda: self.lag(broker) == 0, "all is committed")
        committed = 'trailbell_transactions_total{outcome="committed"}'
        self.assertGreaterEqual(service.metrics()[committed], 1)
        self.assertLess(service.metrics()[committed], 200, "not one for each message")
        self.assertEqual(service.total("trailbell_quarantined_total"), 1)
        self.assertEqual(service.stop(), 0, service.log())
        self.expect_each_once(broker)
        beside = collections.Counter(a["event_id"] for a in self.alerts("beside-1.jsonl"))
        self.assertEqual(beside, collections.Counter(self.expected), "what was committed, once")

    def test_kills_while_records_flow(self):
        self.kill_while_records_flow(0)

    def test_kills_while_some_of_what_flows_cannot_be_read(self):
        self.quarantine_topic = True
        self.kill_while_records_flow(POISON)

    def kill_while_records_flow(self, poison_every):
        broker = self.broker(partitions=3)
        kills, runs = 0, 0
        while kills < KILLS:
            self.assertLess(runs, 8 * KILLS, "it is never killed in time")
            self.produce(broker, 3, MESSAGES, ALERTING, poison_every)
            before = sum(broker.end_offsets("alerts"))
            service = self.start(self.config(broker, max_in_flight_bytes="64KiB"), f"run-{runs}")
            wait_until(
                lambda: sum(broker.end_offsets("alerts")) > before + 20, "some more alerts")
            service.kill()
            runs += 1
            kills += self.lag_is_left(broker)
        last = self.start(self.config(broker), "last")
        self.expect_each_once(broker)
        self.assertEqual(last.stop(), 0, last.log())

    def rebalance(self):
        broker = self.broker(partitions=4)
        start = lambda name: self.start(self.config(broker, max_in_flight_bytes="64KiB"), name)
        members = [start(name) for name in ("m0", "m1")]
        for turn in range(REBALANCES):
            before = len(self.delivered(broker))
            self.produce(broker, 4, MESSAGES, every=ALERTING)
            members.append(start(f"m{turn + 2}"))
            wait_until(lambda: len(self.delivered(broker)) > before, "some more alerts")
            leaving = members.pop(0)
            if turn % 2:
                leaving.kill()
            else:
                self.assertEqual(leaving.stop(), 0, leaving.log())
        self.expect_each_once(broker)
        for member in members:
            self.assertEqual(member.stop(), 0, member.log())
        self.expect_each_once(broker)

    def test_members_that_come_and_go(self):
        self.rebalance()

    def test_cooperative_members_that_come_and_go(self):
        self.properties = {"partition.assignment.strategy": "cooperative-sticky"}
        self.rebalance()

    def test_a_broker_that_goes_away_and_comes_back(self):
        broker = self.broker(partitions=2)
        service = self.start(self.config(broker))
        self.produce(broker, 2, 2_000, every=2)
        wait_until(lambda: len(self.delivered(broker)) > 0, "some alerts")
        broker.stop()
        broker.start()
        self.produce(broker, 2, 500, every=2)
        wait_until(lambda: self.lag(broker) == 0, "all is committed")
        broker.kill()
        broker.start()
        self.produce(broker, 2, 500, every=2)
        self.expect_each_once(broker)
        self.assertIsNone(service.process.poll(), service.log())
        self.assertEqual(service.stop(), 0, service.log())

    def test_of_two_with_one_instance_the_earlier_ends(self):
        broker = self.broker(partitions=2)
        first = self.start(self.config(broker, instance="one"), "first")
        self.produce(broker, 2, 200)
        self.expect_each_once(broker)
        second = self.start(self.config(broker, instance="one"), "second")
        said = lambda: self.produce(broker, 2, 20) and first.process.poll() is not None
        wait_until(said, "the first ends")
        self.assertEqual(first.process.returncode, 3, first.log())
        self.assertIn("delivery.instance", first.log())
        self.produce(broker, 2, 200)
        self.expect_each_once(broker)
        self.assertEqual(second.stop(), 0, second.log())

    def test_a_process_that_slept_through_its_session_stores_nothing(self):
        broker = self.broker(partitions=2)
        sleeper = self.start(self.config(broker, max_in_flight_bytes="64KiB"), "sleeper")
        self.produce(broker, 2, 20_000, every=2)
        wait_until(lambda: len(self.delivered(broker)) > 0, "some alerts")
        os.kill(sleeper.process.pid, 19)  # SIGSTOP
        other = self.start(self.config(broker), "other")
        self.expect_each_once(broker)
        os.kill(sleeper.process.pid, 18)  # SIGCONT
        self.produce(broker, 2, 1_000, every=2)
        self.expect_each_once(broker)
        for one in (sleeper, other):
            self.assertEqual(one.stop(), 0, one.log())
        self.expect_each_once(broker)

    def test_an_alert_that_the_broker_never_takes_goes_to_quarantine(self):
        broker = self.broker(alerts={"max.message.bytes": "3000"})
        service = self.start(self.config(broker))
        large = record(event_id="large", userAgent=secrets.token_hex(8_000))
        broker.produce("cloudtrail", [record(event_id="before").encode(), large.encode(),
                                      record(event_id="after").encode()])
        self.expected = ["before", "after"]
        self.expect_each_once(broker)
        refused = 'trailbell_quarantined_total{reason="refused"}'
        self.assertEqual(service.metrics()[refused], 1)
        self.assertEqual(service.stop(), 0, service.log())

    def test_rejects_are_in_the_transaction_of_their_batch_in_as_many_messages_as_it_takes(self):
        self.quarantine_topic = True
        self.rejects_topic = {"max.message.bytes": "100000"}
        broker = self.broker(partitions=2)
        service = self.start(self.config(broker))
        self.produce(broker, 2, 500, every=5, poison_every=10)
        self.expect_each_once(broker)
        large = b"{" + secrets.token_hex(200_000).encode()
        broker.produce("cloudtrail", [large])
        self.produce(broker, 2, 500, every=5)
        wait_until(lambda: self.lag(broker) == 0, "all is committed")
        parts = {}
        for one in read_committed(broker, "rejects"):
            headers = dict(one.headers())
            if headers["trailbell.bytes"] == str(len(large)).encode():
                number = int(headers["trailbell.part"])
                self.assertNotIn(number, parts)
                parts[number] = one.value()
        self.assertGreater(len(parts), 1)
        self.assertEqual(b"".join(parts[i] for i in range(len(parts))), large)
        self.assertEqual(service.stop(), 0, service.log())


if __name__ == "__main__":
    main()
