"""Every command in README.md and the pages of deploy/ runs: with the sample archive, and an account
of moto's for AWS. What cannot run here stands below with its reason, or with the test that runs it;
a new command that is neither fails this test.

Usage: documented_commands_test.py BINARY FOLDER (of moto, boto3 and the AWS CLI)
"""

import argparse
import gzip
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

from peer_packages import MOTO, run_with

run_with(MOTO, sys.argv[2])
del sys.argv[2]

import documents  # noqa: E402
from documents import ROOT  # noqa: E402
from harness import BINARY, document, record  # noqa: E402
from moto_account import AccountTest  # noqa: E402
from moto_states import Chain  # noqa: E402
from stack_stand_in import Stack  # noqa: E402
from waiting import wait_until  # noqa: E402

TIMEOUT_S = 120
SHOWN_ADDRESS = "127.0.0.1:9464"
# How a command begins, and why it does not run here.
CANNOT = {
    "./deploy/quickstart.sh": "installs packages and builds: this test runs in what it made",
    "./tests/run.sh": "runs this test",
    "cp deploy/grafana/": "Debian has no Grafana",
    "mkdir -p /var/lib/grafana": "Debian has no Grafana",
    "deploy/quickstart.sh && cmake": "builds: tests/packaging packs what this was built with",
    "cmake --preset release && cmake": "builds: tests/packaging packs what this was built with",
    "cpack --preset release": "the same",
    "sudo apt install ./out/": "changes this machine: tests/packaging installs it in another",
    "apt install ./out/": "the same",
    "sudo apt install prometheus": "changes this machine: tests/run.sh has installed them",
    "sudoedit ": "asks a person",
    "sudo systemctl ": "starts a service of this machine: tests/packaging does in another",
    "podman ": "no base image can be had: tests/packaging runs the steps in a folder",
    "aws s3api head-object --bucket B": "names no object",
    "kafka-consumer-groups.sh": "is part of Kafka's own distribution, which is not installed",
}
# How a command begins, the test that runs it, and what it has of it.
ELSEWHERE = {
    "./deploy/kafka_demo.sh": ("kafka_demo_test.py", '"deploy", "kafka_demo.sh"'),
    "build/release/bin/trailbell run -c deploy/kafka_demo.yaml": ("kafka_demo_test.py", "by_hand"),
    "kcat ": ("kafka_demo_test.py", "by_hand"),
    "kill %1": ("kafka_demo_test.py", "by_hand"),
    "deploy/kafka_demo.sh down": ("kafka_demo_test.py", "by_hand"),
    "prometheus --config.file": ("prometheus_run_test.py", "prometheus_stack"),
    "prometheus-alertmanager --config.file": ("prometheus_run_test.py", "prometheus_stack"),
    "trailbell digest verify": ("digest_aws_test.py", '"digest", "verify"'),
    "trailbell replay --verify-digests": ("digest_aws_test.py", "--verify-digests"),
    "trailbell verify --siem --service": ("verify_siem_run_test.py", '"--siem"'),
    "trailbell verify --canary": ("canary_test.py", '"--canary"'),
    "helm install": ("helm_chart_test.py", "minimal-values.yaml"),
    "helm upgrade": ("helm_chart_test.py", "rules.files"),
}
# Other exit codes than 0: whether a chain is there is for the account to say.
CODES = {"trailbell verify": {0, 1}}
PROFILE = "[audit]\naws_access_key_id = testing\naws_secret_access_key = testing\n"
RULE = """id: mine
title: A trail was stopped
severity: high
pattern: '{ $.eventName = StopLogging }'
"""
CONFIG = "source: {file: {paths: [/var/log/cloudtrail]}}\nsinks: [{file: {path: alerts.jsonl}}]\n"


def begins(text, table):
    return next((table[one] for one in table if text.startswith(one)), None)


