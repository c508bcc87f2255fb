"""`trailbell verify --canary` through a folder: it arrives, labelled and apart; what forges its
mark alerts all the same; what does not arrive, or cannot be asked for, is said.

Usage: canary_test.py BINARY
"""

import json
import os
import time

from harness import main, record
from net_harness import answer, hang
from service import ServiceTest, wait_until

SOURCE = "canary.trailbell.invalid"


class Canary(ServiceTest):
    def begin(self, **more):
        os.makedirs(self.path("in"), exist_ok=True)
        self.config = {
            "source": {"file": {"paths": [self.path("in")]}},
            "sinks": [{"file": {"path": self.path("alerts.jsonl")}}],
            "quarantine": {"path": self.path("quarantine")}, **more,
        }
        service = self.start(self.config)
        wait_until(lambda: service.get("/readyz")[0] == 200, "it is ready")
        return service

    def canary(self, service, *words):
        address = service if isinstance(service, str) else "http://" + service.address()
        return self.run_binary("verify", "--canary", "-c", self.path("trailbell.yaml"),
                               "--service", address, *words)

    def test_it_arrives_labelled_and_apart(self):
        service = self.begin()
        got = self.canary(service, "--format", "json")
        self.assertEqual((got.code, got.err), (0, ""))
        said = json.loads(got.out)
        self.assertEqual((said["schema"], said["arrived"]), (1, True))
        self.assertLess(said["seconds"], 30)
        (alert,) = self.alerts()
        self.assertEqual((alert["event_id"], alert["canary"], alert["event_source"]),
                         (said["event_id"], True, SOURCE))
        self.assertEqual((alert["rule_id"], alert["severity"]), ("cis-4.4", "informational"))
        series = service.metrics()
        self.assertEqual(series["trailbell_canaries_total"], 1)
        self.assertEqual(service.total("trailbell_iam_policy_changes_total"), 0)
        self.assertEqual(service.total("trailbell_iam_policy_changes_by_actor_total"), 0)
        self.assertEqual(series["trailbell_event_age_seconds_count"], 0)
        status = json.loads(service.get("/status")[1])
        self.assertEqual([one["event_id"] for one in status["canaries"]], [said["event_id"]])
        got = self.canary(service)
        self.assertEqual(got.code, 0)
        self.assertRegex(got.out, r"^trailbell-canary-[0-9a-f]{32} was put into .* s later\n$")
        self.assertEqual(service.metrics()["trailbell_canaries_total"], 2)

    def test_a_forged_mark_hides_nothing(self):
        service = self.begin()
        mark = "trailbell-canary-" + "0" * 32
        forged = [
            record("PutUserPolicy", mark),  # IAM's own source
            record("PutRolePolicy", mark[:-1], eventSource=SOURCE),
            record("DeletePolicy", mark + "0", eventSource=SOURCE),
            record("CreatePolicy", "e", userAgent="trailbell verify --canary",
                   requestParameters={"eventSource": SOURCE, "eventID": mark, "canary": True}),
        ]
        self.file("in/forged.jsonl", "\n".join(forged) + "\n")
        wait_until(lambda: len(self.alerts()) == 4, "every one alerts")
        self.assertEqual([one for one in self.alerts() if "canary" in one], [])
        # Counted when the batch is acknowledged, which is later than written.
        wait_until(lambda: service.total("trailbell_iam_policy_changes_total") == 4, "all count")
        self.assertEqual(service.metrics()["trailbell_canaries_total"], 0)

    def test_it_does_not_arrive_where_rules_do_not_match_it(self):
        rule = self.file("rules/iam.yaml", """
id: iam-only
title: Changes by IAM
pattern: '{ ($.eventSource = "iam.amazonaws.com") && ($.eventName = "CreatePolicy") }'
severity: high
""")
        service = self.begin(rules={"paths": [rule]})
        got = self.canary(service, "--timeout", "1")
        self.assertEqual((got.code, got.err), (1, ""))
        self.assertIn("no alert of it was accepted within 1 s", got.out)

    def test_a_rule_that_leaves_it_out_is_no_arrival(self):
        rule = self.file("rules/suppressing.yaml", """
id: suppressing
title: Changes
pattern: '{ $.eventName = "CreatePolicy" }'
severity: high
suppress: ['{ $.eventSource = "canary.trailbell.invalid" }']
""")
        service = self.begin(rules={"paths": [rule]})
        self.assertEqual(self.canary(service, "--timeout", "1").code, 1)
        self.assertEqual(service.metrics()["trailbell_canaries_total"], 0)

    def test_nothing_is_sent_where_nobody_can_be_asked(self):
        service = self.begin()
        server = self.enter_server(hang)
        for address in ("http://127.0.0.1:1", server.url("")):
            begin = time.monotonic()
            got = self.canary(address, "--timeout", "1")
            self.assertEqual(got.code, 3, got.out)
            self.assertIn("--canary: ", got.err)
            self.assertLess(time.monotonic() - begin, 20)
        other = self.enter_server(answer(200, b"{}"))
        self.assertIn("no status of trailbell's", self.canary(other.url("")).err)
        self.assertEqual(os.listdir(self.path("in")), [])
        self.assertEqual(service.metrics()["trailbell_canaries_total"], 0)

    def enter_server(self, step):
        from net_harness import Server
        server = Server(step)
        self.addCleanup(server.stop)
        return server

    def test_usage(self):
        service = self.begin()
        for words, said in (
            (["--canary-source", "kafka"], "the configuration has no source.kafka"),
            (["--format", "ocsf"], "choose text or json"),
            (["--siem"], "--canary stands alone"),
            (["--control", "cis-4.4"], "--canary stands alone"),
        ):
            got = self.canary(service, *words)
            self.assertEqual(got.code, 2, words)
            self.assertIn(said, got.err)
        got = self.run_binary("verify", "--canary", "-c", self.path("none.yaml"))
        self.assertEqual(got.code, 2)


if __name__ == "__main__":
    main()
