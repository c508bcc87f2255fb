"""What deploy/aws makes, made in accounts of moto's by CloudFormation and by Terraform: both make
the same, `trailbell verify` finds the chain present, and policies are those that the program has.

Where this machine has no Terraform or not its AWS provider (terraform.py), that half is skipped,
and said. Usage: aws_templates_test.py BINARY PROJECT FOLDER
"""

import json
import os
import subprocess
import sys
import unittest

from peer_packages import MOTO, run_with

run_with(MOTO, sys.argv[3])
del sys.argv[3]
PROJECT = os.path.abspath(sys.argv.pop(2))

from harness import ReplayTest  # noqa: E402  first: it takes BINARY

import account_state  # noqa: E402
import terraform  # noqa: E402
from cis_rules import rules  # noqa: E402
from moto_account import AccountTest  # noqa: E402
from moto_states import GROUP, ROLE  # noqa: E402
from stack_stand_in import Stack, load  # noqa: E402
from terraform import with_terraform  # noqa: E402

AWS = os.path.join(PROJECT, "deploy", "aws")
LONG = os.environ.get("TRAILBELL_FAILURES") == "long"
OWNER = "arn:aws:iam::123456789012:role/trailbell"


def template(name):
    with open(os.path.join(AWS, name + ".cloudformation.yaml"), encoding="ascii") as text:
        return text.read()


class TemplatesTest(AccountTest, ReplayTest):
    def setUp(self):
        super().setUp()
        self.account.reset()

    def stack(self, name, **parameters):
        return Stack(self.account, "alarms", template(name), parameters).outputs

    def module(self, name):
        module = terraform.Module(PROJECT, name, {
            **self.account.environment, "AWS_ENDPOINT_URL_CLOUDTRAIL": self.stand_in.url})
        self.addCleanup(module.close)
        return module

    def made_alike(self, name, look, cases, before=lambda: None):
        """By each way, from the same account; `cases`: (parameters of the stack, variables). The
        provider takes seconds to start: without TRAILBELL_FAILURES=long, the first one only."""
        module = self.module(name)
        for parameters, variables in cases if LONG else cases[:1]:
            with self.subTest(parameters):
                states = []
                for make in (lambda: self.stack(name, **parameters),
                             lambda: module.apply(**variables)):
                    self.account.reset()
                    state_file = os.path.join(module.place, "terraform.tfstate")
                    if os.path.exists(state_file):
                        os.remove(state_file)
                    before()
                    outputs = make()
                    for command in ("NotificationCommand", "notification_command"):
                        if outputs.get(command):
                            done = self.account.run(outputs[command])
                            self.assertEqual((done.returncode, done.stderr), (0, ""))
                    states.append(look(self.account))
                self.assertEqual(states[0], states[1])
                self.assertTrue(any(states[0].values() if isinstance(states[0], dict)
                                    else states[0]))


