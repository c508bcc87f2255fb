"""`trailbell run` asks AWS again and again: verdicts as metrics, changes in the log, a prompt stop.

Usage: run_verify_test.py BINARY
"""

import os
import re
import time
from unittest import mock

import verify_states  # noqa: F401  fills the states
from harness import main
from service import ServiceTest, wait_until
from inventories import make
from aws_stand_in import InventoryBackend, StandIn
from net_harness import hang


LINKS = ("trail", "log_group", "metric_filter", "alarm", "action", "subscription")


class RunVerify(ServiceTest):
    def begin(self, **verify):
        self.stand_in = StandIn(InventoryBackend(make("base/perfect")))
        self.addCleanup(self.stand_in.stop)
        os.mkdir(self.path("in"))
        config = {
            "source": {"file": {"paths": [self.path("in")]}},
            "sinks": [{"file": {"path": self.path("alerts.jsonl")}}],
            "verify": {"interval": "100ms", "timeout": "5s", **verify},
        }
        environment = self.stand_in.environment(HOME=self.folder)
        with mock.patch.dict(os.environ, environment):
            return self.start(config)

    def verdicts(self, service, control="cis-4.4"):
        series = service.metrics()
        names = ("present", "missing", "undetermined")
        return {
            name for name in names
            if series['trailbell_verify_verdict{control="%s",verdict="%s"}' % (control, name)] == 1
        }

    def links(self, service, control="cis-4.4"):
        """The verdict of each link; None: it was not looked at."""
        found = {}
        for name, value in service.metrics().items():
            label = re.match(r'trailbell_verify_link\{control="%s",link="(\w+)",verdict="(\w+)"'
                             % control, name)
            if label:
                found.setdefault(label.group(1), None)
                if value == 1:
                    found[label.group(1)] = label.group(2)
        return found

    def wait_for(self, service, verdict, links, control="cis-4.4"):
        """`links`: those whose verdict matters. A scrape may come between two numbers."""
        def all_told():
            found = self.links(service, control)
            return (self.verdicts(service, control) == {verdict}
                    and {name: found.get(name) for name in links} == links)

        wait_until(all_told, f"{control}: {verdict}, {links}")

    def test_a_verdict_follows_what_aws_says(self):
        service = self.begin(controls=["cis-4.4", "cis-4.5"])
        whole = dict.fromkeys(LINKS, "present")
        self.wait_for(service, "present", whole)
        self.wait_for(service, "missing", {"metric_filter": "missing", "subscription": None},
                      "cis-4.5")
        last = service.metrics()["trailbell_verify_last_timestamp_seconds"]
        self.assertLess(abs(time.time() - last), 60)
        self.stand_in.backend = InventoryBackend(make("alarm/threshold_two"))
        self.wait_for(service, "missing", {**whole, "alarm": "missing"})
        self.stand_in.backend = InventoryBackend(make("api/access_denied"))
        self.wait_for(service, "undetermined", {"metric_filter": "undetermined"})
        self.stand_in.backend = InventoryBackend(make("base/perfect"))
        self.wait_for(service, "present", whole)
        self.assertEqual(service.stop(), 0)
        log = service.log()
        for said in ("cis-4.4 is present: its alarm chain is whole", "cis-4.4 is missing: alarm",
                     "cis-4.4 is undetermined: metric_filter"):
            self.assertIn(said, log)
        # Each change once, however often AWS was asked: missing, undetermined, missing.
        self.assertEqual(log.count("cis-4.5 is missing"), 2)
        self.assertEqual(log.count("cis-4.5 is"), 3)

    def test_it_does_not_make_the_service_unready_and_a_stop_does_not_wait_for_it(self):
        service = self.begin(timeout="60s")
        self.wait_for(service, "present", {})
        self.stand_in.faults["sts"] = hang
        wait_until(lambda: self.stand_in.calls[-1].service == "sts", "a call that hangs")
        wait_until(lambda: service.get("/readyz")[0] == 200, "ready")
        begin = time.monotonic()
        self.assertEqual(service.stop(), 0)
        self.assertLess(time.monotonic() - begin, 40)

    def test_a_control_that_is_none_is_refused(self):
        service = self.begin(controls=["cis-4.99"])
        self.assertEqual(service.process.wait(60), 2)
        self.assertIn("verify.controls: cis-4.99: unknown", service.log())


if __name__ == "__main__":
    main()
