"""trailbell digest verify, and replay --verify-digests, on copies of archives that are signed here.

Usage: digest_test.py BINARY
"""

import gzip
import json
import os
import shutil
import signal
import subprocess

from digests import ACCOUNT, AWS, BEGIN, HOUR, STRANGER, Archive, Trail, key_list, rfc3339, \
    three_hours
from harness import BINARY, ReplayTest, main
from tamperings import CASES, SIGNED_CASES, found, made
from aws_stand_in import StandIn, refusal, success

KEYS = {"AWS_ACCESS_KEY_ID": "AKIDTRAILBELL", "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}


class DigestTest(ReplayTest):
    def setUp(self):
        super().setUp()
        self.keys = self.file("keys.json", json.dumps(key_list()))

    def copy(self, archive, beside=None):
        """A local copy, with the signatures that nobody else knows beside it."""
        shutil.rmtree(self.path("copy"), ignore_errors=True)
        return archive.write(self.path("copy"),
                             archive.unfollowed() if beside is None else beside)

    def verify(self, *words, keys=None, **options):
        return self.run_binary("digest", "verify", "--public-keys", keys or self.keys,
                               "--format", "json", *words, **options)

    def assert_sound(self, got):
        report = json.loads(got.out)
        self.assertEqual((got.code, report["verdict"], report["findings"]), (0, "valid", []),
                         got.out)
        return report


class Copies(DigestTest):
    def test_each_tampering_is_found_and_nothing_else(self):
        for name, case in {**CASES, **SIGNED_CASES}.items():
            with self.subTest(name):
                archive, trail = three_hours()
                expected = made(case, archive, trail)
                beside = None
                if name in SIGNED_CASES:
                    beside = [key for key in archive.digests if key in archive.objects]
                got = self.verify(self.copy(archive, beside))
                self.assertEqual(found(got.out), expected, got.out)
                self.assertEqual(got.code, 1 if expected else 0, got.out)
                self.assertEqual(got.err, "")
                report = json.loads(got.out)
                logs, digests = report["logs"], report["digests"]
                self.assertEqual(logs["found"], sum(
                    logs[k] for k in ("valid", "invalid", "unnamed", "unchecked", "newer")))
                self.assertEqual(digests["found"], sum(
                    digests[k] for k in ("valid", "invalid", "unchecked")))

    def test_all_of_a_sound_archive_is_counted(self):
        archive, trail = three_hours()
        CASES["logging stopped and began again"].change(archive, trail)
        report = self.assert_sound(self.verify(self.copy(archive)))
        self.assertEqual(report["digests"], {
            "found": 5, "valid": 5, "invalid": 0, "unchecked": 0, "missing": 0})
        self.assertEqual(report["logs"]["valid"], 10)
        stopped = BEGIN + 3 * HOUR
        self.assertEqual(report["chains"], [{
            "account_id": ACCOUNT, "region": "us-east-1", "trail": "main_us-east-1",
            "backfill": False, "digests": 5, "from": BEGIN.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "to": (stopped + 7 * HOUR).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "gaps": [{"from": stopped.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
                      "to": (stopped + 5 * HOUR).strftime("%Y-%m-%dT%H:%M:%S.000Z")}]}])

    def test_what_has_no_signature_is_said_and_exits_3(self):
        archive, _ = three_hours()
        copy = self.copy(archive, beside=())
        got = self.verify(copy)
        self.assertEqual(got.code, 3)
        newest = archive.digests[-1]
        self.assertEqual(found(got.out), {("signature_absent", newest), ("log_unproven", newest)})
        self.assertIn(newest + ".signature", got.out)
        self.assert_sound(self.verify("--to", rfc3339(BEGIN + 2 * HOUR), copy))
        with open(os.path.join(copy, newest + ".signature"), "w") as out:
            out.write("none\n")
        self.assertEqual(found(self.verify(copy).out), {("signature_wrong", newest)})

    def test_a_failure_is_told_beside_what_could_not_be_told(self):
        archive, trail = three_hours()
        CASES["log changed"].change(archive, trail)
        got = self.verify(self.copy(archive, beside=()))
        self.assertEqual((got.code, json.loads(got.out)["verdict"]), (3, "invalid"))

    def test_it_begins_and_ends_where_it_is_told_to(self):
        archive, _ = three_hours()
        archive.remove(archive.digests[0])
        archive.remove(archive.logs[0])
        copy = self.copy(archive)
        report = self.assert_sound(self.verify("--from", rfc3339(BEGIN + HOUR), copy))
        self.assertEqual((report["digests"]["found"], report["logs"]["found"]), (2, 4))
        got = self.verify("--to", rfc3339(BEGIN + HOUR), copy)
        self.assertEqual(found(got.out), {("digest_missing", archive.digests[0]),
                                          ("no_digest", "PATH")})

    def test_a_copy_may_lie_in_any_folder_inflated_too(self):
        archive, _ = three_hours()
        copy = self.copy(archive)
        self.assert_sound(self.verify(os.path.join(copy, "AWSLogs", ACCOUNT)))
        for form in ("flat", "inflated"):
            for folder, _, names in os.walk(copy):
                for name in names:
                    path = os.path.join(folder, name)
                    if form == "inflated" and name.endswith("Z_%016d.json.gz" % 3):
                        with open(path, "rb") as stored:
                            self.file(form + "/" + name[:-3], gzip.decompress(stored.read()))
                    else:
                        os.makedirs(self.path(form), exist_ok=True)
                        shutil.copy(path, self.path(form))
            report = self.assert_sound(self.verify(self.path(form)))
            self.assertEqual(report["logs"]["valid"], 6)

    def test_accounts_and_regions_have_chains_and_keys_of_their_own(self):
        archive = Archive()
        for region, signer in (("us-east-1", AWS), ("eu-west-1", STRANGER)):
            for account in (ACCOUNT, "444455556666"):
                trail = Trail(archive, region=region, signer=signer, account=account)
                for _ in range(2):
                    trail.hour()
        copy = self.copy(archive)
        both = self.file("both.json", json.dumps(key_list(AWS, STRANGER)))
        report = self.assert_sound(self.verify(copy, keys=both))
        self.assertEqual([(one["account_id"], one["region"]) for one in report["chains"]], [
            (ACCOUNT, "eu-west-1"), (ACCOUNT, "us-east-1"),
            ("444455556666", "eu-west-1"), ("444455556666", "us-east-1")])
        got = self.verify(copy)
        self.assertEqual({name for name, _ in found(got.out)}, {"key_unknown"})
        self.assertEqual(json.loads(got.out)["digests"]["invalid"], 4)

    def test_a_wrong_key_makes_nothing_valid(self):
        archive, _ = three_hours()
        listed = STRANGER.listed()
        listed["Fingerprint"] = AWS.fingerprint
        keys = self.file("wrong.json", json.dumps([listed]))
        got = self.verify(self.copy(archive, beside=archive.digests), keys=keys)
        self.assertEqual((got.code, json.loads(got.out)["digests"]["invalid"]), (1, 3))
        # Of a copy, what the bad one says of the one before it counts for nothing.
        got = self.verify(self.copy(archive), keys=keys)
        report = json.loads(got.out)
        self.assertEqual((got.code, report["verdict"], report["digests"]["valid"]),
                         (3, "invalid", 0))
        self.assertIn(("signature_absent", archive.digests[1]), found(got.out))

    def test_the_report_is_the_same_for_every_number_of_threads(self):
        archive, trail = three_hours()
        for name in ("log changed", "digest removed", "log added"):
            CASES[name].change(archive, trail)
        copy = self.copy(archive)
        outs = {self.verify("--threads", str(n), copy).out for n in (1, 2, 7)}
        self.assertEqual(len(outs), 1)

    def test_the_text_says_what_and_where_and_moves_no_cursor(self):
        archive, trail = three_hours()
        CASES["log changed"].change(archive, trail)
        CASES["logging stopped and began again"].change(archive, trail)
        copy = archive.write(self.path("\x1b[31mcopy"), archive.unfollowed())
        got = self.run_binary("digest", "verify", "--public-keys", self.keys, copy)
        self.assertEqual(got.code, 1)
        self.assertNotIn("\x1b", got.out)
        for text in ("INVALID  log changed", archive.logs[2], "no digest from 2026-03-04T03:30",
                     "digests    5 valid\n", "log files  9 valid, 1 INVALID\n",
                     "verdict    invalid\n"):
            self.assertIn(text, got.out)


class Refusals(DigestTest):
    def refused(self, code, text, *words, **options):
        got = self.run_binary("digest", *words, **options)
        self.assertEqual((got.code, got.out), (code, ""), got.err)
        self.assertIn(text, got.err)

    def test_the_command_line_is_judged_before_any_work(self):
        copy = self.copy(three_hours()[0])
        keys = ("--public-keys", self.keys)
        self.refused(2, "subcommand", copy)
        self.refused(2, "PATH", "verify", *keys)
        self.refused(2, "no such file", "verify", *keys, self.path("nowhere"))
        self.refused(2, "--format", "verify", *keys, "--format", "xml", copy)
        self.refused(2, "RFC 3339", "verify", *keys, "--from", "yesterday", copy)
        self.refused(2, "--threads", "verify", *keys, "--threads", "0", copy)
        self.refused(2, "standard input", "verify", *keys, "-")
        self.refused(2, "--profile", "verify", *keys, "--profile", "audit", copy)
        self.refused(2, "nokeys.json", "verify", "--public-keys", self.path("nokeys.json"), copy)
        for text in ("", "{", "[{}]", '[{"Fingerprint":"a","Value":"AAAA"}]'):
            self.refused(2, "list-public-keys", "verify", "--public-keys",
                         self.file("bad.json", text), copy)

    def test_what_cannot_be_read_is_said_and_the_rest_is_checked(self):
        archive, _ = three_hours()
        copy = self.copy(archive)
        log = os.path.join(copy, archive.logs[0])
        os.remove(log)
        os.mkfifo(log)
        got = self.verify(copy, self.path("nowhere"))
        self.assertEqual(got.code, 3)
        self.assertEqual(found(got.out), {
            ("unreadable", archive.logs[0]), ("log_missing", archive.logs[0]),
            ("unreadable", self.path("nowhere"))})
        self.assertEqual(json.loads(got.out)["logs"]["valid"], 5)

    def test_a_bomb_is_not_inflated_beyond_the_bound(self):
        archive, _ = three_hours()
        archive.change(archive.logs[0], gzip.compress(b" " * 5_000_000))
        got = self.verify("--max-object-bytes", "1000000", self.copy(archive))
        self.assertEqual((got.code, found(got.out)), (3, {("unreadable", archive.logs[0])}))

    def test_a_folder_without_digests_is_not_called_valid(self):
        got = self.verify(os.path.dirname(self.file("empty/readme.txt", "x")))
        self.assertEqual((got.code, found(got.out)), (3, {("no_digest", "PATH")}))

    def test_help_is_complete(self):
        got = self.run_binary("digest", "verify", "--help")
        self.assertEqual(got.code, 0)
        for text in ("--public-keys", "--from", "--to", "--format", "Exit codes", "Examples"):
            self.assertIn(text, got.out)

    def test_a_reader_that_goes_away_and_a_signal_end_it(self):
        copy = self.copy(three_hours()[0])
        with subprocess.Popen([BINARY, "digest", "verify", "--public-keys", self.keys, copy],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            running.stdout.close()
            self.assertNotEqual(running.wait(), -signal.SIGPIPE)


class KeysOfAws(DigestTest):
    """ListPublicKeys, by a stand-in for CloudTrail."""

    def ask(self, backend, *words):
        server = StandIn(backend)
        self.addCleanup(server.stop)
        archive, _ = three_hours()
        got = self.run_binary(
            "digest", "verify", "--format", "json", *words, self.copy(archive),
            env={**KEYS, "HOME": self.folder, "AWS_ENDPOINT_URL_CLOUDTRAIL": server.url})
        return got, server.calls

    def test_they_are_asked_of_the_digests_region_for_their_time_page_by_page(self):
        def pages(call):
            if "NextToken" in call.parameters:
                return success(call, key_list())
            return success(call, {**key_list(STRANGER), "NextToken": "more"})

        got, calls = self.ask(pages)
        self.assert_sound(got)
        self.assertEqual([(c.service, c.name, c.region) for c in calls],
                         [("cloudtrail", "ListPublicKeys", "us-east-1")] * 2)
        self.assertEqual(calls[0].parameters["StartTime"], int(BEGIN.timestamp()))
        self.assertGreater(calls[0].parameters["EndTime"], calls[0].parameters["StartTime"])

    def test_where_aws_denies_them_nothing_is_told(self):
        got, _ = self.ask(lambda call: refusal(call.service, 400, "AccessDeniedException"))
        self.assertEqual(got.code, 3)
        report = json.loads(got.out)
        self.assertEqual((report["verdict"], report["digests"]["unchecked"]), ("undetermined", 3))
        self.assertIn("cloudtrail:ListPublicKeys", got.out)

    def test_an_answer_that_is_none_is_no_key(self):
        got, _ = self.ask(lambda call: (200, "application/json", "{}"))
        self.assertEqual(got.code, 3)
        self.assertIn("no PublicKeyList", got.out)

    def test_where_aws_has_no_such_key_the_digests_are_invalid(self):
        got, _ = self.ask(lambda call: success(call, {"PublicKeyList": []}))
        self.assertEqual((got.code, json.loads(got.out)["digests"]["invalid"]), (1, 3))


class Replay(DigestTest):
    def replayed(self, archive, *words, beside=None, expect=0):
        return self.replay("--verify-digests", "--public-keys", self.keys, *words,
                           self.copy(archive, beside), expect=expect)

    def states(self, got):
        return {one["position"]["path"].rpartition("copy/")[2]: one["integrity"]
                for one in got.alerts}

    def test_an_alert_says_whether_its_log_file_is_what_was_signed(self):
        archive, trail = three_hours()
        CASES["log changed"].change(archive, trail)
        CASES["log added"].change(archive, trail)
        CASES["log files that the next digest will name"].change(archive, trail)
        got = self.replayed(archive, expect=1)
        changed, added, new = archive.logs[2], archive.logs[-2], archive.logs[-1]
        self.assertEqual(self.states(got), {
            **dict.fromkeys(archive.logs, "verified"), changed: "failed", added: "failed",
            new: "unverified"})
        self.assertEqual(got.summary["integrity"]["verdict"], "invalid")
        self.assertEqual(got.summary["integrity"]["logs"], {
            "found": 8, "valid": 5, "invalid": 1, "unnamed": 1, "unchecked": 0, "newer": 1,
            "missing": 0})
        self.assertIn("INVALID  log changed", got.err)
        self.assertEqual(got.summary["skipped"]["digest"], 4)  # three, and a signature

    def test_other_formats_say_it_too(self):
        archive, trail = three_hours()
        CASES["log changed"].change(archive, trail)
        ecs = self.replayed(archive, "--format", "ecs", expect=1).alerts
        ocsf = self.replayed(archive, "--format", "ocsf", expect=1).alerts
        for states in ([one["trailbell"]["integrity"] for one in ecs],
                       [one["unmapped"]["integrity"] for one in ocsf]):
            self.assertEqual(sorted(states), ["failed"] + ["verified"] * 5)
        text = self.replayed(archive, "--format", "text", expect=1).out
        self.assertEqual(text.count("[log file failed]"), 1)

    def test_exit_codes_and_summary(self):
        archive, _ = three_hours()
        self.assertEqual(self.replayed(archive).summary["integrity"]["verdict"], "valid")
        got = self.replayed(archive, beside=(), expect=3)
        self.assertEqual(got.summary["integrity"]["verdict"], "undetermined")
        self.assertEqual(sorted(self.states(got).values()),
                         ["unverified"] * 2 + ["verified"] * 4)

    def test_without_it_nothing_is_said(self):
        got = self.replay(self.copy(three_hours()[0]))
        self.assertNotIn("integrity", got.out)
        self.assertNotIn("integrity", got.summary)

    def test_only_the_time_that_is_asked_for_is_verified(self):
        archive, _ = three_hours()
        archive.remove(archive.digests[0])
        got = self.replayed(archive, "--from", rfc3339(BEGIN + HOUR))
        self.assertEqual(set(self.states(got).values()), {"verified"})

    def test_options_that_do_not_go_together_are_refused(self):
        copy = self.copy(three_hours()[0])
        for words, text in ((("--public-keys", self.keys, copy), "--verify-digests"),
                            (("--verify-digests", "--public-keys", self.keys, "-"),
                             "standard input")):
            got = self.run_binary("replay", *words)
            self.assertEqual(got.code, 2)
            self.assertIn(text, got.err)


if __name__ == "__main__":
    main()
