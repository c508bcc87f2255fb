"""Makes the corpora of the whole-binary comparisons by repeating records. Seeded: the same bytes
every time.

Usage: corpus.py FOLDER [--smoke] [--seed-records FOLDER_OF_GZ]

FOLDER gets records.ndjson (1 GiB; one record a line), gz/ (16,000 files, as S3 holds them) and
manifest.json (what is in them, and from what). --smoke makes 1/64 of it. Without --seed-records the
sample archive of deploy/sample is what is repeated.
"""

import argparse
import glob
import gzip
import hashlib
import json
import os
import random

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLE = os.path.join(HERE, "..", "deploy", "sample", "AWSLogs")
NDJSON_BYTES = 1 << 30
GZ_FILES = 16_000
SMOKE = 64


def seed_files(folder):
    """The gzip files below a folder that hold records, and their records."""
    for path in sorted(glob.glob(os.path.join(folder, "**", "*.gz"), recursive=True)):
        with open(path, "rb") as stored:
            raw = stored.read()
        document = json.loads(gzip.decompress(raw) or b"{}")
        records = document.get("Records", [])
        if records and all("eventName" in r and "insightDetails" not in r for r in records):
            yield raw, records


def write_ndjson(path, records, size):
    lines = [json.dumps(r, separators=(",", ":"), ensure_ascii=False).encode() for r in records]
    random.Random(1).shuffle(lines)
    block = b"\n".join(lines) + b"\n"
    written = 0
    with open(path, "wb") as out:
        while written < size:
            written += out.write(block)
    return written, len(lines) * (written // len(block))


def write_gz(folder, files, count):
    for number in range(count):
        below = os.path.join(folder, f"{number // 500:03}")
        os.makedirs(below, exist_ok=True)
        with open(os.path.join(below, f"{number:05}.json.gz"), "wb") as out:
            out.write(files[number % len(files)][0])


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder")
    options.add_argument("--smoke", action="store_true")
    options.add_argument("--seed-records", default=SAMPLE)
    given = options.parse_args()
    share = SMOKE if given.smoke else 1
    os.makedirs(given.folder, exist_ok=True)
    files = list(seed_files(given.seed_records))
    records = [r for _, held in files for r in held]
    size, lines = write_ndjson(
        os.path.join(given.folder, "records.ndjson"), records, NDJSON_BYTES // share
    )
    write_gz(os.path.join(given.folder, "gz"), files, GZ_FILES // share)
    digest = hashlib.sha256(b"".join(raw for raw, _ in files)).hexdigest()
    manifest = {
        "seed_files": len(files),
        "seed_records": len(records),
        "seed_sha256": digest,
        "ndjson_bytes": size,
        "ndjson_records": lines,
        "gz_files": GZ_FILES // share,
    }
    with open(os.path.join(given.folder, "manifest.json"), "w") as out:
        json.dump(manifest, out, indent=1)
    print(json.dumps(manifest))


if __name__ == "__main__":
    main()
