"""The CloudFormation templates, by cfn-lint, which is installed into FOLDER from the network.

Usage: cloudformation_test.py PROJECT FOLDER
"""

import glob
import json
import os
import subprocess
import sys
import tempfile
import unittest

from peer_packages import run_with

run_with(["cfn-lint==1.51.0"], sys.argv[2])
del sys.argv[2]

from cfnlint.decode import cfn_yaml  # noqa: E402

PROJECT = os.path.abspath(sys.argv.pop(1))
TEMPLATES = glob.glob(os.path.join(PROJECT, "deploy", "aws", "*.cloudformation.yaml"))
LINT = [sys.executable, "-c", "import sys, cfnlint.runner as r; sys.exit(r.main())",
        "--include-checks", "I", "--"]


def lint(path):
    return subprocess.run([*LINT, path], capture_output=True, text=True, timeout=300)


class Templates(unittest.TestCase):
    def test_cfn_lint_finds_nothing(self):
        self.assertTrue(TEMPLATES)
        for path in TEMPLATES:
            with self.subTest(path):
                done = lint(path)
                self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)

    def test_cfn_lint_would_have_found_something(self):
        with open(os.path.join(PROJECT, "deploy/aws/s3-events.cloudformation.yaml")) as text:
            wrong = text.read().replace("VisibilityTimeout:", "VisibilityTimeOut:")
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as out:
            out.write(wrong)
            out.flush()
            self.assertNotEqual(lint(out.name).returncode, 0)

    def test_the_policy_has_what_the_calls_need_and_nothing_else(self):
        template = cfn_yaml.load(os.path.join(PROJECT, "deploy/aws/s3-events.cloudformation.yaml"))
        policy = json.loads(json.dumps(template["Resources"]["ReaderPolicy"]["Properties"]))
        actions = set()
        for one in policy["PolicyDocument"]["Statement"]:
            one = one["Fn::If"][1] if "Fn::If" in one else one
            actions |= set([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
            self.assertNotEqual(one["Resource"], "*")
        self.assertEqual(actions, {
            "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility",
            "sqs:GetQueueAttributes", "s3:GetObject", "s3:ListBucket", "kms:Decrypt"})


if __name__ == "__main__":
    unittest.main(verbosity=1)
