"""SigmaHQ's CloudTrail rules, where they lie beside the checkout: each loads, and can be explained.

Usage: sigma_rules_test.py BINARY PROJECT. Exit code 77 (skipped, and said so) without them.
"""

import os
import subprocess
import sys

BINARY, PROJECT = sys.argv[1:3]
SHARED = os.environ.get("TRAILBELL_SHARED") or os.path.join(PROJECT, "..", "shared")
RULES = os.path.join(SHARED, "data", "rules", "sigma")
RECORD = os.path.join(SHARED, "data", "envelopes", "records_single.json")


def trailbell(*words):
    done = subprocess.run([BINARY, *words], capture_output=True, timeout=120)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def main():
    if not os.path.isdir(RULES):
        print(f"skipped: no rules in {RULES}")
        return 77
    names = sorted(os.listdir(RULES))
    failures = []
    for name in names:
        path = os.path.join(RULES, name)
        for words in (["check", path], ["explain", path, RECORD]):
            code, out, err = trailbell("rules", *words)
            if code != 0 or not out:
                failures.append(f"{name}: {words[0]} said {code}: {err}{out}")
    code, out, err = trailbell("rules", "list", RULES)
    listed = sum(" sigma" in line for line in out.splitlines())
    if code != 0 or listed != len(names):
        failures.append(f"{listed} of {len(names)} rules listed: {err}{out[:2000]}")
    print("\n".join(failures) or f"{len(names)} rules load")
    return 1 if failures or not names else 0


if __name__ == "__main__":
    sys.exit(main())
