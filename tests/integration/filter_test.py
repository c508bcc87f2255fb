"""`trailbell filter test` and `filter explain`, as their help says."""

import json
import subprocess
import unittest

from harness import BINARY, TIMEOUT_S, ReplayTest, main, record


class FilterTest(ReplayTest):
    def answers(self, pattern, events, *words, expect=0):
        """The answers for each of the events, one a line."""
        stdin = "".join(event + "\n" for event in events).encode()
        got = self.run_binary("filter", "test", "--pattern", pattern, *words, stdin=stdin)
        self.assertEqual(got.code, expect, got.err)
        return [json.loads(line)["match"] for line in got.out.splitlines()]


class Test(FilterTest):
    def test_one_line_in_is_one_line_out(self):
        events = [record("CreatePolicy"), record("GetPolicy"), "", "not JSON"]
        self.assertEqual(
            self.answers('{ $.eventName = "Create*" }', events), [True, False, False, False]
        )
        self.assertEqual(self.answers("GetPolicy", events, "-"), [False, True, False, False])
        self.assertEqual(self.answers("-GetPolicy", events), [True, False, True, True])

    def test_a_file_and_standard_input_give_the_same(self):
        events = [record("CreatePolicy"), record("GetPolicy")]
        path = self.file("events", "\n".join(events))
        self.assertEqual(self.answers("CreatePolicy", [], path), [True, False])
        self.assertEqual(self.answers("CreatePolicy", events), [True, False])

    def test_a_pattern_arrives_verbatim(self):
        events = ["a b", "a", ""]
        for words in (["--pattern", "[a, b]"], ["--pattern=[a, b]"], ["--pattern=[a,b]"]):
            got = self.run_binary("filter", "test", *words, stdin=b"a b\na\n")
            self.assertEqual(got.out, '{"match":true}\n{"match":false}\n', words)
        for words in (["--pattern="], ["--pattern", ""], ["--pattern", " "]):
            got = self.run_binary("filter", "test", *words, stdin=b"a b\na\n\n")
            self.assertEqual(got.out, '{"match":true}\n' * 3, words)
        self.assertEqual(self.answers("--", ["x"], expect=2), [])
        self.assertEqual(self.answers('"--events"', events + ["--events"])[-1], True)

    def test_json_lines_hold_events_with_line_breaks(self):
        events = [json.dumps("ERROR\nx"), json.dumps("a"), ' "b ERROR" ']
        self.assertEqual(self.answers("ERROR", events, "--events", "json"), [True, False, True])
        self.assertEqual(self.answers("%R.x%", events[:1], "--events=json"), [False])

    def test_a_line_that_is_no_json_string_is_3_and_keeps_its_place(self):
        got = self.run_binary(
            "filter", "test", "--pattern=a", "--events=json", stdin=b'"a"\nx\n["a"]\n"a"\n'
        )
        self.assertEqual(got.code, 3)
        answers = [json.loads(line) for line in got.out.splitlines()]
        self.assertEqual([a["match"] for a in answers], [True, False, False, True])
        self.assertEqual(["error" in a for a in answers], [False, True, True, False])
        self.assertIn("line 2", got.err)
        self.assertIn("line 3", got.err)

    def test_a_rejected_pattern_is_2_with_place_reason_and_remedy(self):
        for pattern, words in (
            ("{ $.a == 1 }", ["column 7", "`==`", "`=`"]),
            ("{ $.a = 1 AND $.b = 2 }", ["column 11", "`&&`"]),
            ("{ $.a = 'x' }", ["column 9", '"x"']),
            ("[a, a]", ["column 5", "second field"]),
            ("%(a)%", ["column 2", "brackets"]),
            ("ERR*", ["column 4", "quotes"]),
            ("x" * 1025, ["1024"]),
        ):
            for command in ("test", "explain"):
                got = self.run_binary("filter", command, "--pattern", pattern, stdin=b"x\n")
                self.assertEqual((got.code, got.out), (2, ""), pattern)
                for word in words:
                    self.assertIn(word, got.err)

    def test_usage_errors_are_2(self):
        for words in (
            ["filter"],
            ["filter", "frobnicate"],
            ["filter", "test"],
            ["filter", "test", "--pattern"],
            ["filter", "test", "--pattern", "a", "--events", "xml"],
            ["filter", "test", "--pattern", "a", "--events=", "-"],
            ["filter", "test", "--pattern", "a", self.path("missing")],
            ["filter", "test", "--pattern", "a", "-", "-"],
        ):
            got = self.run_binary(*words)
            self.assertEqual((got.code, got.out), (2, ""), words)
            self.assertIn("trailbell", got.err, words)

    def test_a_folder_cannot_be_read(self):
        got = self.run_binary("filter", "test", "--pattern", "a", self.folder)
        self.assertEqual((got.code, got.out), (3, ""))
        self.assertIn(self.folder, got.err)

    def test_answers_come_while_the_input_is_still_open(self):
        words = [BINARY, "filter", "test", "--pattern", "a"]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            for event, answer in ((b"a\n", b"true"), (b"b\n", b"false")):
                process.stdin.write(event)
                process.stdin.flush()
                self.assertIn(answer, process.stdout.readline())
            process.stdin.close()
            self.assertEqual(process.wait(TIMEOUT_S), 0)

    def test_a_closed_output_ends_it_quietly(self):
        path = self.file("events", "a\n" * 200_000)
        words = [BINARY, "filter", "test", "--pattern", "a", path]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            process.stdout.readline()
            process.stdout.close()
            self.assertEqual(process.stderr.read(), b"")
            self.assertEqual(process.wait(TIMEOUT_S), 0)

    def test_help_has_examples(self):
        for words in (["filter", "test"], ["filter", "explain"]):
            got = self.run_binary(*words, "--help")
            self.assertEqual(got.code, 0)
            for part in ("--pattern", "--events", "Examples", "Exit codes"):
                self.assertIn(part, got.out)


