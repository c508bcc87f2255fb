"""`trailbell verify`: every state of the chain, its formats, exit codes, and what it mends.

Usage: verify_test.py BINARY PROJECT
"""

import json
import os
import re
import subprocess
import sys
import unittest
import xml.etree.ElementTree as xml

PROJECT = os.path.abspath(sys.argv.pop(2))

import verify_states
from harness import ReplayTest, main
from inventories import GROUP, NAMES, STATES, TOPIC, Account, arn, make, metric_alarm, metric_filter

LINKS = ["trail", "log_group", "metric_filter", "alarm", "action", "subscription"]
CODES = {"present": 0, "missing": 1, "undetermined": 3}


class VerifyTest(ReplayTest):
    def run_verify(self, inventory, *words):
        path = self.file("inventory.json", json.dumps(inventory))
        return self.run_binary("verify", "--inventory", path, *words)

    def report(self, inventory, *words):
        got = self.run_verify(inventory, "--format", "json", *words)
        self.assertEqual(got.err, "")
        whole = json.loads(got.out)
        self.assertEqual((whole["schema"], whole["account_id"]), (1, inventory["account_id"]))
        for control in whole["controls"]:
            self.check(control)
        verdicts = {control["verdict"] for control in whole["controls"]}
        worst = max(CODES[verdict] for verdict in verdicts)
        self.assertEqual(got.code, worst)
        return whole["controls"]

    def check(self, control):
        """What holds for every verdict."""
        links = control["links"]
        order = [LINKS.index(link["link"]) for link in links]
        self.assertEqual(order, sorted(order), links)
        self.assertTrue(links, control)
        for link in links:
            self.assertTrue(link["reason"] and not link["reason"].endswith("."), link)
        verdicts = {link["verdict"] for link in links}
        if control["verdict"] == "present":
            self.assertEqual(verdicts, {"present"}, links)
            self.assertEqual(sorted(set(order)), list(range(6)))
            self.assertEqual((control["uncovered"], control["remediation"]), ([], ""))
        else:
            self.assertIn(control["verdict"], verdicts, links)
        if control["verdict"] == "missing":
            self.assertTrue(control["remediation"], control)

    def verdict(self, inventory, *words):
        (control,) = self.report(inventory, *words)
        broken = [
            link["link"]
            for wanted in (control["verdict"], "missing")
            for link in control["links"]
            if link["verdict"] == wanted and wanted != "present"
        ]
        return control["verdict"], (broken or [None])[0]


class States(VerifyTest):
    def test_every_state_has_its_verdict_and_its_first_broken_link(self):
        for name, (verdict, broken, _) in STATES.items():
            with self.subTest(name):
                got = self.verdict(make(name))
                self.assertEqual(got, (verdict, broken))

    def test_a_listing_that_is_denied_fails_or_was_not_asked_is_never_missing(self):
        for call, link in verify_states.DARK.items():
            for how in ("denied", "failed", "not asked"):
                with self.subTest(call + " " + how):
                    account = Account()
                    verify_states.darken(account, call, how)
                    self.assertEqual(self.verdict(account.whole), ("undetermined", link))

    def test_a_denied_listing_names_the_action_to_allow(self):
        account = Account()
        verify_states.darken(account, "cloudwatch/DescribeAlarms", "denied")
        (control,) = self.report(account.whole)
        self.assertIn("allow cloudwatch:DescribeAlarms", json.dumps(control))

    def test_half_a_listing_is_a_failed_one(self):
        account = Account()
        account.answer("logs", "DescribeMetricFilters")["nextToken"] = "more"
        self.assertEqual(self.verdict(account.whole), ("undetermined", "metric_filter"))

    def test_what_is_in_the_dark_does_not_hide_a_chain_that_is_whole(self):
        account = Account()
        account.whole["regions"]["eu-west-1"] = {"logs": {"DescribeLogGroups": {"denied": "no"}}}
        self.assertEqual(self.verdict(account.whole), ("present", None))

    def test_what_may_be_out_of_sight_is_told_beside_what_is_broken(self):
        account = Account()
        account.status["IsLogging"] = False
        org = verify_states.other_trail(account, "org", IsOrganizationTrail=True)
        org["CloudWatchLogsLogGroupArn"] = arn("logs", "log-group:org:*", account="999900001111")
        status = account.region["cloudtrail"]["GetTrailStatus"][org["TrailARN"]]
        status["complete"]["IsLogging"] = True
        (control,) = self.report(account.whole)
        self.assertEqual(control["verdict"], "undetermined")
        told = [link["resource"] for link in control["links"] if link["verdict"] == "undetermined"]
        self.assertEqual(told, [arn("logs", "log-group:org", account="999900001111")])

    def test_a_pattern_that_is_not_understood_is_never_missing(self):
        account = Account()
        account.filters[0]["filterPattern"] = "{ $.eventName == PutRolePolicy }"
        self.assertEqual(self.verdict(account.whole), ("undetermined", "metric_filter"))

    def test_without_a_trail_the_trail_is_missing(self):
        account = Account()
        account.trails.clear()
        self.assertEqual(self.verdict(account.whole), ("missing", "trail"))

    def test_no_log_group_is_the_log_groups_fault(self):
        account = Account()
        del account.trail["CloudWatchLogsLogGroupArn"]
        self.assertEqual(self.verdict(account.whole), ("missing", "log_group"))

    def test_a_delivery_time_that_aws_does_not_report_breaks_nothing(self):
        account = Account()
        del account.status["LatestCloudWatchLogsDeliveryTime"]
        self.assertEqual(self.verdict(account.whole), ("present", None))

    def test_an_old_delivery_is_missing_only_where_s3_got_more_since(self):
        account = Account()
        account.status["LatestCloudWatchLogsDeliveryTime"] = "2026-03-01T00:00:00Z"
        self.assertEqual(self.verdict(account.whole), ("missing", "trail"))
        account.status["LatestDeliveryTime"] = "2026-03-01T00:00:00Z"
        self.assertEqual(self.verdict(account.whole), ("undetermined", "trail"))


