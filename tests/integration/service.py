"""Runs `trailbell run` and looks at it from outside: its metrics, its health, its log."""

import functools
import json
import os
import re
import signal
import subprocess
import urllib.error
import urllib.request

import waiting
from harness import BINARY, ReplayTest

TIMEOUT_S = 60
wait_until = functools.partial(waiting.wait_until, timeout_s=TIMEOUT_S)


class Service:
    """One process; `config` is its configuration, as a value; `within`: a command that runs it."""

    def __init__(self, folder, config, name="trailbell", within=()):
        self.log_path = os.path.join(folder, name + ".log")
        path = os.path.join(folder, name + ".yaml")
        config = {"metrics": {"listen": "127.0.0.1:0"}, **config}
        with open(path, "w") as out:
            json.dump(config, out)  # JSON is YAML
        with open(self.log_path, "w") as log:
            self.process = subprocess.Popen([*within, BINARY, "run", "-c", path], stderr=log,
                                            cwd=folder)

    def log(self):
        with open(self.log_path) as text:
            return text.read()

    def address(self):
        def found():
            if self.process.poll() is not None:
                raise AssertionError(f"it ended with {self.process.returncode}: {self.log()}")
            return re.search(r"metrics and health are at (\S+)", self.log())

        return wait_until(found, "the address of the metrics").group(1)

    def get(self, path):
        """Status and text."""
        try:
            with urllib.request.urlopen(f"http://{self.address()}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def metrics(self):
        """The value of each series, by its text. What must hold in every scrape is checked."""
        _, text = self.get("/metrics")
        series = {}
        for line in text.splitlines():
            if not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                series[name] = float(value)
        total = lambda name: sum(v for k, v in series.items() if k.startswith(name + "{"))
        found, alerts = total("trailbell_findings_total"), total("trailbell_alerts_total")
        assert found == alerts + total("trailbell_alerts_suppressed_total"), text
        return series

    def total(self, prefix):
        return sum(v for k, v in self.metrics().items() if k.startswith(prefix))

    def stop(self, how=signal.SIGTERM):
        """Its exit code. Before it says where it is, it does not wait for signals yet."""
        self.address()
        self.process.send_signal(how)
        return self.process.wait(timeout=TIMEOUT_S)

    def kill(self):
        self.process.kill()
        self.process.wait()


class ServiceTest(ReplayTest):
    within = ()

    def start(self, config, name="trailbell"):
        service = Service(self.folder, config, name, self.within)
        self.addCleanup(service.kill)
        return service

    def alerts(self, name="alerts.jsonl"):
        """Of the whole lines of a file."""
        try:
            with open(self.path(name)) as lines:
                return [json.loads(line) for line in lines if line.endswith("\n")]
        except FileNotFoundError:
            return []
