"""The SBOM in the .deb: valid SPDX 2.3, and true of the program that it lies beside.

Usage: sbom_test.py DEB FOLDER    (spdx-tools are installed into FOLDER from the network)
"""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "integration"))
from peer_packages import run_with  # noqa: E402

run_with(["spdx-tools==0.8.5"], sys.argv[2])
del sys.argv[2]

from spdx_tools.spdx.parser.parse_anything import parse_file  # noqa: E402
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document  # noqa: E402

DEB = sys.argv.pop(1)


def run(*words):
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def source_packages(files):
    """Of Debian's, those that these libraries come from."""
    names = set()
    for path in files:
        real = os.path.realpath(path)
        for one in (real, real.removeprefix("/usr")):
            found = subprocess.run(["dpkg-query", "--search", one], capture_output=True, text=True,
                                   check=False).stdout
            names.update(line.rsplit(": ", 1)[0] for line in found.splitlines())
    return {run("dpkg-query", "--show", "--showformat", "${source:Package} ${source:Version}", name)
            for name in names}


class Sbom(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.holder = tempfile.TemporaryDirectory()
        run("dpkg-deb", "--extract", DEB, cls.holder.name)
        cls.path = os.path.join(cls.holder.name, "usr/share/doc/trailbell/sbom.spdx.json")
        cls.program = os.path.join(cls.holder.name, "usr/bin/trailbell")
        with open(cls.path) as text:
            cls.document = json.load(text)
        cls.packages = {one["name"]: one for one in cls.document["packages"]}

    @classmethod
    def tearDownClass(cls):
        cls.holder.cleanup()

    def test_is_valid(self):
        self.assertEqual(self.document["spdxVersion"], "SPDX-2.3")
        said = validate_full_spdx_document(parse_file(self.path))
        self.assertEqual([one.validation_message for one in said], [])

    def test_the_validator_would_have_found_something(self):
        wrong = os.path.join(self.holder.name, "wrong.spdx.json")
        with open(wrong, "w") as out:
            json.dump({**self.document, "documentNamespace": "nowhere"}, out)
        self.assertNotEqual(validate_full_spdx_document(parse_file(wrong)), [])

    def test_names_the_program_by_its_checksum_and_commit(self):
        with open(self.program, "rb") as content:
            digest = hashlib.sha256(content.read()).hexdigest()
        sums = {one["algorithm"]: one["checksumValue"]
                for one in self.document["files"][0]["checksums"]}
        self.assertEqual(sums["SHA256"], digest)
        said = run(self.program, "version")
        version, commit = re.match(r"trailbell (\S+) \((.+?), simd", said).groups()
        self.assertEqual(self.packages["trailbell"]["versionInfo"], version)
        self.assertEqual(self.packages["trailbell"]["sourceInfo"], f"commit {commit}")

    def test_has_every_library_that_the_loader_loads(self):
        loaded = re.findall(r"(/\S+) \(0x", run("ldd", self.program))
        self.assertGreater(len(loaded), 15)
        stated = {f"{one['name']} {one['versionInfo']}" for one in self.document["packages"]}
        self.assertEqual(source_packages(loaded) - stated, set())

    def test_has_what_is_compiled_in_and_no_tool_of_the_tests(self):
        linked = {one["relatedSpdxElement"] for one in self.document["relationships"]
                  if one["relationshipType"] == "STATIC_LINK"}
        names = {one["name"] for one in self.document["packages"] if one["SPDXID"] in linked}
        self.assertIn("cli11", names)
        self.assertTrue(any(name.startswith("boost") for name in names), names)
        self.assertIn("librdkafka", self.packages)
        for name in ("googletest", "simde"):
            self.assertNotIn(name, self.packages)

    def test_every_library_has_version_licence_supplier_and_purl(self):
        for name, one in self.packages.items():
            with self.subTest(name):
                self.assertTrue(one["versionInfo"])
                self.assertNotIn(one["licenseDeclared"], ("NOASSERTION", "NONE", ""))
                self.assertRegex(one["supplier"], r"^Organization: \S")
                locators = [ref["referenceLocator"] for ref in one["externalRefs"]]
                self.assertTrue(locators)
                for locator in locators:
                    self.assertRegex(locator, r"^pkg:(deb/\w+|generic)/[\w.+-]+@[\w.%+-]+(\?\S+)?$")

    def test_everything_hangs_together(self):
        ids = {one["SPDXID"] for one in self.document["packages"] + self.document["files"]}
        ends = {end for one in self.document["relationships"]
                for end in (one["spdxElementId"], one["relatedSpdxElement"])}
        self.assertEqual(ids | {"SPDXRef-DOCUMENT"}, ends)


if __name__ == "__main__":
    unittest.main()
