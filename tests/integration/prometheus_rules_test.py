"""Alerts for Prometheus: promtool's checks and tests, and that all they name exists."""

import os
import re
import subprocess
import tempfile

import prometheus_files as files
from probe import TIMEOUT_S, ProbeTest, main

SEVERITIES = {"critical", "warning"}
ASKED_ALERT = re.compile(r'^ALERTS\{alertname="(\w+)",alertstate="firing"\}')


def run(*words):
    done = subprocess.run(words, capture_output=True, timeout=TIMEOUT_S, text=True)
    return done.returncode, done.stdout + done.stderr


def text_of(path):
    with open(path, encoding="ascii") as text:
        return text.read()


def alerts():
    return [rule for rule in files.rules() if "alert" in rule]


def anchors(text):
    """Of the headings of a Markdown file."""
    return {re.sub(r"[^\w -]", "", line.lower()).strip().replace(" ", "-")
            for line in re.findall(r"^##+ (.*)$", text, re.M)}


class RulesTest(ProbeTest):
    def test_promtool_finds_them_sound(self):
        code, said = run("promtool", "check", "rules", *files.rule_files())
        self.assertEqual(code, 0, said)
        self.assertEqual(said.count("SUCCESS"), len(files.rule_files()), said)

    def test_their_own_tests_pass(self):
        self.assertEqual([os.path.basename(path) for path in files.test_files()],
                         [os.path.basename(path) for path in files.rule_files()])
        code, said = run("promtool", "test", "rules", *files.test_files())
        self.assertEqual(code, 0, said)

    def test_a_rule_that_never_fires_would_fail_them(self):
        with tempfile.TemporaryDirectory(prefix="trailbell-") as folder:
            os.mkdir(os.path.join(folder, "tests"))
            for path, change in ((os.path.join(files.RULES, "iam-changes.yaml"), True),
                                 (os.path.join(files.RULES, "tests", "iam-changes.yaml"), False)):
                content = text_of(path)
                if change:  # only what Prometheus itself calls an increase
                    content = content.replace("< 300", "< 0")
                to = os.path.join(folder, os.path.relpath(path, files.RULES))
                with open(to, "w") as out:
                    out.write(content)
            code, said = run("promtool", "test", "rules", to)
            self.assertNotEqual(code, 0)
            self.assertIn("TrailbellIamPolicyChanged", said)

    def test_each_alert_fires_in_one_test_and_is_quiet_in_another(self):
        fires, quiet = set(), set()
        for path in files.test_files():
            for test in files.loaded(path)["tests"]:
                for asked in test.get("alert_rule_test", []):
                    (fires if asked["exp_alerts"] else quiet).add(asked["alertname"])
                for asked in test.get("promql_expr_test", []):
                    name = ASKED_ALERT.match(asked["expr"])
                    if name:
                        (fires if asked["exp_samples"] else quiet).add(name.group(1))
        names = {rule["alert"] for rule in alerts()}
        self.assertEqual((names - fires, names - quiet), (set(), set()))
        self.assertEqual(fires | quiet, names)

    def test_each_record_is_asked_for_in_a_test(self):
        asked = "".join(map(text_of, files.test_files() + files.rule_files()))
        for rule in files.rules():
            if "record" in rule:
                self.assertGreaterEqual(asked.count(rule["record"]), 2, rule["record"])

    def test_each_says_how_bad_it_is_what_it_means_and_what_to_do(self):
        sections = anchors(text_of(files.RUNBOOK))
        for rule in alerts():
            with self.subTest(rule["alert"]):
                self.assertIn(rule["labels"]["severity"], SEVERITIES)
                said = rule["annotations"]
                self.assertEqual(set(said), {"summary", "description", "runbook_url"})
                self.assertTrue(said["summary"] and said["description"])
                file, _, anchor = said["runbook_url"].partition("#")
                self.assertEqual(file, os.path.relpath(files.RUNBOOK, files.ROOT))
                self.assertEqual(anchor, rule["alert"].lower())
                self.assertIn(anchor, sections)
        self.assertEqual(sections, {rule["alert"].lower() for rule in alerts()})

    def test_names_are_used_once(self):
        names = [rule.get("alert") or rule.get("record") for rule in files.rules()]
        self.assertEqual(sorted(names), sorted(set(names)))

    def test_every_series_that_they_ask_for_is_on_the_page(self):
        probe = self.start()
        probe.tell("add 1")
        page = probe.get("/metrics").text
        for rule in files.rules():
            self.assertEqual(files.missing_from(page, rule["expr"]), [], rule)
        for name, wrong in (
            ("trailbell_no_such_total", ["trailbell_no_such_total"]),
            ('trailbell_quarantined_total{reason="x"}', ["trailbell_quarantined_total: reason=x"]),
            ('trailbell_ready{sink="x"}', ["trailbell_ready: label sink"]),
        ):
            self.assertEqual(files.missing_from(page, f"rate({name}[5m])"), wrong)

    def test_what_they_record_is_what_they_ask_for(self):
        recorded = {rule["record"] for rule in files.rules() if "record" in rule}
        for rule in files.rules():
            self.assertLessEqual(set(re.findall(r"\w+:\w+:\w+", rule["expr"])), recorded)

    def test_the_example_configurations_are_sound(self):
        folder = os.path.join(files.ROOT, "deploy", "prometheus")
        code, said = run("promtool", "check", "config", os.path.join(folder, "prometheus.yml"))
        self.assertEqual(code, 0, said)
        self.assertIn(f"{len(files.rule_files())} rule files found", said)
        code, said = run("amtool", "check-config", os.path.join(folder, "alertmanager.yml"))
        self.assertEqual(code, 0, said)

    def test_the_table_names_every_alert_at_its_file(self):
        table = re.findall(r"^\| `([\w-]+\.yaml)` \| `[\w.-]+` \| (.*) \|$",
                           text_of(os.path.join(files.RULES, "README.md")), re.M)
        self.assertEqual(
            {name: set(re.findall(r"Trailbell\w+", row)) for name, row in table},
            {os.path.basename(path): {rule["alert"] for group in files.loaded(path)["groups"]
                                      for rule in group["rules"] if "alert" in rule}
             for path in files.rule_files()})


if __name__ == "__main__":
    main()
