"""The shipped rule packs: form, names, and numbers.

Usage: rule_packs_test.py PROJECT. What the patterns do is for the rules' own tests.
"""

import glob
import json
import os
import re
import sys
import unittest

import jsonschema
import yaml

PROJECT = os.path.abspath(sys.argv.pop(1))
RULES = os.path.join(PROJECT, "rules")
PATTERN_LENGTH_MAX = 1024
ALL_KEYS = set(
    "id title description pattern severity controls tags references false_positives tests".split()
)
SIXTEEN_IN = ("cis-4.4", "securityhub-cloudwatch-4")
BENCHMARKS = {
    "1.2.0": (3, range(1, 15)),
    **{v: (4, range(1, 16)) for v in "1.3.0 1.4.0 1.5.0 2.0.0 3.0.0 4.0.0 5.0.0".split()},
    **{v: (5, range(1, 16)) for v in "6.0.0 7.0.0".split()},
}


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2 core, as the program reads it, where PyYAML has 1.1; refuses repeated keys."""

    yaml_implicit_resolvers = {}


for tag, pattern, first in (
    ("bool", r"true|false", "tf"),
    ("null", r"null|~|", ["n", "~", ""]),
    ("int", r"-?(0|[1-9][0-9]*)", "-0123456789"),
    ("float", r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?", "-0123456789"),
):
    CoreLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{tag}", re.compile(rf"^(?:{pattern})$"), list(first)
    )


def mapping_without_repeats(loader, node):
    keys = [loader.construct_object(key) for key, _ in node.value]
    repeated = {key for key in keys if keys.count(key) > 1}
    if repeated:
        raise ValueError(f"{node.start_mark}: repeated {repeated}")
    values = [loader.construct_object(value, deep=True) for _, value in node.value]
    return dict(zip(keys, values))


CoreLoader.add_constructor("tag:yaml.org,2002:map", mapping_without_repeats)


def text_of(*path):
    with open(os.path.join(PROJECT, *path), encoding="ascii") as content:
        return content.read()


def rule_files():
    """Of trailbell's own rules: those in prometheus/ are Prometheus'."""
    return sorted(path for path in glob.glob(os.path.join(RULES, "*", "*.yaml"))
                  if os.path.basename(os.path.dirname(path)) != "prometheus")


def event_names(pattern):
    return re.findall(r"\$\.eventName\s*=\s*\"?(\w+)", pattern)


def names_in_header():
    text = text_of("include", "trailbell", "detect", "iam_policy_events.hpp")
    listed = re.search(r"iam_policy_events\{(.*?)\}", text, re.DOTALL).group(1)
    return re.findall(r'"(\w+)"', listed)


def patterns_of(rule):
    yield rule["pattern"]
    yield from rule.get("suppress", [])
    if isinstance(rule["severity"], list):
        yield from (entry["when"] for entry in rule["severity"] if "when" in entry)


class RulePacksTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rules = {}
        for path in rule_files():
            with open(path, encoding="ascii") as content:
                cls.rules[os.path.relpath(path, RULES)] = yaml.load(content, CoreLoader)
        cls.by_id = {rule["id"]: rule for rule in cls.rules.values()}

    def test_the_packs_are_there(self):
        packs = [os.path.dirname(path) for path in self.rules]
        self.assertEqual(set(packs), {"cis", "securityhub", "beyond-cis"})
        self.assertGreaterEqual(packs.count("beyond-cis"), 12)

    def test_every_file_is_as_the_schema_says(self):
        schema = json.loads(text_of("rules", "pattern-rule.schema.json"))
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        for path, rule in self.rules.items():
            with self.subTest(path):
                self.assertEqual([e.message for e in validator.iter_errors(rule)], [])

    def test_the_schema_refuses_what_is_wrong(self):
        schema = json.loads(text_of("rules", "pattern-rule.schema.json"))
        validator = jsonschema.Draft202012Validator(schema)
        listed = [{"when": "{ $.a = 1 }", "is": "low"}, {"is": "high"}]
        a_test = {"name": "n", "record": {}, "match": False}
        good = {"id": "a-1", "title": "t", "pattern": "{ $.a = 1 }", "severity": "low"}
        for wrong in (
            {"id": "A 1"},
            {"pattern": ""},
            {"pattern": "x" * (PATTERN_LENGTH_MAX + 1)},
            {"severity": "urgent"},
            {"severity": listed[:1]},
            {"severity": listed[1:]},
            {"severity": [*listed, {"is": "low"}]},
            {"threshold": {"count": 5}},
            {"threshold": {"count": 1, "window": "5m"}},
            {"threshold": {"count": 5, "window": "5 minutes"}},
            {"threshold": {"count": 5, "window": "5m", "group_by": ["userIdentity.arn"]}},
            {"tests": [{**a_test, "severity": "low"}]},
            {"tests": [{**a_test, "record": "{}"}]},
            {"tests": [{"name": "n", "record": {}}]},
            {"level": "low"},
        ):
            with self.subTest(wrong):
                self.assertFalse(validator.is_valid({**good, **wrong}))
        for right in ({}, {"severity": listed}, {"tests": [a_test]}):
            self.assertTrue(validator.is_valid({**good, **right}), right)

    def test_every_reader_of_yaml_reads_the_same(self):
        for path, rule in self.rules.items():
            with self.subTest(path):
                text = text_of("rules", path)
                self.assertEqual(yaml.safe_load(text), rule, "quote what YAML 1.1 reads otherwise")
                anchors = [getattr(event, "anchor", None) for event in yaml.parse(text)]
                self.assertFalse(any(anchors), "an anchor")

    def test_ids_are_file_names_and_unique(self):
        for path, rule in self.rules.items():
            with self.subTest(path):
                self.assertEqual(os.path.basename(path), rule["id"] + ".yaml")
        self.assertEqual(len(self.by_id), len(self.rules))

    def test_a_shipped_rule_says_everything(self):
        for path, rule in self.rules.items():
            with self.subTest(path):
                self.assertEqual(ALL_KEYS - set(rule), set())
                self.assertEqual(bool(rule["controls"]), not path.startswith("beyond-cis"))
                for key in ("tags", "references"):
                    self.assertTrue(rule[key], key)

    def test_only_the_last_severity_of_a_list_has_no_condition(self):
        for path, rule in self.rules.items():
            with self.subTest(path):
                if isinstance(rule["severity"], list):
                    self.assertTrue(all("when" in entry for entry in rule["severity"][:-1]))
                    self.assertNotIn("when", rule["severity"][-1])

    def test_patterns_are_within_the_limit_of_aws(self):
        for path, rule in self.rules.items():
            with self.subTest(path):
                for pattern in patterns_of(rule):
                    self.assertLessEqual(len(pattern), PATTERN_LENGTH_MAX)
                    self.assertRegex(pattern, r"^\{[^\n]*\}$")
                    self.assertEqual(pattern.count("("), pattern.count(")"), pattern)
                    self.assertNotIn("  ", pattern)

    def test_every_rule_has_tests_for_both_answers(self):
        for path, rule in self.rules.items():
            with self.subTest(path):
                answers = [test["match"] for test in rule["tests"]]
                self.assertGreaterEqual(answers.count(True), 2)
                self.assertGreaterEqual(answers.count(False), 2)
                names = [test["name"] for test in rule["tests"]]
                self.assertEqual(len(set(names)), len(names))

    def test_every_severity_and_suppression_is_expected_by_a_test(self):
        for path, rule in self.rules.items():
            with self.subTest(path):
                severity = rule["severity"]
                wanted = {e["is"] for e in severity} if isinstance(severity, list) else {severity}
                self.assertEqual({t["severity"] for t in rule["tests"] if t["match"]}, wanted)
                suppressed = any(t.get("suppressed", False) for t in rule["tests"])
                self.assertEqual(suppressed, bool(rule.get("suppress")))

    def test_the_sixteen_names_are_those_of_the_header(self):
        sixteen = names_in_header()
        self.assertEqual(len(sixteen), 16)
        for rule_id in SIXTEEN_IN:
            self.assertEqual(event_names(self.by_id[rule_id]["pattern"]), sixteen, rule_id)
        stateful = [rule for rule in self.by_id.values() if "threshold" in rule]
        self.assertTrue(stateful)
        for rule in stateful:
            self.assertEqual(event_names(rule["pattern"]), sixteen, rule["id"])

    def test_the_benchmarks_list_of_names_is_that_of_the_header(self):
        path = os.path.join(PROJECT, "bench", "names.py")
        if not os.path.exists(path):
            self.skipTest(f"no {path}")
        listed = set(re.findall(r"\w+", text_of("bench", "names.py")))
        self.assertLessEqual(set(names_in_header()), listed)

    def test_cis_4_4_is_the_built_in_rule(self):
        text = text_of("src", "detect", "rule.cpp")
        rule = self.by_id["cis-4.4"]
        for key in ("controls", "tags"):
            listed = re.search(rf"\b{key}\{{(.*?)\}};", text, re.DOTALL)
            self.assertIsNotNone(listed, f"rule.cpp lists no {key}")
            self.assertEqual(re.findall(r'"([^"]+)"', listed.group(1)), rule[key])
        self.assertIn(f'{{"cis-4.4", "{rule["title"]}"', text)

    def test_every_cis_control_is_there_with_all_its_numbers(self):
        cis = {path for path in self.rules if path.startswith("cis/")}
        self.assertEqual(cis, {f"cis/cis-4.{n}.yaml" for n in range(1, 16)})
        for n in range(1, 16):
            wanted = [
                f"CIS AWS {version} {section}.{n}"
                for version, (section, numbers) in BENCHMARKS.items()
                if n in numbers
            ]
            self.assertEqual(self.by_id[f"cis-4.{n}"]["controls"], wanted)

    def test_every_security_hub_control_is_there(self):
        hub = {path for path in self.rules if path.startswith("securityhub/")}
        wanted = {f"securityhub/securityhub-cloudwatch-{n}.yaml" for n in range(1, 15)}
        self.assertEqual(hub, wanted)
        for n in range(1, 15):
            rule = self.by_id[f"securityhub-cloudwatch-{n}"]
            self.assertEqual(rule["controls"], [f"Security Hub CloudWatch.{n}"])

    def test_every_pack_lists_its_rules(self):
        for path, rule in self.rules.items():
            with self.subTest(path):
                readme = text_of("rules", os.path.dirname(path), "README.md")
                self.assertIn(f"| {rule['id']} |", readme)

    def test_records_hold_nothing_of_a_real_account(self):
        for path, rule in self.rules.items():
            with self.subTest(path):
                text = json.dumps([test["record"] for test in rule["tests"]])
                accounts = set(re.findall(r"(?<![\w-])\d{12}(?![\w-])", text))
                self.assertLessEqual(accounts, {"111122223333", "444455556666"})
                addresses = set(re.findall(r"(?<![\d.])\d+\.\d+\.\d+\.\d+(?!/)\b", text))
                documented = ("192.0.2.", "198.51.100.", "203.0.113.", "0.0.0.0")
                self.assertTrue(all(address.startswith(documented) for address in addresses))


if __name__ == "__main__":
    unittest.main()
