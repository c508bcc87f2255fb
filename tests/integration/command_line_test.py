"""Every flag and every exit code, as the README says."""

import gzip
import json
import os
import subprocess
import unittest

from harness import BINARY, TIMEOUT_S, ReplayTest, document, main, record


class ExitCodes(ReplayTest):
    def test_usage_errors_are_2_and_say_what_to_do(self):
        path = self.file("a", document(record()))
        for words in (
            [],
            ["frobnicate"],
            ["replay"],
            ["replay", "--frobnicate", path],
            ["replay", "--threads", "0", path],
            ["replay", "--threads", "x", path],
            ["replay", "--threads", "1000000", path],
            ["replay", "--format", "xml", path],
            ["replay", "--from", "yesterday", path],
            ["replay", "--progress", "maybe", path],
            ["replay", "--max-object-bytes", "-1", path],
            ["replay", "--output=", path],
            ["replay", "s3:///prefix"],
            ["replay", "--format", "ocsf,ecs", path],
            ["replay", "--rules", "x.yaml", path],
            ["replay", ""],
        ):
            got = self.run_binary(*words)
            self.assertEqual(got.code, 2, words)
            self.assertEqual(got.out, "", words)
            self.assertIn("trailbell", got.err, words)

    def test_a_path_that_is_missing_is_2_alone_and_3_beside_others(self):
        got = self.run_binary("replay", self.path("missing"))
        self.assertEqual(got.code, 2)
        self.assertIn("missing", got.err)
        path = self.file("a", document(record()))
        got = self.replay(path, self.path("missing"), expect=3)
        self.assertEqual(len(got.alerts), 1)
        self.assertIn("missing", got.err)

    def test_a_path_that_may_not_be_looked_at_is_3(self):
        self.file("closed/a", document(record()))
        os.chmod(self.folder, 0o755)
        os.chmod(self.path("closed"), 0)
        self.addCleanup(os.chmod, self.path("closed"), 0o755)
        words = [BINARY, "replay", self.path("closed/a")]
        drop = {"user": 65534, "group": 65534, "extra_groups": []} if os.getuid() == 0 else {}
        done = subprocess.run(words, capture_output=True, timeout=TIMEOUT_S, cwd="/", **drop)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn(b"Permission denied", done.stderr)

    def test_times_beyond_any_record_bound_nothing(self):
        path = self.file("a", document(record()))
        bounds = ("--from", "0001-01-01T00:00:00Z", "--to", "9999-12-31T23:59:59Z")
        self.assertEqual(self.replay(*bounds, path).summary["alerts"], 1)

    def test_fail_on_alert_is_1_and_a_failure_3_wins(self):
        matching = self.file("a", document(record()))
        passing = self.file("b", document(record("GetPolicy")))
        self.replay("--fail-on-alert", matching, expect=1)
        self.replay("--fail-on-alert", passing, expect=0)
        self.replay("--fail-on-alert", matching, self.file("c", "garbage"), expect=3)

    def test_help_and_version(self):
        for words in (["--help"], ["replay", "--help"], ["version"], ["--version"]):
            got = self.run_binary(*words)
            self.assertEqual(got.code, 0, words)
            self.assertIn("trailbell", got.out, words)
        text = self.run_binary("replay", "--help").out
        for flag in (
            "--rules",
            "--format",
            "--output",
            "--threads",
            "--progress",
            "--summary",
            "--no-dedup",
            "--from",
            "--to",
            "--quarantine",
            "--fail-on-alert",
            "--strict",
            "--max-object-bytes",
            "--with-record",
            "Examples",
        ):
            self.assertIn(flag, text)


