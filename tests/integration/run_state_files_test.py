"""Thresholds and correlations of `trailbell run` over files, and over its restarts."""

import os
import random
import signal
import time

from harness import main, record
from service import ServiceTest, wait_until
from watch import Watch

MANY = """id: many
title: t
severity: low
pattern: '{ $.eventName = ConsoleLogin }'
threshold: {count: 3, window: 10m, group_by: [$.userIdentity.userName]}
"""
THEN = """title: Login
name: login
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventName: ConsoleLogin}, condition: s}
level: low
---
title: Policy
name: policy
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventName: CreatePolicy}, condition: s}
level: low
---
title: Then
id: then
correlation:
  type: temporal_ordered
  rules: [login, policy]
  group-by: [userIdentity.userName]
  timespan: 10m
level: high
"""
NOW = int(time.time())


def one(name, event_id, second, who="eve"):
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(NOW - 7200 + second))
    user = {"type": "IAMUser", "userName": who}
    return record(name, event_id, eventTime=when, userIdentity=user)


def login(event_id, second, who="eve"):
    return one("ConsoleLogin", event_id, second, who)


def clock(second):
    """Behind it, nothing up to then is waited for any more: it moves event time on."""
    return login(f"clock{second}", second + 3600, f"clock{second}")


class RunStateFiles(ServiceTest):
    def setUp(self):
        super().setUp()
        os.makedirs(self.path("in"))
        self.put_count = 0
        self.file("rules/many.yaml", MANY)
        self.file("rules/then.yml", THEN)

    def config(self, **more):
        return {
            "source": {"file": {"paths": [self.path("in")], "checkpoint": self.path("done")}},
            "rules": {"paths": [self.path("rules")]},
            "sinks": [{"file": {"path": self.path("alerts.jsonl")}}],
            **more,
        }

    def put(self, *records):
        """Each a file of its own, whole, under its name."""
        for text in records:
            self.put_count += 1
            os.rename(self.file("outside", text), self.path(f"in/{self.put_count:06}.json"))

    def wait_done(self, service, count):
        wait_until(lambda: service.total("trailbell_records_total") == count, "all is done")

    def wait_checkpointed(self):
        """Every file that was put. What a kill leaves out of it is read again before."""
        def all_are():
            with open(self.path("done")) as lines:
                return sum(line.endswith(".json\n") for line in lines) == self.put_count

        wait_until(all_are, "all is in the checkpoint")

    def bursts(self):
        return sorted((a["rule_id"], a["count"], a["event_ids"]) for a in self.alerts())

    def test_the_other_half_comes_after_a_restart(self):
        for how in (signal.SIGTERM, signal.SIGKILL):
            with self.subTest(how.name):
                name = how.name
                before = self.bursts()
                service = self.start(self.config(), name + "1")
                self.put(login(name + "a", 10, name), login(name + "b", 20, name))
                self.wait_done(service, 2)
                # What was done is kept by then.
                self.assertEqual(service.stop(how), 0 if how == signal.SIGTERM else -9)
                service = self.start(self.config(), name + "2")
                wait_until(lambda: "go on with what they had counted: 2 rules" in service.log(),
                           "what it begins with")
                ids = [name + x for x in "abcd"]
                self.put(login(ids[2], 30, name), one("CreatePolicy", ids[3], 40, name),
                         clock(40 if how == signal.SIGTERM else 41))
                expected = sorted(before + [("many", 3, ids[:3]), ("then", 2, ids)])
                self.wait_checkpointed()
                self.assertEqual(self.bursts(), expected)
                self.assertEqual(service.stop(how), 0 if how == signal.SIGTERM else -9)
                # And nothing fires again, nor does what is counted anew count what has fired.
                service = self.start(self.config(), name + "3")
                self.put(login(name + "e", 50, name), login(name + "f", 60, name),
                         clock(60 if how == signal.SIGTERM else 61))
                self.wait_checkpointed()
                self.assertEqual(service.stop(), 0, service.log())
                self.assertEqual(self.bursts(), expected)

    def test_kills_at_any_moment_lose_no_window(self):
        seed = 20261128
        chance = random.Random(seed)
        people = [f"p{i:03}" for i in range(120)]
        halves = [login(who + x, 10 + i, who) for i, x in enumerate("abc") for who in people]
        given = 0
        for kill in range(6):
            service = self.start(self.config(), f"kill{kill}")
            until = len(halves) * (kill + 1) // 7
            for text in halves[given:until]:
                self.put(text)
            given = until
            some = chance.randrange(1, 40)
            wait_until(lambda: service.total("trailbell_records_total") >= some, "some are done")
            service.kill()
        service = self.start(self.config(), "last")
        self.put(*halves[given:], clock(100))
        wait_until(lambda: len({a["event_id"] for a in self.alerts()}) == len(people),
                   f"every alert (seed {seed})")
        self.assertEqual(service.stop(), 0, service.log())
        fingerprints = {}
        for alert in self.alerts():
            who = alert["event_ids"][0][:4]
            self.assertEqual((alert["rule_id"], alert["count"], alert["event_ids"]),
                             ("many", 3, [who + x for x in "abc"]))
            self.assertEqual(fingerprints.setdefault(who, alert["fingerprint"]),
                             alert["fingerprint"])
        self.assertEqual(len(fingerprints), len(people))

    def test_matched_and_passed_become_those_of_a_replay(self):
        people = [f"p{i}" for i in range(7)]
        self.put(*[login(who + x, 10 + i, who) for i, x in enumerate("abc") for who in people])
        self.put(one("CreatePolicy", "x", 20, "p0"), one("CreatePolicy", "y", 20, "p1"), clock(20))
        service = self.start(self.config())
        watch = Watch(service, one_record_a_message=True)
        self.addCleanup(watch.stop)
        wait_until(lambda: len(self.alerts()) == 9, "the alerts")
        # Where nothing passes, there is nothing to count in their place.
        self.put(*[record("ListRoles", f"l{i}") for i in range(20)])
        self.wait_done(service, 44)
        summary = self.replay("--rules", self.path("rules"), self.path("in")).summary
        self.assertEqual((summary["records"], summary["matched"]), (44, 9))
        by_outcome = 'trailbell_records_total{outcome="%s",source="file"}'
        series = service.metrics()
        self.assertEqual({x: series[by_outcome % x] for x in ("matched", "passed", "rejected")},
                         {x: summary[x] for x in ("matched", "passed", "rejected")})
        wait_until(lambda: watch.scrapes > 0, "a look at the metrics")
        watch.stop()
        self.assertEqual(watch.faults, [])
        self.assertGreater(watch.scrapes, 0)
        self.assertEqual(service.stop(), 0, service.log())

    def test_what_cannot_be_used_is_said_and_set_aside(self):
        state = self.path("done.windows")
        service = self.start(self.config(), "before")
        self.put(login("a", 10), login("b", 20))
        self.wait_done(service, 2)
        self.assertEqual(service.stop(), 0, service.log())
        with open(state, "r+b") as file:
            file.seek(100)
            file.write(b"damage")
        service = self.start(self.config(), "damaged")
        self.put(login("c", 30), clock(30))
        self.wait_done(service, 2)
        self.assertEqual(service.stop(), 0, service.log())
        self.assertIn(f"{state} is damaged; it is kept as {state}.unusable; thresholds and "
                      "correlations begin anew", service.log())
        self.assertEqual(self.alerts(), [])

    def test_a_reload_and_another_rule_set_keep_what_did_not_change(self):
        service = self.start(self.config(), "before")
        self.put(login("a", 10), login("b", 20))
        self.wait_done(service, 2)
        self.file("rules/then.yml", THEN.replace("10m", "20m"))
        service.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "1 keep what they have counted; these count from now on: then"
                   in service.log(), "the reload")
        self.assertEqual(service.stop(), 0, service.log())
        self.file("rules/then.yml", THEN.replace("10m", "30m"))
        service = self.start(self.config(), "after")
        self.put(login("c", 30), one("CreatePolicy", "d", 40), clock(40))
        self.wait_done(service, 3)
        self.assertEqual(service.stop(), 0, service.log())
        self.assertIn("what they had counted is forgotten: then", service.log())
        # The correlation has seen the third login only.
        self.assertEqual(self.bursts(), [("many", 3, ["a", "b", "c"]), ("then", 2, ["c", "d"])])


if __name__ == "__main__":
    main()