class NameByName(VerifyTest):
    def two_chains(self):
        account = Account()
        other = ("CISBenchmark", "Second")
        account.filters[:] = [
            metric_filter("a", NAMES[:8]),
            metric_filter("b", NAMES[8:], other),
        ]
        account.alarms.append(metric_alarm("second", other))
        return account

    def test_each_half_of_the_names_may_have_its_own_alarm(self):
        self.assertEqual(self.verdict(self.two_chains().whole), ("present", None))

    def test_a_half_whose_alarm_is_broken_is_uncovered(self):
        account = self.two_chains()
        account.alarms[1]["Threshold"] = 2.0
        (control,) = self.report(account.whole)
        self.assertEqual(control["verdict"], "missing")
        self.assertEqual(sorted(control["covered"]), sorted(NAMES[:8]))
        self.assertEqual(sorted(control["uncovered"]), sorted(NAMES[8:]))
        self.assertIn(control["witness"]["eventName"], NAMES[8:])
        broken = [link for link in control["links"] if link["verdict"] == "missing"]
        self.assertEqual([link["link"] for link in broken], ["alarm"])
        self.assertIn("second", broken[0]["resource"])

    def test_a_half_that_cannot_be_told_is_undetermined(self):
        account = self.two_chains()
        account.alarms[1]["AlarmActions"] = [arn("sns", "other")]
        account.answer("sns", "ListTopics")["Topics"].append({"TopicArn": arn("sns", "other")})
        self.assertEqual(self.verdict(account.whole), ("undetermined", "action"))

    def test_a_broken_filter_beside_a_whole_chain_does_not_matter(self):
        account = Account()
        account.filters.append(metric_filter("zero", NAMES, ("Other", "m")))
        self.assertEqual(self.verdict(account.whole), ("present", None))


class Controls(VerifyTest):
    def test_all_controls_each_by_its_own_pattern(self):
        controls = self.report(Account().whole, "--control", "all")
        verdicts = {one["control"]: one["verdict"] for one in controls}
        self.assertEqual(len(verdicts), 29)
        present = {name for name, verdict in verdicts.items() if verdict == "present"}
        self.assertEqual(present, {"cis-4.4", "securityhub-cloudwatch-4"})
        self.assertEqual(set(verdicts.values()), {"present", "missing"})

    def test_a_filter_for_each_control_makes_all_of_them_present(self):
        account = Account()
        account.filters.clear()
        account.alarms.clear()
        for one in self.report(Account().whole, "--control", "all"):
            name = one["control"]
            shown = self.run_binary("rules", "convert", name, "--to", "aws-cli").out
            pattern = re.search(r"--filter-pattern='(.*?)' \\", shown, re.DOTALL).group(1)
            account.filters.append(metric_filter(name, pattern, ("CIS", name)))
            account.alarms.append(metric_alarm(name, ("CIS", name)))
        for one in self.report(account.whole, "--control", "all"):
            self.assertEqual(one["verdict"], "present", one)
        account.classic(ExcludeManagementEventSources=["kms.amazonaws.com"])
        broken = {
            one["control"]
            for one in self.report(account.whole, "--control", "all")
            if one["verdict"] == "missing"
        }
        kms = {"cis-4.7", "securityhub-cloudwatch-7"}
        every_service = {"cis-4.1", "cis-4.3"} | {"securityhub-cloudwatch-%d" % n for n in (1, 2)}
        self.assertEqual(broken, kms | every_service)

    def test_a_table_for_several(self):
        got = self.run_verify(Account().whole, "--control", "cis-4.4", "--control", "cis-4.5")
        self.assertEqual(got.code, 1)
        self.assertRegex(got.out, r"(?m)^cis-4\.4 +present +")
        self.assertRegex(got.out, r"(?m)^cis-4\.5 +missing +metric filter +no metric filter on")
        self.assertIn("2 controls: 1 present, 1 missing, 0 undetermined", got.out)

    def test_what_is_no_control_is_2(self):
        for name, words in (("cis-4.99", "unknown"), ("cis-4.16", "Security Hub")):
            got = self.run_verify(Account().whole, "--control", name)
            self.assertEqual((got.code, got.out), (2, ""))
            self.assertIn(words, got.err)