class Flags(ReplayTest):
    def test_threads_do_not_change_the_output(self):
        for i in range(200):
            text = document(
                *[record("CreatePolicy" if k % 3 else "GetPolicy", f"{i}-{k}") for k in range(20)]
            ).encode()
            self.file(f"in/{i:03}", gzip.compress(text) if i % 2 else text)
        self.file("in/050x", "garbage\n" + record(event_id="x") + "\n")
        outputs = set()
        for threads in ("1", "2", "5"):
            got = self.replay("--threads", threads, self.path("in"), expect=3)
            alerts = got.alerts
            for alert in alerts:
                del alert["detected_at"]
            outputs.add(json.dumps(alerts))
        self.assertEqual(len(outputs), 1)

    def test_from_and_to_are_half_open(self):
        days = [f"2026-03-0{d}T00:00:00Z" for d in range(1, 6)]
        path = self.file(
            "a",
            document(
                *[record(event_id=d, eventTime=d) for d in days],
                record(event_id="none", eventTime=...),
            ),
        )
        got = self.replay("--from", days[1], "--to", days[3], path)
        self.assertEqual([a["event_time"] for a in got.alerts], days[1:3])
        self.assertEqual(got.summary["passed"], 4)
        self.assertEqual(got.summary["first_match_time"], days[1])
        self.assertEqual(got.summary["last_match_time"], days[2])

    def test_equals_are_suppressed_unless_asked(self):
        path = self.file(
            "a", document(record(event_id="1"), record(event_id="1"), record(event_id="2"))
        )
        s = self.replay(path).summary
        self.assertEqual((s["findings"], s["alerts"], s["suppressed"]), (3, 2, 1))
        s = self.replay("--no-dedup", path).summary
        self.assertEqual((s["findings"], s["alerts"], s["suppressed"]), (3, 3, 0))

    def test_an_addendum_is_no_duplicate(self):
        again = record(event_id="1", addendum={"reason": "UPDATED_DATA"})
        s = self.replay(self.file("a", document(record(event_id="1"), again))).summary
        self.assertEqual(s["alerts"], 2)

    def test_with_record_adds_the_record_byte_for_byte(self):
        text = record().replace(":", " : ").replace("alice", "al\\u0069ce")
        got = self.replay("--with-record", self.file("a", text))
        self.assertIn(f'"record":{text}}}', got.out)

    def test_an_input_is_not_overwritten(self):
        path = self.file("a", document(record()))
        got = self.run_binary("replay", "--output", os.path.join(self.folder, ".", "a"), path)
        self.assertEqual(got.code, 2)
        with open(path) as kept:
            self.assertEqual(kept.read(), document(record()))

    def test_output_goes_to_a_file(self):
        path = self.path("alerts.jsonl")
        got = self.replay("--output", path, self.file("a", document(record())))
        self.assertEqual(got.out, "")
        with open(path) as text:
            self.assertEqual(json.loads(text.read())["event_name"], "CreatePolicy")

    def test_text_is_one_line_an_alert(self):
        got = self.replay(
            "--format", "text", self.file("a", document(record(event_id="1"), record(event_id="2")))
        )
        self.assertEqual(len(got.out.splitlines()), 2)
        self.assertIn("alice", got.out)
        self.assertNotIn("\x1b", got.out)

    def test_brackets_and_commas_in_names_are_part_of_them(self):
        path = self.file("[a,b]", document(record()))
        self.assertEqual(self.replay(path).alerts[0]["position"]["path"], path)
        got = self.replay("[a,b]", cwd=self.folder)
        self.assertEqual(len(got.alerts), 1)

    def test_strict_rejects_what_the_fast_way_may_pass(self):
        broken = record("GetPolicy").replace('"alice"', '"\\x"')
        path = self.file("a", document(broken, record()))
        self.assertEqual(self.replay(path).summary["passed"], 1)
        s = self.replay("--strict", path, expect=3).summary
        self.assertEqual((s["passed"], s["rejected"], s["alerts"]), (0, 1, 1))


class Input(ReplayTest):
    def test_standard_input_in_every_compression(self):
        text = document(record()).encode()
        for stdin in (
            text,
            gzip.compress(text),
            gzip.compress(text[:30]) + gzip.compress(text[30:]),
            b"\xef\xbb\xbf" + text,
        ):
            got = self.replay("-", stdin=stdin)
            self.assertEqual(len(got.alerts), 1)
            self.assertEqual(
                got.alerts[0]["position"], {"source": "file", "path": "-", "record": 0}
            )
            self.assertGreater(got.summary["bytes_read"], 0)
            self.assertEqual(got.summary["bytes_inflated"] >= len(text) - 3, True)

    def test_names_of_files_say_nothing(self):
        self.file("a.gz", document(record(event_id="1")))
        self.file("b.json", gzip.compress(document(record(event_id="2")).encode()))
        self.assertEqual(len(self.replay(self.folder).alerts), 2)

    def test_empty_files_and_folders(self):
        self.file("in/empty", "")
        s = self.replay(self.path("in")).summary
        self.assertEqual((s["objects"], s["records"], s["skipped"]["empty"]), (1, 0, 1))
        os.mkdir(self.path("nothing"))
        self.assertEqual(self.replay(self.path("nothing")).summary["objects"], 0)

    def test_the_alert_says_who_did_what_to_whom(self):
        identity = {
            "type": "AssumedRole",
            "principalId": "AROA:alice",
            "accountId": "111122223333",
            "arn": "arn:aws:sts::111122223333:assumed-role/Admin/alice",
            "accessKeyId": "ASIAEXAMPLE",
            "sessionContext": {
                "sessionIssuer": {
                    "arn": "arn:aws:iam::111122223333:role/Admin",
                    "userName": "Admin",
                },
                "attributes": {"mfaAuthenticated": "false"},
            },
        }
        text = record(
            "AttachRolePolicy",
            userIdentity=identity,
            readOnly=False,
            recipientAccountId="444455556666",
            errorCode="AccessDenied",
            requestParameters={
                "roleName": "Ops",
                "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess",
            },
        )
        alert = self.replay(self.file("a", document(record("GetPolicy"), text))).alerts[0]
        self.assertEqual(alert["account_id"], "444455556666")
        self.assertEqual(alert["outcome"], "failure")
        self.assertEqual(alert["severity"], "medium")
        self.assertEqual(alert["actor"]["name"], "Admin")
        self.assertEqual(
            alert["actor"]["session_issuer_arn"], "arn:aws:iam::111122223333:role/Admin"
        )
        self.assertIs(alert["actor"]["mfa_authenticated"], False)
        self.assertEqual(
            alert["target"],
            {
                "policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess",
                "policy_name": None,
                "principal_type": "role",
                "principal_name": "Ops",
            },
        )
        self.assertEqual(alert["position"]["record"], 1)
        self.assertIn("CIS AWS 5.0.0 4.4", alert["controls"])


if __name__ == "__main__":
    main()
