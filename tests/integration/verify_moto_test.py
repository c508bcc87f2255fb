"""Accounts of moto's, asked live: every state that moto can hold has its verdict, and what is saved
says the same; what mends a chain, by the AWS CLI or by Terraform, makes it present; Security Hub
takes the findings. moto, boto3 and the AWS CLI are installed into FOLDER, from the network.

Usage: verify_moto_test.py BINARY FOLDER
"""

import json
import os
import shutil
import sys
import time

from peer_packages import MOTO, run_with

run_with(MOTO, sys.argv[2])
del sys.argv[2]

import inventories  # noqa: E402
import terraform  # noqa: E402
import verify_states  # noqa: E402, F401  fills the states
from harness import ReplayTest, main  # noqa: E402
from jsonschema import Draft202012Validator  # noqa: E402
from moto_account import ANSWERS, AccountTest  # noqa: E402
from moto_states import STATES, Chain  # noqa: E402
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema  # noqa: E402

LONG = os.environ.get("TRAILBELL_FAILURES") == "long"


class MotoTest(AccountTest, ReplayTest):
    def setUp(self):
        super().setUp()
        self.account.reset()

    def verify(self, *words):
        got = self.run_binary("verify", *words, env=self.stand_in.environment(HOME=self.folder))
        self.assertEqual(got.err, "")
        return got

    def verdict(self):
        path = self.path("saved.json")
        words = ("--format", "json", "--control", "cis-4.4")
        live = json.loads(self.verify(*words, "--save-inventory", path).out)["controls"]
        saved = self.run_binary("verify", "--inventory", path, *words).out
        self.assertEqual(json.loads(saved)["controls"], live)
        (control,) = live
        broken = [one["link"] for one in control["links"] if one["verdict"] == "missing"]
        return control["verdict"], (broken or [None])[0]


class States(MotoTest):
    def test_every_state_that_moto_can_hold(self):
        for name, (verdict, broken, change) in STATES.items():
            with self.subTest(name):
                self.account.reset()
                chain = Chain(self.account)
                chain.build()
                change(chain)
                self.assertEqual(self.verdict(), (verdict, broken))

    def test_all_regions_of_moto(self):
        Chain(self.account).build()
        begin = time.monotonic()
        got = self.verify("--all-regions", "--format", "json")
        print("all regions: %.2f s" % (time.monotonic() - begin), file=sys.stderr)
        self.assertEqual(json.loads(got.out)["controls"][0]["verdict"], "present")
        self.assertGreater(len({call.region for call in self.stand_in.calls}), 10)

    def test_security_hub_takes_the_findings(self):
        Chain(self.account).build()
        got = self.verify("--control", "all", "--format", "asff")
        findings = json.loads(got.out)
        self.assertEqual(len(findings), 29)
        hub = self.account.client("securityhub")
        hub.enable_security_hub()
        # boto3 holds each finding against the service's model before it is sent.
        answer = hub.batch_import_findings(Findings=findings)
        self.assertEqual((answer["SuccessCount"], answer["FailedCount"]), (29, 0))


class Findings(ReplayTest):
    def test_compliance_findings_keep_to_the_published_schema(self):
        schema = OcsfJsonSchemaEmbedded(get_ocsf_schema("1.5.0"))
        schema = schema.get_class_schema("compliance_finding", ["cloud"])
        validator = Draft202012Validator(schema)
        seen = set()
        for name in inventories.STATES:
            path = self.file("inventory.json", json.dumps(inventories.make(name)))
            got = self.run_binary("verify", "--inventory", path, "--format", "ocsf")
            finding = json.loads(got.out)
            breaches = [one.message[:300] for one in validator.iter_errors(finding)]
            self.assertEqual(breaches, [], name)
            seen.add(finding["compliance"]["status"])
        self.assertEqual(seen, {"Pass", "Warning", "Fail"})
        del finding["compliance"]
        self.assertFalse(validator.is_valid(finding))


