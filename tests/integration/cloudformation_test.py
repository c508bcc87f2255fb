"""The CloudFormation templates, those that `verify --remediation` prints too, by cfn-lint, which is
installed into FOLDER from the network.

Usage: cloudformation_test.py BINARY PROJECT FOLDER
"""

import glob
import json
import os
import subprocess
import sys
import tempfile
import unittest

from peer_packages import run_with

run_with(["cfn-lint==1.51.0"], sys.argv[3])
del sys.argv[3]
PROJECT = os.path.abspath(sys.argv.pop(2))

import inventories  # noqa: E402
import verify_states  # noqa: E402, F401  fills the states
from cfnlint.decode import cfn_yaml  # noqa: E402
from harness import ReplayTest  # noqa: E402

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


class Remediation(ReplayTest):
    def test_cfn_lint_finds_nothing_in_what_mends_a_chain(self):
        trails = inventories.make("base/perfect")
        trails["regions"]["us-east-1"]["cloudtrail"]["DescribeTrails"]["complete"]["trailList"] = []
        for whole in (trails, *map(inventories.make, ("group/deleted", "sns/no_subscription"))):
            path = self.file("inventory.json", json.dumps(whole))
            made = self.run_binary("verify", "--inventory", path, "--control", "all",
                                   "--remediation", "cloudformation")
            self.assertIn("Resources:", made.out)
            done = lint(self.file("made.yaml", made.out))
            self.assertEqual((done.returncode, done.stdout), (0, ""), done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=1)
