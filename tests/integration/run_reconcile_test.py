"""Services that list a bucket for what no notification announced, against moto's S3 and SQS: lost
events, kills, restarts, what may not be listed. moto and boto3 are installed into FOLDER, from the
network.

Usage: run_reconcile_test.py BINARY FOLDER
"""

import datetime
import os
import sys
import time

from peer_packages import MOTO, run_with

run_with(MOTO, sys.argv[2])
del sys.argv[2]

import aws_proxy  # noqa: E402
from announced import BUCKET, LONG, ODD, SHAPES, AnnouncedTest, s3_event, wait_until  # noqa: E402
from harness import main  # noqa: E402

PREFIX = "AWSLogs/123456789012/CloudTrail/us-east-1/"
MISSING = 'trailbell_s3_reconcile_objects_total{outcome="missing"}'
KNOWN = 'trailbell_s3_reconcile_objects_total{outcome="known"}'
COMPLETE = 'trailbell_s3_reconcile_rounds_total{outcome="complete"}'


def key_of(number):
    """In the folder of today, as CloudTrail writes it; a round may begin before midnight."""
    today = datetime.datetime.now(datetime.timezone.utc).strftime("%Y/%m/%d")
    return f"{PREFIX}{today}/{ODD[number % len(ODD)]}_{number}.json.gz"


class ReconcileTest(AnnouncedTest):
    def start_reconciling(self, name="trailbell", source=None, **reconcile):
        wishes = {"bucket": BUCKET, "every": "1s", "delay": "0s", **reconcile}
        return self.start_reading(name, reconcile=wishes, **(source or {}))

    def rounds(self, service, more):
        """Waits until so many more rounds were complete."""
        before = service.metrics().get(COMPLETE, 0)
        wait_until(lambda: service.metrics().get(COMPLETE, 0) >= before + more, "rounds go by")

    def gets(self):
        """How often each object was asked for."""
        counts = {}
        for one in self.proxy.gets():
            counts[one.key] = counts.get(one.key, 0) + 1
        return counts


