"""A broker that stands still, goes away, is slow, cut off or full: nothing is lost, and it is said.

A full disk is a small file system where one may be mounted, and a limit on the size of the broker's
files where not.
"""

import contextlib
import os
import resource
import signal
import time
import unittest

from harness import main
from kafka_broker import Broker
from kafka_flow import ALERTS, Commits, Flow
from kafka_run import LONG, KafkaRunTest
from service import wait_until
from small_space import SmallSpace
from tcp_proxy import TcpProxy
from watch import cpu_seconds, resident_bytes

# So long an outage lasts at the least; it also lasts until the service has said so.
OUTAGE_S = 20 if LONG else 0
BACKLOG = 200_000  # records of half a KiB that wait for a sink
WAYS = ("limit", "file system") if LONG else ("limit",)
GROWTH_BYTES_MAX = 32 << 20
BUSY_MAX = 0.25  # of a core: it waits, and does not try without a pause
IN_FLIGHT_BYTES_MAX = 4 << 20  # max_in_flight_bytes, and what one batch of each stage has
FORMATTED_BYTES = 160 << 20  # a broker's log directory with room in it


class RunKafkaOutages(KafkaRunTest):
    def check_outage(self, service, says):
        """While it cannot work: it lives, answers, says why, waits, and grows no further."""
        pid, began = service.process.pid, time.monotonic()
        size, used = resident_bytes(pid), cpu_seconds(pid)
        # A sink's attempt ends, and what came of it is known, within half a minute.
        self.assertRegex(self.wait_for_readiness(service, 503), says)

        def sound():
            self.assertEqual(service.get("/livez")[0], 200)
            return time.monotonic() - began >= OUTAGE_S

        wait_until(sound, "the end of the outage")
        self.assertLess(resident_bytes(pid) - size, GROWTH_BYTES_MAX)
        if LONG:
            busy = (cpu_seconds(pid) - used) / (time.monotonic() - began)
            self.assertLess(busy, BUSY_MAX)
        self.assertLess(service.watch.in_flight_max, IN_FLIGHT_BYTES_MAX)
        self.assertRegex(service.log(), says)

    def check_recovery(self, broker, flow, service, what):
        self.wait_for_readiness(service, 200)
        flow.stop()
        self.wait_for_lag_0(broker)
        self.assertEqual(service.stop(), 0, service.log())
        self.check_alerts(broker, flow, what)

    def outage(self, what, begin, end):
        """One broker for all, which is away between begin(broker) and end(broker)."""
        with Broker() as broker:
            self.make_topics(broker, 1)
            with Flow(broker, rate=500) as flow:
                service = self.start(self.config(broker))
                wait_until(lambda: sum(broker.end_offsets(ALERTS)) > 20, "some alerts")
                begin(broker)
                self.check_outage(service, "source kafka|sink kafka")
                end(broker)
                self.check_recovery(broker, flow, service, what)

    def test_a_broker_that_stands_still(self):
        self.outage("a broker that stood still",
                    lambda broker: broker.process.send_signal(signal.SIGSTOP),
                    lambda broker: broker.process.send_signal(signal.SIGCONT))

    def test_a_broker_that_is_killed_and_comes_back(self):
        def come_back(broker):
            self.wait_for_readiness(idle, 503)
            broker.start()
            self.wait_for_readiness(idle, 200)
            self.assertEqual(idle.stop(), 0, idle.log())

        def kill(broker):
            nonlocal idle
            idle = self.start(self.config(broker), "idle")
            self.wait_for_readiness(idle, 200)
            broker.kill()

        idle = None
        self.outage("a broker that was killed", kill, come_back)

    @contextlib.contextmanager
    def behind_a_wire(self):
        wire = TcpProxy()
        with contextlib.closing(wire), Broker(wire=wire) as broker:
            self.make_topics(broker, 4)
            yield wire, broker

    def test_a_wire_that_is_slow(self):
        with self.behind_a_wire() as (wire, broker), Flow(broker, rate=500) as flow:
            service = self.start(self.config(broker, broker.wired))
            wait_until(lambda: sum(broker.end_offsets(ALERTS)) > 20, "some alerts")
            wire.delay_s = 0.1
            more = sum(broker.end_offsets(ALERTS)) + 100
            wait_until(lambda: sum(broker.end_offsets(ALERTS)) > more, "more alerts, slowly")
            self.check_recovery(broker, flow, service, "a slow wire")

    def test_a_member_that_is_cut_off(self):
        """Another takes its place; back again, it commits nothing of what is the other's."""
        with self.behind_a_wire() as (wire, broker), Flow(broker, rate=500) as flow:
            far, near = (
                self.start(self.config(broker, at, properties={"client.id": name}), name)
                for name, at in (("far", broker.wired), ("near", broker.bootstrap)))
            self.wait_for_members(broker, ["far", "near"])
            commits = Commits(broker)
            for cut in (wire.hold, wire.cut):
                wire.hold()
                cut()
                self.wait_for_members(broker, ["near"])
                self.check_outage(far, "source kafka|sink kafka")
                wire.go_on()
                self.wait_for_members(broker, ["far", "near"])
            commits.stop()
            self.assertEqual(commits.went_back, [])
            flow.stop()
            self.wait_for_lag_0(broker)
            for service in (far, near):
                self.assertEqual(service.stop(), 0, service.log())
            self.check_alerts(broker, flow, "a member that was cut off twice")

    @contextlib.contextmanager
    def small_broker(self, way):
        """A broker, and fill() for its log directory; make_room() starts it again."""
        if way == "file system":
            try:
                space = SmallSpace(FORMATTED_BYTES)
            except PermissionError as why:
                raise unittest.SkipTest(str(why))
            with space, Broker(log_folder=os.path.join(space.folder, "logs")) as broker:
                yield broker, space.fill, lambda: (space.make_room(), broker.start())
            return
        with Broker() as broker:

            def fill():
                log = os.path.join(broker.log_folder, ALERTS + "-0", "0" * 20 + ".log")
                size = os.path.getsize(log)
                resource.prlimit(broker.process.pid, resource.RLIMIT_FSIZE, (size, size))

            yield broker, fill, broker.start

    def await_its_end(self, broker):
        """A broker ends where it cannot write to its only log directory."""
        wait_until(lambda: broker.process.poll() is not None, "the full broker ends")

    def full_disk_of_all(self, way):
        with self.small_broker(way) as (broker, fill, make_room):
            self.make_topics(broker, 2)
            with Flow(broker, rate=500) as flow:
                service = self.start(self.config(broker), way)
                wait_until(lambda: sum(broker.end_offsets(ALERTS)) > 20, "some alerts")
                fill()
                self.await_its_end(broker)
                self.check_outage(service, "source kafka|sink kafka")
                make_room()
                self.check_recovery(broker, flow, service, f"a full broker ({way})")

    def full_disk_of_the_sink(self, way):
        with Broker() as source, self.small_broker(way) as (to, fill, make_room):
            source.create_topic("cloudtrail", partitions=2)
            to.create_topic(ALERTS)
            with Flow(source, rate=10_000, every=2) as flow:
                config = self.config(source, sink=to.bootstrap,
                                     properties={"queued.max.messages.kbytes": "1024"})
                service = self.start(config, way)
                wait_until(lambda: sum(to.end_offsets(ALERTS)) > 20, "some alerts")
                fill()
                self.await_its_end(to)
                waiting = flow.stored + BACKLOG
                wait_until(lambda: flow.stored > waiting, "a backlog", timeout_s=120)
                self.check_outage(service, "sink kafka")
                self.assertGreater(self.lag(source), BACKLOG / 2, "it took what it cannot deliver")
                make_room()
                flow.stop()
                self.wait_for_lag_0(source)
                self.wait_for_readiness(service, 200)
                self.assertEqual(service.stop(), 0, service.log())
                self.check_alerts(to, flow, f"a full broker behind a sink ({way})")

    def test_a_full_broker(self):
        for way in WAYS:
            with self.subTest(way):
                self.full_disk_of_all(way)

    @unittest.skipUnless(LONG, "TRAILBELL_FAILURES=long asks for it")
    def test_a_full_broker_behind_a_sink(self):
        for way in WAYS:
            with self.subTest(way):
                self.full_disk_of_the_sink(way)


if __name__ == "__main__":
    main()
