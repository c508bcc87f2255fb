"""Services from a topic to a topic of a real broker, and what must have come of it.

With TRAILBELL_FAILURES=long in the environment the tests that use this do all they can; without it,
a handful of each.
"""

import collections
import hashlib
import json
import os

from kafka_broker import client
from kafka_flow import ALERTS, GROUP, SOURCE
from service import ServiceTest, wait_until
from watch import Watch

LONG = os.environ.get("TRAILBELL_FAILURES") == "long"


def fingerprint(event_id):
    return hashlib.sha256(b"cis-4.4\0" + event_id.encode()).hexdigest()[:32]


class KafkaRunTest(ServiceTest):
    """Each service is watched while it runs."""

    one_record_a_message = True

    def setUp(self):
        super().setUp()
        self.watches = []

    def tearDown(self):
        for watch in self.watches:
            watch.stop()
        faults = [fault for watch in self.watches for fault in watch.faults]
        self.assertEqual(faults[:3], [])

    def start(self, config, name="trailbell"):
        service = super().start(config, name)
        service.watch = Watch(service, self.one_record_a_message)
        self.watches.append(service.watch)
        return service

    def config(self, broker, bootstrap=None, properties=None, sink=None, **more):
        brokers = bootstrap or broker.bootstrap
        return {
            "source": {"kafka": {
                "brokers": brokers, "topics": [SOURCE], "group_id": GROUP,
                "properties": {
                    "session.timeout.ms": "1500", "heartbeat.interval.ms": "300",
                    **(properties or {})},
            }},
            "sinks": [{"kafka": {"brokers": sink or brokers, "topic": ALERTS}}],
            "quarantine": {"path": self.path("quarantine")},
            # So little that a backlog is many batches.
            "delivery": {"max_in_flight_bytes": "64KiB"},
            **more,
        }

    def make_topics(self, broker, partitions):
        broker.create_topic(SOURCE, partitions=partitions)
        broker.create_topic(ALERTS)

    def lag(self, broker, ends=None):
        """Records before `ends` (by default all) that are not committed."""
        done = broker.committed(GROUP, SOURCE)
        ends = ends or broker.end_offsets(SOURCE)
        return sum(max(0, end - (at or 0)) for end, at in zip(ends, done))

    def wait_for_readiness(self, service, status):
        """Its answer, once /readyz has this status."""

        def answer():
            got = service.get("/readyz")
            return got[1] if got[0] == status else None

        try:
            return wait_until(answer, f"/readyz is {status}")
        except TimeoutError as late:
            raise TimeoutError(f"{late}: {service.log()[-3000:]}") from late

    def wait_for_lag_0(self, broker):
        wait_until(lambda: self.lag(broker) == 0, "all is committed", timeout_s=180)

    def delivered(self, broker):
        sent = sum(broker.end_offsets(ALERTS))
        messages = broker.consume(ALERTS, lambda got: len(got) >= sent)
        return [json.loads(one.value()) for one in messages]

    def check_alerts(self, broker, flow, what):
        """None is lost, none is made up, and one that came twice is the same both times."""
        copies = collections.defaultdict(list)
        for alert in self.delivered(broker):
            del alert["detected_at"]
            copies[alert["event_id"]].append(alert)
        lost = flow.expected - copies.keys()
        self.assertFalse(lost, f"{what}: {len(lost)} of {len(flow.expected)} alerts are lost, "
                               f"such as {sorted(lost)[:5]}")
        self.assertFalse(copies.keys() - flow.expected - flow.uncertain, f"{what}: made up")
        for event_id, all_of_it in copies.items():
            self.assertEqual(all_of_it[0]["fingerprint"], fingerprint(event_id))
            for one in all_of_it:
                self.assertEqual(one, all_of_it[0])
        repeated = sum(map(len, copies.values())) - len(copies)
        print(f"{what}: {flow.stored} records, {len(copies)} alerts, {repeated} of them more than "
              "once, none lost", flush=True)

    def members(self, broker):
        """Client ids and the number of partitions of each, where the group is at rest."""
        admin = broker.admin()
        try:
            found = admin.describe_consumer_groups([GROUP])[GROUP].result(30)
        except client().KafkaException:
            return None  # the coordinator of the group is not there yet
        if found.state.name != "STABLE":
            return None
        return {one.client_id: len(one.assignment.topic_partitions) for one in found.members}

    def wait_for_members(self, broker, names):
        """Until these and no others share the partitions."""
        partitions = len(broker.end_offsets(SOURCE))

        def shared():
            now = self.members(broker)
            return now is not None and now.keys() == set(names) and sum(
                now.values()) == partitions and now

        return wait_until(shared, f"{sorted(names)} share the partitions")


class Members:
    """Of a group, by name: they come and go, two or three at a time."""

    def __init__(self, test, broker, prefix=""):
        self.now, self._test, self._broker, self._prefix = {}, test, broker, prefix
        self._made = 0

    def join(self):
        name = f"{self._prefix}m{self._made}"
        self._made += 1
        config = self._test.config(self._broker, properties={"client.id": name})
        self.now[name] = self._test.start(config, name)

    def leave(self, name, killed):
        leaving = self.now.pop(name)
        if killed:
            leaving.kill()
        else:
            self._test.assertEqual(leaving.stop(), 0, leaving.log())

    def turn(self, dice, stays=None):
        """One comes, or one goes that is not `stays`; returns when the rest share all."""
        if len(self.now) < 2 or (len(self.now) == 2 and dice.random() < 0.6):
            self.join()
        else:
            leaving = dice.choice(sorted(self.now.keys() - {stays}))
            self.leave(leaving, killed=dice.random() < 0.5)
        if len(self.now) < 2:
            self.join()
        self._test.wait_for_members(self._broker, self.now)