class Lost(ReconcileTest):
    def test_what_nobody_announced_is_read_and_nothing_twice(self):
        count = 900 if LONG else 90
        keys = [key_of(i) for i in range(count)]
        for i, key in enumerate(keys):
            self.put(key, f"e{i}")
            if i % 3:  # of a third the event is lost
                self.send(SHAPES[i % len(SHAPES)](key))
        self.put(PREFIX.replace("CloudTrail", "CloudTrail-Digest") + "d.json.gz", "digest")
        self.put("AWSLogs/123456789012/vpcflowlogs/us-east-1/f.log.gz", "flow")
        self.put("elsewhere", "elsewhere")
        service = self.start_reconciling()
        self.wait_until_empty(service)
        wait_until(lambda: len(self.event_ids()) >= count, "all are read")
        self.rounds(service, 2)
        series = service.metrics()
        self.assertEqual(service.stop(), 0, service.log())
        self.assertEqual(sorted(self.event_ids()), sorted(f"e{i}" for i in range(count)))
        self.assertEqual(self.gets(), {key: 1 for key in keys})
        self.assertEqual(self.quarantined(), [])
        self.assertGreaterEqual(series[MISSING], count / 3)
        self.assertEqual(series["trailbell_s3_reconcile_objects_under_way"], 0)
        self.assertEqual(series["trailbell_s3_reconcile_objects_remembered"], count)
        self.assertLess(series["trailbell_s3_reconcile_lag_seconds"], 60)
        listed = " ".join(one.path for one in self.proxy.lists())
        self.assertNotIn("vpcflowlogs%2Fus", listed)
        self.assertIn(" objects listed that ", service.log())

    def test_an_event_that_is_lost_while_it_runs(self):
        service = self.start_reconciling()
        self.rounds(service, 1)
        self.put(key_of(1), "announced")
        self.send(s3_event(key_of(1)))
        self.put(key_of(2), "lost")
        wait_until(lambda: len(self.event_ids()) == 2, "both are read")
        self.rounds(service, 2)
        self.assertEqual(service.stop(), 0, service.log())
        self.assertEqual(sorted(self.event_ids()), ["announced", "lost"])
        self.assertIn("nobody announced in time", service.log())

    def test_an_object_that_is_overwritten_is_read_again_and_a_late_event_is_not(self):
        self.put(key_of(1), "first")
        service = self.start_reconciling()
        wait_until(lambda: self.event_ids() == ["first"], "it is read")
        self.put(key_of(1), "second")
        wait_until(lambda: self.event_ids() == ["first", "second"], "so is the other")
        self.assertEqual(service.stop(), 0, service.log())
        self.send(s3_event(key_of(1)))
        service = self.start_reconciling("again")
        self.wait_until_empty(service)
        self.rounds(service, 1)
        self.assertEqual(service.stop(), 0, service.log())
        self.assertEqual(self.event_ids(), ["first", "second"])

    def test_young_objects_are_left_to_the_queue(self):
        self.put(key_of(1), "young")
        service = self.start_reconciling(delay="1h", source={"visibility_timeout": "10s"})
        # With an hour's delay the first round would come a minute from now: nothing is listed.
        wait_until(lambda: service.get("/readyz")[0] == 200, "it is ready")
        self.send(s3_event(key_of(1)))
        self.wait_until_empty(service)
        self.assertEqual(service.stop(), 0, service.log())
        self.assertEqual(self.event_ids(), ["young"])
        self.assertEqual(self.proxy.lists(), [])

    def test_an_object_is_read_once_it_is_no_longer_young(self):
        service = self.start_reconciling(delay="4s")
        self.rounds(service, 1)
        self.put(key_of(1), "e1")
        young = 'trailbell_s3_reconcile_objects_total{outcome="young"}'
        wait_until(lambda: service.metrics()[young] > 0, "it is listed, and left to the queue")
        self.assertEqual(self.event_ids(), [])
        wait_until(lambda: self.event_ids() == ["e1"], "it is read")
        self.assertEqual(service.stop(), 0, service.log())


class FirstStart(ReconcileTest):
    def test_it_says_how_far_back_it_reads(self):
        self.put(key_of(1), "before")
        written = time.time()
        wait_until(lambda: time.time() > written + 4, "that is past")
        service = self.start_reconciling(backfill="0s", state=self.path("fresh"))
        self.rounds(service, 1)
        self.put(key_of(2), "after")
        wait_until(lambda: self.event_ids() == ["after"], "it is read")
        self.rounds(service, 1)
        self.assertEqual(service.stop(), 0, service.log())
        self.assertEqual(self.event_ids(), ["after"])
        service = self.start_reconciling("back", backfill="1h", state=self.path("other"))
        wait_until(lambda: "before" in self.event_ids(), "it is read")
        self.rounds(service, 1)
        self.assertEqual(service.stop(), 0, service.log())
        self.assertIn("the first listing found are acknowledged", service.log())

    def test_a_file_that_is_no_record_is_refused(self):
        self.file("notes", "something else\n")
        service = self.start_reconciling(state=self.path("notes"))
        self.assertEqual(service.process.wait(60), 2)
        self.assertIn("notes is no record of objects; name another file", service.log())
        with open(self.path("notes")) as text:
            self.assertEqual(text.read(), "something else\n")


