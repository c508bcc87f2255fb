"""An AWS account of moto's, in a server of its own; before it a stand-in that knows what moto does
not, and keeps a record."""

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request

import boto3
from aws_stand_in import Forward, StandIn, refusal
from waiting import wait_until

REGION = "us-east-1"
# What scripts ask their reader for.
ANSWERS = {
    "EMAIL": "security@example.com",
    "ROLE_ARN": "arn:aws:iam::123456789012:role/logs",
    "BUCKET": "trails",
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class BareAccountTest:
    """Beside a test case: an account for all tests of a class."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account = MotoAccount()
        cls.addClassCleanup(cls.account.close)


class AccountTest(BareAccountTest):
    """And the stand-in before it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stand_in = cls.account.stand_in()
        cls.addClassCleanup(cls.stand_in.stop)


class MotoAccount:
    def __init__(self):
        self.port = free_port()
        self.url = "http://127.0.0.1:%d" % self.port
        self.server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_until(self.answers, "moto's server answers", timeout_s=180)
        except TimeoutError:
            self.close()
            raise
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            **ANSWERS,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def close(self):
        self.server.terminate()
        self.server.wait()

    def answers(self):
        try:
            with urllib.request.urlopen(self.url + "/moto-api/", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def reset(self):
        request = urllib.request.Request(self.url + "/moto-api/reset", method="POST")
        with urllib.request.urlopen(request, timeout=30):
            pass

    def stand_in(self, **options):
        known_better = {
            "ListAlarmMuteRules": lambda call: refusal(
                call.service, 400, "UnknownOperationException", "moto does not know the call"),
            "StartLogging": self.start_logging,
        }
        return StandIn(Forward(self.url, known_better), **options)

    def start_logging(self, call):
        """moto knows a trail by its name only."""
        name = call.parameters["Name"].rpartition("/")[2]
        self.client("cloudtrail").start_logging(Name=name)
        return 200, "application/x-amz-json-1.1", "{}"

    def client(self, service, region=REGION):
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )

    def run(self, script):
        """A shell script, with the `aws` of this environment."""
        path = os.path.dirname(sys.executable) + os.pathsep + self.environment["PATH"]
        return subprocess.run(
            ["sh"],
            input=script,
            text=True,
            capture_output=True,
            env={**self.environment, "PATH": path},
            timeout=300,
        )
