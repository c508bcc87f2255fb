"""Archives as CloudTrail writes them, with digests that are signed here, and what can be done to
them. Source: AWS CloudTrail User Guide, "CloudTrail digest file structure"."""

import base64
import datetime
import gzip
import hashlib
import json
import os

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from harness import document, record

ACCOUNT, BUCKET = "111122223333", "trails"
BEGIN = datetime.datetime(2026, 3, 4, 0, 30, tzinfo=datetime.timezone.utc)
HOUR = datetime.timedelta(hours=1)


def rfc3339(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


class Signer:
    """A key, as CloudTrail has one in each region."""

    def __init__(self):
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.der = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
        self.fingerprint = hashlib.md5(self.der).hexdigest()

    def sign(self, text):
        return self.key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()).hex()

    def listed(self):
        return {"Value": base64.b64encode(self.der).decode(), "Fingerprint": self.fingerprint,
                "ValidityStartTime": "2026-03-01T00:00:00Z",
                "ValidityEndTime": "2026-04-01T00:00:00Z"}


AWS, STRANGER = Signer(), Signer()


def key_list(*signers):
    return {"PublicKeyList": [one.listed() for one in signers or (AWS,)]}


def sum_of(body):
    return hashlib.sha256(gzip.decompress(body)).hexdigest()


class Archive:
    """Keys to bodies and metadata; `digests` and `logs` are the keys, in the order of time."""

    def __init__(self, bucket=BUCKET):
        self.bucket, self.objects, self.digests, self.logs = bucket, {}, [], []

    def body(self, key):
        return self.objects[key][0]

    def change(self, key, body=None, **metadata):
        old, kept = self.objects[key]
        self.objects[key] = (old if body is None else body, {**kept, **metadata})

    def remove(self, key):
        del self.objects[key]

    def document(self, key):
        return json.loads(gzip.decompress(self.body(key)))

    def unfollowed(self):
        """Digests that no other one names: of a copy, nobody knows their signature."""
        there = [key for key in self.digests if key in self.objects]
        named = set()
        for key in there:
            try:
                named.add(self.document(key).get("previousDigestS3Object"))
            except (EOFError, ValueError):
                pass  # damaged
        return [key for key in there if key not in named]

    def write(self, folder, beside=()):
        """As `aws s3 sync` would, and signatures beside these digests."""
        for key, (body, metadata) in self.objects.items():
            path = os.path.join(folder, key)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as out:
                out.write(body)
            if key in beside:
                with open(path + ".signature", "w") as out:
                    out.write(metadata["signature"] + "\n")
        return folder

    def upload(self, client):
        client.create_bucket(Bucket=self.bucket)
        for key, (body, metadata) in self.objects.items():
            client.put_object(Bucket=self.bucket, Key=key, Body=body, Metadata=metadata)


class Trail:
    """What a trail writes of one region into an archive, an hour at a time."""

    def __init__(self, archive, region="us-east-1", home="us-east-1", name="main", signer=AWS,
                 account=ACCOUNT, begin=BEGIN):
        self.archive, self.region, self.home, self.name = archive, region, home, name
        self.signer, self.account, self.now, self.last = signer, account, begin, None

    def folder(self, service, time):
        return f"AWSLogs/{self.account}/{service}/{self.region}/{time:%Y/%m/%d}/"

    def log(self, time, number, *records):
        key = self.folder("CloudTrail", time) + (
            f"{self.account}_CloudTrail_{self.region}_{time:%Y%m%dT%H%MZ}_{number:016d}.json.gz")
        made = records or (record(event_id=f"{self.region}-{time:%d%H%M}-{number}",
                                  eventTime=rfc3339(time), awsRegion=self.region),)
        self.archive.objects[key] = (gzip.compress(document(*made).encode(), mtime=0), {})
        self.archive.logs.append(key)
        return key

    def hour(self, logs=2, chained=True):
        """An hour's log files, and the digest of them. Gives the digest's key."""
        keys = [self.log(self.now + datetime.timedelta(minutes=5 + 10 * i), len(
            self.archive.logs)) for i in range(logs)]
        return self.digest(keys, chained)

    def digest(self, logs, chained=True, backfill=False, signer=None):
        start, end = (self.now - HOUR, self.now) if backfill else (self.now, self.now + HOUR)
        key = self.folder("CloudTrail-Digest", end) + (
            f"{self.account}_CloudTrail-Digest_{self.region}_{self.name}_{self.home}_"
            f"{end:%Y%m%dT%H%M%SZ}{'_backfill' if backfill else ''}.json.gz")
        before = self.last if chained and not backfill else None
        made = {
            "awsAccountId": self.account, "digestStartTime": rfc3339(start),
            "digestEndTime": rfc3339(end), "digestS3Bucket": self.archive.bucket,
            "digestS3Object": key,
            "digestPublicKeyFingerprint": (signer or self.signer).fingerprint,
            "digestSignatureAlgorithm": "SHA256withRSA",
            "newestEventTime": rfc3339(end) if logs else None,
            "oldestEventTime": rfc3339(start) if logs else None,
            "previousDigestS3Bucket": self.archive.bucket if before else None,
            "previousDigestS3Object": before,
            "previousDigestHashValue": sum_of(self.archive.body(before)) if before else None,
            "previousDigestHashAlgorithm": "SHA-256" if before else None,
            "previousDigestSignature":
                self.archive.objects[before][1]["signature"] if before else None,
            "logFiles": [{
                "s3Bucket": self.archive.bucket, "s3Object": log,
                "hashValue": sum_of(self.archive.body(log)), "hashAlgorithm": "SHA-256",
                "newestEventTime": rfc3339(start), "oldestEventTime": rfc3339(start),
            } for log in logs],
        }
        self.put(made, signer or self.signer, backfill)
        if not backfill:
            self.now, self.last = end, key
        return key

    def put(self, made, signer, backfill=False):
        """A digest as it is, signed by somebody."""
        text = json.dumps(made, separators=(",", ":"))
        to_sign = "\n".join([
            made["digestEndTime"], made["digestS3Bucket"] + "/" + made["digestS3Object"],
            hashlib.sha256(text.encode()).hexdigest(), made["previousDigestSignature"] or "null"])
        metadata = {"signature": signer.sign(to_sign), "signature-algorithm": "SHA256withRSA"}
        if backfill:
            metadata["backfill-generation-timestamp"] = rfc3339(self.now)
        key = made["digestS3Object"]
        if key not in self.archive.digests:
            self.archive.digests.append(key)
        self.archive.objects[key] = (gzip.compress(text.encode(), mtime=0), metadata)


def three_hours(bucket=BUCKET):
    """Three digests, of two log files each, and their archive."""
    archive = Archive(bucket)
    writer = Trail(archive)
    for _ in range(3):
        writer.hour()
    return archive, writer
