"""Whole-binary comparisons: trailbell against its floor, and against what an analyst could use
instead.

Usage: compare.py CORPUS TRAILBELL FLOOR [--python PYTHON] [--pairs N] [--only NAME,...]
                  [--json FILE]

CORPUS is a folder that corpus.py made; FLOOR is bench_floor; PYTHON one that has the packages of
peers/requirements.txt. Every answer is compared with the corpus's manifest before anything is
timed: a program that is wrong has no time. Then the two of a pair run in turn, A B A B, so that a
machine that drifts moves both, and what is printed is the median of the ratios of the pairs.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

from names import IAM_POLICY_EVENTS

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = os.path.join(HERE, "peers")
SLOW_S = 8  # a peer that takes longer is run once
REPEATS = 20  # of 1 GiB: the long replay
MIB = 1 << 20
COLUMNS = ("task / peer", "peer's time / ours", "trailbell", "peer", "pairs")
CIS_PACK = os.path.join(os.path.dirname(HERE), "rules", "cis")


class Wrong(Exception):
    pass


def run(words):
    """Wall seconds, peak MiB of memory, standard output."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.perf_counter()
        child = subprocess.Popen(words, stdout=out, stderr=err)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read().decode(errors="replace")
        if child.returncode != 0:
            err.seek(0)
            raise Wrong(f"{words[0]} ended with {child.returncode}: {err.read()[-500:]!r}")
    return seconds, usage.ru_maxrss / 1024, text


class Trailbell:
    """One replay; alerts go nowhere, the summary is the answer."""

    def __init__(self, binary, paths, want, threads=2, rules=None):
        self.binary, self.paths, self.want, self.threads = binary, paths, want, threads
        self.rules = ["--rules", rules] if rules else []

    def __call__(self):
        with tempfile.NamedTemporaryFile("r") as summary:
            options = ["--threads", str(self.threads), "--format", "jsonl", "--output", "/dev/null"]
            options += ["--summary", summary.name, *self.rules]
            command = [self.binary, "replay", *options, *self.paths]
            seconds, peak, _ = run(command)
            said = json.load(summary)
        got = {"records": said["records"], "matches": said["by_rule"].get("cis-4.4", 0)}
        if got != self.want or said["objects_failed"] or said["rejected"]:
            raise Wrong(f"trailbell says {got}, the corpus holds {self.want}")
        return seconds, peak


class Counter:
    """A program that prints one number."""

    def __init__(self, words, want):
        self.words, self.want = words, want

    def __call__(self):
        seconds, peak, text = run(self.words)
        if text.strip() != str(self.want):
            raise Wrong(f"{self.words[:3]} says {text.strip()!r}, the corpus holds {self.want}")
        return seconds, peak


def compare(ours, theirs, pairs):
    """Answers first; then pairs. Medians of seconds and peaks, and of theirs / ours."""
    ours()
    first, peak = theirs()
    if first > SLOW_S:
        seconds, our_peak = ours()
        samples = [(seconds, our_peak, first, peak)]
    else:
        samples = [(*ours(), *theirs()) for _ in range(pairs)]
    ratios = [b / a for a, _, b, _ in samples]
    return {
        "ratio": statistics.median(ratios),
        "ratio_range": [min(ratios), max(ratios)],
        "pairs": len(samples),
        "seconds": statistics.median(s[0] for s in samples),
        "peer_seconds": statistics.median(s[2] for s in samples),
        "peak_mib": max(s[1] for s in samples),
        "peer_peak_mib": max(s[3] for s in samples),
    }


def measure(ours, pairs):
    ours()
    samples = [ours() for _ in range(pairs)]
    return {
        "pairs": len(samples),
        "seconds": statistics.median(s[0] for s in samples),
        "peak_mib": max(s[1] for s in samples),
    }


