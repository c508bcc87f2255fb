"""Thresholds and correlations of `trailbell run` with exactly_once, against a real broker: what was
stored, however often processes were killed, is what a replay of the same records finds."""

import collections
import json
import os
import random
import time

from exactly_once import ExactlyOnceTest, read_committed
from harness import main, record
from kafka_broker import client
from service import wait_until

LONG = os.environ.get("TRAILBELL_FAILURES") == "long"
KILLS = 20 if LONG else 3
TURNS = 20 if LONG else 4
USERS = 400         # of a partition
PIECE_S = 2 * 3600  # of event time, for each kill
# Not so long ago that a broker deletes it; all that is made lies before now.
BEGAN = int(time.time()) - 6 * 24 * 3600
RULES = {
    "many.yaml": """id: many
title: t
severity: low
pattern: '{ $.eventName = ConsoleLogin }'
threshold: {count: 3, window: 10m, group_by: [$.userIdentity.userName]}
""",
    "guessed.yml": """title: Failed
id: 11111111-0000-4000-8000-000000000001
name: failed
logsource: {product: aws, service: cloudtrail}
detection:
  s: {eventName: ConsoleLogin, errorMessage: Failed authentication}
  condition: s
level: low
---
title: Succeeded
name: succeeded
logsource: {product: aws, service: cloudtrail}
detection:
  s: {eventName: ConsoleLogin}
  failed: {errorMessage|exists: true}
  condition: s and not failed
level: informational
---
title: Password guessed
id: guessed
correlation:
  type: temporal_ordered
  rules: [failed, succeeded]
  group-by: [userIdentity.userName]
  timespan: 10m
level: high
""",
}


def login(event_id, second, who, failed):
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(BEGAN + second))
    more = {"errorMessage": "Failed authentication"} if failed else {}
    return record("ConsoleLogin", event_id, eventTime=when, eventSource="signin.amazonaws.com",
                  userIdentity={"type": "IAMUser", "userName": who}, **more)


def seen(alerts):
    return collections.Counter(
        (a["rule_id"], a["fingerprint"], tuple(a["event_ids"])) for a in alerts)


class Log:
    """Of one partition: users that come in bursts, and are quiet for longer than a window."""

    def __init__(self, partition, dice):
        self.records, self._partition, self._dice = [], partition, dice
        self._next = [(dice.randrange(1800), user) for user in range(USERS)]
        self._end = 0

    def more(self, span_s=PIECE_S):
        """(second, record), in the order of time."""
        self._end += span_s
        made = []
        while min(self._next)[0] < self._end:
            at, user = min(self._next)
            self._next.remove((at, user))
            for _ in range(self._dice.randrange(1, 9)):
                made.append((at, user))
                at += self._dice.randrange(1, 90)
            self._next.append((at + self._dice.randrange(1200, 6000), user))
        return [self._add(at, f"p{self._partition}u{user}") for at, user in sorted(made)]

    def clock(self):
        """Behind it, all that came before is due."""
        self._end = max([self._end] + [at for at, _ in self.records]) + 4 * 3600
        return [self._add(self._end, f"clock{self._partition}")]

    def _add(self, at, who):
        event_id = f"p{self._partition}e{len(self.records)}"
        self.records.append((at, login(event_id, at, who, self._dice.random() < 0.6)))
        return self.records[-1]


