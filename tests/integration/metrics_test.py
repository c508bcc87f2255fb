"""Metrics as Prometheus sees them: its own checks, a scrape by a real one, sums that hold."""

import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse
import urllib.request

from probe import TIMEOUT_S, ProbeTest, main

SAMPLE = re.compile(r"(\w+)(?:\{(.*)\})? (\S+)")
ALWAYS = """
    trailbell_records_total trailbell_iam_policy_changes_total
    trailbell_iam_policy_changes_by_actor_total trailbell_findings_total
    trailbell_alerts_total trailbell_alerts_suppressed_total trailbell_sink_deliveries_total
    trailbell_sink_delivery_seconds trailbell_bytes_total trailbell_s3_objects_total
    trailbell_event_age_seconds trailbell_last_progress_timestamp_seconds
    trailbell_quarantined_total trailbell_in_flight_bytes trailbell_rules_loaded
    trailbell_rule_reload_failures_total trailbell_kafka_rebalances_total
    trailbell_kafka_duplicates_dropped_total trailbell_ready
    trailbell_quarantine_cut_total trailbell_canaries_total trailbell_build_info""".split()


def sums(text):
    """Of each name, over its labels."""
    total = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, value = SAMPLE.fullmatch(line).groups()
            total[name] = total.get(name, 0) + float(value)
    return total


def lines_with(text, *parts):
    return [line for line in text.splitlines() if all(part in line for part in parts)]


class MetricsTest(ProbeTest):
    def test_promtool_finds_nothing(self):
        probe = self.start()
        for told in ("add 0", "add 3"):
            probe.tell(told)
            checked = subprocess.run(
                ["promtool", "check", "metrics"],
                input=probe.get("/metrics").body,
                capture_output=True,
                timeout=TIMEOUT_S,
            )
            said = (checked.stdout + checked.stderr).decode()
            self.assertEqual((checked.returncode, said), (0, ""))

    def test_promtool_would_have_found_something(self):
        checked = subprocess.run(
            ["promtool", "check", "metrics"], input=b"a_total 1\n", capture_output=True
        )
        self.assertNotEqual(checked.returncode, 0)

    def test_every_metric_is_there_from_the_start(self):
        text = self.start().get("/metrics").text
        families = set(re.findall(r"^# TYPE (\S+) ", text, re.M))
        self.assertLessEqual(set(ALWAYS), families)
        self.assertEqual(len(lines_with(text, "trailbell_iam_policy_changes_total{")), 32)
        self.assertTrue(lines_with(text, 'trailbell_findings_total{rule="a \\"quoted\\" rule"} 0'))

    def test_the_sums_hold_in_every_scrape(self):
        probe = self.start()
        adding = threading.Thread(target=probe.tell, args=("add 200000",))
        adding.start()
        scrapes = 0
        while adding.is_alive() or scrapes == 0:
            text = probe.get("/metrics").text
            total = sums(text)
            matched = sum(
                float(line.split()[-1])
                for line in lines_with(text, "trailbell_records_total", '"matched"')
            )
            self.assertEqual(total["trailbell_records_total"] * 3, matched * 10)
            self.assertEqual(
                total["trailbell_findings_total"],
                total["trailbell_alerts_total"] + total["trailbell_alerts_suppressed_total"],
            )
            scrapes += 1
        adding.join()
        self.assertEqual(sums(probe.get("/metrics").text)["trailbell_records_total"], 2_000_000)


class PrometheusTest(ProbeTest):
    def start_prometheus(self, target):
        folder = tempfile.mkdtemp(prefix="trailbell-")
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.api = f"127.0.0.1:{free.getsockname()[1]}"
        config = os.path.join(folder, "prometheus.yml")
        with open(config, "w") as out:
            out.write(
                "global: {scrape_interval: 200ms, scrape_timeout: 200ms}\n"
                "scrape_configs: [{job_name: trailbell, static_configs: "
                f"[{{targets: ['{target}']}}]}}]\n"
            )
        log = open(os.path.join(folder, "log"), "wb")
        self.addCleanup(log.close)
        server = subprocess.Popen(
            ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder}/data",
             f"--web.listen-address={self.api}"],
            stdout=log, stderr=log,
        )  # fmt: skip
        self.addCleanup(server.wait, TIMEOUT_S)
        self.addCleanup(server.terminate)

    def ask(self, query):
        """The value, or None where there is none yet."""
        url = f"http://{self.api}/api/v1/query?" + urllib.parse.urlencode({"query": query})
        try:
            with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
                found = json.load(answer)["data"]["result"]
        except OSError:
            return None
        return float(found[0]["value"][1]) if found else None

    def wait_for(self, query, value):
        end = time.monotonic() + TIMEOUT_S
        got = None
        while got != value and time.monotonic() < end:
            got = self.ask(query)
        self.assertEqual(got, value, query)

    def test_a_real_one_sees_what_was_counted(self):
        probe = self.start()
        self.start_prometheus(probe.address)
        self.wait_for("up", 1)
        self.wait_for("sum(trailbell_records_total)", 0)
        probe.tell("add 1000")
        self.wait_for("sum(trailbell_records_total)", 10_000)
        for query, value in (
            ('trailbell_records_total{source="kafka",outcome="rejected"}', 1_000),
            ('sum(trailbell_iam_policy_changes_total{event_name="CreatePolicy"})', 3_000),
            ('sum(trailbell_iam_policy_changes_total{outcome="failure"})', 1_000),
            ('trailbell_alerts_total{rule="cis-4.4",severity="high"}', 2_000),
            ("sum(trailbell_findings_total) - sum(trailbell_alerts_total)", 1_000),
            ("trailbell_event_age_seconds_count", 3_000),
            ('trailbell_kafka_lag_records{topic="trail",partition="0"}', 7),
            ('trailbell_sink_deliveries_total{sink="alerts",outcome="accepted"}', 2_000),
            ("trailbell_kafka_rebalances_total", 1_000),
            ("trailbell_kafka_duplicates_dropped_total", 2_000),
            ('trailbell_ready{part="quarantine"}', 1),
        ):
            self.assertEqual(self.ask(query), value, query)


if __name__ == "__main__":
    main()
