"""A full disk under the alerts, the quarantine and the checkpoint of `trailbell run`: nothing is
acknowledged that is not stored, nothing is lost, and it is said.

A full disk is a small file system where one may be mounted; and, always, a limit on the size of the
files that the process writes.
"""

import json
import os
import re
import resource

from harness import main, record
from service import ServiceTest, wait_until
from small_space import SmallSpace

LIMIT_BYTES = 8 << 10
SPACE_BYTES = 256 << 10
INFINITE = resource.RLIM_INFINITY


class RunDiskFull(ServiceTest):
    """Each test is run with each of the ways; `at` is the folder whose disk gets full."""

    def each_way(self, test):
        with self.subTest("limit"):
            os.makedirs(self.path("limit/in"))

            def fill(service):
                resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE,
                                 (LIMIT_BYTES, INFINITE))

            def make_room(service):
                resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, (INFINITE, INFINITE))

            test("limit", self.path("limit"), fill, make_room)
        with self.subTest("file system"):
            os.makedirs(self.path("file system/in"))
            try:
                space = SmallSpace(SPACE_BYTES)
            except PermissionError as why:
                self.skipTest(str(why))
            with space:
                test("file system", space.folder, lambda _: space.fill(),
                     lambda _: space.make_room())

    def config(self, way, **paths):
        files = {"alerts": "alerts.jsonl", "quarantine": "quarantine", "checkpoint": "done"}
        at = {name: paths.get(name, self.path(f"{way}/{last}")) for name, last in files.items()}
        return {
            "source": {"file": {
                "paths": [self.path(way + "/in")], "checkpoint": at["checkpoint"]}},
            "sinks": [{"file": {"path": at["alerts"]}}],
            "quarantine": {"path": at["quarantine"]},
            "delivery": {"drain_timeout": "200ms"},
        }

    def put(self, way, name, text):
        """Whole, under its name."""
        os.rename(self.file("outside", text), self.path(f"{way}/in/{name}"))

    def lines(self, path):
        with open(path, "rb") as content:
            return content.read().split(b"\n")

    def wait_for_ready(self, service):
        wait_until(lambda: service.get("/readyz")[0] == 200, "it is ready")

    def wait_for_trouble(self, service, says):
        def said():
            status, why = service.get("/readyz")
            return status == 503 and re.search(says, why)

        wait_until(said, f"it is not ready: {says}")
        self.assertEqual(service.get("/livez")[0], 200)

    def put_records(self, way, count):
        for number in range(count):
            self.put(way, f"{number}.json", record(event_id=str(number)))

    def check_alerts(self, path, count):
        ids = [json.loads(line)["event_id"] for line in self.lines(path)[:-1]]
        self.assertEqual(set(ids), {str(number) for number in range(count)})

    def test_alerts(self):
        count = 60  # of a good KiB each

        def check(way, folder, fill, make_room):
            alerts = os.path.join(folder, "alerts.jsonl")
            config = self.config(way, alerts=alerts)
            service = self.start(config, way)
            self.wait_for_ready(service)
            fill(service)
            self.put_records(way, count)
            self.wait_for_trouble(service, "sink file.*make room")
            self.assertLess(service.total("trailbell_records_total"), count)
            self.assertEqual(self.lines(alerts)[-1], b"", "only whole lines")
            # Killed, or stopped: what is not acknowledged comes again.
            self.assertEqual(service.stop(), 3)
            service = self.start(config, way)
            fill(service)
            self.wait_for_trouble(service, "sink file.*make room")
            make_room(service)
            self.wait_for_ready(service)
            wait_until(lambda: len(self.lines(alerts)) > count, "all alerts")
            self.assertEqual(service.stop(), 0, service.log())
            self.check_alerts(alerts, count)

        self.each_way(check)

    def test_quarantine(self):
        poison = "{ no json " * (LIMIT_BYTES // 5)

        def check(way, folder, fill, make_room):
            quarantine = os.path.join(folder, "quarantine")
            config = self.config(way, quarantine=quarantine)
            service = self.start(config, way)
            self.wait_for_ready(service)
            fill(service)
            self.put(way, "poison.json", poison)
            self.wait_for_trouble(service, "quarantine: cannot write")
            self.assertEqual(service.total("trailbell_quarantined_total"), 0)
            self.assertEqual(service.total("trailbell_objects_total"), 0)
            self.put(way, "0.json", record(event_id="0"))
            service.kill()
            service = self.start(config, way)
            fill(service)
            self.wait_for_trouble(service, "quarantine: cannot write")
            make_room(service)
            wait_until(lambda: service.total("trailbell_quarantined_total") > 0, "it is kept")
            wait_until(lambda: service.total("trailbell_records_total") >= 1, "work goes on")
            self.wait_for_ready(service)
            self.assertEqual(service.stop(), 0, service.log())
            kept = b""
            for name in sorted(os.listdir(quarantine)):
                if name.endswith(".bin"):
                    with open(os.path.join(quarantine, name), "rb") as piece:
                        kept += piece.read()
            self.assertEqual(kept.strip(), poison.encode().strip())
            self.check_alerts(self.path(way + "/alerts.jsonl"), 1)

        self.each_way(check)

    def test_checkpoint(self):
        count = 400  # paths of some fifty bytes, so that the checkpoint outgrows the limit

        def check(way, folder, fill, make_room):
            config = self.config(way, checkpoint=os.path.join(folder, "done"))
            service = self.start(config, way)
            self.wait_for_ready(service)
            fill(service)
            for number in range(count):
                self.put(way, f"{number}.json", record("ListRoles"))
            self.wait_for_trouble(service, "source file: the checkpoint")
            make_room(service)
            self.wait_for_ready(service)
            wait_until(lambda: service.total("trailbell_records_total") == count, "all is read")
            self.assertEqual(service.stop(), 0, service.log())
            service = self.start(config, way)
            self.put(way, "last.json", record(event_id="0"))
            wait_until(lambda: service.total("trailbell_alerts_total") == 1, "the last")
            self.assertEqual(service.total("trailbell_records_total"), 1)
            self.assertEqual(service.stop(), 0, service.log())
            self.check_alerts(self.path(way + "/alerts.jsonl"), 1)

        self.each_way(check)


if __name__ == "__main__":
    main()
