"""Makes the corpora of the whole-binary comparisons by repeating records. Seeded: the same bytes
every time.

Usage: corpus.py FOLDER [--smoke] [--seed-records FOLDER_OF_GZ]

FOLDER gets
  records.ndjson    1 GiB, one record a line
  rules.ndjson      256 MiB of the same, for many rules
  gz/               20,000 objects (over 1 GiB inflated), as S3 holds them
  small/            100,000 objects of one record
  lines.gz          one object that inflates to almost 1 GiB: one record a line
  document.gz       the same as a single {"Records":[...]}
  manifest.json     what is in them and what the right answers are, by Python's own JSON reader
--smoke makes 1/64 of it. Without --seed-records the sample archive of deploy/sample is repeated.
"""

import argparse
import glob
import gzip
import hashlib
import json
import os
import random

from names import IAM_POLICY_EVENTS

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLE = os.path.join(HERE, "..", "deploy", "sample", "AWSLogs")
GIB = 1 << 30
GZ_FILES = 20_000
SMALL_FILES = 100_000
FILES_A_FOLDER = 500
SMOKE = 64


def seed_files(folder):
    """The gzip files below a folder that hold records: their bytes, text and records."""
    for path in sorted(glob.glob(os.path.join(folder, "**", "*.gz"), recursive=True)):
        with open(path, "rb") as stored:
            raw = stored.read()
        text = gzip.decompress(raw)
        records = json.loads(text or b"{}").get("Records", [])
        if records and all("eventName" in r and "insightDetails" not in r for r in records):
            yield raw, text, records


def matches(records):
    return sum(r["eventName"] in IAM_POLICY_EVENTS for r in records)


def has_a_name(text):
    return any(name.encode() in text for name in IAM_POLICY_EVENTS)


def as_lines(records):
    return [json.dumps(r, separators=(",", ":"), ensure_ascii=False).encode() for r in records]


def write_lines(path, lines, records, size):
    block = b"\n".join(lines) + b"\n"
    repeats = -(-size // len(block))
    with open(path, "wb") as out:
        for _ in range(repeats):
            out.write(block)
    return {
        "bytes": repeats * len(block),
        "records": repeats * len(records),
        "matches": repeats * matches(records),
        "lines_with_a_name": repeats * sum(map(has_a_name, lines)),
    }


def write_one_object(path, lines, records, size, head, between, tail):
    """Almost `size` bytes inflated: the default bound on an object is 1 GiB."""
    block = between.join(lines)
    repeats = (size - len(head) - len(tail)) // (len(block) + len(between))
    with gzip.GzipFile(path, "wb", compresslevel=1, mtime=0) as out:
        out.write(head + block)
        for _ in range(repeats - 1):
            out.write(between + block)
        out.write(tail)
    return {"records": repeats * len(records), "matches": repeats * matches(records)}


def write_objects(folder, objects, count):
    """`count` files of the objects given as (bytes, text, records), in folders of 500."""
    made = {"files": count, "bytes": 0, "inflated": 0, "records": 0, "matches": 0}
    made["files_with_a_name"] = 0
    known = [(len(r), len(t), len(rs), matches(rs), has_a_name(t)) for r, t, rs in objects]
    for number in range(count):
        below = os.path.join(folder, f"{number // FILES_A_FOLDER:03}")
        os.makedirs(below, exist_ok=True)
        raw, _, _ = objects[number % len(objects)]
        with open(os.path.join(below, f"{number:06}.json.gz"), "wb") as out:
            out.write(raw)
        for key, value in zip(list(made)[1:], known[number % len(objects)]):
            made[key] += value
    return made


def small_objects(records):
    for line, record in zip(as_lines(records), records):
        text = b'{"Records":[' + line + b"]}"
        yield gzip.compress(text, mtime=0), text, [record]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder")
    options.add_argument("--smoke", action="store_true")
    options.add_argument("--seed-records", default=SAMPLE)
    given = options.parse_args()
    share = SMOKE if given.smoke else 1
    os.makedirs(given.folder, exist_ok=True)

    def below(name):
        return os.path.join(given.folder, name)

    files = list(seed_files(given.seed_records))
    records = [r for _, _, held in files for r in held]
    random.Random(1).shuffle(records)
    lines = as_lines(records)
    size = GIB // share
    manifest = {
        "seed_files": len(files),
        "seed_records": len(records),
        "seed_sha256": hashlib.sha256(b"".join(raw for raw, _, _ in files)).hexdigest(),
        "records.ndjson": write_lines(below("records.ndjson"), lines, records, size),
        "rules.ndjson": write_lines(below("rules.ndjson"), lines, records, size // 4),
        "gz": write_objects(below("gz"), files, GZ_FILES // share),
        "small": write_objects(below("small"), list(small_objects(records)), SMALL_FILES // share),
        "lines.gz": write_one_object(below("lines.gz"), lines, records, size, b"", b"\n", b"\n"),
        "document.gz": write_one_object(
            below("document.gz"), lines, records, size, b'{"Records":[', b",", b"]}"
        ),
    }
    with open(below("manifest.json"), "w") as out:
        json.dump(manifest, out, indent=1)
    print(json.dumps(manifest))


if __name__ == "__main__":
    main()
