"""`trailbell run` beside the barest programs that do a part of its work, through a real broker.

Usage: kafka.py TRAILBELL TOOLS [--only NAME,...] [--smoke] [--pairs N] [--seed-records FOLDER]
                [--partitions N,...] [--codecs NAME,...] [--down-seconds N]
                [--property NAME=VALUE]... [--json FILE]

TOOLS is the folder of bench_kafka_load and bench_kafka_peer; NAME is lines, gz, latency or down.
Topics are made and filled, everything runs on this machine, the broker too, and is stopped again.
Answers (records, matched, alerts, bytes) are compared before anything counts as measured. The two
of a pair run in turn; printed are the medians and the ranges of the pairs' ratios.
"""

import argparse
import glob
import gzip
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(ROOT, "tests", "integration"))

import corpus  # noqa: E402
from kafka_broker import Broker  # noqa: E402
from kafka_service import Service, Wrong  # noqa: E402
from waiting import wait_until  # noqa: E402

MESSAGES = 1_700_000  # of 1.26 KB on the average: 2.1 GB
OBJECTS = 60_000  # whole files: over 3 GiB inflated
WAITING = 5_000_000
SMOKE = 64
LATENCIES, INTERVAL_MS = 1_000, 20
MIB = 1 << 20
IN_FLIGHT = 256 * MIB
ALLOWED_MIB = 256 + 96


