"""Accounts of moto's: what is missing is told, and the script that mends it, run by the AWS CLI,
makes the chain present. moto, boto3 and the AWS CLI are installed into FOLDER, from the network.

Usage: verify_moto_test.py BINARY FOLDER
"""

import datetime
import json
import sys

from peer_packages import MOTO, run_with

run_with(MOTO, sys.argv[2])
del sys.argv[2]

from harness import ReplayTest, main  # noqa: E402
from moto_account import MotoAccount  # noqa: E402


class Mended(ReplayTest):
    @classmethod
    def setUpClass(cls):
        cls.account = MotoAccount()
        cls.addClassCleanup(cls.account.close)

    def setUp(self):
        super().setUp()
        self.account.reset()
        self.account.client("s3").create_bucket(Bucket="trails")

    def verify(self, *words):
        now = datetime.datetime.now(datetime.timezone.utc).isoformat()
        path = self.file("inventory.json", self.account.inventory(now))
        got = self.run_binary("verify", "--inventory", path, *words)
        self.assertEqual(got.err, "")
        return got

    def verdict(self):
        (control,) = json.loads(self.verify("--format", "json").out)["controls"]
        broken = [one["link"] for one in control["links"] if one["verdict"] == "missing"]
        return control["verdict"], (broken or [None])[0]

    def mend(self):
        done = self.account.run(self.verify("--remediation", "cli").out)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def whole(self):
        self.mend()
        self.assertEqual(self.verdict(), ("present", None))

    def test_an_empty_account(self):
        self.assertEqual(self.verdict(), ("missing", "trail"))
        self.whole()

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


if __name__ == "__main__":
    main()
