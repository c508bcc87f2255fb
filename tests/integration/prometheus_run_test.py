"""From a record in Kafka to a page: trailbell, Prometheus and Alertmanager as they are shipped and
configured in deploy/, and every query of the dashboard over the same run."""

import glob
import os
import re
import time

import prometheus_files as files
from harness import document, main, record
from kafka_broker import Broker, free_port
from prometheus_stack import Stack
from service import ServiceTest, wait_until

DIGESTS = os.path.join(files.ROOT, "deploy", "sample", "AWSLogs", "*", "CloudTrail-Digest", "*",
                       "*", "*", "*", "*.gz")
# Queries of which this run may show nothing but 0, and why.
ZERO = {
    ("Not ready", 0): "every part is ready",
    ("Messages that wait", 0): "all are done",
    ("Lag", 0): "all are done",
    ("In flight", 0): "all is acknowledged between two scrapes",
    ("Refused rule sets", 0): "no rule is changed",
    ("Rebalances and duplicates", 0): "one member, which has had its partitions before",
    ("Rebalances and duplicates", 1): "no message comes twice within an assignment",
    ("Quarantine", 1): "no piece is as large as 64 MiB",
}
ROOT_USER = {"type": "Root", "accountId": "111122223333", "arn": "arn:aws:iam::111122223333:root"}
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
        self.put(record("CreatePolicy", "root", userIdentity=ROOT_USER))
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
        expressions = [rule["expr"] for rule in files.rules()
                       if "trailbell_verify_" not in rule["expr"]]  # where `verify` is configured

        def missing():
            page = second.get("/metrics")[1]
            return [(one, lacks) for one in expressions
                    if (lacks := files.missing_from(page, one))]

        # The lag comes once the brokers have said where the topic ends.
        try:
            wait_until(lambda: not missing(), "the series of every rule")
        except TimeoutError:
            self.fail(missing())
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

    # ---- the dashboard ---------------------------------------------------------------------------

    def put_one_of_each(self, number):
        """What moves every counter that can be moved."""
        denied = record("PutUserPolicy", f"denied {number}", errorCode="AccessDenied")
        self.put(
            record("CreatePolicy", f"done {number}", userIdentity=ROOT_USER),
            denied, denied,  # suppressed
            document(record("ListRoles", f"read {number}"), "12"),  # rejected
            f"{{ no json {number}",  # failed
        )
        with open(glob.glob(DIGESTS)[0], "rb") as digest:
            self.broker.produce("cloudtrail", [digest.read()])

    def test_every_query_of_the_dashboard_finds_data(self):
        service = self.member("only")
        stack = self.stack()
        stack.wait_for("trailbell_records_total == 0")
        number = 0

        def empty():
            nonlocal number
            number += 1
            self.put_one_of_each(number)
            return [(title, at) for title, at, found in self.asked(stack) if not found or (
                (title, at) not in ZERO and not any(value > 0 for _, value in found))]

        try:
            wait_until(lambda: not empty(), "every query has data", timeout_s=120, pause_s=1)
        except TimeoutError:
            self.fail(f"without data: {empty()}; {service.log()[-2000:]}; {stack.log()}")
        self.check_variables(stack)
        for title, _, found in self.asked(stack):
            if title.startswith("Changes that"):
                self.assertEqual(len({labels["event_name"] for labels, _ in found}), 16)
        print(f"{len(files.panels())} panels, {len(files.queries())} queries, all with data",
              flush=True)

    def asked(self, stack):
        """(title, number of the query, series) of each."""
        chosen = {"$__rate_interval": "1m", "$__range": "5m", "$job": ".*", "$instance": ".*"}
        for panel in files.panels():
            for at, target in enumerate(panel["targets"]):
                query = target["expr"]
                for name, value in chosen.items():
                    query = query.replace(name, value)
                self.assertNotIn("$", query)
                yield panel["title"], at, stack.ask(query)

    def check_variables(self, stack):
        shown = files.dashboard()
        for one in shown["templating"]["list"][1:]:
            selector, label = re.fullmatch(
                r"label_values\((.*), (\w+)\)", one["query"]["query"]).groups()
            found = stack.get("series", **{"match[]": selector.replace("$job", ".*")})
            self.assertTrue(all(series[label] for series in found) and found, one["name"])
        marks = shown["annotations"]["list"][0]["expr"]
        wait_until(
            lambda: "TrailbellIamPolicyChanged" in {
                labels["alertname"] for labels, _ in stack.ask(marks)},
            "a change is marked", timeout_s=60, pause_s=0.2)


if __name__ == "__main__":
    main()
