"""replay s3://: against SeaweedFS, which verifies signatures, and moto, through a proxy that makes
faults. What it finds is what a replay of the same objects on disk finds.

Usage: s3_replay_test.py BINARY FOLDER   (FOLDER: for packages of PyPI)
"""

import sys

from peer_packages import STORES, run_with

run_with(STORES, sys.argv[2])
del sys.argv[2]

import gzip  # noqa: E402
import json  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
import subprocess  # noqa: E402
import threading  # noqa: E402
import urllib.parse  # noqa: E402
from concurrent.futures import ThreadPoolExecutor  # noqa: E402

import s3_stand_in  # noqa: E402
from aws_proxy import AwsProxy, cut, error, hold  # noqa: E402
from harness import BINARY, TIMEOUT_S, ReplayTest, document, main, record  # noqa: E402
from moto_account import MotoAccount  # noqa: E402
from seaweed import KEYS, Seaweed  # noqa: E402
from waiting import wait_until  # noqa: E402

ACCOUNTS = ("111122223333", "444455556666")
DAYS = ("2026/02/27", "2026/02/28", "2026/03/01", "2026/03/02", "2026/03/03")
REGIONS = ("eu-west-1", "us-east-1")
DIGEST = json.dumps({"awsAccountId": "111122223333", "digestS3Object": "d.json.gz",
                     "digestPublicKeyFingerprint": "00", "logFiles": []})


def objects():
    """Key and content of a bucket with two accounts and what else lies in one."""
    made = {}
    number = 0
    for account in ACCOUNTS:
        for region in REGIONS:
            for day in DAYS:
                for part in range(4):
                    number += 1
                    records = [
                        record("CreatePolicy" if part != 3 else "GetUser", f"e{number}-{i}",
                               eventTime=day.replace("/", "-") + f"T0{part}:00:00Z",
                               awsRegion=region, recipientAccountId=account)
                        for i in range(3)
                    ]
                    key = (f"AWSLogs/{account}/CloudTrail/{region}/{day}/{account}_CloudTrail_"
                           f"{region}_{day.replace('/', '')}T0{part}00Z_{number}.json.gz")
                    made[key] = gzip.compress(document(*records).encode())
            digest = f"AWSLogs/{account}/CloudTrail-Digest/{region}/2026/03/01/d.json.gz"
            made[digest] = gzip.compress(DIGEST.encode())
    odd = "AWSLogs/111122223333/odd/a+b:c=d%e \u00e9/x y"
    made[odd + ".json"] = document(record(event_id="odd")).encode()
    made["AWSLogs/111122223333/empty"] = b""
    made["beside.json"] = document(record(event_id="beside")).encode()
    return made


OBJECTS = objects()
FETCHED = [key for key, body in OBJECTS.items() if body and "Digest" not in key]


def content(path):
    with open(path, "rb") as file:
        return file.read()


def told(alert):
    """An alert without when and where."""
    return json.dumps({k: v for k, v in alert.items() if k not in ("position", "detected_at")},
                      sort_keys=True)


def counts(summary):
    return {k: summary[k] for k in ("objects", "objects_failed", "records", "matched", "passed",
                                    "alerts", "findings", "skipped", "by_account",
                                    "bytes_inflated", "first_match_time", "last_match_time")}


