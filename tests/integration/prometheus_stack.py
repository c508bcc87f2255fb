"""Prometheus and Alertmanager as deploy/prometheus configures them, on free ports, and a receiver
of what Alertmanager sends."""

import http.server
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.parse
import urllib.request

from kafka_broker import free_port
from prometheus_files import ROOT
from waiting import wait_until

EXAMPLES = os.path.join(ROOT, "deploy", "prometheus")
ANSWER_S = 60


class Pager:
    """Takes what Alertmanager's webhooks send: (time, path, alert) of each, in `pages`."""

    def __init__(self):
        self.pages = pages = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                pages.extend((time.time(), self.path, one) for one in json.loads(body)["alerts"])
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()


class Stack:
    """`targets`: addresses of trailbell; more may be added while it runs."""

    def __init__(self, targets):
        self.folder = tempfile.mkdtemp(prefix="trailbell-prometheus-")
        self.targets = list(targets)
        self.pager = Pager()
        self.api, self.alertmanager = (f"127.0.0.1:{free_port()}" for _ in range(2))
        self._processes = []
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self):
        pages = self._example("alertmanager.yml", {"127.0.0.1:9099": self.pager.address})
        self._run("prometheus-alertmanager", f"--config.file={pages}",
                  f"--storage.path={self.folder}/pages", "--cluster.listen-address=",
                  f"--web.listen-address={self.alertmanager}")
        self._prometheus = self._run(
            "prometheus", f"--config.file={self._configuration()}",
            f"--storage.tsdb.path={self.folder}/data", f"--web.listen-address={self.api}")
        for address in (self.alertmanager, self.api):
            wait_until(lambda: self._is_ready(address), f"{address} is ready: {self.log()}", 60)

    def _configuration(self):
        return self._example("prometheus.yml", {
            "../../rules/prometheus": os.path.join(ROOT, "rules", "prometheus"),
            "127.0.0.1:9093": self.alertmanager,
            '"127.0.0.1:9464"': ", ".join(json.dumps(one) for one in self.targets),
        })

    def _example(self, name, replaced):
        """The shipped one with other places, and nothing else changed."""
        with open(os.path.join(EXAMPLES, name)) as text:
            content = text.read()
        for shipped, here in replaced.items():
            assert shipped in content, (name, shipped)
            content = content.replace(shipped, here)
        path = os.path.join(self.folder, name)
        with open(path, "w") as out:
            out.write(content)
        return path

    def _run(self, *words):
        with open(os.path.join(self.folder, words[0] + ".log"), "ab") as log:
            process = subprocess.Popen(words, stdout=log, stderr=log, cwd=self.folder)
        self._processes.append(process)
        return process

    @staticmethod
    def _is_ready(address):
        try:
            with urllib.request.urlopen(f"http://{address}/-/ready", timeout=ANSWER_S) as answer:
                return answer.status == 200
        except OSError:
            return False

    def log(self):
        said = ""
        for name in os.listdir(self.folder):
            if name.endswith(".log"):
                with open(os.path.join(self.folder, name)) as text:
                    said += text.read()[-2000:]
        return said

    def stop(self):
        for process in self._processes:
            process.send_signal(signal.SIGTERM)
        for process in self._processes:
            process.wait(60)
        self.pager.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def add_target(self, address):
        self.targets.append(address)
        self._configuration()
        self._prometheus.send_signal(signal.SIGHUP)

    def get(self, path, **query):
        url = f"http://{self.api}/api/v1/{path}?" + urllib.parse.urlencode(query)
        try:
            with urllib.request.urlopen(url, timeout=ANSWER_S) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as wrong:
            raise AssertionError(f"{query}: {wrong.read().decode()}") from wrong

    def ask(self, query):
        """(labels, value) of each series."""
        return [(one["metric"], float(one["value"][1]))
                for one in self.get("query", query=query)["result"]]

    def wait_for(self, query, timeout_s=60):
        """The series, once there are any."""
        try:
            return wait_until(lambda: self.ask(query), query, timeout_s, pause_s=0.2)
        except TimeoutError as late:
            raise TimeoutError(f"{late}: {self.log()}") from late

    def wait_for_page(self, alert, **labels):
        """(time, path, alert) of the first page that says that it fires."""
        wanted = {"alertname": alert, **labels}

        def came():
            return next((page for page in list(self.pager.pages)
                         if page[2]["status"] == "firing"
                         and wanted.items() <= page[2]["labels"].items()), None)

        try:
            return wait_until(came, f"a page of {wanted}", 120, pause_s=0.05)
        except TimeoutError as late:
            raise TimeoutError(f"{late}; pages: {self.pager.pages}; {self.log()}") from late

    def intervals(self):
        """What the examples say: scrape, evaluation, group_wait; in seconds."""
        found = []
        for name, pattern in (("prometheus.yml", r"^    scrape_interval: (\d+)s$"),
                              ("prometheus.yml", r"^  evaluation_interval: (\d+)s$"),
                              ("alertmanager.yml", r"^  group_wait: (\d+)s$")):
            with open(os.path.join(EXAMPLES, name)) as text:
                found.append(int(re.search(pattern, text.read(), re.M).group(1)))
        return tuple(found)