class AlarmChain(TemplatesTest):
    def trail(self):
        """What the template is given: a trail that delivers to a log group."""
        self.account.client("s3").create_bucket(Bucket="trails")
        logs, trails = self.account.client("logs"), self.account.client("cloudtrail")
        logs.create_log_group(logGroupName=GROUP)
        trails.create_trail(
            Name="main", S3BucketName="trails", IsMultiRegionTrail=True,
            IncludeGlobalServiceEvents=True, CloudWatchLogsRoleArn=ROLE,
            CloudWatchLogsLogGroupArn=logs.describe_log_groups()["logGroups"][0]["arn"])
        trails.start_logging(Name="main")
        trails.put_event_selectors(TrailName="main", EventSelectors=[
            {"ReadWriteType": "All", "IncludeManagementEvents": True}])

    def verdict(self, control):
        got = self.run_binary("verify", "--control", control, "--format", "json",
                              env=self.stand_in.environment(HOME=self.folder))
        (told,) = json.loads(got.out)["controls"]
        return told["verdict"], [(one["link"], one["reason"]) for one in told["links"]
                                 if one["verdict"] != "present"]

    def test_the_stack_makes_the_chain_of_a_control_present(self):
        for control in rules(PROJECT) if LONG else ("cis-4.1", "cis-4.4", "cis-4.15"):
            with self.subTest(control):
                self.account.reset()
                self.trail()
                self.assertEqual(self.verdict(control)[0], "missing")
                outputs = self.stack("alarm-chain", LogGroup=GROUP, Control=control,
                                     Email="security@example.com")
                self.assertEqual(self.verdict(control), ("present", []))
                self.assertIn(control, outputs["Verify"])

    def test_a_second_control_rings_the_same_topic(self):
        self.trail()
        made = self.account.client("sns").create_topic(Name="ours")["TopicArn"]
        self.account.client("sns").subscribe(TopicArn=made, Protocol="email",
                                             Endpoint="security@example.com")
        outputs = self.stack("alarm-chain", LogGroup=GROUP, Control="cis-4.5", Topic=made)
        self.assertEqual(outputs["TopicArn"], made)
        self.assertEqual(self.verdict("cis-4.5"), ("present", []))
        self.assertEqual(len(account_state.alarm_chain(self.account)["policies"]), 1)

    def test_without_anybody_behind_it_it_is_not(self):
        self.trail()
        self.stack("alarm-chain", LogGroup=GROUP)
        self.assertEqual(self.verdict("cis-4.4")[0], "missing")

    def test_its_patterns_are_those_of_the_rules(self):
        text = load(template("alarm-chain"))
        self.assertEqual(text["Mappings"]["Controls"], rules(PROJECT))
        self.assertEqual(text["Parameters"]["Control"]["AllowedValues"], list(rules(PROJECT)))

    @with_terraform
    def test_terraform_makes_the_same(self):
        email, topic = "security@example.com", "arn:aws:sns:us-east-1:123456789012:ours"
        self.made_alike("alarm-chain", account_state.alarm_chain, [
            ({"LogGroup": GROUP, "Email": email}, {"log_group": GROUP, "email": email}),
            ({"LogGroup": GROUP, "Control": "cis-4.15", "Topic": topic},
             {"log_group": GROUP, "control": "cis-4.15", "topic": topic}),
        ], self.trail)

    @with_terraform
    @unittest.skipUnless(LONG, "with TRAILBELL_FAILURES=long")
    def test_terraform_makes_the_chain_present(self):
        self.trail()
        self.module("alarm-chain").apply(log_group=GROUP, email="security@example.com")
        self.assertEqual(self.verdict("cis-4.4"), ("present", []))


class VerifyRole(TemplatesTest):
    def test_its_policy_is_the_one_of_the_calls(self):
        self.stack("verify-role", Trusted=OWNER, ExternalId="E")
        (role,) = account_state.roles(self.account)
        with open(os.path.join(AWS, "verify-policy.json"), encoding="ascii") as text:
            self.assertEqual(role["inline"], {"verify": account_state.told(text.read())})
        self.assertEqual(role["trust"][0]["Condition"], {"StringEquals": {"sts:ExternalId": "E"}})

    @with_terraform
    def test_terraform_makes_the_same(self):
        self.made_alike("verify-role", account_state.roles, [
            ({"Trusted": OWNER, "ExternalId": "E"}, {"trusted": OWNER, "external_id": "E"}),
            ({"Trusted": OWNER}, {"trusted": OWNER}),
        ])


@unittest.skipUnless(LONG, "with TRAILBELL_FAILURES=long")
class Reading(TemplatesTest):
    """The provider waits for 25 s after each queue that it makes."""

    def bucket(self):
        self.account.client("s3").create_bucket(Bucket="trails")

    @with_terraform
    def test_of_a_bucket_that_is_there_terraform_makes_the_same(self):
        key, pods = "arn:aws:kms:us-east-1:123456789012:key/k", "pods.eks.amazonaws.com"
        self.made_alike("s3-events", account_state.reading, [
            ({"TrailBucket": "trails", "TrailKmsKeyArn": key, "RunsOn": pods},
             {"trail_bucket": "trails", "trail_kms_key_arn": key, "runs_on": pods}),
        ], self.bucket)
        self.assertTrue(account_state.reading(self.account)["buckets"]["trails"]["told"])

    @with_terraform
    def test_with_a_bucket_and_a_trail_of_its_own_terraform_makes_the_same(self):
        self.made_alike("s3-events", account_state.reading, [({}, {})])

    @with_terraform
    def test_terraform_itself_tells_the_queue_where_it_may(self):
        self.made_alike("s3-events", account_state.reading, [
            ({"TrailBucket": "trails"}, {"trail_bucket": "trails", "set_notification": "true"}),
        ], self.bucket)


class Form(TemplatesTest):
    @with_terraform
    def test_what_no_short_test_applies_is_valid(self):
        self.module("s3-events").run("validate")

    @unittest.skipUnless(terraform.shutil.which("terraform"), "no Terraform on this machine")
    def test_modules_are_formatted(self):
        done = subprocess.run(["terraform", "fmt", "-check", "-diff", "-recursive", AWS],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (0, ""))


if __name__ == "__main__":
    unittest.main(verbosity=1)