class Mended(MotoTest):
    def setUp(self):
        super().setUp()
        self.account.client("s3").create_bucket(Bucket="trails")

    def mend(self):
        done = self.account.run(self.verify("--remediation", "cli").out)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def whole(self):
        self.mend()
        self.assertEqual(self.verdict(), ("present", None))

    def test_an_empty_account(self):
        self.assertEqual(self.verdict(), ("missing", "trail"))
        self.whole()

    def test_two_controls_share_what_is_made(self):
        two = ("--control", "cis-4.4", "--control", "cis-4.15")
        done = self.account.run(self.verify(*two, "--remediation", "cli").out)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        told = json.loads(self.verify(*two, "--format", "json").out)["controls"]
        self.assertEqual([one["verdict"] for one in told], ["present"] * 2)

    def test_one_change_away_from_a_whole_chain(self):
        self.whole()
        trail, logs, alarms, sns = map(
            self.account.client, ("cloudtrail", "logs", "cloudwatch", "sns")
        )
        filters = {"logGroupName": "trailbell/cloudtrail", "filterName": "cis-4.4"}

        def topic():
            return sns.list_topics()["Topics"][0]["TopicArn"]

        def subscriptions():
            return sns.list_subscriptions_by_topic(TopicArn=topic())["Subscriptions"]

        changes = {  # moto does not know DisableAlarmActions: the action stays as it is
            "trail": lambda: trail.stop_logging(Name="trailbell"),
            "metric_filter": lambda: logs.delete_metric_filter(**filters),
            "alarm": lambda: alarms.delete_alarms(AlarmNames=["cis-4.4"]),
            "subscription": lambda: sns.unsubscribe(
                SubscriptionArn=subscriptions()[0]["SubscriptionArn"]
            ),
        }
        for link, change in changes.items():
            with self.subTest(link):
                change()
                self.assertEqual(self.verdict(), ("missing", link))
                self.whole()

    def test_read_only_selectors_and_a_threshold_beyond_one(self):
        self.whole()
        selectors = [{"ReadWriteType": "ReadOnly", "IncludeManagementEvents": True}]
        self.account.client("cloudtrail").put_event_selectors(
            TrailName="trailbell", EventSelectors=selectors
        )
        self.assertEqual(self.verdict(), ("missing", "trail"))
        self.whole()
        alarms = self.account.client("cloudwatch")
        (alarm,) = alarms.describe_alarms()["MetricAlarms"]
        alarms.put_metric_alarm(
            AlarmName="cis-4.4",
            Namespace=alarm["Namespace"],
            MetricName=alarm["MetricName"],
            Statistic="Sum",
            Period=300,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
            AlarmActions=alarm["AlarmActions"],
        )
        self.assertEqual(self.verdict(), ("missing", "alarm"))
        self.whole()


@terraform.with_terraform
class MendedByTerraform(MotoTest):
    """In an empty folder: what --remediation terraform prints, and nothing beside it."""

    VARIABLES = {"email": ANSWERS["EMAIL"], "role_arn": ANSWERS["ROLE_ARN"],
                 "bucket": ANSWERS["BUCKET"]}

    def configuration(self, text):
        self.file("terraform/main.tf", text)
        shutil.rmtree(self.path("terraform/.terraform"), ignore_errors=True)
        return terraform.Configuration(self.path("terraform"), {
            **self.account.environment, "AWS_ENDPOINT_URL_CLOUDTRAIL": self.stand_in.url})

    def apply(self, *words):
        text = self.verify(*words, "--remediation", "terraform").out
        variables = {name: value for name, value in self.VARIABLES.items()
                     if f'variable "{name}"' in text}
        return text, self.configuration(text).apply(**variables)

    def test_an_empty_account(self):
        self.account.client("s3").create_bucket(Bucket="trails")
        names = ["all"] if LONG else ["cis-4.4", "cis-4.15"]
        words = [word for name in names for word in ("--control", name)]
        self.apply(*words)
        told = json.loads(self.verify(*words, "--format", "json").out)["controls"]
        self.assertEqual({one["verdict"] for one in told}, {"present"})

    def test_a_trail_without_a_log_group_is_told_by_hand(self):
        chain = Chain(self.account)
        chain.build()
        STATES["trail/no_log_group"][2](chain)
        text, outputs = self.apply()
        (command,) = [line[2:] for line in text.splitlines() if "update-trail" in line]
        command = command.replace("ARN_OF_THE_LOG_GROUP", outputs["log_group_arn"])
        command = command.replace("ARN_OF_A_ROLE_THAT_LETS_CLOUDTRAIL_WRITE_LOGS",
                                  ANSWERS["ROLE_ARN"])
        done = self.account.run(command)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(self.verdict(), ("present", None))

    def test_what_is_to_be_added_makes_the_chain_whole(self):
        """Of the states that want nothing changed: a template leaves what is there alone."""
        applied = 0
        few = {"filter/subset", "alarm/none"}
        for name, (verdict, _, change) in STATES.items():
            if verdict != "missing" or not (LONG or name in few):
                continue
            with self.subTest(name):
                self.account.reset()
                chain = Chain(self.account)
                chain.build()
                change(chain)
                text = self.verify("--remediation", "terraform").out
                if "to be changed" in text or "update-trail" in text:
                    continue
                shutil.rmtree(self.path("terraform"), ignore_errors=True)
                self.apply()
                self.assertEqual(self.verdict(), ("present", None))
                applied += 1
        self.assertGreaterEqual(applied, len(few))

    def test_of_every_state_it_is_valid_and_formatted(self):
        made = None
        few = {"base/perfect", "filter/subset", "group/deleted", "sns/no_subscription"}
        for name in inventories.STATES if LONG else few:
            path = self.file("inventory.json", json.dumps(inventories.make(name)))
            text = self.run_binary("verify", "--inventory", path, "--control", "all",
                                   "--remediation", "terraform").out
            made = made or self.configuration(text)
            self.file("terraform/main.tf", text)
            with self.subTest(name):
                if 'provider "aws"' in text:
                    made.run("init", "-backend=false")
                made.run("validate")
                made.run("fmt", "-check", "-diff")


if __name__ == "__main__":
    main()