class Killed(ReconcileTest):
    def test_a_kill_in_the_midst_loses_nothing_and_a_restart_does_not_read_all_again(self):
        kills, count = (12, 400) if LONG else (3, 90)
        self.proxy.fault = lambda r: (aws_proxy.slow(0.5) if r.action == "GET" and
                                      not r.is_listing else None)
        keys = [key_of(i) for i in range(count)]
        for i, key in enumerate(keys):
            self.put(key, f"e{i}")
            if i % 3 == 0:
                self.send(SHAPES[i % len(SHAPES)](key))
        record = self.path("trailbell.objects")
        done_before = 0
        for number in range(kills):
            asked = sum(self.gets().values())
            service = self.start_reconciling(f"life{number}", {"concurrency": 8})

            def lines():
                with open(record, "rb") as file:
                    return sum(len(line) == 43 for line in file)

            wait_until(lambda: os.path.exists(record) and lines() > done_before,
                       "some are remembered")
            service.kill()
            done_before = lines()
            self.assertLess(sum(self.gets().values()) - asked, count)
        with open(record, "ab") as file:
            file.write(b"6b49d200 0123")  # as a kill in the middle of a write leaves it
        asked = sum(self.gets().values())
        self.proxy.fault = None
        service = self.start_reconciling("last", {"concurrency": 8})
        wait_until(lambda: set(self.event_ids()) == {f"e{i}" for i in range(count)},
                   "all are read")
        self.rounds(service, 2)
        self.assertEqual(service.stop(), 0, service.log())
        read_last = sum(self.gets().values()) - asked
        self.assertLessEqual(read_last, count - done_before, "what was remembered is not read")
        repeated = len(self.event_ids()) - count
        print(f"{kills} kills, {count} objects, {done_before} were remembered at the last, "
              f"{repeated} alerts more than once, none lost", flush=True)
        asked = sum(self.gets().values())
        service = self.start_reconciling("idle")
        self.rounds(service, 1)
        self.assertGreaterEqual(service.metrics()[KNOWN], count)
        self.assertEqual(service.stop(), 0, service.log())
        self.assertEqual(sum(self.gets().values()), asked, "nothing is read again")


class Refused(ReconcileTest):
    def test_a_bucket_that_may_not_be_listed(self):
        self.put(key_of(1), "e1")
        refused = aws_proxy.error(403, "AccessDenied", "not authorized")
        self.proxy.fault = lambda r: refused if r.is_listing else None
        service = self.start_reconciling()
        wait_until(lambda: "s3:ListBucket on arn:aws:s3:::trails" in service.get("/readyz")[1],
                   "it names the permission")
        self.put(key_of(2), "e2")
        self.send(s3_event(key_of(2)))
        wait_until(lambda: self.event_ids() == ["e2"], "the queue is read all the same")
        self.assertEqual(service.metrics()[COMPLETE], 0)
        self.proxy.fault = None
        wait_until(lambda: service.get("/readyz")[0] == 200, "it may, and is ready")
        wait_until(lambda: sorted(self.event_ids()) == ["e1", "e2"], "the other is found")
        self.assertEqual(service.stop(), 0, service.log())

    def test_a_listing_that_fails_for_a_while_leaves_nothing_out(self):
        for i in range(40):
            self.put(key_of(i), f"e{i}")
        left = [error for error in (503, 500, 503, 500, 503)]

        def fault(request):
            if request.is_listing and left:
                return aws_proxy.error(left.pop(), "SlowDown")
            return None

        self.proxy.fault = fault
        service = self.start_reconciling()
        wait_until(lambda: len(self.event_ids()) == 40, "all are found")
        self.rounds(service, 1)
        self.assertEqual(service.stop(), 0, service.log())
        self.assertEqual(sorted(self.event_ids()), sorted(f"e{i}" for i in range(40)))

    def test_poison_that_was_listed_is_put_into_quarantine_once(self):
        self.put(key_of(1), "large", filler=5000)
        self.s3.put_object(Bucket=BUCKET, Key=key_of(2), Body=b"\x1f\x8b\x08\x00 no gzip")
        service = self.start_reconciling(
            source={"max_object_bytes": "4KiB", "missing_object_wait": "0s"})
        wait_until(lambda: service.total("trailbell_quarantined_total") == 2, "both are")
        self.rounds(service, 3)
        self.assertEqual(service.total("trailbell_quarantined_total"), 2)
        self.assertEqual(service.stop(), 0, service.log())
        self.assertEqual(sorted(one["position"]["key"] for one in self.quarantined()),
                         sorted([key_of(1), key_of(2)]))


if __name__ == "__main__":
    main()
