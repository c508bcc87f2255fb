"""A Debian with nothing but its base system, in a folder; for tests that begin on a new machine.

Such a test calls `in_namespaces` first: what is mounted, and whatever still runs, is then gone when
it ends, also when it is killed, and nobody deletes a folder that has this machine's /dev in it.
Packages that were fetched and objects that were compiled are kept beside it (`kept`): the next run
takes what has not changed from there.
"""

import glob
import os
import re
import shlex
import shutil
import subprocess
import sys

RELEASE = "bookworm"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SKIPPED = 77
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
KEPT = {"packages": "/var/cache/apt/archives", "ccache": "/root/.cache/ccache"}


def in_namespaces(why_long):
    """Goes on as root in mount, process and host name spaces of the test's own, or ends it."""
    if os.environ.get("TRAILBELL_FAILURES") != "long" or os.geteuid() != 0:
        print(f"skipped: {why_long}; as root, with TRAILBELL_FAILURES=long")
        sys.exit(SKIPPED)
    if "TRAILBELL_INSIDE" not in os.environ:
        # The shell is process 1, which takes leave of whoever ends without a parent.
        words = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--uts",
                 "bash", "-c", '"$@"; exit $?', "init", sys.executable, "-B", *sys.argv]
        os.execvpe(words[0], words, {**os.environ, "TRAILBELL_INSIDE": "1"})


def run(words, check=True, **more):
    print("+", shlex.join(words)[:200], flush=True)
    return subprocess.run(words, check=check, **more)


def emptied(folder):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    return folder


def archive():
    """Where this machine's apt has Debian from."""
    said = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(ORIGIN) $(CODENAME) $(REPO_URI)"],
        capture_output=True, text=True, check=True).stdout
    found = re.search(rf"(?m)^Debian {RELEASE} (\S+)$", said)
    if not found:
        raise SystemExit(f"apt has no archive of Debian {RELEASE}: "
                         "add it to apt's sources, and run apt-get update")
    return found[1]


def base_system(folder):
    """What every CleanDebian in `folder` begins as; made once."""
    base = os.path.join(folder, "kept", "debian")
    if not os.path.exists(base):
        part = emptied(f"{base}.part")
        run(["debootstrap", "--variant=minbase", RELEASE, part, archive()],
            stdout=subprocess.DEVNULL)
        # This machine's ways to the archives: names, proxies, authorities of its network.
        for path in ["/etc/resolv.conf", "/etc/hosts", *glob.glob("/etc/apt/apt.conf.d/*"),
                     *glob.glob("/usr/local/share/ca-certificates/*.crt")]:
            if not os.path.basename(path).startswith(("01autoremove", "docker", "20", "50")):
                os.makedirs(os.path.dirname(part + path), exist_ok=True)
                shutil.copy(path, part + path)
        # As the images of Debian have it: what is unpacked is not forced to the disk.
        with open(f"{part}/etc/dpkg/dpkg.cfg.d/unsafe-io", "w") as out:
            out.write("force-unsafe-io\n")
        os.rename(part, base)
    return base


class CleanDebian:
    def __init__(self, folder, name):
        self.root = os.path.join(folder, name)
        shutil.rmtree(self.root, ignore_errors=True)
        run(["cp", "-a", "--reflink=auto", base_system(folder) + "/.", self.root])
        self.mount_devices()
        for what, where in KEPT.items():
            kept = os.path.join(folder, "kept", what)
            for path in (kept, self.root + where):
                os.makedirs(path, exist_ok=True)
            run(["mount", "--bind", kept, self.root + where])

    def mount_devices(self):
        run(["mount", "-t", "proc", "proc", f"{self.root}/proc"])
        run(["mount", "-t", "sysfs", "-o", "ro", "sysfs", f"{self.root}/sys"])
        dev = f"{self.root}/dev"
        run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", dev])
        for device in DEVICES:
            with open(f"{dev}/{device}", "w"):
                pass
            run(["mount", "--bind", f"/dev/{device}", f"{dev}/{device}"])
        for name, to in (("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"),
                         ("stderr", "fd/2")):
            os.symlink(to, f"{dev}/{name}")
        os.mkdir(f"{dev}/shm", mode=0o1777)
        os.mkdir(f"{dev}/pts")
        run(["mount", "-t", "devpts", "-o", "newinstance,ptmxmode=666", "devpts", f"{dev}/pts"])
        os.symlink("pts/ptmx", f"{dev}/ptmx")

    def run(self, command, shell="/bin/sh", folder="/", variables=None, **more):
        """A shell's command in it, as root, with an environment of its own."""
        environment = {"PATH": PATH, "HOME": "/root", "LC_ALL": "C.UTF-8",
                       "DEBIAN_FRONTEND": "noninteractive",
                       "CMAKE_BUILD_PARALLEL_LEVEL": str(len(os.sched_getaffinity(0)))}
        return run(["chroot", self.root, shell, "-c", f"cd {shlex.quote(folder)} && {command}"],
                   env={**environment, **(variables or {})}, **more)
