"""How many threads decode where nobody says: by the CPU affinity and the quota of the process."""

import os
import re
import signal
import unittest

from harness import main
from service import ServiceTest

CPU_GROUPS = "/sys/fs/cgroup/cpu"  # of version 1
PERIOD_US = 100_000


class Quota:
    """This process, and what it starts, in a control group with a CPU quota; then where it was."""

    def __init__(self, cores):
        self.cores = cores
        self.folder = f"{CPU_GROUPS}/trailbell-test-{os.getpid()}"
        with open("/proc/self/cgroup") as text:
            self.before = CPU_GROUPS + re.search(r"(?m)^\d+:cpu:(.*)$", text.read())[1]

    @staticmethod
    def write(folder, name, value):
        with open(os.path.join(folder, name), "w") as out:
            out.write(str(value))

    def __enter__(self):
        os.mkdir(self.folder)
        self.write(self.folder, "cpu.cfs_period_us", PERIOD_US)
        self.write(self.folder, "cpu.cfs_quota_us", int(self.cores * PERIOD_US))
        self.write(self.folder, "cgroup.procs", 0)

    def __exit__(self, *_):
        self.write(self.before, "cgroup.procs", 0)
        os.rmdir(self.folder)


class RunCores(ServiceTest):
    def lanes(self, **more):
        config = {
            "source": {"file": {"paths": [self.path("in")], "checkpoint": self.path("done")}},
            "sinks": [{"file": {"path": self.path("alerts.jsonl")}}],
            "quarantine": {"path": self.path("quarantine")},
            **more,
        }
        os.makedirs(self.path("in"), exist_ok=True)
        service = self.start(config)
        service.get("/livez")
        self.assertEqual(service.stop(signal.SIGTERM), 0)
        return int(re.search(r"lanes that decode: (\d+)", service.log())[1])

    def test_as_many_as_cores_that_it_may_run_on(self):
        before = os.sched_getaffinity(0)
        self.assertEqual(self.lanes(), len(before))
        os.sched_setaffinity(0, {min(before)})
        try:
            self.assertEqual(self.lanes(), 1)
            self.assertEqual(self.lanes(threads=3), 3)
        finally:
            os.sched_setaffinity(0, before)

    @unittest.skipUnless(os.access(CPU_GROUPS, os.W_OK) and os.cpu_count() > 1,
                         "needs a control group of version 1 for CPU, root, and two cores")
    def test_no_more_than_the_quota_of_its_control_group(self):
        with Quota(cores=0.9):
            self.assertEqual(self.lanes(), 1)
        self.assertGreater(self.lanes(), 1)


if __name__ == "__main__":
    main()
