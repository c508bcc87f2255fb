"""Real records as OCSF findings and ECS documents: each keeps to its schema; the findings to the
JSON Schema that a peer makes of the published class, too.

Usage: formats_test.py BINARY PROJECT FOLDER. Installs the peer into a virtual environment in FOLDER
(kept for the next run). Records: those of the sample archive, and real ones beside the checkout.
"""

import json
import os
import subprocess
import sys

PACKAGES = ["ocsf-json-schema==1.2.0", "jsonschema==4.23.0"]
BINARY, PROJECT, FOLDER = sys.argv[1:4]
SHARED = os.environ.get("TRAILBELL_SHARED") or os.path.join(PROJECT, "..", "shared")
RULES = os.path.join(PROJECT, "rules", "cis")
TIMEOUT_S = 300

sys.path.insert(0, os.path.join(PROJECT, "tests", "support"))
from ecs_schema import ecs_problems  # noqa: E402
from ocsf_schema import ocsf_problems  # noqa: E402

# Validates findings, one a line; prints each breach.
PEER = """
import json, sys
from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema
schema = OcsfJsonSchemaEmbedded(get_ocsf_schema("1.5.0"))
validator = Draft202012Validator(schema.get_class_schema("detection_finding", ["cloud"]))
count = 0
for line in sys.stdin:
    count += 1
    for breach in validator.iter_errors(json.loads(line)):
        print(list(breach.absolute_path), breach.message[:300])
broken = json.loads(line)
del broken["metadata"]
if validator.is_valid(broken) or validator.is_valid({**json.loads(line), "severity_id": 17}):
    print("the peer takes a finding that is broken")
print(count, "validated", file=sys.stderr)
"""


def peer_python():
    python = os.path.join(FOLDER, "bin", "python")
    if not os.path.exists(python):
        subprocess.run([sys.executable, "-m", "venv", FOLDER], check=True, timeout=TIMEOUT_S)
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True, timeout=TIMEOUT_S
    )
    return python


def replay(form, paths):
    done = subprocess.run(
        [BINARY, "replay", "--format", form, "--with-record", "--no-dedup", "--rules", RULES,
         *paths],
        capture_output=True,
        timeout=TIMEOUT_S,
    )
    assert done.returncode in (0, 3), done.stderr.decode()  # 3: what is there that is no record
    return done.stdout.decode().splitlines()


def inputs():
    yield os.path.join(PROJECT, "deploy", "sample", "AWSLogs")
    records = os.path.join(SHARED, "data", "records")
    if os.path.isdir(records):
        yield records
    else:
        print(f"no {records}: the sample archive alone")


def main():
    paths = list(inputs())
    problems = []
    for form, check in (("ocsf", ocsf_problems), ("ecs", ecs_problems)):
        lines = replay(form, paths)
        assert len(lines) > 10, lines
        for line in lines:
            problems += [f"{form}: {problem}: {line[:2000]}" for problem in check(json.loads(line))]
        if form == "ocsf":
            done = subprocess.run([peer_python(), "-c", PEER], input="\n".join(lines) + "\n",
                                  text=True, capture_output=True, timeout=TIMEOUT_S)
            assert done.returncode == 0, done.stderr
            problems += done.stdout.splitlines()
            print(done.stderr.strip())
        print(f"{len(lines)} alerts as {form}")
    print("\n".join(problems[:20]))
    return 1 if problems else 0


sys.exit(main())
