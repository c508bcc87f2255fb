"""Every published state of an alarm chain is a test of ours, by its id.

Usage: chain_states_test.py PROJECT. Exit code 77 (skipped, and said so) without the data.
"""

import csv
import os
import sys

PROJECT = sys.argv[1]
SHARED = os.environ.get("TRAILBELL_SHARED") or os.path.join(PROJECT, "..", "shared")
TABLE = os.path.join(SHARED, "data", "controls", "alarm_chain_states.tsv")
sys.path.insert(0, os.path.join(PROJECT, "tests", "integration"))

# AWS's documented evaluation says otherwise than the table; see the entry in verify_states.py.
MENDED = {"alarm/m_of_n"}
# Where the table says what is told, and not whether the control is met.
STRICTER = {
    "trail/single_region_us_east_1",  # the control wants every region
    "filter/subset",
    "filter/exclusion_missing_field",
    "filter/field_selection",
    "alarm/treat_missing_ignore",
}


def expected(row):
    if row["would_notify"].startswith("yes"):
        return "present"
    return "undetermined" if row["would_notify"].startswith("unknown") else "missing"


def main():
    if not os.path.exists(TABLE):
        print("skipped: the table of states is not beside this checkout")
        return 77
    import verify_states  # noqa: F401  fills STATES
    from inventories import STATES

    problems = []
    with open(TABLE, encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        name = row["stage"] + "/" + row["id"]
        if name not in STATES:
            problems.append(name + ": no test")
        elif name in MENDED:
            if STATES[name][0] == expected(row):
                problems.append(name + ": said to be mended, and is as in the table")
        elif STATES[name][0] != ("missing" if name in STRICTER else expected(row)):
            problems.append(f"{name}: {STATES[name][0]}, the table says {row['would_notify']}")
    print("\n".join(problems) or f"{len(rows)} states, each with its test")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