class Formats(VerifyTest):
    def test_text_draws_the_chain_and_marks_what_is_broken(self):
        got = self.run_verify(make("alarm/threshold_two"))
        self.assertEqual(got.code, 1)
        self.assertRegex(got.out, r"(?m)^  \[BROKEN\]  alarm +arn:aws:cloudwatch:")
        self.assertEqual(got.out.count("[  ok  ]"), 5)
        self.assertIn("The first broken link is the alarm.", got.out)
        self.assertIn("aws cloudwatch put-metric-alarm --region 'us-east-1'", got.out)
        self.assertIn("Rings for 0 of 16 names.", got.out)

    def test_a_name_cannot_write_to_the_terminal(self):
        account = Account()
        account.alarm["AlarmName"] = "x\x1b[2Jy"
        account.alarm["AlarmArn"] = account.alarm["AlarmArn"] + "\x1b[2J"
        account.alarm["Threshold"] = 5
        for words in ((), ("--control", "all"), ("--remediation", "terraform")):
            self.assertNotIn("\x1b", self.run_verify(account.whole, *words).out)

    def test_junit_has_a_case_a_control(self):
        account = Account()
        verify_states.darken(account, "sns/GetTopicAttributes", "denied")
        got = self.run_verify(account.whole, "--format", "junit", "--control", "all")
        self.assertEqual(got.code, 3)
        cases = xml.fromstring(got.out.encode()).findall(".//testcase")
        self.assertEqual(len(cases), 29)
        of_4_4 = [case for case in cases if case.get("name").startswith("cis-4.4 ")]
        self.assertEqual([child.tag for child in of_4_4[0]], ["error"])
        self.assertIn("GetTopicAttributes", of_4_4[0][0].get("message"))

    def test_the_same_inventory_gives_the_same_bytes(self):
        words = ("--control", "all", "--format", "json")
        first = self.run_verify(Account().whole, *words).out
        self.assertEqual(first, self.run_verify(Account().whole, *words).out)


class Inventories(VerifyTest):
    def problem(self, text, *words):
        path = self.file("broken.json", text)
        got = self.run_binary("verify", "--inventory", path, *words)
        self.assertEqual((got.code, got.out), (2, ""), got.err)
        return got.err.replace(path, "F")

    def test_a_broken_file_says_where(self):
        whole = json.dumps(Account().whole, indent=1)
        self.assertRegex(self.problem(whole[:-9]), r"^F:\d+:\d+: this is no JSON document: ")
        self.assertIn("no inventory of version 1", self.problem("{}"))
        odd = whole.replace('"Period": 300', '"Period": "300"')
        line = odd[: odd.index('"Period"')].count("\n") + 1
        self.assertRegex(
            self.problem(odd),
            r"^F:%d:\d+: regions\.us-east-1\.cloudwatch\.DescribeAlarms\.complete\."
            r"MetricAlarms\[0\]\.Period is a string, not a number" % line,
        )
        self.assertIn("an unknown key 'DescribeAlarm'", self.problem(
            whole.replace('"DescribeAlarms"', '"DescribeAlarm"')))
        done = whole.replace('"complete"', '"done"', 1)
        self.assertIn("an unknown key 'done'", self.problem(done))
        twice = whole.replace('"complete": {', '"failed": "x", "complete": {', 1)
        self.assertIn("how it ended", self.problem(twice))

    def test_a_file_that_is_not_there(self):
        got = self.run_binary("verify", "--inventory", self.path("nowhere.json"))
        self.assertEqual((got.code, got.out), (2, ""))
        self.assertIn("nowhere.json", got.err)

    def test_a_region_that_is_left_out_is_not_looked_at(self):
        account = Account()
        account.whole["regions"]["eu-west-1"] = {}
        self.assertEqual(self.verdict(account.whole, "--region", "us-east-1")[0], "present")
        self.assertEqual(self.verdict(account.whole, "--region", "eu-west-1")[0], "undetermined")
        got = self.run_verify(account.whole, "--region", "mars-1")
        self.assertEqual(got.code, 2)
        self.assertIn("eu-west-1, us-east-1", got.err)

    def test_the_schema_and_the_description_know_the_calls_that_are_read(self):
        schema = os.path.join(PROJECT, "deploy", "inventory.schema.json")
        with open(schema, encoding="utf-8") as file:
            regions = json.load(file)["properties"]["regions"]
        with open(os.path.join(PROJECT, "deploy", "inventory.md"), encoding="utf-8") as file:
            description = file.read()
        region = {}
        for section, calls in regions["additionalProperties"]["properties"].items():
            region[section] = {}
            for call, shape in calls["properties"].items():
                single = shape.get("type") != "object"
                region[section][call] = {"denied": "no"} if single else {"x": {"denied": "no"}}
                self.assertIn(call, description)
        whole = Account().whole
        whole["regions"] = {"us-east-1": region}
        self.assertEqual(self.verdict(whole)[0], "undetermined")
        problem = self.problem(json.dumps(whole).replace('"cloudtrail"', '"x"'))
        self.assertEqual(problem.split("known here are ")[1].strip().split(", "), list(region))
        for section, calls in region.items():
            odd = {**whole, "regions": {"us-east-1": {section: {"x": 1}}}}
            known = self.problem(json.dumps(odd)).split("known here are ")[1].strip()
            self.assertEqual(set(known.split(", ")), set(calls))

    def test_the_example_that_is_shipped(self):
        path = os.path.join(PROJECT, "deploy", "inventory.example.json")
        got = self.run_binary("verify", "--inventory", path)
        self.assertEqual(got.code, 1)
        with open(os.path.join(PROJECT, "README.md"), encoding="utf-8") as readme:
            text = readme.read()
        for line in got.out.splitlines():
            self.assertIn(line, text)


