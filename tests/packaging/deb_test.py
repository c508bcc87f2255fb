"""The .deb: what is in it, what Debian's checker says of it, and how much its unit may do.

Usage: deb_test.py DEB PROGRAM PROJECT
"""

import glob
import gzip
import hashlib
import os
import re
import stat
import subprocess
import sys
import tempfile
import unittest

PROJECT = os.path.abspath(sys.argv.pop(3))
PROGRAM = os.path.abspath(sys.argv.pop(2))
DEB = sys.argv.pop(1)
UNIT = "usr/lib/systemd/system/trailbell.service"
DOC = "usr/share/doc/trailbell"
EXPOSURE_MAX = 2.0


def run(*words, check=True, **more):
    done = subprocess.run(words, capture_output=True, text=True, check=False, **more)
    if check and done.returncode != 0:
        raise AssertionError(f"{words}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def read(path):
    with open(path, "rb") as content:
        return content.read()


class Extracted(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.holder = tempfile.TemporaryDirectory()
        cls.root = os.path.join(cls.holder.name, "root")
        run("dpkg-deb", "--raw-extract", DEB, cls.root)

    @classmethod
    def tearDownClass(cls):
        cls.holder.cleanup()

    def path(self, *parts):
        return os.path.join(self.root, *parts)


class Package(Extracted):
    def files(self, below=""):
        return {os.path.relpath(os.path.join(folder, name), self.root)
                for folder, _, names in os.walk(self.path(below)) for name in names}

    @staticmethod
    def lint(deb):
        return run("lintian", "--tag-display-limit", "0", "--allow-root", "--fail-on", "none",
                   deb).stdout

    def test_lintian_finds_nothing(self):
        self.assertEqual(self.lint(DEB), "")

    def test_lintian_would_have_found_something(self):
        control = self.path("DEBIAN/control")
        before = read(control)
        try:
            with open(control, "wb") as out:
                out.write(re.sub(rb"(?m)^Maintainer: .*$", b"Maintainer: a <a@localhost>", before))
            wrong = os.path.join(self.holder.name, "wrong.deb")
            run("dpkg-deb", "-Znone", "--build", self.root, wrong)
        finally:
            with open(control, "wb") as out:
                out.write(before)
        self.assertIn("bogus-mail-host", self.lint(wrong))

    def test_names_a_maintainer_of_the_right_form_and_pretends_to_be_nobody(self):
        said = run("dpkg-deb", "--field", DEB, "Maintainer").stdout.strip()
        with open(os.path.join(os.path.dirname(DEB), "..", "CMakeCache.txt")) as cache:
            wanted = re.search(r"(?m)^TRAILBELL_MAINTAINER:STRING=(.*)$", cache.read())[1]
        self.assertEqual(said, wanted)
        self.assertRegex(said, r"^[^<>@]+ <[^<>@ ]+@[^<>@ ]+>$")
        changes = gzip.decompress(read(self.path(DOC, "changelog.Debian.gz"))).decode()
        self.assertIn(f"\n -- {wanted}  ", changes)

    def test_holds_the_program_as_it_was_built(self):
        version = run(PROGRAM, "version").stdout
        self.assertEqual(run(self.path("usr/bin/trailbell"), "version").stdout, version)
        commit = run("git", "-C", PROJECT, "rev-parse", "--short=12", "HEAD", check=False)
        if commit.returncode == 0:
            self.assertIn(f"({commit.stdout.strip()},", version)
        self.assertRegex(os.path.basename(DEB),
                         rf"^trailbell_{re.escape(version.split()[1])}-1~\w+[\d.]*_\w+\.deb$")

    def test_depends_on_what_the_loader_needs_and_on_no_librdkafka_of_ours(self):
        depends = run("dpkg-deb", "--field", DEB, "Depends").stdout
        for library in ("libc6", "libssl3", "libstdc++6", "libcurl", "adduser", "ca-certificates"):
            self.assertIn(library, depends)
        needed = run("readelf", "-d", self.path("usr/bin/trailbell")).stdout
        self.assertNotRegex(needed, r"RPATH|RUNPATH")
        built_here = os.path.exists(os.path.join(PROJECT, "build/deps/librdkafka/recipe"))
        self.assertEqual("librdkafka.so" in needed, not built_here)
        self.assertEqual("librdkafka1" in depends, not built_here)
        self.assertNotIn("not found", run("ldd", self.path("usr/bin/trailbell")).stdout)

    def test_says_nothing_of_where_it_was_built(self):
        program = read(self.path("usr/bin/trailbell"))
        self.assertIn(b"ensure", program)  # its messages are there
        for place in (PROJECT, os.path.expanduser("~") + "/"):
            self.assertNotIn(place.encode(), program)

    def test_files_have_the_owners_modes_and_times_they_should(self):
        listed = run("dpkg-deb", "--contents", DEB, env={**os.environ, "TZ": "UTC"}).stdout
        times = set()
        for line in listed.splitlines():
            mode, owner, _, day, hour, name = line.split(maxsplit=5)
            times.add(f"{day} {hour}")
            self.assertEqual(owner, "root/root", name)
            expected = "drwxr-xr-x" if mode[0] == "d" else (
                "-rwxr-xr-x" if name == "./usr/bin/trailbell" else "-rw-r--r--")
            self.assertEqual(mode, expected, name)
        self.assertEqual(len(times), 1, times)  # all of them the commit's

    def test_the_configuration_is_kept_and_sound(self):
        config = "etc/trailbell/trailbell.yaml"
        self.assertEqual(read(self.path("DEBIAN/conffiles")).decode(), f"/{config}\n")
        done = run(PROGRAM, "config", "check", "-c", self.path(config))
        self.assertIn("ok: 1 source, 1 sink", done.stdout)
        # And so is what it offers in comments.
        text = read(self.path(config)).decode()
        offered = re.sub(r"(?m)^#(?! \S)", "", text)
        self.assertNotEqual(offered, text)
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as out:
            out.write(offered)
            out.flush()
            self.assertIn("ok: 3 sources, 2 sinks",
                          run(PROGRAM, "config", "check", "-c", out.name).stdout)
        example = self.path(DOC, "examples/trailbell.example.yaml")
        run(PROGRAM, "config", "check", "-c", example)

    def test_rules_and_what_prometheus_and_grafana_read_are_there(self):
        shared = self.path("usr/share/trailbell")
        for pack in ("cis", "securityhub", "beyond-cis"):
            for path in glob.glob(os.path.join(PROJECT, "rules", pack, "*.yaml")):
                self.assertEqual(read(os.path.join(shared, "rules", pack, os.path.basename(path))),
                                 read(path))
        run(PROGRAM, "rules", "check", os.path.join(shared, "rules"))
        alerts = glob.glob(os.path.join(shared, "prometheus", "*.yaml"))
        self.assertEqual(len(alerts), len(glob.glob(f"{PROJECT}/rules/prometheus/*.yaml")))
        run("promtool", "check", "rules", *alerts)
        self.assertTrue(read(os.path.join(shared, "grafana/trailbell.json")))

    def test_the_documents_are_there(self):
        changes = gzip.decompress(read(self.path(DOC, "changelog.gz")))
        self.assertEqual(changes, read(os.path.join(PROJECT, "CHANGELOG.md")))
        self.assertIn(f"{DOC}/copyright", self.files(DOC))
        self.assertIn(f"{DOC}/sbom.spdx.json", self.files(DOC))

    def test_scripts_are_sound(self):
        scripts = [self.path("DEBIAN", name) for name in ("postinst", "prerm", "postrm")]
        for script in scripts:
            self.assertTrue(os.stat(script).st_mode & stat.S_IXUSR)
        run("shellcheck", *scripts, *glob.glob(f"{PROJECT}/deploy/packaging/*.sh"),
            *glob.glob(f"{PROJECT}/tests/packaging/*.sh"))

    def test_checksums_hold(self):
        for line in read(self.path("DEBIAN/md5sums")).decode().splitlines():
            digest, name = line.split("  ", 1)
            self.assertEqual(hashlib.md5(read(self.path(name))).hexdigest(), digest, name)


class Unit(Extracted):
    """The unit file, by systemd's own tools. Nothing of it is started."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.unit = os.path.join(cls.root, UNIT)

    def test_systemd_understands_it(self):
        # The program and its manual are where the unit names them once it is installed.
        text = read(self.unit).decode().replace("=-/usr/bin/trailbell", "=-" + PROGRAM)
        text = text.replace("=/usr/bin/trailbell", "=" + PROGRAM)
        text = re.sub(r"(?m)^Documentation=.*\n", "", text)
        path = os.path.join(self.holder.name, "trailbell.service")
        with open(path, "w") as out:
            out.write(text)
        said = run("systemd-analyze", "verify", path).stderr
        self.assertNotIn("trailbell", said)

    def exposure(self, path):
        done = run("systemd-analyze", "security", "--no-pager", "--offline=true",
                   f"--threshold={round(EXPOSURE_MAX * 10)}", path, check=False)
        level = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
        self.assertIsNotNone(level, done.stdout + done.stderr)
        return float(level[1]), done.returncode

    def test_may_do_little(self):
        level, code = self.exposure(self.unit)
        self.assertLessEqual(level, EXPOSURE_MAX)
        self.assertEqual(code, 0)

    def test_the_score_would_have_been_seen_to_rise(self):
        path = os.path.join(self.holder.name, "loose.service")
        with open(path, "w") as out:
            out.write(re.sub(r"(?m)^(SystemCall|Protect|Private|User).*\n", "",
                             read(self.unit).decode()))
        level, code = self.exposure(path)
        self.assertGreater(level, EXPOSURE_MAX)
        self.assertNotEqual(code, 0)


if __name__ == "__main__":
    unittest.main()