class Explain(FilterTest):
    def explain(self, pattern, *words, stdin="", expect=0):
        got = self.run_binary(
            "filter", "explain", "--pattern", pattern, *words, stdin=stdin.encode()
        )
        self.assertEqual(got.code, expect, got.err)
        return got.out

    def test_shows_each_part_with_what_was_found(self):
        out = self.explain(
            '{ $.eventName = "Create*" && ($.errorCode NOT EXISTS || $.n > 3) }',
            "-",
            stdin='{"eventName":"CreatePolicy","errorCode":"Denied","n":2}\nx\n',
        )
        lines = out.splitlines()
        self.assertEqual(lines[0], "line 1: does not match")
        self.assertIn('    yes     $.eventName = "Create*"   found "CreatePolicy"', lines)
        self.assertIn('      no      $.errorCode NOT EXISTS   found "Denied"', lines)
        self.assertIn("      no      $.n > 3   found 2", lines)
        self.assertIn("line 2: does not match", lines)
        self.assertIn("not JSON", lines[-1])

    def test_what_was_found_cannot_move_the_cursor(self):
        out = self.explain("[a]", "-", stdin="\x1b[2J\n")
        self.assertNotIn("\x1b", out)

    def test_without_a_file_it_describes_the_pattern(self):
        out = self.explain("{ $.a[*] = %x% && $.b = true }")
        for part in ("a JSON condition", "all of", "$.a[*] = %x%", "IS TRUE", "1 of 3 wildcard"):
            self.assertIn(part, out)
        self.assertIn("30 of 1024 characters, 1 of 2 regular expressions", out)

    def test_reads_json_strings_too(self):
        out = self.explain("x", "--events", "json", "-", stdin='"a\\nx"\n1\n', expect=3)
        self.assertIn("line 1: matches", out)
        self.assertIn("line 2: no JSON string", out)


if __name__ == "__main__":
    main()