class Bench:
    def __init__(self, given, broker, folder):
        self.given, self.broker, self.folder = given, broker, folder
        self.share = SMOKE if given.smoke else 1
        files = list(corpus.seed_files(given.seed_records))
        self.records = [r for _, _, held in files for r in held]
        self.lines = corpus.as_lines(self.records)
        self.objects = files
        self.rows = []
        self.runs = 0
        self.properties = dict(one.split("=", 1) for one in given.property)

    def path(self, name):
        return os.path.join(self.folder, name)

    def tool(self, name, *words, stdin=""):
        """What one of the bench's own programs says, and the processor time that it took."""
        with tempfile.TemporaryFile("w+") as given, tempfile.TemporaryFile("w+") as said:
            given.write(stdin)
            given.seek(0)
            child = subprocess.Popen(
                [os.path.join(self.given.tools, "bench_kafka_" + name), *map(str, words)],
                stdin=given, stdout=said)
            try:
                _, status, usage = os.wait4(child.pid, 0)
                child.returncode = os.waitstatus_to_exitcode(status)
            finally:
                if child.returncode is None:
                    child.kill()
            if child.returncode != 0:
                raise Wrong(f"{name} {words} ended with {child.returncode}")
            said.seek(0)
            return {**json.load(said), "cpu_seconds": usage.ru_utime + usage.ru_stime}

    def start(self, topic, alerts, **more):
        self.runs += 1
        return Service(self.given.trailbell, self.path(f"run-{self.runs}"), {
            "source": {"kafka": {"brokers": self.broker.bootstrap, "topics": [topic],
                                 "group_id": f"bench-{self.runs}",
                                 "properties": self.properties}},
            "sinks": [alerts], **more})

    def fill_lines(self, topic, partitions, codec, messages):
        """Topic TOPIC of single records. Returns what is in it."""
        path = self.path("lines")
        with open(path, "wb") as out:
            out.writelines(line + b"\n" for line in self.lines)
        self.broker.create_topic(topic, partitions)
        stored = self.tool("load", "lines", self.broker.bootstrap, topic, partitions, messages,
                           path, f"compression.type={codec}")
        os.sync()  # what is still written disturbs everyone
        rounds, rest = divmod(messages, len(self.lines))
        matched = rounds * corpus.matches(self.records) + corpus.matches(self.records[:rest])
        return {**stored, "records": messages, "matched": matched}

    def fill_objects(self, topic, partitions, messages):
        """Topic TOPIC of whole gzipped files. Returns what is in it, and the files."""
        paths = []
        for number, (raw, _, _) in enumerate(self.objects):
            paths.append(self.path(f"{number}.gz"))
            with open(paths[-1], "wb") as out:
                out.write(raw)
        self.broker.create_topic(topic, partitions)
        stored = self.tool("load", "objects", self.broker.bootstrap, topic, partitions, messages,
                           stdin="\n".join(paths))
        os.sync()
        held = [(len(text), len(records), corpus.matches(records))
                for _, text, records in self.objects]
        inflated, records, matched = (
            sum(one[i] * (messages // len(held) + (n < messages % len(held)))
                for n, one in enumerate(held)) for i in range(3))
        return {**stored, "inflated": inflated, "records": records, "matched": matched}, paths

    def ours(self, topic, want, **more):
        """The service over the whole topic: messages a second, cores used, peak MiB."""
        service = self.start(topic, {"file": {"path": "alerts.jsonl"}}, **more)
        try:
            seen = service.measure(want["records"])
            service.check("trailbell_records_total", want["records"])
            service.check('trailbell_records_total{outcome="matched"', want["matched"])
            alerts = service.total("trailbell_alerts_total")
            suppressed = service.total("trailbell_alerts_suppressed_total")
            if alerts + suppressed != want["matched"]:
                raise Wrong(f"{alerts} alerts and {suppressed} suppressed of {want['matched']}")
            service.stop()
            if service.lines("alerts.jsonl") != alerts:
                raise Wrong(f"{service.lines('alerts.jsonl')} lines of {alerts} alerts")
            return {**seen, "per_second": seen["share"] * want["messages"] / seen["seconds"],
                    "alerts": alerts}
        finally:
            service.end()

    def pairs(self, name, target, ours, peer):
        ratios, mine, theirs = [], [], []
        for _ in range(self.given.pairs):
            theirs.append(peer())
            mine.append(ours())
            ratios.append(mine[-1]["per_second"] / theirs[-1]["per_second"])
            print(f"  {name}: {ratios[-1]:.3f}, {mine[-1]['per_second']:.0f}/s, "
                  f"{mine[-1]['cores']:.2f} cores, {mine[-1]['peak_mib']:.0f} MiB; "
                  f"bare {theirs[-1]['per_second']:.0f}/s, "
                  f"{theirs[-1]['cpu_seconds'] / theirs[-1]['seconds']:.2f} cores", file=sys.stderr)
        self.rows.append({
            "task": name, "ratio": statistics.median(ratios), "low": min(ratios),
            "high": max(ratios), "target": target, "pairs": len(ratios),
            "ours_per_second": statistics.median(m["per_second"] for m in mine),
            "peer_per_second": statistics.median(p["per_second"] for p in theirs),
            "ours_cores": statistics.median(m["cores"] for m in mine),
            "ours_peak_mib": max(m["peak_mib"] for m in mine)})

    def run_lines(self):
        messages = MESSAGES // self.share
        for partitions in map(int, self.given.partitions.split(",")):
            for codec in self.given.codecs.split(","):
                topic = f"lines-{partitions}-{codec}"
                want = self.fill_lines(topic, partitions, codec, messages)

                def bare():
                    got = self.tool("peer", "count", self.broker.bootstrap, topic, messages)
                    if (got["messages"], got["bytes"]) != (messages, want["bytes"]):
                        raise Wrong(f"the bare consumer: {got} of {want}")
                    return got

                self.pairs(f"records, {partitions} partition{'s' * (partitions > 1)}, {codec}",
                           0.9, lambda: self.ours(topic, want), bare)
                admin = self.broker.admin()  # its answers come only while it is there
                admin.delete_topics([topic])[topic].result(30)

    def run_gz(self):
        messages = OBJECTS // self.share
        want, paths = self.fill_objects("objects", 4, messages)
        for threads in sorted({1, os.cpu_count()}):

            def bare():
                got = self.tool("peer", "inflate", threads, messages, stdin="\n".join(paths))
                if got["bytes"] != want["inflated"]:
                    raise Wrong(f"libdeflate: {got} of {want}")
                return got

            self.pairs(f"gzipped files, 4 partitions / inflate, {threads} thread"
                       + "s" * (threads > 1), 0.8,
                       lambda: self.ours("objects", want, threads=threads), bare)

    def latency(self, name, process):
        try:
            return self.tool("load", "latency", self.broker.bootstrap, name, name + "-out",
                             max(LATENCIES // self.share, 50), INTERVAL_MS)
        finally:
            process()

    def run_latency(self):
        mine, theirs = [], []
        for pair in range(max(self.given.pairs // 2, 1)):
            for kind in ("relay", "service"):
                name = f"latency-{kind}-{pair}"
                self.broker.create_topic(name)
                self.broker.create_topic(name + "-out")
                if kind == "service":
                    service = self.start(
                        name, {"kafka": {"brokers": self.broker.bootstrap, "topic": name + "-out"}})
                    mine.append(self.latency(name, service.end))
                else:
                    relay = subprocess.Popen(
                        [os.path.join(self.given.tools, "bench_kafka_peer"), "relay",
                         self.broker.bootstrap, name, name + "-out", "1000000000"])
                    theirs.append(self.latency(name, lambda: (relay.kill(), relay.wait())))
            print(f"  latency: {mine[-1]}; bare {theirs[-1]}", file=sys.stderr)
        of = lambda runs, key: statistics.median(one[key] for one in runs)
        for key, allowed in (("p50_ms", 2), ("p99_ms", 5)):
            self.rows.append({
                "task": f"latency {key[:3]}", "pairs": len(mine), "target_ms": allowed,
                "ours_ms": of(mine, key), "peer_ms": of(theirs, key),
                "more_ms": of(mine, key) - of(theirs, key)})

    def run_down(self):
        """A required sink takes nothing for a while, with everything waiting."""
        messages = WAITING // self.share
        want = self.fill_lines("waiting", 4, "zstd", messages)
        nowhere = {"webhook": {"url": "http://127.0.0.1:9/"}}
        service = self.start("waiting", nowhere,
                             delivery={"max_in_flight_bytes": IN_FLIGHT, "drain_timeout": "1s"})
        try:
            samples = []
            end = time.monotonic() + self.given.down_seconds

            def sample():
                samples.append(service.rss_mib())
                return time.monotonic() > end

            wait_until(sample, "the end of the time", self.given.down_seconds + 60, 0.5)
            half = len(samples) // 2
            self.rows.append({
                "task": "memory, a required sink down", "seconds": self.given.down_seconds,
                "waiting": want["messages"], "taken": service.total("trailbell_records_total"),
                "first_half_mib": max(samples[:half]), "second_half_mib": max(samples[half:]),
                "peak_mib": service.peak_mib(), "allowed_mib": ALLOWED_MIB})
        finally:
            service.end()


def table(rows):
    yield "| task | ours / bare | range | target | ours | bare | pairs |"
    yield "|---|---|---|---|---|---|---|"
    for r in rows:
        if "ratio" in r:
            yield (f"| {r['task']} | {r['ratio']:.2f} | {r['low']:.2f} to {r['high']:.2f} | "
                   f"{r['target']} | {r['ours_per_second'] / 1e3:.0f} k/s, "
                   f"{r['ours_peak_mib']:.0f} MiB | {r['peer_per_second'] / 1e3:.0f} k/s | "
                   f"{r['pairs']} |")
        elif "more_ms" in r:
            yield (f"| {r['task']} | {r['more_ms']:+.2f} ms | | +{r['target_ms']} ms | "
                   f"{r['ours_ms']:.2f} ms | {r['peer_ms']:.2f} ms | {r['pairs']} |")
        else:
            yield (f"| {r['task']}, {r['seconds']} s | | {r['first_half_mib']:.0f}, then "
                   f"{r['second_half_mib']:.0f} MiB | {r['allowed_mib']} MiB | "
                   f"{r['peak_mib']:.0f} MiB | | |")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("trailbell", type=os.path.abspath)
    options.add_argument("tools", type=os.path.abspath)
    options.add_argument("--only", default="lines,gz,latency,down")
    options.add_argument("--partitions", default="1,4")
    options.add_argument("--codecs", default="none,zstd")
    options.add_argument("--smoke", action="store_true")
    options.add_argument("--pairs", type=int, default=5)
    options.add_argument("--seed-records", default=corpus.SAMPLE)
    options.add_argument("--down-seconds", type=int, default=600)
    options.add_argument("--property", action="append", default=[],
                         help="NAME=VALUE: of librdkafka, for trailbell's source; repeatable")
    options.add_argument("--json")
    given = options.parse_args()
    # An end from outside ends what was started too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = tempfile.mkdtemp(prefix="trailbell-bench-")
    try:
        with Broker(settings={"log.retention.ms": -1, "log.cleaner.enable": "false"}) as broker:
            bench = Bench(given, broker, folder)
            for name in given.only.split(","):
                getattr(bench, "run_" + name)()
            print("\n".join(table(bench.rows)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if given.json:
        with open(given.json, "w") as out:
            json.dump(bench.rows, out, indent=1)


if __name__ == "__main__":
    main()