class Mends(VerifyTest):
    def script(self, inventory, form="cli", *words):
        got = self.run_verify(inventory, "--remediation", form, *words)
        self.assertEqual(got.err, "")
        return got.out

    def test_every_broken_state_is_mended_by_a_script_that_a_shell_can_read(self):
        for name, (verdict, _, _) in STATES.items():
            with self.subTest(name):
                script = self.script(make(name))
                checked = subprocess.run(["sh", "-n"], input=script.encode(), capture_output=True)
                self.assertEqual(checked.stderr, b"")
                lines = script.splitlines()
                commands = [line for line in lines if line.startswith(("aws ", "TOPIC"))]
                self.assertEqual(bool(commands), verdict == "missing", script)

    def test_what_is_there_is_reused(self):
        script = self.script(make("alarm/none"))
        self.assertNotIn("create-topic", script)
        self.assertNotIn("put-metric-filter", script)
        self.assertIn("--alarm-actions '%s'" % TOPIC, script)
        self.assertIn("--metric-name 'IAMPolicyChanges'", script)
        script = self.script(make("filter/subset"))
        self.assertIn("--log-group-name '%s'" % GROUP, script)
        self.assertIn("put-metric-alarm", script)
        self.assertIn(TOPIC, script)

    def test_without_a_topic_that_is_heard_one_is_made(self):
        account = Account()
        account.alarms.clear()
        account.subscriptions.clear()
        script = self.script(account.whole)
        self.assertIn("create-topic", script)
        self.assertIn("aws sns subscribe", script)

    def test_the_alarm_and_filter_that_are_added_make_it_present(self):
        account = Account()
        account.filters.clear()
        account.alarms.clear()
        script = self.script(account.whole)
        pattern = re.search(r"--filter-pattern='(.*?)' --metric-tr", script, re.DOTALL).group(1)
        account.filters.append(metric_filter("cis-4.4", pattern, ("trailbell", "cis-4.4")))
        account.alarms.append(
            metric_alarm("cis-4.4", ("trailbell", "cis-4.4"), [TOPIC],
                                       TreatMissingData="notBreaching"))
        self.assertIn("--treat-missing-data notBreaching", script)
        self.assertEqual(self.verdict(account.whole), ("present", None))

    def test_templates_hold_the_pattern_exactly(self):
        account = Account()
        account.filters.clear()
        shown = self.run_binary("rules", "convert", "cis-4.4", "--to", "aws-cli").out
        pattern = re.search(r"--filter-pattern='(.*?)' \\", shown, re.DOTALL).group(1)
        for form, key in (("cloudformation", "FilterPattern: "), ("terraform", "  pattern  ")):
            text = self.script(account.whole, form)
            line = [line for line in text.splitlines() if key in line][0]
            self.assertEqual(json.loads(line[line.index('"') :]), pattern)

    def test_nothing_is_mended_where_nothing_is_missing(self):
        self.assertIn("# Nothing is missing.", self.script(Account().whole))


if __name__ == "__main__":
    main()
