"""Published variants of the control's pattern have the coverage that is known of them; every
published pattern of a control covers itself.

Usage: coverage_test.py BINARY PROJECT. Exit code 77 (skipped, and said so) without the data.
"""

import csv
import json
import os
import subprocess
import sys

BINARY, PROJECT = sys.argv[1:3]
SHARED = os.environ.get("TRAILBELL_SHARED") or os.path.join(PROJECT, "..", "shared")
DATA = os.path.join(SHARED, "data")
TIMEOUT_S = 60


def run(*words, text=""):
    return subprocess.run(
        [BINARY, "filter", *words], input=text, capture_output=True, text=True, timeout=TIMEOUT_S
    )


def variant_problem(case):
    done = run("covers", "--control", "cis-4.4", "--pattern=" + case["pattern"])
    if case["coverage"] == "invalid":
        return None if done.returncode == 2 else "accepted"
    answer = json.loads(done.stdout)
    if answer["coverage"] != case["coverage"]:
        return "coverage " + answer["coverage"]
    if done.returncode != {"full": 0, "changes_only": 0}.get(case["coverage"], 1):
        return f"exit code {done.returncode}"
    if len(answer["covered"]) + len(answer["uncovered"]) != 16:
        return "not all sixteen names"
    if answer["witness"] is not None:
        text = json.dumps(answer["witness"], separators=(",", ":")) + "\n"
        tested = run("test", "--pattern=" + case["pattern"], "-", text=text)
        if json.loads(tested.stdout)["match"]:
            return "the witness matches"
    return None


def check_variants(report):
    with open(os.path.join(DATA, "filter_patterns", "coverage_cases.jsonl")) as lines:
        cases = [json.loads(line) for line in lines]
    assert cases
    for case in cases:
        report(case["id"], variant_problem(case))
    return len(cases)


def check_controls(report):
    path = os.path.join(DATA, "controls", "cis_and_security_hub_patterns.tsv")
    with open(path, newline="") as table:
        rows = csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)
        patterns = sorted({row["exact_pattern"] for row in rows})
    assert patterns
    sound = 0
    for pattern in patterns:
        done = run("covers", "--control-pattern", pattern, "--pattern=" + pattern)
        if done.returncode == 2:
            continue  # published with a mistake in it
        sound += 1
        answer = json.loads(done.stdout)
        report(pattern, None if answer["coverage"] == "full" else answer["coverage"])
        report(pattern, None if answer["beyond"] == [None] else "matches beyond itself")
    assert sound * 2 > len(patterns)
    return sound


def main():
    if not os.path.isdir(DATA):
        print(f"skipped: no shared data at {DATA}")
        return 77
    problems = []

    def report(name, problem):
        if problem:
            problems.append(f"{name}: {problem}")

    counts = check_variants(report), check_controls(report)
    print("\n".join(problems) or "%d variants, %d controls" % counts)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
