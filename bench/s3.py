"""`trailbell replay s3://` beside the barest program that gets the same objects, from a real S3
server on this machine; then with a slow network, and in a bucket of a million keys.

Usage: s3.py TRAILBELL TOOLS [--only NAME,...] [--smoke] [--pairs N] [--seed-records FOLDER]
             [--json FILE]

TOOLS is the folder of bench_s3_peer; NAME is get, latency or listing. SeaweedFS checks
signatures: the peer's URLs are signed beforehand; it lists the bucket too. Answers (objects,
bytes, matches) are compared before anything counts as measured. The two of a pair run in turn;
printed are medians and ranges of their ratios.
"""

import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
sys.path.insert(0, os.path.join(ROOT, "tests", "integration"))

import corpus  # noqa: E402
import s3_stand_in  # noqa: E402
from seaweed import KEYS, REGION, Seaweed  # noqa: E402

OBJECTS, DELAYED, KEYS_LISTED = 12_000, 20_000, 1_000_000
SMOKE = 16
REQUESTS = 64  # at a time: what trailbell has by default
LATENCY_S = 0.020
AHEAD_MIB, MORE_MIB = 64, 64
FIRST_ALERT_S = 1.0


class Wrong(Exception):
    pass


class Bench:
    def __init__(self, given, folder):
        self.given, self.folder, self.rows = given, folder, []
        self.share = SMOKE if given.smoke else 1
        self.files = list(corpus.seed_files(given.seed_records))
        self.paths = []
        for number, (raw, _, _) in enumerate(self.files):
            self.paths.append(os.path.join(folder, f"{number}.gz"))
            with open(self.paths[-1], "wb") as out:
                out.write(raw)

    def want(self, objects):
        held = [(len(raw), len(records), corpus.matches(records))
                for raw, _, records in self.files]
        read, records, matched = (
            sum(one[i] * (objects // len(held) + (n < objects % len(held)))
                for n, one in enumerate(held)) for i in range(3))
        return {"objects": objects, "bytes_read": read, "records": records, "matched": matched}

    def environment(self, url):
        plain = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
        return {**plain, **KEYS, "AWS_REGION": REGION, "AWS_ENDPOINT_URL": url,
                "AWS_EC2_METADATA_DISABLED": "true", "HOME": self.folder}

    def ours(self, url, want):
        summary = os.path.join(self.folder, "summary.json")
        began = time.monotonic()
        child = subprocess.Popen(
            [self.given.trailbell, "replay", "--summary", summary, "--output",
             os.path.join(self.folder, "alerts"), "s3://bench/AWSLogs/"],
            env=self.environment(url), stderr=subprocess.PIPE)
        said = child.stderr.read()
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            raise Wrong(f"trailbell ended with {child.returncode}: {said[-2000:]}")
        with open(summary) as text:
            got = json.load(text)
        if {key: got[key] for key in want} != want:
            raise Wrong(f"trailbell: {got}, not {want}")
        return {"per_second": want["objects"] / seconds,
                "cores": (usage.ru_utime + usage.ru_stime) / seconds,
                "peak_mib": usage.ru_maxrss / 1024}

    def peer(self, urls, want):
        child = subprocess.Popen(
            [os.path.join(self.given.tools, "bench_s3_peer"), str(REQUESTS)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        child.stdin.write(urls)
        child.stdin.close()
        said = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        got = json.loads(said or "{}")
        if child.returncode != 0 or (got["objects"], got["bytes"]) != (
                want["objects"], want["bytes_read"]):
            raise Wrong(f"the bare loop: {said}, not {want}")
        return {"per_second": want["objects"] / got["seconds"],
                "cores": (usage.ru_utime + usage.ru_stime) / got["seconds"]}

    @staticmethod
    def requests(client, objects):
        """What trailbell asks for: the pages of the listing, and every object."""
        sign = lambda call, **asked: client.generate_presigned_url(
            call, {"Bucket": "bench", **asked}, ExpiresIn=36_000)
        page = {"Prefix": s3_stand_in.PREFIX}
        while page:
            yield "!" + sign("list_objects_v2", **page)
            got = client.list_objects_v2(Bucket="bench", **page)
            token = got.get("NextContinuationToken")
            page = token and {**page, "ContinuationToken": token}
        for number in range(objects):
            yield sign("get_object", Key=s3_stand_in.key_of(number))

    def run_get(self):
        want = self.want(OBJECTS // self.share)
        server = Seaweed()
        try:
            client = server.client()
            client.create_bucket(Bucket="bench")

            def put(number):
                client.put_object(Bucket="bench", Key=s3_stand_in.key_of(number),
                                  Body=self.files[number % len(self.files)][0])

            with ThreadPoolExecutor(8) as pool:
                list(pool.map(put, range(want["objects"])))
            os.sync()  # what is still written disturbs everyone
            urls = "\n".join(self.requests(client, want["objects"])).encode()
            ratios, mine, theirs = [], [], []
            for _ in range(self.given.pairs):
                theirs.append(self.peer(urls, want))
                mine.append(self.ours(server.url, want))
                ratios.append(mine[-1]["per_second"] / theirs[-1]["per_second"])
                print(f"  {ratios[-1]:.3f}: {mine[-1]}; bare {theirs[-1]}", file=sys.stderr)
        finally:
            server.close()
        middle = lambda runs, key: statistics.median(one[key] for one in runs)
        self.rows.append({
            "task": f"get, {want['objects']} objects of {want['bytes_read'] // want['objects']} "
                    f"bytes, SeaweedFS",
            "got": statistics.median(ratios), "low": min(ratios), "high": max(ratios),
            "wanted": ">= 0.9 of the bare loop", "ours_per_second": middle(mine, "per_second"),
            "peer_per_second": middle(theirs, "per_second"), "ours_cores": middle(mine, "cores"),
            "peer_cores": middle(theirs, "cores"),
            "peak_mib": max(one["peak_mib"] for one in mine)})

    def stand_in(self, keys, latency_s):
        child = subprocess.Popen(
            [sys.executable, s3_stand_in.__file__, str(keys), str(latency_s),
             *self.paths], stdout=subprocess.PIPE, text=True)
        return child, "http://127.0.0.1:" + child.stdout.readline().strip()

    def run_latency(self):
        want = self.want(DELAYED // self.share)
        child, url = self.stand_in(want["objects"], LATENCY_S)
        try:
            runs = [self.ours(url, want) for _ in range(self.given.pairs)]
        finally:
            child.kill()
            child.wait()
        rates = [one["per_second"] for one in runs]
        peak = max(one["peak_mib"] for one in runs)
        self.rows.append({
            "task": f"{want['objects']} objects, {LATENCY_S * 1000:.0f} ms each",
            "got": statistics.median(rates), "low": min(rates), "high": max(rates),
            "wanted": ">= 2,000 objects/s", "ours_cores": statistics.median(
                one["cores"] for one in runs), "peak_mib": peak})
        self.rows.append({"task": "memory, of the same", "got": peak, "low": min(
            one["peak_mib"] for one in runs), "high": peak,
            "wanted": f"<= {AHEAD_MIB + MORE_MIB} MiB"})

    def first_alert(self, url):
        began = time.monotonic()
        child = subprocess.Popen(
            [self.given.trailbell, "replay", "--format", "jsonl", "s3://bench/AWSLogs/"],
            env=self.environment(url), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            line = child.stdout.readline()
            took = time.monotonic() - began
        finally:
            child.kill()
            child.wait()
            child.stdout.close()
        if b'"event_name"' not in line:
            raise Wrong(f"no alert: {line}")
        return took

    def run_listing(self):
        times = {}
        for keys in (10, KEYS_LISTED // self.share):
            child, url = self.stand_in(keys, 0)
            try:
                times[keys] = [self.first_alert(url) for _ in range(self.given.pairs)]
            finally:
                child.kill()
                child.wait()
        few, many = times.values()
        more = [a - b for a, b in zip(many, few)]
        self.rows.append({
            "task": f"first alert of {max(times):,} keys, later than of {min(times)}",
            "got": statistics.median(more), "low": min(more), "high": max(more),
            "wanted": f"<= {FIRST_ALERT_S} s"})


def table(rows):
    yield "| task | got | range | wanted | ours | bare |"
    yield "|---|---|---|---|---|---|"
    for r in rows:
        ours = f"{r['ours_per_second']:,.0f}/s, " if "ours_per_second" in r else ""
        if "ours_cores" in r:
            ours += f"{r['ours_cores']:.2f} cores, {r['peak_mib']:.0f} MiB"
        bare = (f"{r['peer_per_second']:,.0f}/s, {r['peer_cores']:.2f} cores"
                if "peer_cores" in r else "")
        digits = 0 if r["got"] >= 10 else 2
        yield (f"| {r['task']} | {r['got']:,.{digits}f} | {r['low']:,.{digits}f} to "
               f"{r['high']:,.{digits}f} | {r['wanted']} | {ours} | {bare} |")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("trailbell", type=os.path.abspath)
    options.add_argument("tools", type=os.path.abspath)
    options.add_argument("--only", default="get,latency,listing")
    options.add_argument("--smoke", action="store_true")
    options.add_argument("--pairs", type=int, default=5)
    options.add_argument("--seed-records", default=corpus.SAMPLE)
    options.add_argument("--json")
    given = options.parse_args()
    # An end from outside ends what was started too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = tempfile.mkdtemp(prefix="trailbell-bench-")
    try:
        bench = Bench(given, folder)
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
