"""trailbell digest verify s3:// beside `aws cloudtrail validate-logs`, object by object, on moto's
S3 and a stand-in for CloudTrail, which moto has no keys of.

Usage: digest_aws_test.py BINARY FOLDER   (FOLDER: for packages of PyPI)
"""

import sys

from peer_packages import MOTO, run_with

run_with(MOTO, sys.argv[2])
del sys.argv[2]

import contextlib  # noqa: E402
import io  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import re  # noqa: E402

import boto3  # noqa: E402
from awscli.clidriver import create_clidriver  # noqa: E402
from digests import ACCOUNT, BEGIN, HOUR, key_list, rfc3339, three_hours  # noqa: E402
from harness import ReplayTest, main  # noqa: E402
from aws_stand_in import StandIn, success  # noqa: E402
from moto_account import BareAccountTest  # noqa: E402
from tamperings import CASES, SIGNED_CASES, found, made  # noqa: E402

ALL = {**CASES, **SIGNED_CASES}
# What the AWS CLI says of these is that all is well: it looks for no object that nothing names, at
# no hash of a digest that AWS signed, and (before version 1.46) not behind a gzip's first member.
UNSEEN_BY_PEER = ("log added", "newest digests removed", "another digest in its place",
                  "added behind a log")
# It begins with the one that was moved behind all others, and does not come to those before.
HALF_SEEN_BY_PEER = ("digest moved",)


class Peer:
    """What the AWS CLI says: keys that are valid, and keys that are not."""

    def __init__(self, archive):
        self.valid, self.invalid, self.code = set(), set(), 0
        for region in sorted({key.split("/")[3] for key in archive.digests}):
            out = io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
                code = create_clidriver().main([
                    "cloudtrail", "validate-logs", "--verbose", "--region", region,
                    "--trail-arn", f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/main",
                    "--s3-bucket", archive.bucket, "--start-time", rfc3339(BEGIN),
                    "--end-time", rfc3339(BEGIN + 24 * HOUR)])
            self.code = max(self.code, code)
            self.said = out.getvalue()
            assert "Results requested" in self.said, self.said
            for key, verdict in re.findall(
                    r"file\ts3://[^/]+/(\S+)\t(valid|INVALID)", self.said):
                (self.valid if verdict == "valid" else self.invalid).add(key)

    def valid_of(self, service):
        return sum("/" + service + "/" in key for key in self.valid)


class InS3(BareAccountTest, ReplayTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cloudtrail = StandIn(lambda call: success(call, key_list()))
        cls.addClassCleanup(cls.cloudtrail.stop)
        cls.environment = {
            "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL_S3": cls.account.url,
            "AWS_ENDPOINT_URL_CLOUDTRAIL": cls.cloudtrail.url, "HOME": "/nonexistent"}
        os.environ.update(cls.environment)
        cls.client = boto3.client("s3")
        cls.buckets = 0

    def bucket(self):
        type(self).buckets += 1
        return "trails-%d" % self.buckets

    def verify(self, *words):
        return self.run_binary("digest", "verify", "--format", "json", *words)

    def test_it_says_what_the_aws_cli_says_and_what_that_does_not_see(self):
        for name, case in ALL.items():
            with self.subTest(name):
                archive, trail = three_hours(self.bucket())
                expected = made(case, archive, trail)
                archive.upload(self.client)
                got = self.verify(f"s3://{archive.bucket}/")
                self.assertEqual(found(got.out), expected, got.out)
                self.assertEqual(got.code, 1 if expected else 0, got.out)
                report, peer = json.loads(got.out), Peer(archive)
                keys = {key for _, key in expected}
                if name in UNSEEN_BY_PEER:
                    self.assertEqual((peer.code, peer.invalid), (0, set()), peer.said)
                    continue
                self.assertEqual(peer.code, got.code, peer.said)
                self.assertLessEqual(peer.invalid, keys, peer.said)
                if name in HALF_SEEN_BY_PEER:
                    continue
                self.assertEqual(peer.invalid, keys, peer.said)
                self.assertEqual(peer.valid_of("CloudTrail-Digest"), report["digests"]["valid"])
                # It lets log files be that are newer than what it looks at, as we do.
                self.assertEqual(peer.valid_of("CloudTrail"), report["logs"]["valid"])

    def test_a_digest_without_its_metadata_is_invalid(self):
        for lost in ("signature", "signature-algorithm"):
            archive, _ = three_hours(self.bucket())
            key = archive.digests[1]
            archive.objects[key][1].pop(lost)
            archive.upload(self.client)
            got = self.verify(f"s3://{archive.bucket}/")
            self.assertEqual((got.code, found(got.out)), (1, {("signature_missing", key)}))
            self.assertEqual(Peer(archive).invalid, {key})

    def test_what_lies_outside_of_path_is_not_missed_and_not_called_valid(self):
        archive, _ = three_hours(self.bucket())
        archive.upload(self.client)
        got = self.verify(f"s3://{archive.bucket}/AWSLogs/{ACCOUNT}/CloudTrail-Digest/")
        self.assertEqual(got.code, 3)
        self.assertEqual({name for name, _ in found(got.out)}, {"log_elsewhere"})
        got = self.verify(f"s3://{archive.bucket}/AWSLogs/{ACCOUNT}/CloudTrail/")
        self.assertEqual((got.code, {name for name, _ in found(got.out)}),
                         (3, {"log_uncovered", "no_digest"}))
        self.assertEqual(self.verify("s3://no-such-bucket/").code, 2)

    def test_a_time_is_looked_at_alone(self):
        archive, trail = three_hours(self.bucket())
        trail.now += 72 * HOUR
        trail.hour(chained=False)
        archive.remove(archive.logs[0])
        archive.upload(self.client)
        got = self.verify("--from", rfc3339(trail.now - HOUR), f"s3://{archive.bucket}/AWSLogs/")
        self.assertEqual((got.code, json.loads(got.out)["digests"]["found"]), (0, 1), got.out)

    def test_an_alert_of_a_replay_says_whether_its_object_is_what_was_signed(self):
        archive, trail = three_hours(self.bucket())
        CASES["log changed"].change(archive, trail)
        archive.upload(self.client)
        got = self.replay("--verify-digests", f"s3://{archive.bucket}/", expect=1)
        self.assertEqual({one["position"]["key"]: one["integrity"] for one in got.alerts},
                         {**dict.fromkeys(archive.logs, "verified"), archive.logs[2]: "failed"})


if __name__ == "__main__":
    main()
