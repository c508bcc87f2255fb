"""Services that read what SQS queues announce while things go wrong: kills, faults on the way,
names that have no address, keys that expire. The queues are moto's; the objects are SeaweedFS's,
which verifies signatures. Both are installed into FOLDER, from the network.

Usage: run_s3_faults_test.py BINARY FOLDER
"""

import collections
import os
import random
import sys
import threading

from peer_packages import STORES, run_with

run_with(STORES, sys.argv[2])
del sys.argv[2]

import aws_proxy  # noqa: E402
from announced import LONG, AnnouncedTest, s3_event, wait_until  # noqa: E402
from aws_keys import Keys  # noqa: E402
from harness import main  # noqa: E402
from own_hosts import OwnHosts  # noqa: E402
from seaweed import KEYS, Seaweed  # noqa: E402


class FaultsTest(AnnouncedTest):
    KEYS = KEYS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seaweed = Seaweed()
        cls.addClassCleanup(cls.seaweed.close)

    def store(self):
        return self.seaweed.client()

    def store_port(self):
        return self.seaweed.port

    def check_all_came(self, count, more=()):
        self.assertEqual(sorted(set(self.event_ids())),
                         sorted({f"e{i}" for i in range(count)} | set(more)))


class Faults(FaultsTest):
    def test_throttling_errors_cuts_and_partial_failures_lose_nothing(self):
        count = 1000 if LONG else 200
        of_s3 = {"SlowDown": aws_proxy.error(503, "SlowDown"),
                 "InternalError": aws_proxy.error(500, "InternalError"),
                 "lost": aws_proxy.lost_answer, "cut": aws_proxy.cut(700),
                 "ExpiredToken": aws_proxy.error(400, "ExpiredToken")}
        of_sqs = {"Throttling": aws_proxy.error(400, "ThrottlingException"),
                  "InternalFailure": aws_proxy.error(500, "InternalFailure"),
                  "lost answer": aws_proxy.lost_answer,
                  "ExpiredTokenException": aws_proxy.error(403, "ExpiredTokenException")}
        dice, lock, given = random.Random(5), threading.Lock(), collections.Counter()

        def fault(request):
            with lock:
                if dice.random() > 0.2:
                    return None
                kinds = of_sqs if request.is_sqs else of_s3
                if request.is_sqs and request.action.endswith("Batch") and dice.random() < 0.5:
                    kinds = {"some entries": aws_proxy.some_entries_fail}
                name = dice.choice(sorted(kinds))
                given[name] += 1
                return kinds[name]

        self.proxy.fault = fault
        self.queue = self.make_queue("shaky", visibility_s=6)
        announcing = self.announce(count, filler=1000)
        service = self.start_reading(max_receives=1000)
        announcing.result()
        self.wait_until_empty(service)
        self.proxy.fault = None
        wait_until(lambda: service.get("/readyz")[0] == 200, "it is ready")
        self.assertEqual(service.stop(), 0, service.log())
        self.check_all_came(count)
        self.assertEqual(self.quarantined(), [])
        self.assertEqual(set(given), {*of_s3, *of_sqs, "some entries"})


class Kills(FaultsTest):
    def test_kills_with_messages_outstanding_lose_nothing(self):
        """A kill counts where messages are left that only it had."""
        wanted, count = (20, 5000) if LONG else (5, 400)
        self.queue = self.make_queue("killed", visibility_s=6)
        self.proxy.fault = lambda r: (
            aws_proxy.slow(0.5) if r.action == "GET" and len(r.key) % 4 == 0 else None)
        dice = random.Random(7)
        announcing = self.announce(count, filler=1000)
        kills = lives = 0
        while kills < wanted:
            self.assertLess(lives, 2 * wanted, "of many lives few had something to lose")
            self.send(f"no notification, {lives}")
            self.send(s3_event(f"missing-{lives}"))
            service = self.read_a_life(f"life{lives}")
            lives += 1
            before = len(self.proxy.gets())
            enough = before + count // (wanted + 2) * dice.uniform(0.5, 1)
            wait_until(lambda: len(self.proxy.gets()) >= enough or (
                announcing.done() and self.left() == 0), "objects are read", timeout_s=180,
                pause_s=dice.uniform(0.1, 0.3), moves=lambda: len(self.proxy.gets()))
            service.kill()
            kills += self.left() > 0
        service = self.read_a_life("last")
        announcing.result()
        self.wait_until_empty(service)
        self.assertEqual(service.stop(), 0, service.log())
        self.check_all_came(count)
        poison = sorted(one["position"]["key"].partition("/")[0] for one in self.quarantined())
        self.assertEqual(poison, sorted([f"missing-{i}" for i in range(lives)] +
                                        ["sqs:killed"] * lives))
        print(f"{kills} kills, {count} objects, {len(self.event_ids()) - count} alerts more than "
              "once, none lost", flush=True)

    def read_a_life(self, name):
        return self.start_reading(name, max_receives=1000, missing_object_wait="2s")


class Names(FaultsTest):
    def test_a_name_without_an_address_is_asked_again(self):
        try:
            hosts = OwnHosts(self.folder)
        except PermissionError as denied:
            self.skipTest(str(denied))
        self.within = hosts.within
        name = "aws.trailbell.test"
        said = f"the name {name} has no address"
        self.put("first", "first")
        self.send(s3_event("first"))
        service = self.start_reading(endpoint_url=f"http://{name}:{self.proxy.port}")
        wait_until(lambda: said in service.get("/readyz")[1], "it says so")
        self.assertEqual(service.get("/readyz")[0], 503)
        hosts.set(name)
        wait_until(lambda: self.event_ids() == ["first"], "the name is found, and it is read")
        self.wait_until_empty(service)
        hosts.set()
        self.proxy.fault = lambda request: aws_proxy.lost_answer  # connections that stood
        wait_until(lambda: said in service.get("/readyz")[1], "it is lost again")
        self.proxy.fault = None
        self.put("second", "second")
        self.send(s3_event("second"))
        hosts.set(name)
        self.wait_until_empty(service)
        wait_until(lambda: service.get("/readyz")[0] == 200, "it is ready")
        self.assertEqual(service.stop(), 0, service.log())
        self.assertEqual(self.event_ids(), ["first", "second"])
        self.assertEqual(self.quarantined(), [])


class Tokens(AnnouncedTest):
    def test_keys_that_expire_while_it_runs_are_had_anew(self):
        """AWS takes tokens no longer than they live; and of a sudden none that was given out."""
        keys, revoked = Keys(life_s=3600), set()
        self.addCleanup(keys.stop)
        path = self.file("config", "[default]\ncredential_process = "
                         f"curl -sf {keys.url('/keys/reader')}\n")
        self.KEYS = {"AWS_CONFIG_FILE": path, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
        used = set()

        def fault(request):
            token = request.headers.get("X-Amz-Security-Token", "")
            used.add(token)
            if token not in keys.secrets or token in revoked:
                return aws_proxy.error(*((403, "ExpiredTokenException") if request.is_sqs else
                                         (400, "ExpiredToken")))
            return None

        self.proxy.fault = fault
        service = self.start_reading()
        for turn in range(4):
            self.put(f"k{turn}", f"e{turn}")
            self.send(s3_event(f"k{turn}"))
            self.wait_until_empty(service)
            revoked.update(keys.secrets)
        self.assertEqual(service.stop(), 0, service.log())
        self.assertEqual(self.event_ids(), [f"e{turn}" for turn in range(4)])
        self.assertGreaterEqual(len(used), 4)


if __name__ == "__main__":
    main()
