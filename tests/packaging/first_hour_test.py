"""README.md's first hour, word for word, on a Debian with nothing installed: from a clone to alerts
in a topic. What a person does besides is said here: is root without sudo, says yes to apt.

Usage: first_hour_test.py PROJECT FOLDER    (root; only with TRAILBELL_FAILURES=long)
"""

import os
import subprocess
import sys

from clean_debian import CleanDebian, in_namespaces, run

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
import documents  # noqa: E402

CLONE = "/src"
# What a command begins with or has in it, and why it is left out.
LEFT_OUT = {
    "./tests/run.sh": "is another hour",
    "sudoedit ": "asks a person",
    "sudo systemctl ": "no systemd here: service_test.py",
    "aws ": "no AWS here: documented_commands_test.py",
    "s3://": "the same",
    "deploy/quickstart.sh && ": "has been run by then, and the rest is below",
}
# How a command begins, and what the text around it says to do before.
BEFORE = {
    "sudo apt install ./out/": "cmake --build --preset release --target package_files && "
                               "cpack --preset release -B out",
    "trailbell replay AWSLogs/": "ln -s deploy/sample/AWSLogs",
    "zcat ": "apt install jq",
    "trailbell config check": "cp deploy/kafka_demo.yaml trailbell.yaml",
    "build/release/bin/trailbell run": "deploy/kafka_demo.sh up",
}
# The sections in a reader's order, and what each has to print.
SECTIONS = {
    "": "findings   13 = 12 alerts + 1 suppressed",
    "Install": "Setting up trailbell",
    "Replay": "findings   13 = 12 alerts + 1 suppressed",
    "Rules": "0 failed",
    "Filter patterns": '"coverage":"changes_only"',
    "Configuration": "ok: 1 source, 1 sink",
    "Kafka in five minutes": "everything that was taken is delivered and acknowledged",
}


def script(section):
    lines, before = [], dict(BEFORE)
    for block in documents.blocks("README.md"):
        if block.section == section and block.language in ("sh", "console"):
            for command in documents.commands(block):
                if not any(one in command.text for one in LEFT_OUT):
                    for start in [one for one in before if command.text.startswith(one)]:
                        lines.append(before.pop(start))
                    lines.append(command.text.removeprefix("sudo "))
    assert lines, section
    return "\n".join(["set -eo pipefail", *lines])


def main():
    in_namespaces("compiles everything")
    project, folder = (os.path.abspath(path) for path in sys.argv[1:])
    debian = CleanDebian(folder, "first_hour")
    run(["git", "clone", "--quiet", "--no-hardlinks", project, debian.root + CLONE])
    with open(f"{debian.root}/etc/apt/apt.conf.d/99yes", "w") as out:
        out.write('APT::Get::Assume-Yes "true";\n')
    for section, expected in SECTIONS.items():
        commands = script(section)
        print(f"== {section}\n{commands}", flush=True)
        with open(f"{debian.root}/said", "w+") as said:
            done = debian.run(commands, shell="/bin/bash", folder=CLONE, stdin=subprocess.DEVNULL,
                              stdout=said, stderr=said, check=False)
            said.seek(0)
            text = said.read()
        print(text[-4000:], flush=True)
        assert done.returncode == 0 and expected in text, f"{section}: {done.returncode}"
    print("the first hour went as it is written")


if __name__ == "__main__":
    main()
