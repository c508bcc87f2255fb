"""The driver of credentials and requests to AWS, with an environment and a home of its own."""

import json
import os
import shutil
import subprocess
import tempfile
import time
import unittest

from net_harness import DRIVER, TIMEOUT_S, Server, answer

KEYS = {"AWS_ACCESS_KEY_ID": "AKIDFIRST", "AWS_SECRET_ACCESS_KEY": "first-secret"}
ROLE = "arn:aws:iam::111122223333:role/reader"


def time_text(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def ahead(seconds):
    return time_text(time.time() + seconds)


def document(**members):
    """What container and instance metadata answer."""
    whole = {
        "Code": "Success",
        "AccessKeyId": "ASIAMETA",
        "SecretAccessKey": "meta-secret",
        "Token": "meta-token",
        "Expiration": ahead(3600),
    }
    whole.update(members)
    return json.dumps(whole).encode()


def sts_answer(action="AssumeRole", key="ASIAROLE", expires=None):
    return answer(body=f"""<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <{action}Result><AssumedRoleUser><Arn>x</Arn></AssumedRoleUser><Credentials>
    <AccessKeyId>{key}</AccessKeyId><SecretAccessKey>role&amp;secret</SecretAccessKey>
    <SessionToken>role-token</SessionToken><Expiration>{expires or ahead(3600)}</Expiration>
  </Credentials></{action}Result></{action}Response>""".encode())


class AwsTest(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.mkdtemp(prefix="trailbell-")
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        self.driver = None

    def server(self, *script, tls=None):
        server = Server(*script, tls=tls)
        self.addCleanup(server.stop)
        return server

    def file(self, name, text, mode=0o600):
        path = os.path.join(self.home, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as out:
            out.write(text)
        os.chmod(path, mode)
        return path

    def start(self, **environment):
        """Nothing of the environment of the tests but PATH; no instance metadata unless asked."""
        self.driver = subprocess.Popen(
            [DRIVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={
                "PATH": os.environ["PATH"], "HOME": self.home, "AWS_REGION": "eu-central-1",
                "AWS_EC2_METADATA_DISABLED": "true", **environment,
            })
        self.addCleanup(self.end, self.driver)

    def end(self, driver):
        driver.stdin.close()
        self.assertEqual(driver.wait(TIMEOUT_S), 0)
        driver.stdout.close()

    def do(self, what, **command):
        self.driver.stdin.write(json.dumps({"do": what, **command}) + "\n")
        self.driver.stdin.flush()
        return json.loads(self.driver.stdout.readline())

    def open(self, **command):
        self.assertEqual(self.do("open", **command), {"ok": True})

    def found(self, environment=None, **command):
        self.start(**(environment or {}))
        self.open(**command)
        got = self.do("get")
        self.assertNotIn("error", got)
        return got

    def refused(self, environment=None, **command):
        self.start(**(environment or {}))
        got = self.do("open", **command)
        got = got if "error" in got else self.do("get")
        self.assertIn("error", got)
        return got["error"]
