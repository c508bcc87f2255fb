"""Every envelope gives the count that its index states, and every way of running the same alerts.

Usage: conformance_test.py BINARY PROJECT. Exit code 77 (skipped, and said so) without the data.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile

BINARY, PROJECT = sys.argv[1:3]
SHARED = os.environ.get("TRAILBELL_SHARED") or os.path.join(PROJECT, "..", "shared")
DATA = os.path.join(SHARED, "data")
SHIPPED = os.path.join(PROJECT, "rules", "cis", "cis-4.4.yaml")  # what the built-in rule does
TIMEOUT_S = 120


def replay(*words, stdin=None, env=None):
    with tempfile.NamedTemporaryFile() as summary:
        done = subprocess.run(
            [BINARY, "replay", "--summary", summary.name, *words],
            stdin=stdin,
            capture_output=True,
            timeout=TIMEOUT_S,
            env={**os.environ, **(env or {})},
        )
        s = json.load(summary)
    assert s["records"] == s["matched"] + s["passed"] + s["rejected"], s
    assert s["findings"] == s["alerts"] + s["suppressed"], s
    alerts = [json.loads(line) for line in done.stdout.splitlines()]
    for alert in alerts:
        del alert["detected_at"], alert["position"]["path"]
    return done.returncode, s, alerts


def envelope_problem(row, code, s):
    count, kind = int(row["expected_count"]), row["kind"]
    if code != 0 or s["rejected"] or s["unrecognised"] or s["objects_failed"]:
        return "something was lost"
    if s["records"] != (count if kind == "records" else 0):
        return f"expected {count} of {kind}"
    if kind == "object" and s["skipped"]["notification"] == 0:
        return "the notification was not counted"
    if kind == "digest" and s["skipped"]["digest"] != 1:
        return "the digest was not counted"
    if s["records"] == 0 and sum(s["skipped"].values()) == 0:
        return "counted nowhere"
    return None


def check_envelopes(report):
    folder = os.path.join(DATA, "envelopes")
    with open(os.path.join(folder, "index.tsv"), newline="") as index:
        rows = list(csv.DictReader(index, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert rows
    for row in rows:
        path = os.path.join(folder, row["file"])
        runs = [replay(path), replay("--strict", path)]
        with open(path, "rb") as stdin:
            runs.append(replay("-", stdin=stdin))
        for code, s, _ in runs:
            report(row["file"], envelope_problem(row, code, s), s)
    return len(rows)


def check_records(report):
    folder = os.path.join(DATA, "records")
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        want = replay("--no-dedup", path)
        for words, env in (
            (["--threads", "1"], {}),
            (["--threads", "4"], {}),
            (["--strict"], {}),
            ([], {"TRAILBELL_SIMD": "portable"}),
            ([], {"TRAILBELL_SIMD": "avx2"}),
            (["--rules", SHIPPED], {}),
            (["--rules", SHIPPED], {"TRAILBELL_SIMD": "portable"}),
        ):
            code, s, alerts = replay("--no-dedup", *words, path, env=env)
            same = (
                alerts == want[2]
                and s["records"] == want[1]["records"]
                and s["skipped"] == want[1]["skipped"]
            )
            report(name, None if same else f"{words} {env} differs", s)
    return len(os.listdir(folder))


def main():
    if not os.path.isdir(DATA):
        print(f"skipped: no {DATA}")
        return 77
    problems = []

    def report(name, problem, summary):
        if problem:
            problems.append(f"{name}: {problem}: {summary}")

    checked = check_envelopes(report) + check_records(report)
    print("\n".join(problems) or f"{checked} inputs right")
    return 1 if problems else 0


sys.exit(main())
