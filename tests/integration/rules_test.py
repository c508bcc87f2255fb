"""The rules commands, and replay with rule files, as their users run them.

Usage: rules_test.py BINARY PROJECT
"""

import json
import os
import random
import sys
import xml.etree.ElementTree as ElementTree

from harness import ReplayTest, lines_of, main

PROJECT = os.path.abspath(sys.argv.pop(1))
RULES = os.path.join(PROJECT, "rules")
SAMPLE = os.path.join(PROJECT, "deploy", "sample", "AWSLogs")

LOGIN = """id: login
title: Somebody logged in
pattern: '{ $.eventName = ConsoleLogin }'
severity:
  - when: '{ $.userIdentity.type = Root }'
    is: critical
  - is: low
controls: [C 1]
tags: [attack.t1078]
suppress: ['{ $.sourceIPAddress = 203.0.113.9 }']
"""
BURST = """id: burst
title: Many logins
pattern: '{ $.eventName = ConsoleLogin }'
severity: high
threshold: {count: 3, window: 10m, group_by: [$.userIdentity.arn]}
"""


def record(name, **more):
    return {"eventVersion": "1.08", "eventName": name, "eventSource": "x.amazonaws.com", **more}


class RulesTest(ReplayTest):
    def replay_text(self, text, *words):
        got = self.replay(*words, "-", stdin=text)
        alerts = got.alerts
        for alert in alerts:
            del alert["detected_at"]
        return got.summary, alerts

    # ---- check, list -----------------------------------------------------------------------------

    def test_check_counts_what_is_right(self):
        path = self.file("a/login.yaml", LOGIN)
        self.file("a/b/burst.yml", BURST)
        self.file("a/README.md", "no rule")
        done = self.run_binary("rules", "check", os.path.dirname(path))
        self.assertEqual(done.code, 0)
        self.assertEqual(done.out, "2 rules, 0 tests (2 without tests)\n")

    def test_check_reports_every_error_of_every_file(self):
        first = self.file("a.yaml", LOGIN.replace("title", "titel"))
        second = self.file("b.yaml", BURST.replace("= C", "== C").replace("high", "hihg"))
        third = self.file("c.yaml", "a: [\n")
        done = self.run_binary("rules", "check", self.folder)
        self.assertEqual(done.code, 2)
        self.assertEqual(done.out, "")
        for line in (
            f"{first}:2:1: unknown key 'titel'; did you mean 'title'?",
            f"{first}:1:1: a rule without 'title'; add it",
            f"{second}:3:25: `==` is no operator; write `=`",
            f"{second}:4:11: 'severity' is no severity: 'hihg'; did you mean 'high'?",
            f"{third}:2:1: no YAML",
        ):
            self.assertIn(line, done.err)

    def test_rules_of_prometheus_in_a_tree_are_left_out_and_said(self):
        self.file("tree/login.yaml", LOGIN)
        rules = self.file("tree/prometheus/a.yaml", "groups: [{name: a, rules: []}]\n")
        self.file("tree/prometheus/tests/a.yml", "# of promtool\nrule_files: [../a.yaml]\n")
        done = self.run_binary("rules", "check", self.path("tree"))
        self.assertEqual((done.code, done.out), (0, "1 rule, 0 tests (1 without tests)\n"))
        self.assertIn("tree: left out, as rules of Prometheus: 2 files\n", done.err)
        for path, why in (
            (rules, "rules of Prometheus, not of trailbell; name it in Prometheus' 'rule_files'"),
            (self.path("tree/prometheus"), "no rule file (*.yaml, *.yml) in this folder but those"),
        ):
            done = self.run_binary("rules", "check", path)
            self.assertEqual((done.code, done.out), (2, ""))
            self.assertIn(f"{path}: {why}", done.err)

    def test_a_rule_that_has_groups_beside_what_makes_it_one_is_a_rule(self):
        path = self.file("tree/a.yaml", LOGIN + "groups: [a]\n")
        done = self.run_binary("rules", "check", self.path("tree"))
        self.assertEqual(done.code, 2)
        self.assertIn(f"{path}:", done.err)
        self.assertIn("unknown key 'groups'", done.err)

    def test_check_names_rules_that_parse_every_record(self):
        path = self.file("a.yaml", LOGIN.replace("= ConsoleLogin", "!= ConsoleLogin"))
        done = self.run_binary("rules", "check", path)
        self.assertEqual(done.code, 0)
        self.assertIn(f"{path}:1:1: login: parses every record", done.out)

    def test_a_path_that_is_no_rule_is_an_error(self):
        empty = self.path("empty")
        os.mkdir(empty)
        for path in ("/nowhere.yaml", empty):
            for words in (["check"], ["list"], ["test"]):
                done = self.run_binary("rules", *words, path)
                self.assertEqual(done.code, 2, (words, path, done))
                self.assertIn(path, done.err)
            done = self.run_binary("replay", "--rules", path, SAMPLE)
            self.assertEqual((done.code, done.out), (2, ""))

    def test_list_names_the_rules(self):
        path = self.file("login.yaml", LOGIN)
        done = self.run_binary("rules", "list", path)
        self.assertEqual(done.out.split(), "login critical+ pattern Somebody logged in".split())
        self.assertIn("cis-4.4", self.run_binary("rules", "list").out)

    # ---- test ------------------------------------------------------------------------------------

    def test_the_shipped_packs_are_sound_and_pass_their_tests(self):
        self.assertEqual(self.run_binary("rules", "check", RULES).code, 0)
        done = self.run_binary("rules", "test", RULES)
        self.assertEqual(done.code, 0, done.out[-2000:])
        self.assertRegex(done.out, r"\n\d+ rules, (\d+) tests: \1 passed, 0 failed\n$")
        self.assertEqual(self.run_binary("rules", "test").code, 0)

    def test_a_failed_test_is_a_line_a_total_and_exit_code_1(self):
        path = self.file(
            "login.yaml",
            LOGIN + "tests:\n  - {name: 'a <b> & \"c\"', match: false,"
            " record: {eventName: ConsoleLogin}}\n  - {name: ok, match: false, record: {}}\n",
        )
        done = self.run_binary("rules", "test", path)
        self.assertEqual(done.code, 1)
        self.assertEqual(
            done.out,
            f'FAILED  login: a <b> & "c": it matches, and should not  ({path}:12)\n'
            "ok      login: ok\n1 rule, 2 tests: 1 passed, 1 failed\n",
        )
        output = self.path("out.xml")
        done = self.run_binary("rules", "test", "--format", "junit", "--output", output, path)
        self.assertEqual((done.code, done.out), (1, ""))
        root = ElementTree.parse(output).getroot()
        self.assertEqual((root.get("tests"), root.get("failures")), ("2", "1"))
        case = root.find("./testsuite/testcase")
        self.assertEqual(case.get("name"), 'a <b> & "c"')
        self.assertEqual(case.find("failure").get("message"), "it matches, and should not")

    # ---- explain, convert ------------------------------------------------------------------------

    def test_the_tests_in_a_sigma_rule_run_too(self):
        path = self.file(
            "sigma.yml",
            "title: t\nid: sig\nlogsource: {product: aws, service: cloudtrail}\n"
            "detection:\n  s: {eventName|startswith: Stop}\n  condition: s\n"
            "tests:\n- {name: fires, match: true, record: {eventName: StopLogging}}\n"
            "- {name: quiet, match: true, record: {eventName: StartLogging}}\n",
        )
        done = self.run_binary("rules", "test", path)
        self.assertEqual(done.code, 1, done.err)
        self.assertIn("ok      sig: fires\n", done.out)
        self.assertIn("FAILED  sig: quiet: it does not match, and should", done.out)
        self.assertIn("1 rule, 2 tests: 1 passed, 1 failed", done.out)
        self.assertIn("1 rule, 2 tests\n", self.run_binary("rules", "check", path).out)

    def test_a_sigma_filter_narrows_rules_and_is_shown(self):
        self.file(
            "stop.yml",
            "title: Stopped\nid: stop\nlogsource: {product: aws, service: cloudtrail}\n"
            "detection:\n  s: {eventName: StopLogging}\n  condition: s\n",
        )
        path = self.file(
            "a_filter.yml",
            "title: Robots\nlogsource: {product: aws}\nfilter:\n  rules: [stop]\n"
            "  s: {userAgent|contains: robot}\n  condition: not s\n",
        )
        records = lines_of([record("StopLogging", userAgent=who) for who in ("robot 1", "human")])
        done = self.run_binary("replay", "--rules", self.folder, "-", stdin=records)
        self.assertEqual(len(done.out.splitlines()), 1, done.err)
        listed = self.run_binary("rules", "list", self.folder)
        self.assertIn("Stopped; filter: Robots\n", listed.out)
        check = self.run_binary("rules", "check", self.folder)
        self.assertIn(path + ":1:1: filter 'Robots': narrows 1 rule\n", check.out)
        words = ["rules", "explain", "stop", "-", "--rules", self.folder]
        why = self.run_binary(*words, stdin=records)
        self.assertIn("record 0 StopLogging: does not match\n  yes     s\n", why.out)
        self.assertIn("  filter 'Robots':\n  no      not\n    yes     s\n", why.out)
        done = self.run_binary("rules", "check", path)
        self.assertEqual((done.code, done.out), (2, ""))
        self.assertIn(path + ":4:11: no rule has the id or name 'stop'; load", done.err)

    def test_explain_says_which_condition_held(self):
        path = self.file("login.yaml", LOGIN)
        records = [
            record("ConsoleLogin", userIdentity={"type": "Root"}),
            record("ConsoleLogin", sourceIPAddress="203.0.113.9"),
            record("Other\u001b[2J"),
        ]
        for words, stdin in ((["-"], json.dumps({"Records": records})), (["-"], lines_of(records))):
            done = self.run_binary("rules", "explain", path, *words, stdin=stdin)
            self.assertEqual(done.code, 0, done.err)
            text = done.out
            self.assertIn("record 0 ConsoleLogin: matches, severity critical\n", text)
            self.assertIn('  yes     $.eventName = "ConsoleLogin"   found "ConsoleLogin"\n', text)
            self.assertIn("record 1 ConsoleLogin: matches, and is suppressed by 1\n", text)
            self.assertIn("  suppress 1:\n", text)
            self.assertIn("record 2 Other\\u{1b}[2J: does not match\n", text)
            self.assertNotIn("\u001b", text)

    def test_explain_reads_a_broken_record_as_replay_does(self):
        path = self.file("issuer.yaml", """id: issuer
title: t
severity: low
pattern: '{ $.eventName = A && $.userIdentity.sessionContext.sessionIssuer.userName = "Adm*" }'
""")
        broken = (
            '{"eventVersion":"1","eventName":"A","userIdentity":{"type":"AssumedRole",'
            '"sessionContext":{"sessionIssuer":{"type":"Role","userName":"Admin"}}},"x":}\n'
        )
        done = self.run_binary("replay", "--format", "jsonl", "--rules", path, "-", stdin=broken)
        self.assertEqual(json.loads(done.out)["rule_id"], "issuer")
        done = self.run_binary("rules", "explain", path, "-", stdin=broken)
        self.assertIn("record 0 A: matches, severity low\n", done.out)

    def test_explain_finds_a_rule_by_its_id(self):
        stdin = lines_of([record("CreatePolicy")])
        done = self.run_binary("rules", "explain", "cis-4.4", "-", stdin=stdin)
        self.assertIn("record 0 CreatePolicy: matches, severity informational\n", done.out)
        done = self.run_binary("rules", "explain", "--rules", RULES, "cis-4.5", "-", stdin=stdin)
        self.assertIn("record 0 CreatePolicy: does not match\n", done.out)
        for words in (["cis-9"], ["--rules", RULES, "cis-9"], [os.path.join(RULES, "cis")]):
            self.assertEqual(self.run_binary("rules", "explain", *words, "-", stdin=stdin).code, 2)

    def test_convert_is_exact_or_refused_with_the_reason(self):
        path = self.file("login.yaml", LOGIN.replace("suppress", "false_positives"))
        done = self.run_binary("rules", "convert", path, "--to", "eventbridge")
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual(json.loads(done.out)["detail"], {"eventName": ["ConsoleLogin"]})
        done = self.run_binary("rules", "convert", path, "--to", "aws-cli")
        self.assertIn("--filter-pattern='{ $.eventName = ConsoleLogin }'", done.out)
        done = self.run_binary("rules", "convert", "cis-4.4", "--to", "sigma")
        self.assertIn("eventName|cased:", done.out)
        burst = self.file("burst.yaml", BURST)
        for form in ("sigma", "aws-cli", "eventbridge"):
            done = self.run_binary("rules", "convert", burst, "--to", form)
            self.assertEqual((done.code, done.out), (1, ""))
            self.assertIn("threshold", done.err)
        self.assertEqual(self.run_binary("rules", "convert", path, "--to", "snort").code, 2)

    # ---- replay ----------------------------------------------------------------------------------

    def test_replay_runs_any_mix_of_rules(self):
        stdin = lines_of(
            [
                record("ConsoleLogin", eventID="1", userIdentity={"type": "Root"}),
                record("ConsoleLogin", eventID="2", sourceIPAddress="203.0.113.9"),
                record("ConsoleLogin", eventID="3"),
                record("CreatePolicy", eventID="4"),
                record("GetPolicy", eventID="5"),
            ]
        )
        login = self.file("login.yaml", LOGIN)
        again = self.file("again.yaml", LOGIN.replace("id: login", "id: again"))
        shipped = os.path.join(RULES, "cis", "cis-4.4.yaml")
        words = ["--rules", login, "--rules", again, "--rules", shipped]
        s, alerts = self.replay_text(stdin, *words)
        self.assertEqual((s["matched"], s["findings"], s["suppressed"]), (4, 7, 2))
        self.assertEqual(s["suppressed_by"], {"dedup": 0, "rule": 2})
        self.assertEqual(s["by_rule"], {"again": 3, "cis-4.4": 1, "login": 3})
        self.assertEqual(
            [(a["rule_id"], a["event_id"], a["severity"]) for a in alerts],
            [
                ("login", "1", "critical"),
                ("again", "1", "critical"),
                ("login", "3", "low"),
                ("again", "3", "low"),
                ("cis-4.4", "4", "informational"),
            ],
        )
        self.assertEqual(alerts[0]["controls"], ["C 1"])
        self.assertEqual(alerts[0]["tags"], ["attack.t1078"])
        self.assertEqual(alerts[0]["rule_title"], "Somebody logged in")

    def test_a_bad_rule_stops_the_replay_before_any_work(self):
        bad = self.file("bad.yaml", LOGIN.replace("low", "lwo"))
        done = self.run_binary("replay", "--rules", bad, "--rules", RULES, SAMPLE)
        self.assertEqual((done.code, done.out), (2, ""))
        self.assertIn(f"{bad}:7:9: 'is' is no severity: 'lwo'", done.err)

    def test_the_shipped_rule_gives_the_alerts_of_the_built_in_one(self):
        shipped = os.path.join(RULES, "cis", "cis-4.4.yaml")
        broken = (
            '{"eventVersion":"1","eventName":"CreatePolicy","eventSource":"iam.amazonaws.com",'
            '"userAgent":tru,"errorCode":5}\n'
            '{"eventVersion":"1","eventName":"DeletePolicy","a":{"b":1e},"eventSource":'
            '"iam.amazonaws.com"}\n'
        )
        with open(os.path.join(PROJECT, "tests", "fuzz", "corpus", "records", "two")) as content:
            two = '{"Records":[%s]}' % content.read()
        for text in (broken, two, lines_of([record("\u0043reatePolicy"), record("X")])):
            for words in ([], ["--strict"]):
                builtin = self.replay_text(text, "--no-dedup", *words)
                loaded = self.replay_text(text, "--no-dedup", "--rules", shipped, *words)
                self.assertEqual(loaded[1], builtin[1])
                self.assertEqual(loaded[0]["by_rule"], builtin[0]["by_rule"])
        self.assertTrue(self.replay_text(broken, "--rules", shipped)[1])

    def test_a_damaged_record_answers_alike_with_and_without_its_tree(self):
        issuer = {"type": "Role", "arn": "r", "userName": "r"}
        who = {"type": "AssumedRole", "arn": "a", "userName": "u", "principalId": "p",
               "invokedBy": "i", "sessionContext": {"sessionIssuer": issuer}}
        whole = json.dumps(record("ConsoleLogin", userIdentity=who))
        damaged = whole[:-1] + ',"userAgent":tru}'
        within = "$.userIdentity."
        asked = [within + "%s = %s" % one for one in who.items() if one[0] != "sessionContext"]
        asked.append(within + "sessionContext.sessionIssuer.type = Role")
        for i, one in enumerate(asked):
            for name, more in (("quick", ""), ("tree", " && ($.requestParameters.x NOT EXISTS)")):
                pattern = "{ ($.eventName = ConsoleLogin) && (%s)%s }" % (one, more)
                text = BURST[:BURST.index("threshold")].replace("id: burst", f"id: {name}-{i}")
                text = text.replace("{ $.eventName = ConsoleLogin }", pattern)
                self.file(f"asked/{name}-{i}.yaml", text)
        for text in (whole, damaged):
            s, _ = self.replay_text(text, "--rules", self.path("asked"))
            self.assertEqual((s["matched"], len(s["by_rule"])), (1, 2 * len(asked)), s["by_rule"])

    def test_every_record_is_asked_where_a_rule_needs_nothing(self):
        every = self.file("every.yaml", LOGIN.replace("= ConsoleLogin", "!= ConsoleLogin"))
        stdin = lines_of([record("A"), record("ConsoleLogin"), record("B")])
        self.assertEqual(self.replay_text(stdin, "--no-dedup", "--rules", every)[0]["matched"], 2)

    # ---- thresholds ------------------------------------------------------------------------------

    def logins(self, count):
        for i in range(count):
            yield record(
                "ConsoleLogin",
                eventID=f"e{i}",
                eventTime=f"2026-03-01T{i // 30 % 24:02}:{i * 2 % 60:02}:00Z",
                userIdentity={"arn": f"arn:{i % 2}"},
            )

    def test_a_threshold_makes_one_alert_of_several_records(self):
        burst = self.file("burst.yaml", BURST)
        s, alerts = self.replay_text(lines_of(self.logins(7)), "--rules", burst)
        self.assertEqual((s["findings"], s["matched"], s["passed"]), (2, 2, 5))
        first = alerts[0]
        self.assertEqual(first["group"], {"$.userIdentity.arn": "arn:0"})
        self.assertEqual(first["count"], 3)
        self.assertEqual(first["event_ids"], ["e0", "e2", "e4"])
        self.assertEqual(
            first["window"], {"from": "2026-03-01T00:00:00Z", "to": "2026-03-01T00:08:00Z"}
        )
        self.assertEqual(first["event_id"], "e4")

    def test_a_threshold_gives_the_same_for_every_number_of_threads_and_a_little_disorder(self):
        burst = self.file("burst.yaml", BURST)
        login = self.file("login.yaml", LOGIN)
        records = list(self.logins(600))
        for one in records:
            one["requestParameters"] = {"filler": "x" * 20_000}  # enough to be split
        sorted_path = self.file("sorted.ndjson", lines_of(records))
        shuffler = random.Random(4)
        for begin in range(0, len(records), 6):
            part = records[begin : begin + 6]
            shuffler.shuffle(part)
            records[begin : begin + 6] = part
        shuffled = self.file("shuffled.ndjson", lines_of(records))
        results = []
        for path in (sorted_path, shuffled):
            for threads in ("1", "4"):
                words = ["--rules", burst, "--rules", login, "--threads", threads]
                alerts = self.replay(*words, path).alerts
                results.append(
                    [(a["event_ids"], a["window"]) for a in alerts if a["rule_id"] == "burst"]
                )
        self.assertGreater(len(results[0]), 100)
        for other in results[1:]:
            self.assertEqual(other, results[0])

    def test_a_record_read_twice_counts_once_towards_a_threshold(self):
        burst = self.file("burst.yaml", BURST)
        stdin = lines_of([*self.logins(3), *self.logins(3)])
        self.assertEqual(self.replay_text(stdin, "--rules", burst)[0]["findings"], 0)


if __name__ == "__main__":
    main()
