"""An S3 server that verifies signatures: SeaweedFS, started on 127.0.0.1 in a folder of its own."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from waiting import wait_until

KEYS = {"AWS_ACCESS_KEY_ID": "AKIDTRAILBELL", "AWS_SECRET_ACCESS_KEY": "seaweed-secret"}
REGION = "us-east-1"


def free_ports(count):
    """Of which each, and that 10,000 above it, nobody has: SeaweedFS listens there for itself."""
    ports = []
    while len(ports) < count:
        with socket.socket() as probe, socket.socket() as above:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
            try:
                above.bind(("127.0.0.1", port + 10_000))
            except (OSError, OverflowError):
                continue
            if port not in ports:
                ports.append(port)
    return ports


class Seaweed:
    def __init__(self, domain=None):
        """`domain`: of which it answers BUCKET.DOMAIN, beside the path."""
        self.folder = tempfile.mkdtemp(prefix="trailbell-seaweed-")
        config = os.path.join(self.folder, "s3.json")
        with open(config, "w") as out:
            json.dump({"identities": [
                {"name": "all", "actions": ["Admin", "Read", "Write", "List"],
                 "credentials": [{"accessKey": KEYS["AWS_ACCESS_KEY_ID"],
                                  "secretKey": KEYS["AWS_SECRET_ACCESS_KEY"]}]},
                {"name": "lists", "actions": ["List"],
                 "credentials": [{"accessKey": "AKIDLISTS", "secretKey": "lists-secret"}]},
            ]}, out)
        master, volume, filer, self.port = free_ports(4)
        self.url = "http://127.0.0.1:%d" % self.port
        weed = os.path.join(os.path.dirname(sys.executable), "weed")
        self.server = subprocess.Popen(
            [weed, "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-dir=" + self.folder,
             f"-master.port={master}", f"-volume.port={volume}", "-filer",
             f"-filer.port={filer}", "-s3", f"-s3.port={self.port}", "-s3.config=" + config,
             "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.volumeSizeLimitMB=64",
             "-volume.max=0",  # each bucket takes several
             *(["-s3.domainName=" + domain] if domain else [])],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder)
        try:
            wait_until(self.answers, "SeaweedFS answers", timeout_s=180)
        except TimeoutError:
            self.close()
            raise

    def client(self):
        return boto3.client(
            "s3", region_name=REGION, endpoint_url=self.url,
            config=Config(signature_version="s3v4"),  # of signed URLs, too
            aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"])

    def answers(self):
        try:
            self.client().create_bucket(Bucket="is-it-there")
            self.client().put_object(Bucket="is-it-there", Key="k", Body=b"yes")
            return True
        except (BotoCoreError, ClientError, OSError):
            return False

    def close(self):
        self.server.terminate()
        try:
            self.server.wait(30)
        except subprocess.TimeoutExpired:
            self.server.kill()
            self.server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
