"""What goes on at a broker while a test runs: records that come, offsets that are committed."""

import threading

from harness import record
from kafka_broker import client

GROUP, SOURCE, ALERTS = "trailbell", "cloudtrail", "alerts"


class Flow:
    """Records that are produced at a steady pace, to each partition in turn, until stop().

    Each `every`-th is an alert's. `expected`: their event ids, once the broker has them;
    `uncertain`: of those of which nobody knows whether it has; `ends`: the broker has all records
    before these offsets, by partition."""

    def __init__(self, broker, rate, every=10):
        self.expected, self.uncertain, self.stored = set(), set(), 0
        self._rate, self._every = rate, every
        self.ends = broker.end_offsets(SOURCE)
        self._producer = client().Producer({
            "bootstrap.servers": broker.bootstrap, "log_level": 0, "enable.idempotence": True,
            "linger.ms": 5, "reconnect.backoff.max.ms": 500})
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, failed, *_):
        if failed:
            self._producer.purge()
        self.stop()

    def stop(self):
        """Returns when all that was produced is stored, or refused."""
        self._stopped.set()
        self._thread.join()

    def _run(self):
        made, tick_s = 0, 0.02
        while not self._stopped.wait(tick_s):
            for _ in range(int(self._rate * tick_s)):
                self._produce(made)
                made += 1
            self._producer.poll(0)
        self._producer.flush(120)

    def _produce(self, number):
        event_id, alerts = str(number), number % self._every == 0
        value = record("PutRolePolicy" if alerts else "ListRoles", event_id)

        def on_delivery(error, message):
            if not error:
                self.stored += 1
                self.ends[message.partition()] = message.offset() + 1
            if alerts:
                (self.uncertain if error else self.expected).add(event_id)

        while True:
            try:
                self._producer.produce(SOURCE, value, partition=number % len(self.ends),
                                       on_delivery=on_delivery)
                return
            except BufferError:  # it has as many as it may have that nobody answered for
                self._producer.poll(0.1)


class Commits:
    """Looks at what is committed, again and again: it never goes back."""

    def __init__(self, broker):
        self.went_back, self._broker = [], broker
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self):
        self._stopped.set()
        self._thread.join()

    def _run(self):
        last = []
        while not self._stopped.wait(0.1):
            now = [at or 0 for at in self._broker.committed(GROUP, SOURCE)]
            self.went_back += [(was, at) for was, at in zip(last, now) if at < was]
            last = now