class Page:
    """What the commands of a page find: files, programs, an account."""

    def __init__(self, account, stand_in, page):
        self.account, self.stand_in, self.page = account, stand_in, page
        self.folder = tempfile.mkdtemp(prefix="trailbell-")
        self.service, self.stacks = None, {}
        account.reset()
        self.fill_account()
        self.fill_folder()

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w") as out:
            out.write(text)

    def fill_account(self):
        Chain(self.account).build()
        self.account.client("securityhub").enable_security_hub()
        s3 = self.account.client("s3")
        for name in ("bucket", "my-trail"):
            s3.create_bucket(Bucket=name)
        body = gzip.compress(document(record()).encode())
        s3.put_object(Bucket="bucket", Key="key.json.gz", Body=body)
        sample = os.path.join(ROOT, "deploy", "sample")
        for folder, _, files in os.walk(os.path.join(sample, "AWSLogs", "111122223333")):
            for file in files:
                path = os.path.join(folder, file)
                s3.upload_file(path, "my-trail", os.path.relpath(path, sample))

    def fill_folder(self):
        for name in ("deploy", "rules"):
            os.symlink(os.path.join(ROOT, name), self.path(name))
        os.symlink(os.path.join(ROOT, "deploy", "sample", "AWSLogs"), self.path("AWSLogs"))
        os.makedirs(self.path("bin"))
        os.symlink(BINARY, self.path("bin", "trailbell"))
        self.write("in/records.json", document(record()))
        os.makedirs(self.path("inbox"))
        self.write("records.ndjson", record() + "\n" + record("ListRoles") + "\n")
        self.write("my-rule.yaml", RULE)
        self.write(".aws/credentials", PROFILE)

    def configure(self, section):
        """trailbell.yaml is what the section shows, or else a plain one."""
        shown = [one.text for one in documents.blocks(self.page)
                 if one.section == section and one.language == "yaml" and "source:" in one.text]
        text = (shown or [CONFIG])[0].replace("/var/log/cloudtrail", self.path("in"))
        queues = self.account.client("sqs").list_queues().get("QueueUrls", [])
        made = [url for url in queues if "Events" in url]
        if made:
            text = re.sub(r'"https://sqs\.[^"]*"', f'"{made[0]}"', text)
        self.write("trailbell.yaml", text)

    def environment(self, text):
        programs = [self.path("bin"), os.path.dirname(sys.executable), os.environ["PATH"]]
        verify = text.startswith("trailbell verify")
        return {**self.account.environment, "PATH": os.pathsep.join(programs),
                "HOME": self.folder, "AWS_REGION": "us-east-1",
                "TRAILBELL_METRICS__LISTEN": "127.0.0.1:0",
                # moto does not know every call of it.
                "AWS_ENDPOINT_URL": self.stand_in.url if verify else self.account.url}

    def start_service(self, text="trailbell run -c trailbell.yaml"):
        self.log = self.path("service.log")
        with open(self.log, "w") as log:
            self.service = subprocess.Popen(["bash", "-c", "exec " + text], cwd=self.folder,
                                            stderr=log, env=self.environment(text))
        wait_until(self.address, "the service says where it is")

    def address(self):
        with open(self.log) as text:
            said = text.read()
        assert self.service.poll() is None, said
        found = re.search(r"metrics and health are at (\S+)", said)
        return found and found.group(1)

    def stop_service(self):
        if self.service:
            self.service.terminate()
            code, self.service = self.service.wait(TIMEOUT_S), None
            with open(self.log) as text:
                assert code == 0, text.read()

    def formation(self, words):
        """What those two commands do, by stack_stand_in.py: moto makes half of a stack."""
        deploy = argparse.ArgumentParser(exit_on_error=False)
        for name in ("--stack-name", "--template-file", "--capabilities", "--query"):
            deploy.add_argument(name)
        deploy.add_argument("--parameter-overrides", nargs="*", default=[])
        got = deploy.parse_args(words[1:])
        if words[0] == "describe-stacks":
            assert got.query == "Stacks[0].Outputs", got.query
            return 0, json.dumps(self.stacks[got.stack_name].outputs)
        assert words[0] == "deploy", words
        with open(self.path(got.template_file)) as text:
            template = text.read()
        named = "RoleName:" in template
        needed = {"CAPABILITY_NAMED_IAM"} | (set() if named else {"CAPABILITY_IAM"})
        assert "AWS::IAM::" not in template or got.capabilities in needed, got
        self.stacks[got.stack_name] = Stack(
            self.account, got.stack_name, template,
            dict(one.split("=", 1) for one in got.parameter_overrides))
        return 0, ""

    def run(self, text):
        if text.startswith("trailbell run"):
            self.start_service(text)
            return 0, ""
        if text.startswith("aws cloudformation "):
            return self.formation(shlex.split(text)[2:])
        if SHOWN_ADDRESS in text:
            if not self.service:
                self.start_service()
            text = text.replace(SHOWN_ADDRESS, self.address())
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", text], cwd=self.folder, env=self.environment(text),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=TIMEOUT_S)
        self.said = done.stdout + done.stderr
        return done.returncode, done.stdout


