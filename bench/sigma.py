"""Sigma rules by the thousand: trailbell against rsigma, one thread each.

Usage: sigma.py CORPUS TRAILBELL [--rules DIR] [--tree DIR] [--rsigma PROGRAM] [--pairs N]
                [--json FILE]

CORPUS is a folder that corpus.py made. DIR of --rules holds rules for CloudTrail, DIR of --tree a
collection for many products, such as SigmaHQ's `rules`. What is not given is not measured, and said
so. Before anything is timed the two have to agree on how often each rule holds; then they run in
turn, as in compare.py. Whole programs: loading the rules is part of every time.
"""

import argparse
import collections
import json
import os
import subprocess
import sys
import tempfile

from compare import Wrong, compare, measure, report, row, run

CORPUS = "rules.ndjson"
COLUMNS = ("one thread", "peer's time / ours", "trailbell", "peer", "pairs", "records/s")


def peer_words(program, rules, lines):
    words = [program, "engine", "eval", "--quiet", "--output-format", "ndjson"]
    return [*words, "--rules", rules, "--event", "@" + lines]


def by_rule_of_peer(program, rules, lines):
    words = peer_words(program, rules, lines)
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=errors) as child:
            held = collections.Counter(json.loads(line)["rule_id"] for line in child.stdout)
        if child.returncode != 0:
            errors.seek(0)
            raise Wrong(f"{program} ended with {child.returncode}: {errors.read()[-500:]!r}")
    return dict(held)


class Trailbell:
    """One thread; the summary says how often each rule held."""

    def __init__(self, binary, rules, lines, records):
        self.words = [binary, "replay", "--threads", "1", "--rules", rules, lines]
        self.words += ["--format", "jsonl", "--output", "/dev/null"]
        self.records = records
        self.by_rule = None

    def __call__(self):
        with tempfile.NamedTemporaryFile("r") as summary:
            seconds, peak, _ = run([*self.words, "--summary", summary.name])
            said = json.load(summary)
        if said["records"] != self.records or said["rejected"]:
            raise Wrong(f"trailbell read {said['records']} records of {self.records}")
        held = {rule: times for rule, times in said["by_rule"].items() if times}
        if self.by_rule is not None and held != self.by_rule:
            raise Wrong("trailbell gives another answer than before")
        self.by_rule = held
        return seconds, peak


class Peer:
    """The same work; what it finds goes where trailbell's goes."""

    def __init__(self, program, rules, lines):
        self.words = peer_words(program, rules, lines)

    def __call__(self):
        seconds, peak, _ = run(["sh", "-c", 'exec "$@" >/dev/null', "sh", *self.words])
        return seconds, peak


def for_other_logs(binary, rules):
    """The rules that trailbell never asks, as they are for other logs; rsigma asks all."""
    _, _, text = run([binary, "rules", "list", rules])
    return {line.split()[0] for line in text.splitlines() if "sigma, for other logs" in line}


def differences(ours, theirs):
    return [
        f"{rule}: {ours.get(rule, 0)} and {theirs.get(rule, 0)}"
        for rule in sorted({*ours, *theirs})
        if ours.get(rule, 0) != theirs.get(rule, 0)
    ]


class Comparisons:
    def __init__(self, given):
        self.given = given
        self.lines = os.path.join(given.corpus, CORPUS)
        with open(os.path.join(given.corpus, "manifest.json")) as manifest:
            self.records = json.load(manifest)[CORPUS]["records"]

    def with_rules(self, rules):
        ours = Trailbell(self.given.trailbell, rules, self.lines, self.records)
        ours()
        if not self.given.rsigma:
            found = measure(ours, self.given.pairs)
        else:
            theirs = by_rule_of_peer(self.given.rsigma, rules, self.lines)
            others = for_other_logs(self.given.trailbell, rules)
            theirs = {rule: times for rule, times in theirs.items() if rule not in others}
            if wrong := differences(ours.by_rule, theirs):
                raise Wrong("trailbell and rsigma differ: " + "; ".join(wrong[:5]))
            peer = Peer(self.given.rsigma, rules, self.lines)
            found = compare(ours, peer, self.given.pairs)
        found["records_per_second"] = self.records / found["seconds"]
        found["findings"] = sum(ours.by_rule.values())
        return found

    def loading(self, rules):
        return measure(lambda: run([self.given.trailbell, "rules", "list", rules])[:2], 9)

    def all(self):
        given = self.given
        peer = " / rsigma" if given.rsigma else ""
        if given.rules:
            yield f"rules for CloudTrail{peer}", lambda: self.with_rules(given.rules)
        if given.tree:
            yield f"rules for all products{peer}", lambda: self.with_rules(given.tree)
            yield "loading those", lambda: self.loading(given.tree)


def cells(name, found):
    rate = f"{found['records_per_second']:,.0f}" if "records_per_second" in found else ""
    return f"{row(name, found)} {rate} |"


def main():
    options = argparse.ArgumentParser(description=__doc__)
    for name in ("corpus", "trailbell"):
        options.add_argument(name)
    for name in ("--rules", "--tree", "--rsigma", "--json"):
        options.add_argument(name, default="")
    options.add_argument("--pairs", type=int, default=5)
    given = options.parse_args()
    for name, what in (("rules", "rules for CloudTrail"), ("tree", "a tree of Sigma rules")):
        if not getattr(given, name):
            print(f"not measured: {what} (--{name})", file=sys.stderr)
    if not given.rsigma:
        print("not measured: rsigma (--rsigma)", file=sys.stderr)
    return 1 if report(COLUMNS, Comparisons(given).all(), cells, given.json) else 0


if __name__ == "__main__":
    sys.exit(main())
