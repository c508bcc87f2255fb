"""Thresholds of `trailbell run` over restarts and reloads, against a real broker and over files."""

import json
import os
import signal
import time

from harness import main, record
from kafka_broker import Broker
from service import ServiceTest, wait_until

RULE = """id: {id}
title: t
severity: low
pattern: '{{ $.eventName = ConsoleLogin }}'
threshold: {{count: {count}, window: 10m, group_by: [$.userIdentity.userName]}}
"""
NOW = int(time.time())


def time_at(second):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(NOW - 3600 + second))


def login(event_id, second, who="eve"):
    user = {"type": "IAMUser", "userName": who}
    return record("ConsoleLogin", event_id, eventTime=time_at(second), userIdentity=user)


def clock(second):
    """Behind it, nothing up to then is waited for any more: it moves event time on."""
    return login(f"clock{second}", second + 3600, "clock")


class RunState(ServiceTest):
    def rules(self, count=3, name="many"):
        self.file(f"rules/{name}.yaml", RULE.format(id=name, count=count))
        return {"paths": [self.path("rules")]}

    def config(self, broker, **more):
        return {
            "source": {
                "kafka": {
                    "brokers": broker.bootstrap,
                    "topics": ["cloudtrail"],
                    "group_id": "trailbell",
                    "properties": {"session.timeout.ms": "6000"},
                }
            },
            "rules": self.rules(),
            "sinks": [{"file": {"path": self.path("alerts.jsonl")}}],
            "quarantine": {"path": self.path("quarantine")},
            **more,
        }

    def send(self, broker, *records, partition=0, seconds=None):
        """`seconds`: their timestamps, as those of time_at()."""
        for number, one in enumerate(records):
            at = None if seconds is None else (NOW - 3600 + seconds[number]) * 1000
            broker.produce("cloudtrail", [one.encode()], partition=partition, timestamp=at)

    def wait_committed(self, broker):
        def all_is():
            done = broker.committed("trailbell", "cloudtrail")
            return all(end == (at or 0)
                       for end, at in zip(broker.end_offsets("cloudtrail"), done))

        wait_until(all_is, "all is committed")

    def bursts(self):
        return [sorted(a["event_ids"]) for a in self.alerts() if a["group"] != {
            "$.userIdentity.userName": '"clock"'}]

    def test_a_window_that_a_kill_cuts_is_whole(self):
        with Broker() as broker:
            broker.create_topic("cloudtrail", partitions=2)
            service = self.start(self.config(broker), "before")
            self.send(broker, login("early", 0), login("a", 1200), login("b", 1260))
            self.wait_committed(broker)
            service.kill()
            self.send(broker, login("c", 1300), clock(1300))
            service = self.start(self.config(broker), "after")
            wait_until(lambda: self.bursts() == [["a", "b", "c"]], "the alert")
            self.wait_committed(broker)
            self.assertIn("were read again for the windows of stateful rules", service.log())
            # What is read again is counted nowhere.
            self.assertEqual(service.total("trailbell_records_total"), 2)
            self.assertEqual(service.stop(), 0, service.log())
            # And it does not fire again.
            service = self.start(self.config(broker), "last")
            self.send(broker, login("d", 1310), clock(1311))
            self.wait_committed(broker)
            self.assertEqual(service.stop(), 0, service.log())
            self.assertEqual(self.bursts(), [["a", "b", "c"]])

    def test_an_alert_that_waits_for_what_is_late_comes_after_the_restart(self):
        with Broker() as broker:
            broker.create_topic("cloudtrail")
            service = self.start(self.config(broker), "before")
            self.send(broker, login("a", 10), login("b", 20), login("c", 30))
            self.wait_committed(broker)
            service.kill()
            self.assertEqual(self.bursts(), [])
            service = self.start(self.config(broker), "after")
            self.send(broker, clock(40))
            wait_until(lambda: self.bursts() == [["a", "b", "c"]], "the alert")
            self.assertEqual(service.stop(), 0, service.log())

    def test_only_what_is_young_enough_is_read_again(self):
        with Broker() as broker:
            broker.create_topic("cloudtrail")
            service = self.start(self.config(broker), "before")
            old = [login(f"o{i}", i - 80_000, f"u{i}") for i in range(50)]
            self.send(broker, *old, seconds=[i - 80_000 for i in range(50)])
            self.send(broker, login("a", 10), login("b", 20), seconds=[10, 20])
            self.wait_committed(broker)
            service.kill()
            service = self.start(self.config(broker), "after")
            self.send(broker, login("c", 30), clock(40), seconds=[30, 3640])
            wait_until(lambda: self.bursts() == [["a", "b", "c"]], "the alert")
            self.assertIn(
                "2 messages from offset 50 on were read again for the windows of stateful rules; "
                "it goes on at 52", service.log())
            self.assertEqual(service.stop(), 0, service.log())

    def test_a_new_group_and_rules_without_windows_read_nothing_again(self):
        with Broker() as broker:
            broker.create_topic("cloudtrail")
            self.send(broker, login("a", 10), login("b", 20))
            service = self.start(self.config(broker), "new")
            self.wait_committed(broker)
            self.assertNotIn("read again", service.log())
            self.assertEqual(service.stop(), 0, service.log())
            self.file("rules/many.yaml", "id: one\ntitle: t\nseverity: low\n"
                      "pattern: '{ $.eventName = ConsoleLogin }'\n")
            config = self.config(broker)
            self.file("rules/many.yaml", "id: one\ntitle: t\nseverity: low\n"
                      "pattern: '{ $.eventName = ConsoleLogin }'\n")
            service = self.start(config, "stateless")
            self.send(broker, login("c", 30))
            self.wait_committed(broker)
            self.assertNotIn("read again", service.log())
            self.assertEqual(service.stop(), 0, service.log())

    def test_members_that_come_and_go_lose_no_window(self):
        with Broker() as broker:
            broker.create_topic("cloudtrail", partitions=2)
            for partition in range(2):
                for who in range(20):
                    name = f"p{partition}u{who}"
                    self.send(broker, login(f"{name}a", 10, name), login(f"{name}b", 20, name),
                              partition=partition)
            first = self.start(self.config(broker), "m0")
            self.wait_committed(broker)
            second = self.start(self.config(
                broker, sinks=[{"file": {"path": self.path("second.jsonl")}}]), "m1")
            wait_until(lambda: "given: cloudtrail" in second.log(), "it has a partition")
            for partition in range(2):
                for who in range(20):
                    name = f"p{partition}u{who}"
                    self.send(broker, login(f"{name}c", 30, name), partition=partition)
                self.send(broker, clock(40), partition=partition)
            expected = {f"p{p}u{w}c" for p in range(2) for w in range(20)}
            wait_until(
                lambda: {a["event_id"] for name in ("alerts.jsonl", "second.jsonl")
                         for a in self.alerts(name)} >= expected, "every alert")
            for service in (first, second):
                self.assertEqual(service.stop(), 0, service.log())

    def test_a_reload_keeps_the_windows_of_what_did_not_change(self):
        with Broker() as broker:
            broker.create_topic("cloudtrail")
            self.rules(3, "other")
            service = self.start(self.config(broker))
            self.send(broker, login("a", 10), login("b", 20))
            self.wait_committed(broker)
            self.rules(2, "other")
            service.process.send_signal(signal.SIGHUP)
            wait_until(lambda: "1 keep what they have counted; these count from now on: other"
                       in service.log(), "the reload")
            self.send(broker, login("c", 30), clock(40))
            wait_until(lambda: self.bursts(), "the alert")
            self.wait_committed(broker)
            self.assertEqual(service.stop(), 0, service.log())
            got = [(a["rule_id"], sorted(a["event_ids"])) for a in self.alerts()]
            self.assertEqual(got, [("many", ["a", "b", "c"])])


if __name__ == "__main__":
    main()
