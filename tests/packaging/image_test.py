"""The image's tree: made of the installed package, and run by itself, read-only, without rights.

Usage: image_test.py DEB PROJECT    (root; on a copy of this machine, see machine.sh)
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import unittest

from inside_machine import DEB, INSIDE, PROJECT, run, run_inside, sample, until

TREE = "/run/tree"
ROOT = "/run/root"  # the same, as a container would see it
USER = 65532
STATE, LOGS = "/var/lib/trailbell", "/var/log/trailbell"


def in_image(*words):
    return ["chroot", f"--userspec={USER}:{USER}", ROOT, "/usr/bin/trailbell", *words]


@unittest.skipUnless(INSIDE, "inside the machine")
class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        run("dpkg", "--install", DEB)
        run("bash", os.path.join(PROJECT, "deploy/container/tree.sh"), TREE)
        os.mkdir(ROOT)
        run("mount", "--bind", TREE, ROOT)
        run("mount", "-o", "remount,bind,ro", ROOT)
        for folder in (STATE, LOGS):
            run("mount", "-t", "tmpfs", "-o", f"uid={USER},gid={USER},mode=750", "tmpfs",
                ROOT + folder)

    def test_holds_one_program_and_no_shell(self):
        programs = []
        for folder, _, names in os.walk(TREE):
            for name in names:
                path = os.path.join(folder, name)
                if not os.path.islink(path) and os.stat(path).st_mode & 0o111 and \
                        ".so" not in name:
                    programs.append(os.path.relpath(path, TREE))
        self.assertEqual(programs, ["usr/bin/trailbell"])
        for shell in ("bin/sh", "usr/bin/sh", "usr/bin/bash"):
            self.assertFalse(os.path.lexists(os.path.join(TREE, shell)))

    def test_nothing_in_it_is_anybodys_to_write_but_its_own_folders(self):
        for folder, folders, names in os.walk(TREE):
            for name in folders + names:
                path = os.path.join(folder, name)
                about = os.lstat(path)
                own = "/" + os.path.relpath(path, TREE)
                if own.startswith((STATE, LOGS)):
                    self.assertEqual(about.st_uid, USER, own)
                elif own != "/tmp" and not os.path.islink(path):
                    self.assertEqual((about.st_uid, about.st_mode & 0o022), (0, 0), own)

    def test_says_what_is_in_it(self):
        there = set(os.listdir(f"{TREE}/var/lib/dpkg/status.d"))
        self.assertLessEqual({"trailbell", "libc6", "libssl3", "ca-certificates"}, there)
        for package in there:
            self.assertTrue(os.path.exists(f"{TREE}/usr/share/doc/{package}/copyright"), package)
        with open(f"{TREE}/usr/share/doc/trailbell/sbom.spdx.json") as text:
            self.assertEqual(json.load(text)["spdxVersion"], "SPDX-2.3")

    def test_runs_as_the_user_that_the_image_names(self):
        self.assertEqual(run(*in_image("version")).stdout, run("trailbell", "version").stdout)
        self.assertIn("ok", run(*in_image("config", "check", "-c",
                                          "/etc/trailbell/trailbell.yaml")).stdout)
        rules = run(*in_image("rules", "check", "/usr/share/trailbell/rules/cis"))
        self.assertEqual(rules.returncode, 0)

    def test_the_service_works_on_a_read_only_root(self):
        command = in_image("run", "--config", "/etc/trailbell/trailbell.yaml", "--set",
                           f"source.file.checkpoint={STATE}/checkpoint")
        inbox = f"{ROOT}{STATE}/inbox"
        os.mkdir(inbox)
        alerts = f"{ROOT}{LOGS}/alerts.jsonl"

        def count():
            try:
                with open(alerts) as lines:
                    return len(lines.readlines())
            except FileNotFoundError:
                return 0
        service = subprocess.Popen(
            command, env={"TRAILBELL_METRICS__LISTEN": "0.0.0.0:9464", "PATH": os.environ["PATH"]},
            cwd="/")
        try:
            for number, path in enumerate(sample()):
                shutil.copy(path, f"{inbox}/{number}.gz")
            until(lambda: count() == 12, "12 alerts of the sample")
            self.assertIsNone(service.poll())
        finally:
            service.send_signal(signal.SIGTERM)
        self.assertEqual(service.wait(timeout=60), 0)
        with self.assertRaises(OSError):
            open(f"{ROOT}/etc/trailbell/x", "w").close()


if __name__ == "__main__":
    if INSIDE:
        unittest.main()
    sys.exit(run_inside(__file__))
