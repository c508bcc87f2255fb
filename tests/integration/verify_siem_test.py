"""`trailbell verify --siem` over inventories: every state one change away from a perfect chain, its
verdict, the first broken link, and what a reader of the report needs.

Usage: verify_siem_test.py BINARY PROJECT
"""

import copy
import json
import os
import sys

PROJECT = os.path.abspath(sys.argv.pop(2))

from harness import ReplayTest, main
from inventories import NAMES, TRAIL
from siem_account import QUEUE, SERVICE, Siem
from siem_states import KAFKA_STATES, SIEM_STATES, SiemReader, first_broken, make_siem

LINKS = ["trail", "bucket", "notification", "queue", "service", "rule_set", "sink", "scrape",
         "alert_rule", "receiver"]


class SiemTest(SiemReader, ReplayTest):
    def verify(self, whole, *words):
        path = self.file("inventory.json", json.dumps(whole))
        return self.run_binary("verify", "--siem", "--inventory", path, *words)


class States(SiemTest):
    def check(self, name, want, whole, *words):
        control = self.control(whole, *words)
        self.assertEqual((control["verdict"], first_broken(control)), want, control)
        for link in control["links"]:
            self.assertTrue(link["reason"], link)
            if link["verdict"] == "missing":
                self.assertTrue(control["remediation"], name)
        self.assertEqual(sorted(control["covered"] + control["uncovered"]), sorted(NAMES))
        self.assertEqual(not control["uncovered"], control["verdict"] == "present", name)

    def test_every_state(self):
        for name, (verdict, broken, _) in SIEM_STATES.items():
            with self.subTest(name):
                self.check(name, (verdict, broken), make_siem(name))

    def test_every_state_from_kafka(self):
        for name, (verdict, broken, change) in KAFKA_STATES.items():
            with self.subTest(name):
                account = Siem()
                change(account)
                self.check(name, (verdict, broken), account.whole, "--siem-source", "kafka")


class Report(SiemTest):
    def test_links_come_in_the_order_of_the_chain(self):
        control = self.control(make_siem("base/perfect"))
        self.assertEqual([link["link"] for link in control["links"]], LINKS)
        self.assertEqual(control["uncovered"], [])

    def test_names_are_told_apart(self):
        control = self.control(make_siem("receiver/silenced_for_some_names"))
        self.assertEqual(set(control["uncovered"]), {n for n in NAMES if n.startswith("Delete")})
        control = self.control(make_siem("rules/subset"))
        self.assertEqual(control["uncovered"], NAMES[-1:])
        self.assertEqual(control["witness"]["eventName"], NAMES[-1])

    def test_every_format(self):
        whole = make_siem("queue/other_bucket")
        for form in ("text", "json", "junit", "ocsf", "asff"):
            got = self.verify(whole, "--format", form)
            self.assertEqual((got.code, got.err), (1, ""))
            self.assertIn(QUEUE, got.out)
        text = self.verify(whole).out
        self.assertIn("[BROKEN]  queue", text)
        self.assertIn("aws sqs set-queue-attributes", text)

    def test_a_kafka_fed_service_without_the_flag_says_what_cannot_be_told(self):
        account = Siem()
        account.from_kafka()
        control = self.control(account.whole)
        self.assertEqual((control["verdict"], first_broken(control)), ("undetermined", "topic"))
        self.assertIn("--siem-source kafka", control["links"][1]["reason"])

    def test_the_twin_and_other_controls(self):
        whole = make_siem("base/perfect")
        self.assertEqual(self.control(whole, "--control", "securityhub-cloudwatch-4")["verdict"],
                         "present")
        got = self.verify(whole, "--control", "cis-4.5")
        self.assertEqual(got.code, 2)
        self.assertIn("no alert on what cis-4.5 is about", got.err)

    def test_an_inventory_without_a_siem_is_undetermined(self):
        whole = make_siem("base/perfect")
        del whole["siem"]
        self.assertEqual(self.control(whole)["verdict"], "undetermined")

    def test_usage(self):
        for words in (["--siem-source", "kinesis"], ["--remediation", "cli"],
                      ["--service", "127.0.0.1:9464"]):
            got = self.run_binary("verify", "--siem", *words)
            self.assertEqual(got.code, 2, words)
        got = self.run_binary("verify", "--service", SERVICE)
        self.assertEqual(got.code, 2)
        self.assertIn("--siem", got.err)

    def test_what_is_no_answer_is_said_with_its_place(self):
        whole = make_siem("base/perfect")
        broken = copy.deepcopy(whole)
        broken["siem"]["prometheus"]["rules"] = {"complete": {"hello": 1}}
        got = self.verify(broken)
        self.assertEqual(got.code, 2)
        self.assertIn("is no answer of Prometheus", got.err)
        broken = copy.deepcopy(whole)
        broken["siem"]["grafana"] = {}
        self.assertIn("unknown key 'grafana'", self.verify(broken).err)
        # The plain chain reads the same file.
        path = self.file("inventory.json", json.dumps(whole))
        self.assertEqual(self.run_binary("verify", "--inventory", path).code, 0)

    def test_the_example_that_is_shipped(self):
        path = os.path.join(PROJECT, "deploy", "siem.example.json")
        with open(path, encoding="utf-8") as example:
            self.assertEqual(json.load(example), make_siem("receiver/without_integration"))
        got = self.run_binary("verify", "--siem", "--inventory", path)
        self.assertEqual(got.code, 1)
        with open(os.path.join(PROJECT, "deploy", "siem.md"), encoding="utf-8") as said:
            text = said.read()
        for line in got.out.splitlines():
            self.assertIn(line, text)

    def test_the_schema_knows_what_is_read(self):
        with open(os.path.join(PROJECT, "deploy", "inventory.schema.json")) as file:
            siem = json.load(file)["properties"]["siem"]["properties"]
        whole = make_siem("base/perfect")
        for section, shape in siem.items():
            shape = shape.get("additionalProperties") or shape
            broken = copy.deepcopy(whole)
            place = broken["siem"][section]
            if section != "prometheus":
                (place,) = place.values()
            self.assertEqual(set(place), set(shape["properties"]))
            place["x"] = {}
            said = self.verify(broken).err.split("known here are ")[1].splitlines()[0]
            self.assertEqual(set(said.split(", ")), set(shape["properties"]))

    def test_a_trail_that_leaves_names_out(self):
        account = Siem()
        account.advanced({"Field": "eventCategory", "Equals": ["Management"]},
                         {"Field": "eventName", "Equals": NAMES[:3]})
        control = self.control(account.whole)
        self.assertEqual((control["verdict"], first_broken(control)), ("missing", "trail"))
        self.assertEqual(control["links"][0]["resource"], TRAIL)
        self.assertEqual(set(control["covered"]), set(NAMES[:3]))


if __name__ == "__main__":
    main()
