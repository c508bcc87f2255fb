"""Runs trailbell and checks what holds for every run."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

BINARY = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "trailbell"
TIMEOUT_S = 120


def record(name="CreatePolicy", event_id="e", **members):
    """One record as CloudTrail writes it, on one line."""
    whole = {
        "eventVersion": "1.08",
        "eventTime": "2026-03-04T05:06:07Z",
        "eventSource": "iam.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "userIdentity": {
            "type": "IAMUser",
            "userName": "alice",
            "accountId": "111122223333",
            "arn": "arn:aws:iam::111122223333:user/alice",
        },
        "eventID": event_id,
    }
    whole.update(members)
    return json.dumps({k: v for k, v in whole.items() if v is not ...}, separators=(",", ":"))


def lines_of(records):
    """Records, as dicts, one a line."""
    return "".join(json.dumps(one) + "\n" for one in records)


def document(*records):
    return '{"Records":[' + ",".join(records) + "]}"


class Outcome:
    def __init__(self, code, out, err, summary):
        self.code, self.out, self.err, self.summary = code, out, err, summary

    @property
    def alerts(self):
        return [json.loads(line) for line in self.out.splitlines()]


class ReplayTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="trailbell-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def file(self, name, content):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(content if isinstance(content, bytes) else content.encode())
        return path

    def run_binary(self, *words, stdin=b"", env=None, **options):
        done = subprocess.run(
            [BINARY, *words],
            input=stdin if isinstance(stdin, bytes) else stdin.encode(),
            capture_output=True,
            timeout=TIMEOUT_S,
            env={**os.environ, **(env or {})},
            **options
        )
        return Outcome(
            done.returncode, done.stdout.decode(), done.stderr.decode(errors="replace"), None
        )

    def replay(self, *words, stdin=b"", expect=0, **options):
        """Replays, checks the exit code and that the summary adds up."""
        summary_path = self.path("summary.json")
        got = self.run_binary("replay", "--summary", summary_path, *words, stdin=stdin, **options)
        self.assertEqual(got.code, expect, got.err)
        with open(summary_path) as text:
            s = got.summary = json.load(text)
        os.remove(summary_path)
        self.assertEqual(s["records"], s["matched"] + s["passed"] + s["rejected"])
        self.assertEqual(s["findings"], s["alerts"] + s["suppressed"])
        self.assertEqual(sum(s["by_rule"].values()), s["findings"])
        self.assertEqual(sum(s["by_event_name"].values()), s["findings"])
        self.assertEqual(sum(s["by_actor"].values()), s["alerts"])
        self.assertEqual(sum(s["by_account"].values()), s["alerts"])
        return got


def main():
    unittest.main(verbosity=1)
