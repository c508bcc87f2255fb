"""For tests that run inside a machine of their own (machine.sh): the ways in, and how to wait.

Such a test is run as `NAME_test.py DEB PROJECT`; it hands itself to the machine with `--inside`.
"""

import glob
import os
import subprocess
import sys
import tempfile
import threading
import time

INSIDE = "--inside" in sys.argv
DEB, PROJECT = (os.path.abspath(path) for path in sys.argv[1:3])
del sys.argv[1:3]
if INSIDE:
    sys.argv.remove("--inside")

WAIT_S = 120
SKIPPED = 77
MACHINE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "machine.sh")


def run_inside(test):
    """From outside; says what came out, and gives the exit code."""
    if os.geteuid() != 0:
        print("skipped: needs root, to make a machine of its own")
        return SKIPPED
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-B", os.path.abspath(test), DEB, PROJECT, "--inside", "-v"]
        done = subprocess.run([MACHINE, folder, *command], check=False, timeout=1300)
        with open(os.path.join(folder, "output")) as text:
            print(text.read())
        return done.returncode


def sample():
    """The files of records in deploy/sample: 12 alerts."""
    return sorted(glob.glob(f"{PROJECT}/deploy/sample/AWSLogs/*/CloudTrail/**/*.gz",
                            recursive=True))


def journal():
    return subprocess.run(["journalctl", "--no-pager", "-n", "60", "-u", "trailbell"],
                          capture_output=True, text=True, check=False).stdout


def run(*words, check=True):
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=300)
    if check and done.returncode != 0:
        raise AssertionError(f"{words}: {done.returncode}\n{done.stdout}{done.stderr}{journal()}")
    return done


def until(condition, what):
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        if condition():
            return
        threading.Event().wait(0.1)
    raise AssertionError(f"not within {WAIT_S} s: {what}\n{journal()}")