class Comparisons:
    def __init__(self, given):
        self.given = given
        with open(os.path.join(given.corpus, "manifest.json")) as manifest:
            self.manifest = json.load(manifest)
        with tempfile.NamedTemporaryFile("w", delete=False) as names:
            names.write("\n".join(sorted(IAM_POLICY_EVENTS)) + "\n")
        self.names = names.name
        self.pairs = given.pairs

    def path(self, name):
        return os.path.join(self.given.corpus, name)

    def want(self, name, times=1):
        held = self.manifest[name]
        return {"records": held["records"] * times, "matches": held["matches"] * times}

    def ours(self, name, threads=2, times=1):
        paths = [self.path(name)] * times
        return Trailbell(self.given.trailbell, paths, self.want(name, times), threads)

    def with_the_pack(self, name):
        return Trailbell(self.given.trailbell, [self.path(name)], self.want(name), rules=CIS_PACK)

    def peer(self, program, shape, name, threads=2):
        words = [*program, shape, self.path(name), str(threads)]
        return Counter(words, self.manifest[name]["matches"])

    def against(self, name, theirs):
        return lambda: compare(self.ours(name), theirs, self.pairs)

    def floor(self, name, held, threads=2):
        return Counter([self.given.floor, str(threads), self.path(name)], held)

    def all(self):
        m = self.manifest
        python = self.given.python
        duckdb = [python, os.path.join(PEERS, "duckdb_peer.py")]
        chdb = [python, os.path.join(PEERS, "chdb_peer.py")]
        jq = ["bash", os.path.join(PEERS, "jq_peer.sh")]
        lines, gz = "records.ndjson", "gz"
        rg = ["rg", "-c", "-F", "-f", self.names, self.path(lines)]
        rgz = ["bash", "-c", f"rg -z -l -F -f {self.names} -j 2 {self.path(gz)} | wc -l"]
        empty = tempfile.mkdtemp()
        nothing = Trailbell(self.given.trailbell, [empty], {"records": 0, "matches": 0})
        return {
            "lines / floor": self.against(lines, self.floor(lines, m[lines]["bytes"])),
            "lines / ripgrep": self.against(lines, Counter(rg, m[lines]["lines_with_a_name"])),
            "lines / chdb": self.against(lines, self.peer(chdb, "lines", lines)),
            "lines / duckdb": self.against(lines, self.peer(duckdb, "lines", lines)),
            "lines / jq": self.against(lines, self.peer(jq, "lines", lines)),
            "lines / 1 thread": self.against(lines, lambda: self.ours(lines, threads=1)()),
            "lines / CIS pack": self.against(lines, self.with_the_pack(lines)),
            "gz / floor": self.against(gz, self.floor(gz, m[gz]["inflated"])),
            "gz / rg -z": self.against(gz, Counter(rgz, m[gz]["files_with_a_name"])),
            "gz / chdb": self.against(gz, self.peer(chdb, "archive", gz)),
            "gz / duckdb": self.against(gz, self.peer(duckdb, "archive", gz)),
            "gz / zcat and jq, two pipelines": self.against(gz, self.peer(jq, "archive", gz)),
            "gz / zcat and jq, one pipeline": self.against(gz, self.peer(jq, "archive", gz, 1)),
            "gz / 1 thread": self.against(gz, lambda: self.ours(gz, threads=1)()),
            "gz / CIS pack": self.against(gz, self.with_the_pack(gz)),
            "100,000 small files / floor": self.against(
                "small", self.floor("small", m["small"]["inflated"])
            ),
            "one object of lines, 1 GiB": lambda: measure(self.ours("lines.gz"), 3),
            "one document, 1 GiB": lambda: measure(self.ours("document.gz"), 3),
            "20 GiB": lambda: measure(self.ours(lines, times=REPEATS), 1),
            "start and stop": lambda: measure(nothing, 15),
        }


def row(name, found):
    if "ratio" in found:
        low, high = found["ratio_range"]
        ratio = f"{found['ratio']:.2f} ({low:.2f} to {high:.2f})"
        peer = f"{found['peer_seconds']:.3f} s, {found['peer_peak_mib']:.0f} MiB"
    else:
        ratio, peer = "", ""
    ours = f"{found['seconds']:.3f} s, {found['peak_mib']:.0f} MiB"
    return f"| {name} | {ratio} | {ours} | {peer} | {found['pairs']} |"


def report(columns, comparisons, cells, json_path):
    """A table of what each comparison gives, as it comes; how many were wrong."""
    print("| " + " | ".join(columns) + " |")
    print("|---" * len(columns) + "|")
    found, wrong = {}, 0
    for name, compared in comparisons:
        try:
            found[name] = compared()
            print(cells(name, found[name]), flush=True)
        except Wrong as problem:
            wrong += 1
            print(f"| {name} | WRONG: {problem} |" + " |" * (len(columns) - 2), flush=True)
    if json_path:
        with open(json_path, "w") as out:
            json.dump(found, out, indent=1)
    return wrong


def main():
    options = argparse.ArgumentParser(description=__doc__)
    for name in ("corpus", "trailbell", "floor"):
        options.add_argument(name, type=os.path.abspath)  # peers have a folder of their own
    options.add_argument("--python", default=sys.executable)
    options.add_argument("--pairs", type=int, default=9)
    options.add_argument("--only", default="")
    options.add_argument("--json")
    given = options.parse_args()
    wanted = [w for w in given.only.split(",") if w]
    comparisons = [
        (name, compared)
        for name, compared in Comparisons(given).all().items()
        if not wanted or any(w in name for w in wanted)
    ]
    return 1 if report(COLUMNS, comparisons, row, given.json) else 0


if __name__ == "__main__":
    sys.exit(main())
