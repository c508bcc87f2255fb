"""The digests that lie beside the checkout: each of them is judged as it is said there.

Usage: digests_test.py BINARY PROJECT. Exit code 77 (skipped, and said so) without the data.
"""

import gzip
import json
import os
import subprocess
import sys
import tempfile

BINARY, PROJECT = sys.argv[1:3]
SHARED = os.environ.get("TRAILBELL_SHARED") or os.path.join(PROJECT, "..", "shared")
DATA = os.path.join(SHARED, "data", "digests")
TIMEOUT_S = 60
# What is found where the object is not valid.
FINDINGS = {"hash value doesn't match": "log_changed",
            "signature verification failed": "signature_wrong",
            "moved from its original location": "digest_moved"}


def content(one):
    with open(os.path.join(DATA, one["file"]), "rb") as file:
        stored = file.read()
    return gzip.compress(gzip.decompress(stored), 1) if "transform" in one else stored


def lay_out(folder, objects):
    """Objects at their keys; the signature of those that have one beside them."""
    for one in objects:
        path = os.path.join(folder, one["key"])
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(content(one))
        if "signature" in one.get("metadata", {}):
            with open(path + ".signature", "w") as out:
                out.write(one["metadata"]["signature"])


def verify(folder, keys):
    done = subprocess.run(
        [BINARY, "digest", "verify", "--format", "json", "--public-keys", keys, folder],
        capture_output=True, text=True, timeout=TIMEOUT_S)
    return done.returncode, json.loads(done.stdout)


def problem_of(one, sound, keys):
    """Nothing where the object, in place of the sound one of its key, is judged as it is said."""
    with tempfile.TemporaryDirectory() as folder:
        lay_out(folder, sound)
        path = os.path.join(folder, one["key"])
        if one["key"].startswith("moved/"):
            # A copy's folders above AWSLogs are anybody's: it is moved within them.
            one = {**one, "key": one["key"].removeprefix("moved/").replace("/04/", "/05/")}
        if os.path.exists(path + ".signature"):
            os.remove(path + ".signature")
        lay_out(folder, [one])
        code, report = verify(folder, keys)
        names = {found["finding"] for found in report["findings"]}
        if one["expected"].startswith("valid"):
            return None if (code, report["verdict"], names) == (0, "valid", set()) else report
        wanted = next(name for text, name in FINDINGS.items() if text in one["expected"])
        if one.get("metadata") == {}:
            # A copy has no metadata; then the digest behind it says what its signature is.
            return None if code == 0 and report["digests"]["valid"] == 3 else report
        return None if code == 1 and names == {wanted} else report


def main():
    manifest = os.path.join(DATA, "manifest.json")
    if not os.path.isfile(manifest):
        print(f"skipped: no {manifest}")
        return 77
    with open(manifest) as text:
        stated = json.load(text)
    sound = [one for one in stated["objects"]
             if one["expected"].startswith("valid") and "transform" not in one]
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        keys = os.path.join(folder, "keys.json")
        with open(keys, "w") as out:
            json.dump({"PublicKeyList": [stated["public_key"]]}, out)
        for one in stated["objects"]:
            problem = problem_of(one, sound, keys)
            if problem is not None:
                problems.append(f"{one['file']} at {one['key']}: {one['expected']}: {problem}")
    print("\n".join(problems) or f"{len(stated['objects'])} objects, each as it is said")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