class RunExactlyOnceState(ExactlyOnceTest):
    def config(self, broker, **delivery):
        for name, text in RULES.items():
            if not os.path.exists(self.path("rules/" + name)):
                self.file("rules/" + name, text)
        config = super().config(broker, **delivery)
        return {**config, "rules": {"paths": [self.path("rules")], "reload": False}}

    def logs(self, partitions, seed):
        return [Log(partition, random.Random(seed + partition)) for partition in range(partitions)]

    def send(self, broker, partition, records):
        """Each with the time of its event: what a window does not reach is not read again."""
        producer = client().Producer(
            {"bootstrap.servers": broker.bootstrap, "linger.ms": 5, "log_level": 0,
             "queue.buffering.max.messages": 1_000_000})
        failed = []
        for at, one in records:
            producer.produce("cloudtrail", one, partition=partition, timestamp=(BEGAN + at) * 1000,
                             on_delivery=lambda error, _: error and failed.append(error))
        self.assertEqual((producer.flush(60), failed[:1]), (0, []))

    def stored(self, broker):
        return seen(json.loads(m.value()) for m in read_committed(broker, "alerts"))

    def expect_what_a_replay_finds(self, broker, logs):
        expected = collections.Counter()
        for number, log in enumerate(logs):
            path = self.file(f"log{number}.jsonl", "".join(one + "\n" for _, one in log.records))
            got = self.replay("--rules", self.path("rules"), "--format", "jsonl", path)
            expected += seen(got.alerts)
        self.assertGreater(len([one for one in expected if one[0] == "many"]), 100)
        self.assertGreater(len([one for one in expected if one[0] == "guessed"]), 100)
        wait_until(lambda: self.lag(broker) == 0, "all is committed")
        try:
            wait_until(lambda: self.stored(broker) == expected, "every alert once", timeout_s=20)
        except TimeoutError:
            got = self.stored(broker)
            doubled = {one: count for one, count in got.items() if count > 1}
            self.fail(f"{len(expected)} alerts, {len(expected - got)} are lost, {len(doubled)} are "
                      f"doubled, {len(got.keys() - expected.keys())} are others: "
                      f"{list((expected - got).items())[:3]} {list(doubled.items())[:3]} "
                      f"{list((got - expected).items())[:3]}")

    def kill_while_records_flow(self, partitions):
        broker = self.broker(partitions=partitions)
        logs = self.logs(partitions, 7 * partitions)
        kills, runs = 0, 0
        while kills < KILLS:
            late = runs - kills  # where it was done before the kill it gets more to do
            self.assertLess(late, 8, "it is never killed in time")
            for partition, log in enumerate(logs):
                for _ in range(1 + late):
                    self.send(broker, partition, log.more())
            before = sum(broker.end_offsets("alerts"))
            service = self.start(self.config(broker, max_in_flight_bytes="64KiB"), f"run-{runs}")
            wait_until(
                lambda: sum(broker.end_offsets("alerts")) > before + 10, "some more alerts")
            service.kill()
            runs += 1
            kills += self.lag_is_left(broker)
        last = self.start(self.config(broker), "last")
        for partition, log in enumerate(logs):
            self.send(broker, partition, log.clock())
        self.expect_what_a_replay_finds(broker, logs)
        self.assertIn("were read again for the windows of stateful rules", last.log())
        self.assertEqual(last.stop(), 0, last.log())

    def test_kills_where_one_partition_flows(self):
        self.kill_while_records_flow(1)

    def test_kills_where_two_partitions_flow_that_are_keyed(self):
        self.kill_while_records_flow(2)

    def test_members_that_come_and_go(self):
        broker = self.broker(partitions=2)
        logs = self.logs(2, 99)
        start = lambda name: self.start(self.config(broker, max_in_flight_bytes="64KiB"), name)
        members = [start("m0")]
        for turn in range(TURNS):
            before = sum(broker.end_offsets("alerts"))
            for partition, log in enumerate(logs):
                self.send(broker, partition, log.more())
            members.append(start(f"m{turn + 1}"))
            wait_until(lambda: sum(broker.end_offsets("alerts")) > before, "some more alerts")
            leaving = members.pop(0)
            if turn % 2:
                leaving.kill()
            else:
                self.assertEqual(leaving.stop(), 0, leaving.log())
        for partition, log in enumerate(logs):
            self.send(broker, partition, log.clock())
        self.expect_what_a_replay_finds(broker, logs)
        for member in members:
            self.assertEqual(member.stop(), 0, member.log())

    def test_what_time_alone_brought_about_is_stored_once_over_a_kill(self):
        broker = self.broker(partitions=2)
        quiet, busy = Log(0, random.Random(1)), Log(1, random.Random(2))
        service = self.start(self.config(broker), "before")
        self.send(broker, 0, [quiet._add(second, "eve") for second in (10, 20, 30)])
        wait_until(lambda: self.lag(broker) == 0, "all is committed")
        self.assertEqual(self.stored(broker), collections.Counter(), "they wait for what is late")
        self.send(broker, 1, busy.clock())
        wait_until(lambda: sum(self.stored(broker).values()) > 0, "the alert")
        before = self.stored(broker)
        service.kill()
        service = self.start(self.config(broker), "after")
        self.send(broker, 1, busy.clock())
        self.send(broker, 0, [quiet._add(40, "bob")] + quiet.clock())
        self.send(broker, 1, busy.clock())
        wait_until(lambda: self.lag(broker) == 0, "all is committed")
        self.send(broker, 0, [quiet._add(quiet._end + 10 * i, "end") for i in range(3)])
        self.send(broker, 0, quiet.clock())
        wait_until(lambda: self.stored(broker) - before, "what came due behind it")
        self.assertEqual({one: n for one, n in self.stored(broker).items() if n > 1}, {})
        self.assertEqual(service.stop(), 0, service.log())


if __name__ == "__main__":
    main()
