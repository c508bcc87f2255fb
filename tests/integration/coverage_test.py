"""`trailbell filter covers`: its JSON, its exit codes, and that a witness is one."""

import json
import re
import unittest

from harness import ReplayTest, main

NAMES = [
    verb + kind + "Policy"
    for verb in ("Delete", "Put", "Attach", "Detach")
    for kind in ("Group", "Role", "User")
] + [verb + "Policy" + version for verb in ("Create", "Delete") for version in ("", "Version")]


def exact(names=NAMES):
    return "{ %s }" % " || ".join("($.eventName = %s)" % name for name in names)


class Covers(ReplayTest):
    def covers(self, *patterns, expect=0, words=()):
        options = [word for pattern in patterns for word in ("--pattern", pattern)]
        got = self.run_binary("filter", "covers", *options, *words)
        self.assertEqual(got.code, expect, got.err)
        answer = json.loads(got.out)
        self.assertEqual(got.out.count("\n"), 1)
        self.assertEqual(len(answer["beyond"]), len(patterns))
        if answer["witness"] is not None:
            for pattern in patterns:
                self.assertFalse(self.matches(pattern, answer["witness"]), answer["witness"])
        for pattern, noise in zip(patterns, answer["beyond"]):
            if noise not in (None, "undetermined"):
                self.assertTrue(self.matches(pattern, noise), noise)
        return answer

    def matches(self, pattern, record):
        text = json.dumps(record, separators=(",", ":"), ensure_ascii=False)
        got = self.run_binary("filter", "test", "--pattern=" + pattern, "-", stdin=text.encode())
        return json.loads(got.out)["match"]

    def test_every_shipped_control_is_covered_by_its_own_pattern_and_not_by_part_of_it(self):
        controls = ["cis-4.%d" % n for n in range(1, 16)]
        controls += ["securityhub-cloudwatch-%d" % n for n in range(1, 15)]
        for control in controls:
            shown = self.run_binary("rules", "convert", control, "--to", "aws-cli")
            pattern = re.search(r"--filter-pattern='(.*?)' ", shown.out, re.DOTALL).group(1)
            got = self.covers(pattern, words=("--control", control))
            self.assertEqual(got["coverage"], "full", control)
            self.assertEqual(got["control"], control)
            got = self.covers("{ $.eventName = Nothing }", words=("--control", control), expect=1)
            self.assertIn(got["coverage"], ("none", "partial"), control)

    def test_full_is_0_without_a_witness(self):
        answer = self.covers(exact())
        self.assertEqual(answer["coverage"], "full")
        self.assertEqual(sorted(answer["covered"]), sorted(NAMES))
        self.assertEqual((answer["uncovered"], answer["witness"]), ([], None))
        self.assertEqual(answer["control"], "cis-4.4")
        self.assertNotEqual(answer["beyond"][0]["eventSource"], "iam.amazonaws.com")

    def test_two_filters_of_eight_names(self):
        self.assertEqual(self.covers(exact(NAMES[:8]), exact(NAMES[8:]))["coverage"], "full")
        answer = self.covers(exact(NAMES[:8]), expect=1)
        self.assertEqual(answer["coverage"], "partial")
        self.assertEqual(sorted(answer["uncovered"]), sorted(NAMES[8:]))
        self.assertIn(answer["witness"]["eventName"], NAMES[8:])

    def test_changes_only_is_0_with_a_denied_witness(self):
        answer = self.covers("{ $.errorCode NOT EXISTS && $.readOnly IS FALSE }")
        self.assertEqual(answer["coverage"], "changes_only")
        self.assertIn("errorCode", answer["witness"])
        self.assertEqual(answer["uncovered"], [])

    def test_none_is_1(self):
        answer = self.covers('{ $.readOnly = "false" }', expect=1)
        self.assertEqual((answer["coverage"], answer["covered"]), ("none", []))
        self.assertEqual(answer["beyond"], [None])

    def test_the_empty_pattern_and_brackets_are_patterns(self):
        for pattern in ("", "[]"):
            with self.subTest(pattern=pattern):
                got = self.run_binary("filter", "covers", "--pattern=" + pattern)
                self.assertEqual((got.code, json.loads(got.out)["coverage"]), (0, "full"))
        self.assertEqual(self.covers("[a, b]", expect=1)["coverage"], "partial")

    def test_undetermined_is_3_and_says_why(self):
        answer = self.covers("{ $.requestParameters.a[99999] = x }", expect=3)
        self.assertEqual((answer["coverage"], answer["witness"]), ("undetermined", None))
        self.assertIn("bound", answer["reason"])

    def test_another_control_by_its_pattern(self):
        meant = ("--control-pattern", "{ $.eventName = StopLogging || $.eventName = DeleteTrail }")
        answer = self.covers("{ $.eventName = StopLogging }", expect=1, words=meant)
        self.assertEqual(answer["covered"], ["StopLogging"])
        self.assertEqual(answer["uncovered"], ["DeleteTrail"])
        self.assertIsNone(answer["control"])
        self.assertEqual(self.covers("?StopLogging ?DeleteTrail", words=meant)["coverage"], "full")
        same = self.covers(exact(), words=("--control", "securityhub-cloudwatch-4"))
        self.assertEqual(same["coverage"], "full")

    def test_usage_is_2_and_says_what_is_known(self):
        for words, said in (
            (["--pattern", "{ $.eventName == x }"], "column"),
            (["--pattern", "x", "--pattern", "{"], "column"),
            (["--pattern", "x", "--control", "cis-9.9"], "cis-4.1 to cis-4.15"),
            (["--pattern", "x", "--control-pattern", "{ x }"], "--control-pattern"),
            (["--pattern", "x", "--control", "cis-4.4", "--control-pattern", "x"], "excludes"),
            ([], "--pattern"),
        ):
            with self.subTest(words=words):
                got = self.run_binary("filter", "covers", *words)
                self.assertEqual((got.code, got.out), (2, ""))
                self.assertIn(said, got.err)


if __name__ == "__main__":
    main()