class S3Replay(ReplayTest):
    @classmethod
    def setUpClass(cls):
        cls.server = Seaweed()
        cls.addClassCleanup(cls.server.close)
        client = cls.server.client()
        client.create_bucket(Bucket="logs")
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda one: client.put_object(Bucket="logs", Key=one[0], Body=one[1]),
                          OBJECTS.items()))
        cls.proxy = AwsProxy(cls.server.port)
        cls.addClassCleanup(cls.proxy.close)

    def setUp(self):
        super().setUp()
        self.proxy.reset()
        self.environment = {
            **KEYS, "AWS_REGION": "us-east-1", "AWS_ENDPOINT_URL_S3": self.proxy.url,
            "AWS_EC2_METADATA_DISABLED": "true", "HOME": self.folder}

    def disk(self):
        for key, body in OBJECTS.items():
            self.file("disk/" + key, body)
        return self.path("disk")

    def s3(self, *words, prefix="", **options):
        return self.replay(*words, "s3://logs/" + prefix, env=self.environment, **options)

    def test_it_finds_what_a_replay_of_the_same_files_finds(self):
        there, here = self.s3(), self.replay(self.disk())
        self.assertEqual(sorted(map(told, there.alerts)), sorted(map(told, here.alerts)))
        self.assertGreater(len(there.alerts), 100)
        whole, digests = counts(here.summary), 4
        inflated = whole.pop("bytes_inflated") - digests * len(DIGEST)  # which are not fetched
        got = counts(there.summary)
        self.assertEqual(got.pop("bytes_inflated"), inflated)
        self.assertEqual(got, whole)
        self.assertEqual(got["skipped"]["digest"], digests)
        places = {one["event_id"]: one["position"] for one in there.alerts}
        for one in here.alerts:
            key = os.path.relpath(one["position"]["path"], self.path("disk"))
            self.assertEqual(places[one["event_id"]], {
                "source": "s3", "bucket": "logs", "key": key,
                "record": one["position"]["record"]})
        self.assertEqual(sorted(one.key for one in self.proxy.gets()), sorted(FETCHED))

    def test_the_order_is_that_of_the_keys_whatever_the_threads(self):
        outs = []
        for words in (("--threads", "1", "--s3-requests", "1"), ("--threads", "4"),
                      ("--threads", "2", "--s3-requests", "7")):
            got = self.s3(*words)
            outs.append([(one["position"]["key"], one["position"]["record"])
                         for one in got.alerts])
        self.assertEqual(outs[0], sorted(outs[0], key=lambda one: (one[0].encode(), one[1])))
        self.assertEqual(outs[1:], [outs[0], outs[0]])

    def test_days_that_cannot_hold_the_time_are_not_listed(self):
        times = ("--from", "2026-03-01T00:00:00Z", "--to", "2026-03-01T23:00:00Z")
        there, here = self.s3(*times), self.replay(*times, self.disk())
        self.assertEqual(sorted(map(told, there.alerts)), sorted(map(told, here.alerts)))
        self.assertEqual(len(there.alerts), 2 * 2 * 9)
        asked = {one.key[-71:-47] for one in self.proxy.gets()}
        listed = " ".join(urllib.parse.unquote(one.path) for one in self.proxy.lists())
        self.assertNotIn("2026/02/27", listed)
        self.assertIn("2026/02/28", listed)
        self.assertNotIn("2026/03/03", listed)
        self.assertFalse([one for one in asked if "2026/02/27" in one])

    def test_a_part_of_a_key_and_a_key_are_prefixes(self):
        got = self.s3(prefix="AWSLogs/4444")
        self.assertEqual(set(one["account_id"] for one in got.alerts), {ACCOUNTS[1]})
        one = next(iter(OBJECTS))
        self.assertEqual(self.s3(prefix=one).summary["objects"], 1)
        odd = "AWSLogs/111122223333/odd/a+b:c=d%e \u00e9/x y.json"
        self.assertEqual([a["event_id"] for a in self.s3(prefix=odd).alerts], ["odd"])

    def test_several_paths_in_their_order(self):
        here = self.file("here.json", document(record(event_id="here")))
        got = self.replay("s3://logs/beside", here, "s3://logs/AWSLogs/111122223333/odd",
                          env=self.environment)
        self.assertEqual([one["event_id"] for one in got.alerts], ["beside", "here", "odd"])

    def test_cut_connections_and_busy_servers_lose_nothing(self):
        seen, lock = {}, threading.Lock()

        def fault(request):
            target = request.path
            with lock:
                seen[target] = seen.get(target, 0) + 1
                turn = (sum(map(ord, target)) + seen[target]) % 5
                if request.is_listing:
                    return error(503, "SlowDown") if seen[target] == 1 else None
                if seen[target] > 3:
                    return None
                return {0: cut(40), 1: error(503, "SlowDown"), 2: cut(0),
                        3: error(500, "InternalError")}.get(turn)

        self.proxy.fault = fault
        got = self.s3(prefix="AWSLogs/111122223333/CloudTrail/us-east-1/")
        self.assertEqual(got.summary["objects_failed"], 0)
        self.assertEqual(len(got.alerts), len(DAYS) * 9)
        self.assertGreater(max(seen.values()), 1)

    def test_an_object_that_fails_is_told_and_the_rest_goes_on(self):
        prefix = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/01/"
        first, second, third = [key for key in FETCHED if key.startswith(prefix)][:3]
        faults = {first: error(404, "NoSuchKey"), second: error(403, "AccessDenied"),
                  third: error(500, "InternalError")}
        self.proxy.fault = lambda request: faults.get(request.key)
        got = self.s3("--quarantine", self.path("q"), prefix=prefix, expect=3)
        self.assertEqual((got.summary["objects"], got.summary["objects_failed"]), (4, 3))
        for key, reason in ((first, "404 NoSuchKey"), (second, "needs s3:GetObject on"),
                            (third, "500 InternalError")):
            self.assertIn(f"s3://logs/{key}: failed: s3 answered", got.err)
            self.assertIn(reason, got.err)

    def test_an_object_that_is_damaged_goes_into_quarantine_whole(self):
        client = self.server.client()
        body = gzip.compress(document(record()).encode())[:-6]
        client.put_object(Bucket="is-it-there", Key="a.json.gz", Body=body)
        self.replay("--quarantine", self.path("q"), "s3://is-it-there/a.json",
                    env=self.environment, expect=3)
        kept = [content(os.path.join(at, name)) for at, _, names in os.walk(self.path("q"))
                for name in names]
        self.assertIn(body, kept)
        self.assertTrue([one for one in kept if b'"bucket":"is-it-there"' in one])

    def test_what_is_not_there_or_not_allowed_is_said(self):
        for path, environment, code, says in (
            ("s3://no-such-bucket/", {}, 2, "there is no bucket of that name there"),
            ("s3://logs/nothing/", {}, 2, "there is no object whose key begins so"),
            ("s3://logs/", {"AWS_SECRET_ACCESS_KEY": "wrong"}, 3, "SignatureDoesNotMatch"),
            ("s3://logs/", {"AWS_ACCESS_KEY_ID": "AKIDNOBODY"}, 3, "InvalidAccessKeyId"),
            ("s3://logs/", {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, 2,
             "no AWS credentials"),
            ("s3:///x", {}, 2, "no bucket's name"),
        ):
            with self.subTest(path=path, says=says):
                got = self.run_binary("replay", path, env={**self.environment, **environment})
                self.assertEqual((got.code, got.out), (code, ""), got.err)
                self.assertIn(says, got.err)
        self.proxy.fault = lambda request: error(403, "AccessDenied")
        got = self.run_binary("replay", "s3://logs/", env=self.environment)
        self.assertEqual((got.code, got.out), (3, ""))
        self.assertIn("needs s3:ListBucket on arn:aws:s3:::logs", got.err)
        got = self.run_binary("replay", "--region", "eu-west-1", self.folder)
        self.assertEqual(got.code, 2)

    def test_a_listing_that_fails_half_way_is_told(self):
        self.proxy.fault = lambda request: (
            error(403, "AccessDenied")
            if request.is_listing and "444455556666%2FCloudTrail%2F" in request.path else None)
        got = self.s3(expect=3)
        self.assertEqual(got.summary["objects_failed"], 1)
        self.assertIn("needs s3:ListBucket", got.err)
        self.assertEqual(got.summary["by_account"][ACCOUNTS[0]], len(REGIONS) * len(DAYS) * 9 + 2)

    def start(self, *words):
        process = subprocess.Popen(
            [BINARY, "replay", *words, "s3://logs/"], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env={**os.environ, **self.environment})
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        return process

    def test_a_listing_does_not_delay_what_was_found(self):
        gate = threading.Event()
        self.addCleanup(gate.set)
        self.proxy.fault = lambda request: (
            hold(gate) if request.is_listing and "444455556666%2F" in request.path else None)
        process = self.start("--format", "jsonl")
        self.assertIn(b"CreatePolicy", process.stdout.readline())
        self.assertFalse(gate.is_set())
        gate.set()
        rest = process.stdout.read().splitlines()
        self.assertEqual(process.wait(TIMEOUT_S), 0)
        self.assertEqual(len(rest) + 1, 2 * 2 * len(DAYS) * 9 + 2)

    def stopped(self, number):
        """The keys that a replay was done with, and those it alerted on, when it was stopped."""
        gate = threading.Event()
        self.addCleanup(gate.set)
        held = FETCHED[60]
        self.proxy.fault = lambda request: hold(gate) if request.key == held else None
        process = self.start("--checkpoint", self.path("done"), "--output", self.path("alerts"),
                             "--threads", "2")
        wait_until(lambda: os.path.exists(self.path("alerts")) and (
            number != signal.SIGKILL or content(self.path("done")).count(b"\n") > 10),
            "it has begun")
        wait_until(lambda: self.proxy.gets(held), "it waits")
        process.send_signal(number)
        code = process.wait(TIMEOUT_S)
        gate.set()
        lines = content(self.path("done")).decode().splitlines()[2:]
        done = [line.split(" ", 2)[2] for line in lines]
        return code, {urllib.parse.unquote(name).removeprefix("s3://logs/") for name in done}

    def check_resumed(self, done):
        self.proxy.reset()
        got = self.s3("--checkpoint", self.path("done"), "--output", self.path("alerts"))
        self.assertEqual(got.summary["objects_done_before"], len(done))
        asked = {one.key for one in self.proxy.gets()}
        self.assertEqual(asked, set(FETCHED) - done)
        with open(self.path("alerts")) as out:
            alerts = [json.loads(line) for line in out]
        self.assertEqual({one["event_id"] for one in alerts},
                         {one["event_id"] for one in self.s3().alerts})
        again = self.s3("--checkpoint", self.path("done"), "--output", self.path("alerts"))
        self.assertEqual((again.summary["objects"], again.summary["alerts"]), (0, 0))

    def test_a_replay_that_was_interrupted_goes_on(self):
        code, done = self.stopped(signal.SIGINT)
        self.assertEqual(code, 3)
        self.assertLess(len(done), len(OBJECTS))
        self.check_resumed(done)

    def test_a_replay_that_was_killed_goes_on(self):
        code, done = self.stopped(signal.SIGKILL)
        self.assertEqual(code, -9)
        self.assertGreater(len(done), 8)
        with open(self.path("alerts"), "a") as out:
            out.write('{"schema":1,"cut')  # as a kill in the middle of a write leaves it
        with open(self.path("done"), "a") as out:
            out.write("12 cut")
        self.check_resumed(done)

    def test_a_checkpoint_of_another_question_is_refused(self):
        words = ("--checkpoint", self.path("done"))
        self.s3(*words, prefix="beside")
        got = self.run_binary("replay", *words, "--from", "2026-03-01T00:00:00Z",
                              "s3://logs/beside", env=self.environment)
        self.assertEqual(got.code, 2)
        self.assertIn("other rules, --from, --to or --strict", got.err)
        other = self.file("other", "something else\n")
        got = self.run_binary("replay", "--checkpoint", other, "s3://logs/beside",
                              env=self.environment)
        self.assertEqual((got.code, content(other)), (2, b"something else\n"))
        client = self.server.client()
        self.assertEqual(self.s3(*words, prefix="beside").summary["objects"], 0)
        client.put_object(Bucket="logs", Key="beside.json",
                          Body=document(record(event_id="beside"), record("GetUser")).encode())
        self.addCleanup(client.put_object, Bucket="logs", Key="beside.json",
                        Body=OBJECTS["beside.json"])
        self.assertEqual(self.s3(*words, prefix="beside").summary["objects"], 1)


class Moto(ReplayTest):
    def test_folder_markers_and_a_prefix_before_the_layout(self):
        account = MotoAccount()
        self.addCleanup(account.close)
        client = account.client("s3")
        client.create_bucket(Bucket="logs")
        client.put_object(Bucket="logs", Key="trail/AWSLogs/111122223333/", Body=b"")
        for key, body in OBJECTS.items():
            client.put_object(Bucket="logs", Key="trail/" + key, Body=body)
            self.file("disk/trail/" + key, body)
        there = self.replay("s3://logs/", env={**account.environment, "HOME": self.folder})
        here = self.replay(self.path("disk"))
        self.assertEqual(sorted(map(told, there.alerts)), sorted(map(told, here.alerts)))
        self.assertEqual(there.summary["skipped"]["empty"], here.summary["skipped"]["empty"] + 1)
        self.assertEqual(there.summary["objects"], here.summary["objects"] + 1)


class ManyKeys(ReplayTest):
    def test_one_long_listing_does_not_delay_the_first_alert(self):
        body = self.file("body.gz", gzip.compress(document(record()).encode()))
        server = subprocess.Popen([sys.executable, s3_stand_in.__file__, "30000", "0", body],
                                  stdout=subprocess.PIPE, text=True)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        proxy = AwsProxy(int(server.stdout.readline()))
        self.addCleanup(proxy.close)
        gate = threading.Event()
        self.addCleanup(gate.set)
        proxy.fault = lambda request: (
            hold(gate) if "continuation-token=2000" in request.path else None)
        process = subprocess.Popen(
            [BINARY, "replay", "--format", "jsonl", "s3://bench/AWSLogs/"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, **KEYS, "AWS_ENDPOINT_URL_S3": proxy.url, "HOME": self.folder})
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.assertIn(b"CreatePolicy", process.stdout.readline())
        self.assertFalse(gate.is_set())
        self.assertLessEqual(len(proxy.lists()), 20, "folders on the way, and three pages")


if __name__ == "__main__":
    main()
