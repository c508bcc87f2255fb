"""`trailbell run` with exactly_once through a real broker: every alert once, whatever happens.

Readers see what was committed, and count: each expected event_id is there exactly once, and so is
in the quarantine topic what cannot be read.
"""

import collections
import os
import secrets

from exactly_once import ExactlyOnceTest, read_committed
from harness import main, record
from service import wait_until

LONG = os.environ.get("TRAILBELL_FAILURES") == "long"
KILLS = 30 if LONG else 5
REBALANCES = 30 if LONG else 5
MESSAGES = 3_000  # for each partition and kill
ALERTING = 20     # one record of so many
POISON = 30       # before each record of so many comes one that cannot be read


class RunExactlyOnce(ExactlyOnceTest):
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

    def test_what_came_after_a_start_at_the_end_of_the_log_is_not_lost_by_a_kill(self):
        self.properties = {"auto.offset.reset": "latest"}
        broker = self.broker(partitions=2)
        self.produce(broker, 2, 10)
        self.expected = []  # it was there before
        service = self.start(self.config(broker))
        ends = broker.end_offsets("cloudtrail")
        wait_until(lambda: broker.committed("trailbell", "cloudtrail") == ends, "where it begins")
        service.kill()
        self.produce(broker, 2, 20)
        again = self.start(self.config(broker), "again")
        self.expect_each_once(broker)
        self.assertEqual(again.stop(), 0, again.log())

    def test_kills_while_records_flow(self):
        self.kill_while_records_flow(KILLS, 0)

    def test_kills_while_some_of_what_flows_cannot_be_read(self):
        self.quarantine_topic = True
        self.kill_while_records_flow(KILLS if LONG else 3, POISON)

    def kill_while_records_flow(self, wanted, poison_every):
        broker = self.broker(partitions=3)
        kills, runs = 0, 0
        while kills < wanted:
            self.assertLess(runs, 8 * wanted, "it is never killed in time")
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
