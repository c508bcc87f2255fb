"""The Containerfile's steps, run in fresh Debian systems, as no registry of images is at hand.

Each stage that begins with Debian gets a chroot by debootstrap, in which its COPY, RUN, ARG and
WORKDIR steps are done in their order; the last one, from nothing, gets what it copies, and its
program is run as the user and with the words that the file names.

Usage: container_build_test.py PROJECT FOLDER    (root; only with TRAILBELL_FAILURES=long)
"""

import json
import os
import re
import shlex
import subprocess
import sys

from clean_debian import CleanDebian, RELEASE, emptied, in_namespaces, run

BEGINNING = re.compile(r"FROM (\S+?)(?: AS (\S+))?$")


def steps(text):
    """[(word, rest)] of each instruction, with its lines joined."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"(?m)^#.*\n", "", text))
    return [tuple(line.split(" ", 1)) for line in joined.splitlines() if line.strip()]


class Stage:
    def __init__(self, folder, name, image):
        self.folder = "/"
        self.variables = {}
        if image == "scratch":
            self.debian, self.root = None, emptied(os.path.join(folder, name))
        else:
            assert image == f"debian:{RELEASE}", image
            self.debian = CleanDebian(folder, name)
            self.root = self.debian.root

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
        self.debian.run(command, folder=self.folder, variables=self.variables)


def build(project, folder, arguments):
    with open(os.path.join(project, "deploy/container/Containerfile")) as text:
        todo = steps(text.read())
    stages, stage, last = {}, None, {}
    for word, rest in todo:
        if word == "FROM":
            image, name = BEGINNING.match(f"FROM {rest}").groups()
            stage = stages[name or "last"] = Stage(folder, name or "last", image)
        elif word == "ARG":
            name, default = rest.split("=")
            stage.variables[name] = arguments.get(name, default.strip('"'))
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


def check(root, last, commit):
    """The image's own words, but that its configuration is checked, not run."""
    program = ["chroot", f"--userspec={last['USER']}", root, *json.loads(last["ENTRYPOINT"])]
    environment = {**os.environ, **dict(one.split("=", 1) for one in shlex.split(last["ENV"]))}
    command, *options = json.loads(last["CMD"])
    assert command == "run", command
    version = run([*program, "version"], stdout=subprocess.PIPE, text=True).stdout
    assert f"({commit}," in version, version
    run([*program, "config", "check", *options], env=environment)
    names = {name for _, _, names in os.walk(root) for name in names}
    assert not names & {"sh", "bash", "dash", "apt-get"}, "a shell"


def main():
    in_namespaces("compiles everything")
    project, folder = (os.path.abspath(path) for path in sys.argv[1:])
    commit = subprocess.run(["git", "-C", project, "rev-parse", "--short=12", "HEAD"],
                            capture_output=True, text=True, check=True).stdout.strip()
    check(*build(project, folder, {"COMMIT": commit}), commit)
    print("every step was run")


if __name__ == "__main__":
    main()
