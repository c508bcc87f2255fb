"""What the program is made of, as SPDX 2.3 JSON.

Taken from what was built, not from a list: the libraries that the loader finds for the program,
the headers that its objects were compiled with (by Ninja's log), and librdkafka where it was built
here. Whose they are is asked of dpkg. Needs Debian's or Ubuntu's packages, and a build by Ninja.

Usage: sbom.py --program FILE --build FOLDER --rdkafka FOLDER --version V --commit C --epoch SECONDS
               --output FILE
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import time
import uuid
from collections import namedtuple

from licences import licence_of

# `packages`: binary packages, each with its version; `link`: how the program has it.
Component = namedtuple("Component", "name version supplier packages link")
LINK_COMMENTS = {
    "DYNAMIC_LINK": "linked by the program itself",
    "STATIC_LINK": "compiled into the program: headers, or a static library",
    "RUNTIME_DEPENDENCY_OF": "loaded for a library that the program links",
}
FORMAT = "${Package}\t${Version}\t${source:Package}\t${source:Version}\t${Maintainer}\n"


def run(*words):
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def needed(program):
    """Sonames that the program itself asks for, and {soname: path} of all that is loaded."""
    direct = set(re.findall(r"\(NEEDED\).*\[(.+)\]", run("readelf", "--wide", "-d", program)))
    loaded = {}
    for line in run("ldd", program).splitlines():
        if "not found" in line:
            raise SystemExit(f"sbom: {program}: {line.strip()}")
        found = re.match(r"\s+(?:(\S+) => )?(/\S+)", line)
        if found:
            loaded[os.path.basename(found[1] or found[2])] = os.path.realpath(found[2])
    return direct, loaded


def headers(build):
    """Of the objects of our own libraries and program; not of tests."""
    paths = set()
    ours = False
    for line in run("ninja", "-C", build, "-t", "deps").splitlines():
        if not line.startswith(" "):
            ours = line.startswith("src/") and "trailbell_reference" not in line
        elif ours:
            paths.add(os.path.realpath(os.path.join(build, line.strip())))
    if not paths:
        raise SystemExit(f"sbom: {build}: Ninja has no log of what was compiled; build it first")
    return {path for path in paths if path.startswith("/usr/")}


def owners(paths):
    """Binary packages that own these files. /usr/lib may have been /lib when they were packed."""
    names = set()
    wanted = sorted(paths | {path[len("/usr"):] for path in paths if path.startswith("/usr/lib")})
    done = subprocess.run(["dpkg-query", "--search", *wanted], capture_output=True, text=True,
                          check=False, env={**os.environ, "LC_ALL": "C"})
    for line in done.stdout.splitlines():
        if not line.startswith("diversion by"):
            names.update(name.strip() for name in line.rsplit(": ", 1)[0].split(", "))
    return names


def described(names, link):
    by_source = {}
    for line in run("dpkg-query", "--show", "--showformat", FORMAT, *sorted(names)).splitlines():
        package, version, source, source_version, maintainer = line.split("\t")
        found = by_source.setdefault(
            source, Component(source, source_version, maintainer, [], link))
        found.packages.append((package, version))
    return by_source


def components(arguments):
    direct, loaded = needed(arguments.program)
    linked = {path for name, path in loaded.items() if name in direct}
    all_of = described(owners(set(loaded.values()) - linked), "RUNTIME_DEPENDENCY_OF")
    all_of |= described(owners(headers(arguments.build)), "STATIC_LINK")
    all_of |= described(owners(linked), "DYNAMIC_LINK")
    version = os.path.join(arguments.rdkafka, "version")
    if os.path.exists(version):
        with open(version) as text:
            number = text.read().strip()
        all_of["librdkafka"] = Component("librdkafka", number, "", [("librdkafka", number)],
                                         "STATIC_LINK")
    return [all_of[name] for name in sorted(all_of)]


def distribution():
    with open("/etc/os-release") as text:
        values = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', text.read(), re.MULTILINE))
    return values["ID"], f"{values['ID']}-{values['VERSION_ID']}"


def purl(package, version, link):
    vendor, release = distribution()
    if link == "STATIC_LINK" and package == "librdkafka":
        return f"pkg:deb/{vendor}/{package}@{version}?arch=source"
    arch = run("dpkg", "--print-architecture").strip()
    quoted = version.replace(":", "%3A").replace("+", "%2B").replace("~", "%7E")
    return f"pkg:deb/{vendor}/{package}@{quoted}?arch={arch}&distro={release}"


def supplier(maintainer):
    found = re.fullmatch(r"\s*(.*?)\s*<(.+)>\s*", maintainer)
    return f"Organization: {found[1]} ({found[2]})" if found else "Organization: Debian"


def package_of(component):
    licence = licence_of(component.name) or "NOASSERTION"
    return {
        "SPDXID": "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", component.name),
        "name": component.name,
        "versionInfo": component.version,
        "supplier": supplier(component.supplier),
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": licence,
        "copyrightText": "NOASSERTION",
        "primaryPackagePurpose": "LIBRARY",
        "externalRefs": [
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
             "referenceLocator": purl(name, version, component.link)}
            for name, version in component.packages],
    }


def our_package(spdx_id, purpose, arguments):
    return {
        "SPDXID": spdx_id,
        "name": "trailbell",
        "versionInfo": arguments.version,
        "supplier": "Organization: the trailbell developers",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "sourceInfo": f"commit {arguments.commit}",
        "licenseConcluded": "Apache-2.0",
        "licenseDeclared": "Apache-2.0",
        "copyrightText": "NOASSERTION",
        "primaryPackagePurpose": purpose,
        "externalRefs": [
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
             "referenceLocator": f"pkg:generic/trailbell@{arguments.version}"}],
    }


def program_file(path):
    with open(path, "rb") as content:
        raw = content.read()
    return {
        "SPDXID": "SPDXRef-program",
        "fileName": "./usr/bin/trailbell",
        "fileTypes": ["BINARY"],
        "checksums": [{"algorithm": "SHA1", "checksumValue": hashlib.sha1(raw).hexdigest()},
                      {"algorithm": "SHA256", "checksumValue": hashlib.sha256(raw).hexdigest()}],
        "licenseConcluded": "NOASSERTION",
        "copyrightText": "NOASSERTION",
    }


def relationship(element, kind, related, comment=None):
    made = {"spdxElementId": element, "relationshipType": kind, "relatedSpdxElement": related}
    return {**made, "comment": comment} if comment else made


def links(component, package):
    """From the program, but that `RUNTIME_DEPENDENCY_OF` reads from the library."""
    ends = ["SPDXRef-program", package["SPDXID"]]
    if component.link == "RUNTIME_DEPENDENCY_OF":
        ends.reverse()
    return relationship(ends[0], component.link, ends[1], LINK_COMMENTS[component.link])


def document(arguments):
    parts = components(arguments)
    packages = [package_of(part) for part in parts]
    program = program_file(arguments.program)
    content = {
        "packages": [our_package("SPDXRef-trailbell", "APPLICATION", arguments),
                     our_package("SPDXRef-source", "SOURCE", arguments), *packages],
        "files": [program],
        "relationships": [
            relationship("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-trailbell"),
            relationship("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-program"),
            relationship("SPDXRef-trailbell", "GENERATED_FROM", "SPDXRef-source"),
            relationship("SPDXRef-program", "GENERATED_FROM", "SPDXRef-source"),
            *(links(part, package) for part, package in zip(parts, packages))],
    }
    identity = uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(content, sort_keys=True))
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(arguments.epoch)))
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"trailbell-{arguments.version}",
        "documentNamespace": f"urn:uuid:{identity}",
        "creationInfo": {"created": created, "creators": ["Tool: trailbell-sbom.py"]},
        **content,
    }


def main():
    parser = argparse.ArgumentParser()
    for name in ("program", "build", "rdkafka", "version", "commit", "epoch", "output"):
        parser.add_argument("--" + name, required=True)
    arguments = parser.parse_args()
    text = json.dumps(document(arguments), indent=1)
    with open(arguments.output, "w") as out:
        out.write(text + "\n")
    os.chmod(arguments.output, 0o644)


if __name__ == "__main__":
    sys.exit(main())
