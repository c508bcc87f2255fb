"""One `trailbell run` under measurement: by its own metrics, and by what the kernel says of it."""

import http.client
import json
import os
import re
import signal
import subprocess
import time

from waiting import wait_until

WAIT_S = 180
PAUSE_S = 0.02  # between two looks at its metrics
STOP_S = 60


class Wrong(Exception):
    pass


class Service:
    def __init__(self, binary, folder, config):
        os.makedirs(folder)
        self.folder = folder
        path = os.path.join(folder, "trailbell.yaml")
        with open(path, "w") as out:
            json.dump({"metrics": {"listen": "127.0.0.1:0"}, **config}, out)  # JSON is YAML
        self.log_path = os.path.join(folder, "log")
        with open(self.log_path, "w") as log:
            self.process = subprocess.Popen(
                [binary, "run", "-c", path], stderr=log, cwd=folder)
        self.connection = None

    def log(self):
        with open(self.log_path) as text:
            return text.read()

    def _address(self):
        def found():
            if self.process.poll() is not None:
                raise Wrong(f"it ended with {self.process.returncode}: {self.log()}")
            return re.search(r"metrics and health are at (\S+)", self.log())

        return wait_until(found, "the address of the metrics").group(1)

    def metrics(self):
        if self.connection is None:
            self.connection = http.client.HTTPConnection(self._address(), timeout=30)
        try:
            self.connection.request("GET", "/metrics")
            return self.connection.getresponse().read().decode()
        except (http.client.HTTPException, ConnectionError):
            self.connection.close()
            self.connection = None
            return self.metrics()

    def total(self, prefix):
        return sum(float(line.rsplit(" ", 1)[1]) for line in self.metrics().splitlines()
                   if line.startswith(prefix))

    def check(self, prefix, want):
        if self.total(prefix) != want:
            raise Wrong(f"{prefix}: {self.total(prefix)}, not {want}: {self.log()}")

    def measure(self, records):
        """From the first records that its metrics show until all are there: seconds, and the share
        of all that came in that time."""
        seen = lambda: self.total("trailbell_records_total")
        before = wait_until(seen, "the first records", WAIT_S, PAUSE_S)
        began, cpu = time.monotonic(), self.cpu_seconds()
        wait_until(lambda: seen() >= records, "all records", WAIT_S, PAUSE_S)
        seconds = time.monotonic() - began
        return {"seconds": seconds, "share": 1 - before / records,
                "cores": (self.cpu_seconds() - cpu) / seconds, "peak_mib": self.peak_mib()}

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _status_mib(self, name):
        if self.process.poll() is not None:
            raise Wrong(f"it ended with {self.process.returncode}: {self.log()[-2000:]}")
        with open(f"/proc/{self.process.pid}/status") as status:
            return int(re.search(rf"^{name}:\s+(\d+) kB", status.read(), re.M).group(1)) / 1024

    def rss_mib(self):
        return self._status_mib("VmRSS")

    def peak_mib(self):
        return self._status_mib("VmHWM")

    def lines(self, name):
        with open(os.path.join(self.folder, name), "rb") as text:
            return sum(1 for _ in text)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(STOP_S)
        if code != 0:
            raise Wrong(f"it ended with {code}: {self.log()}")

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