class Documents(AccountTest, unittest.TestCase):
    def test_every_command_runs(self):
        ran = 0
        for name in documents.pages():
            blocks = [one for one in documents.blocks(name) if one.language in ("sh", "console")]
            if not any(self.to_run(block) for block in blocks):
                continue
            page = Page(self.account, self.stand_in, name)
            self.addCleanup(page.close)
            for block in blocks:
                page.configure(block.section)
                try:
                    ran += self.run_block(page, block)
                finally:
                    page.stop_service()
        self.assertGreater(ran, 40)

    @staticmethod
    def to_run(block):
        return [one for one in documents.commands(block)
                if not begins(one.text, CANNOT) and not begins(one.text, ELSEWHERE)]

    def run_block(self, page, block):
        wanted = self.to_run(block)
        for command in wanted:
            with self.subTest(f"{block.page}:{block.line}: {command.text}"):
                code, said = page.run(command.text)
                codes = begins(command.text, CODES) or {0}
                self.assertIn(code, codes, getattr(page, "said", ""))
                self.assertTrue(documents.prints(command.shown, said),
                                f"shown:\n{command.shown}\nprinted:\n{said}")
        return len(wanted)

    def test_what_does_not_run_here_is_in_the_documents_and_runs_where_it_says(self):
        said = [command.text for page in documents.pages() for block in documents.blocks(page)
                if block.language in ("sh", "console") for command in documents.commands(block)]
        for start in [*CANNOT, *ELSEWHERE]:
            self.assertTrue(any(one.startswith(start) for one in said), start)
        for start, (file, has) in ELSEWHERE.items():
            with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), file)) as text:
                self.assertIn(has, text.read(), start)

    def test_every_block_says_what_it_is(self):
        for page in documents.pages():
            for block in documents.blocks(page):
                self.assertIn(block.language, documents.LANGUAGES, f"{page}:{block.line}")

    def test_configurations_that_are_shown_are_sound(self):
        checked = 0
        for name in documents.pages():
            for block in documents.blocks(name):
                if block.language == "yaml" and "source:" in block.text and "sinks:" in block.text:
                    page = Page(self.account, self.stand_in, name)
                    self.addCleanup(page.close)
                    page.configure(block.section)
                    code, _ = page.run("trailbell config check -c trailbell.yaml")
                    self.assertEqual(code, 0, f"{name}:{block.line}: {page.said}")
                    checked += 1
        self.assertGreater(checked, 2)

    def test_another_output_or_an_unknown_command_would_be_seen(self):
        self.assertTrue(documents.prints(["a ... c"], "a\n b c"))
        self.assertFalse(documents.prints(["a ... c"], "a b"))
        page = Page(self.account, self.stand_in, "README.md")
        self.addCleanup(page.close)
        page.configure("")
        self.assertEqual(page.run("trailbel replay AWSLogs/")[0], 127)


if __name__ == "__main__":
    unittest.main(verbosity=1)
