"""Ctrl-C, kill -9, and files that change under the reader."""

import fcntl
import http.server
import json
import os
import signal
import socket
import subprocess
import termios
import threading

from harness import BINARY, TIMEOUT_S, ReplayTest, main, record
from service import ServiceTest, wait_until


class Signals(ReplayTest):
    def start_on_pipe(self, *words):
        """A replay that has delivered one alert and waits for more."""
        process = subprocess.Popen(
            [BINARY, "replay", *words, "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdin.close)
        process.stdin.write((record() + "\n").encode())
        process.stdin.flush()
        self.assertEqual(json.loads(process.stdout.readline())["event_name"], "CreatePolicy")
        return process

    def test_an_interrupt_ends_with_the_summary_of_what_was_done(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            summary = self.path("s.json")
            process = self.start_on_pipe("--summary", summary)
            process.send_signal(number)
            self.assertEqual(process.wait(TIMEOUT_S), 3)
            self.assertIn(b"Stopped before the end", process.stderr.read())
            with open(summary) as text:
                s = json.load(text)
            self.assertEqual((s["records"], s["alerts"], s["interrupted"]), (1, 1, True))

    def test_an_interrupt_in_the_middle_of_files(self):
        text = "".join(record(event_id=str(i)) + "\n" for i in range(20_000))
        for i in range(8):
            self.file(f"in/{i}", text)
        process = subprocess.Popen(
            [BINARY, "replay", "--no-dedup", self.path("in")],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.assertTrue(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=TIMEOUT_S)
        self.assertIn(process.returncode, (0, 3))  # 0 where it was done before it noticed
        self.assertTrue(out == b"" or out.endswith(b"\n"), "a line was cut")
        self.assertIn(b"alerts", err)

    def test_an_interrupt_while_nobody_reads_the_output(self):
        path, summary = self.path("many"), self.path("s.json")
        with open(path, "w") as out:
            for i in range(5000):
                out.write(record(event_id=str(i)) + "\n")
        process = subprocess.Popen(
            [BINARY, "replay", "--format", "jsonl", "--summary", summary, path],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        # The pipe is full once something stands in it that nobody took.
        while not fcntl.ioctl(process.stdout, termios.FIONREAD, b"\0" * 4)[2]:
            self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(TIMEOUT_S), 3)
        with open(summary) as text:
            s = json.load(text)
        self.assertEqual(s["findings"], s["alerts"] + s["suppressed"])
        self.assertEqual(s["records"], s["matched"] + s["passed"] + s["rejected"])

    def test_a_kill_leaves_only_whole_alerts(self):
        text = "".join(record(event_id=str(i)) + "\n" for i in range(50_000))
        path = self.file("a", text)
        out = self.path("alerts.jsonl")
        process = subprocess.Popen(
            [BINARY, "replay", "--output", out, path],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while process.poll() is None and (not os.path.exists(out) or os.path.getsize(out) == 0):
            pass
        process.kill()
        process.wait(TIMEOUT_S)
        with open(out) as alerts:
            for line in alerts.read().split("\n")[:-1]:
                json.loads(line)

    def test_a_file_that_shrinks_while_it_is_read_is_reported(self):
        # Through a mapping: the file is above the size at which it is split. The first lines are
        # alerts that nobody takes, so that the replay stands still until the file was cut.
        alerting = "".join(record(event_id=str(i)) + "\n" for i in range(30_000))
        passing = (record("GetPolicy", pad="x" * 5000) + "\n") * 20_000
        path = self.file("a", alerting + passing)
        process = subprocess.Popen(
            [BINARY, "replay", "--threads", "1", path],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.assertTrue(process.stdout.readline())
        os.truncate(path, len(alerting) // 2)
        _, err = process.communicate(timeout=TIMEOUT_S)
        self.assertEqual(process.returncode, 3, err)
        self.assertIn(b"shrank", err)


class Collector(http.server.BaseHTTPRequestHandler):
    """Splunk's, whose indexer never confirms what it took."""

    asked = 0

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        about_acks = "/ack?" in self.path
        Collector.asked += about_acks
        answer = b'{"acks":{"0":false}}' if about_acks else b'{"code":0,"ackId":0}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


class ServiceSignals(ServiceTest):
    def config(self, *sinks, **delivery):
        return {
            "source": {"file": {"paths": [self.path("in")], "checkpoint": self.path("done")}},
            "sinks": [{"file": {"path": self.path("alerts.jsonl")}}, *sinks],
            "quarantine": {"path": self.path("quarantine")},
            "delivery": delivery,
        }

    def comes_again(self):
        """Nothing was acknowledged: where nothing hangs, its alert is there a second time."""
        self.assertEqual(len(self.alerts()), 1)
        service = self.start(self.config())
        wait_until(lambda: len(self.alerts()) == 2, "the alert again")
        self.assertEqual(service.stop(), 0, service.log())

    def test_a_second_sigterm_ends_a_drain_at_once(self):
        self.file("in/1.json", record(event_id="1"))
        with socket.create_server(("127.0.0.1", 0)) as silent:  # takes requests, answers none
            url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
            hanging = {"webhook": {"url": url, "timeout": "1h"}}
            service = self.start(self.config(hanging, drain_timeout="1h"))
            wait_until(lambda: self.alerts(), "the alert, in the other sink")
            service.process.send_signal(signal.SIGTERM)
            wait_until(lambda: "draining" in service.log(), "the drain")
            self.assertIsNone(service.process.poll())
            self.assertEqual(service.stop(), 3, service.log())
            self.assertIn("stopped at once", service.log())
        self.comes_again()

    def test_a_drain_that_is_over_does_not_wait_for_an_acknowledgement(self):
        self.file("in/1.json", record(event_id="1"))
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            self.addCleanup(server.shutdown)
            url = f"http://127.0.0.1:{server.server_port}"
            waiting = {"splunk_hec": {"url": url, "token": "t0k3n-of-splunk"}}
            service = self.start(self.config(waiting, drain_timeout="10ms"))
            wait_until(lambda: Collector.asked > 0 and self.alerts(), "a wait for the indexer")
            self.assertEqual(service.stop(), 3, service.log())
            # It did not wait for its own end, which comes after a minute.
            self.assertNotIn("did not acknowledge the alerts within", service.log())
        self.comes_again()


if __name__ == "__main__":
    main()
