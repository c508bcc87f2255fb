"""Waiting for a condition, never for a time."""

import signal
import time


def wait_until(condition, what, timeout_s=30, pause_s=0.02, moves=lambda: None):
    """The first true value of condition(). The time begins anew whenever moves() gives another."""
    end, seen = time.monotonic() + timeout_s, moves()
    while True:
        value = condition()
        if value:
            return value
        if (now := moves()) != seen:
            end, seen = time.monotonic() + timeout_s, now
        if time.monotonic() > end:
            raise TimeoutError(f"waited {timeout_s} s in vain: {what}")
        # A poll's pace; what is waited for is the condition.
        signal.sigtimedwait([], pause_s)
