"""From a record in Kafka to a page: trailbell, Prometheus and Alertmanager as they are shipped and
configured in deploy/, and every query of the dashboard over the same run."""

import json
import re
import time

import prometheus_files as files
from harness import document, main, record
from kafka_broker import Broker, free_port
from prometheus_stack import Stack
from service import ServiceTest, wait_until

TIMED = ("AttachUserPolicy", "PutRolePolicy", "DeletePolicy")


class PrometheusRun(ServiceTest):
    def setUp(self):
        super().setUp()
        self.broker = self.enter(Broker())
        for topic in ("cloudtrail", "alerts"):
            self.broker.create_topic(topic)
        self.addresses = []

    def enter(self, context):
        entered = context.__enter__()
        self.addCleanup(context.__exit__)
        return entered

    def member(self, name):
        """One more of the group."""
        self.addresses.append(f"127.0.0.1:{free_port()}")
        return self.start({
            "source": {"kafka": {"brokers": self.broker.bootstrap, "topics": ["cloudtrail"]}},
            "sinks": [{"kafka": {"brokers": self.broker.bootstrap, "topic": "alerts"}}],
            "quarantine": {"path": self.path("quarantine")},
            "metrics": {"listen": self.addresses[-1]},
        }, name)

    def stack(self):
        stack = Stack(self.addresses)
        self.addCleanup(stack.stop)
        return stack

    def put(self, *records):
        self.broker.produce("cloudtrail", [one.encode() for one in records])

    def test_a_record_becomes_a_page(self):
        first = self.member("first")
        stack = self.stack()
        self.assertEqual(len(stack.wait_for("trailbell_iam_policy_changes_total == 0")), 32)
        seconds = []
        for name in TIMED:
            began = time.time()
            self.put(record(name, name))
            at, path, page = stack.wait_for_page(
                "TrailbellIamPolicyChanged", event_name=name, severity="warning")
            self.assertEqual(path, "/page")
            self.assertIn(name, page["annotations"]["summary"])
            seconds.append(at - began)
        print("from record to page: " + ", ".join(f"{one:.1f} s" for one in seconds)
              + "; scrape_interval {} s, evaluation_interval {} s, group_wait {} s".format(
                  *stack.intervals()), flush=True)
        self.assertEqual(stack.ask('ALERTS{alertname="TrailbellIamPolicyChangedByRoot"}'), [])
        root = {"type": "Root", "accountId": "111122223333",
                "arn": "arn:aws:iam::111122223333:root"}
        self.put(record("CreatePolicy", "root", userIdentity=root))
        _, path, page = stack.wait_for_page("TrailbellIamPolicyChangedByRoot")
        self.assertEqual((path, page["labels"]["severity"]), ("/page", "critical"))
        self.check_what_a_new_process_found_before_it_was_scraped(first, stack)
        self.check_that_every_rule_is_evaluated(stack)

    def check_what_a_new_process_found_before_it_was_scraped(self, first, stack):
        self.assertEqual(first.stop(), 0, first.log())
        self.put(record("DeleteRolePolicy", "while nobody ran"))
        second = self.member("second")
        wait_until(
            lambda: second.total('trailbell_iam_policy_changes_total{event_name="DeleteRolePolicy"')
            == 1, "it is counted")
        for rule in files.rules():
            self.assertEqual(files.missing_from(second.get("/metrics")[1], rule["expr"]), [], rule)
        stack.add_target(self.addresses[-1])
        stack.wait_for_page("TrailbellIamPolicyChanged", event_name="DeleteRolePolicy")
        increase = ("increase(trailbell_iam_policy_changes_total{event_name='DeleteRolePolicy'}"
                    "[5m]) > 0")
        self.assertEqual(stack.ask(increase), [], "Prometheus saw it grow: nothing is tested")

    def check_that_every_rule_is_evaluated(self, stack):
        groups = stack.get("rules")["groups"]
        self.assertEqual(sum(len(group["rules"]) for group in groups), len(files.rules()))
        for group in groups:
            for rule in group["rules"]:
                self.assertEqual((rule["health"], rule.get("lastError")), ("ok", None), rule)


if __name__ == "__main__":
    main()
