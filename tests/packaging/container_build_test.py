"""The Containerfile's steps, run in fresh Debian systems, as no registry of images is at hand.

Each stage that begins with Debian gets a chroot by debootstrap, in which its COPY, RUN, ARG and
WORKDIR steps are done in their order; the last one, from nothing, gets what it copies, and its
program is run as the user and with the words that the file names.

Usage: container_build_test.py PROJECT FOLDER    (root; only with TRAILBELL_FAILURES=long)
"""

import glob
import json
import os
import re
import shlex
import shutil
import subprocess
import sys

BEGINNING = re.compile(r"FROM (\S+?)(?::(\S+))?(?: AS (\S+))?$")
MOUNTED = ("proc", "sys", "dev")


def steps(text):
    """[(word, rest)] of each instruction, with its lines joined."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"(?m)^#.*\n", "", text))
    return [tuple(line.split(" ", 1)) for line in joined.splitlines() if line.strip()]


def run(words, **more):
    print("+", shlex.join(words)[:200], flush=True)
    subprocess.run(words, check=True, **more)


def mirror():
    said = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(ORIGIN) $(CODENAME) $(REPO_URI)"],
        capture_output=True, text=True, check=True).stdout
    found = re.search(r"(?m)^Debian bookworm (\S+)$", said)
    if not found:
        raise SystemExit("apt has no archive of Debian bookworm, which the image is built from: "
                         "add it to apt's sources, and run apt-get update")
    return found[1]


class Stage:
    def __init__(self, folder, image, release):
        self.root = folder
        self.folder = "/"
        self.variables = {}
        self.image = image
        os.makedirs(folder)
        if image != "scratch":
            run(["debootstrap", "--variant=minbase", release, folder, mirror()],
                stdout=subprocess.DEVNULL)
            self.use_our_way_to_the_archive()

    def use_our_way_to_the_archive(self):
        """Proxies and certificates of this machine's apt, that the chroot may reach it too."""
        for path in glob.glob("/etc/apt/apt.conf.d/*") + ["/etc/resolv.conf"]:
            if not os.path.basename(path).startswith(("01autoremove", "docker", "20")):
                shutil.copy(path, self.root + path)

    def copy(self, words, stages, project):
        source = project
        if words[0].startswith("--from="):
            source = stages[words.pop(0).split("=")[1]].root
        *what, to = words
        target = os.path.normpath(os.path.join(self.root, self.folder.lstrip("/"), to.lstrip("/")))
        os.makedirs(target, exist_ok=True)
        for one in what:
            path = os.path.normpath(os.path.join(source, one.lstrip("/")))
            if one == ".":  # without what .dockerignore names
                tar = ["tar", "--create", "--exclude=./build", "--directory", path, "."]
                packed = subprocess.Popen(tar, stdout=subprocess.PIPE)
                run(["tar", "--extract", "--no-same-owner", "--directory", target],
                    stdin=packed.stdout)
                assert packed.wait() == 0
            else:
                end = "/." if os.path.isdir(path) else ""
                run(["cp", "-a", path + end, target])

    def run(self, command):
        for name in MOUNTED:
            run(["mount", "--rbind", "--make-rslave", f"/{name}", f"{self.root}/{name}"])
        try:
            inner = f"cd {shlex.quote(self.folder)} && {command}"
            run(["chroot", self.root, "/bin/sh", "-c", inner],
                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root",
                     "DEBIAN_FRONTEND": "noninteractive", **self.variables})
        finally:
            for name in MOUNTED:
                run(["umount", "--lazy", "--recursive", f"{self.root}/{name}"])


def build(project, folder):
    with open(os.path.join(project, "deploy/container/Containerfile")) as text:
        todo = steps(text.read())
    stages, stage, last = {}, None, {}
    for word, rest in todo:
        if word == "FROM":
            image, release, name = BEGINNING.match(f"FROM {rest}").groups()
            stage = Stage(os.path.join(folder, name or "last"), image, release)
            stages[name or "last"] = stage
        elif word == "ARG":
            stage.variables[rest.split("=")[0]] = rest.split("=")[1].strip('"')
        elif word == "WORKDIR":
            stage.folder = rest
            os.makedirs(stage.root + rest, exist_ok=True)
        elif word == "COPY":
            stage.copy(shlex.split(rest), stages, project)
        elif word == "RUN":
            stage.run(rest)
        elif word in ("USER", "ENV", "ENTRYPOINT", "CMD", "VOLUME", "EXPOSE", "STOPSIGNAL"):
            last[word] = rest
        else:
            raise SystemExit(f"Containerfile: what is {word}?")
    return stages["last"].root, last


def check(root, last):
    """The image's own words, but that its configuration is checked, not run."""
    program = ["chroot", f"--userspec={last['USER']}", root, *json.loads(last["ENTRYPOINT"])]
    command, *options = json.loads(last["CMD"])
    assert command == "run", command
    run([*program, "version"])
    run([*program, "config", "check", *options])
    names = {name for _, _, names in os.walk(root) for name in names}
    assert not names & {"sh", "bash", "dash", "apt-get"}, "a shell"


def main():
    project, folder = (os.path.abspath(path) for path in sys.argv[1:])
    if os.environ.get("TRAILBELL_FAILURES") != "long" or os.geteuid() != 0:
        print("skipped: compiles everything, as root; TRAILBELL_FAILURES=long")
        return 77
    shutil.rmtree(folder, ignore_errors=True)
    check(*build(project, folder))
    shutil.rmtree(folder)
    print("every step was run")
    return 0


if __name__ == "__main__":
    sys.exit(main())
