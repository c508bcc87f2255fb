"""Every pattern of which it is known what AWS makes of it.

Usage: filter_cases_test.py BINARY PROJECT. Exit code 77 (skipped, and said so) without the data.
"""

import collections
import json
import os
import subprocess
import sys

BINARY, PROJECT = sys.argv[1:3]
SHARED = os.environ.get("TRAILBELL_SHARED") or os.path.join(PROJECT, "..", "shared")
CASES = os.path.join(SHARED, "data", "filter_patterns", "cases.jsonl")
TIMEOUT_S = 60


def cases_by_pattern():
    """Without those that contradict what AWS answered, or test another program's limits."""
    by_pattern = collections.defaultdict(list)
    with open(CASES) as lines:
        for case in map(json.loads, lines):
            if "CONFLICT" not in case["authority"] and "LIMIT" not in case["authority"]:
                by_pattern[case["pattern"]].append(case)
    return by_pattern


def answers(pattern, cases):
    """`match` or `nomatch` for each case, or `invalid` for all."""
    events = "".join(json.dumps(case["event"] or "") + "\n" for case in cases)
    done = subprocess.run(
        [BINARY, "filter", "test", "--pattern=" + pattern, "--events", "json", "-"],
        input=events,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
    )
    if done.returncode == 2:
        assert "column" in done.stderr, done.stderr
        return ["invalid"] * len(cases)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line)["match"] for line in done.stdout.splitlines()]
    assert len(lines) == len(cases), pattern
    return ["match" if line else "nomatch" for line in lines]


def main():
    if not os.path.isfile(CASES):
        print(f"skipped: no {CASES}")
        return 77
    wrong = checked = 0
    for pattern, cases in cases_by_pattern().items():
        for case, answer in zip(cases, answers(pattern, cases)):
            checked += 1
            right = case["expected"] in (answer, "valid" if answer != "invalid" else None)
            if not right:
                wrong += 1
                print(f"{case['authority']}: {pattern!r} on {case['event']!r}: {answer}")
    assert checked > 1000, checked
    print(f"{checked - wrong} of {checked} cases right")
    return 1 if wrong else 0


sys.exit(main())
