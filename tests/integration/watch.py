"""Looks at a service all the while it runs."""

import http.client
import os
import threading

PACE_S = 0.1


class Watch:
    """Scrapes its metrics and judges each scrape; knows its size.

    `faults`: what was wrong. `scrapes`: how many there were. Where the service does not answer (it
    is not up yet, stopped, or killed), there is nothing to judge."""

    def __init__(self, service, one_record_a_message):
        self.faults, self.scrapes, self.in_flight_max = [], 0, 0
        self._service, self._one_each = service, one_record_a_message
        self._last = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self):
        self._stopped.set()
        self._thread.join()

    def _run(self):
        while not self._stopped.wait(PACE_S) and self._service.process.poll() is None:
            try:
                self._judge(self._service.metrics())
            except AssertionError as wrong:
                if self._service.process.poll() is None:
                    self.faults.append(str(wrong))
            except (OSError, TimeoutError, http.client.HTTPException):
                pass

    # metrics() has judged what holds for any input.
    def _judge(self, series):
        self.scrapes += 1
        total = lambda name: sum(v for k, v in series.items() if k.startswith(name))
        records = total("trailbell_records_total{")
        messages = total('trailbell_objects_total{outcome="read"')
        if self._one_each:
            assert records == messages, f"{records} records of {messages} messages of one each"
        for name, value in self._last.items():
            if "_total" in name:
                assert series.get(name, -1) >= value, f"{name} went back from {value}"
        self._last = series
        self.in_flight_max = max(self.in_flight_max, series["trailbell_in_flight_bytes"])


def resident_bytes(pid):
    with open(f"/proc/{pid}/statm") as text:
        return int(text.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def cpu_seconds(pid):
    """That it has used so far, in all its threads."""
    with open(f"/proc/{pid}/stat") as text:
        fields = text.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
