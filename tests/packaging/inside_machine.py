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


# What machine.sh asks of the system, in namespaces that are gone with it.
PROBE = """mkdir "$1/all" "$1/groups" && mount -t tmpfs tmpfs "$1/all"
cd "$1/all" && mkdir upper work root
mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root
mount -t cgroup2 cgroup2 "$1/groups" && mkdir "$1/groups/trailbell-probe-$2"
rmdir "$1/groups/trailbell-probe-$2"
"""


def denied():
    """Why no machine can be made here; empty: one can."""
    if os.geteuid() != 0:
        return "needs root"
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["unshare", "--mount", "--pid", "--fork", "--uts", "--ipc", "--net", "--cgroup",
             "sh", "-ec", PROBE, "sh", folder, str(os.getpid())],
            capture_output=True, text=True, check=False)
        return "" if done.returncode == 0 else done.stderr.strip() or "unshare failed"


def run_inside(test):
    """From outside; says what came out, and gives the exit code."""
    if why := denied():
        print(f"skipped: no machine of its own can be made: {why}")
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
