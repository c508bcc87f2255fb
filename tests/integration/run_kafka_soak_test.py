"""Minutes of steady flow while members of the group come, go and are killed: nothing is lost, and
the one that stays all the time grows no further once it is warm.

Only with TRAILBELL_FAILURES=long; TRAILBELL_SOAK_S in the environment is how long.
"""

import os
import random
import sys
import time

from harness import main
from kafka_broker import Broker
from kafka_flow import Flow
from kafka_run import LONG, KafkaRunTest, Members
from service import wait_until
from watch import descriptors, resident_bytes

SOAK_S = int(os.environ.get("TRAILBELL_SOAK_S", "180"))
WARM_S = SOAK_S / 3
SKIPPED = 77  # what ctest takes for it
# The memory of alerts by which repeated ones are known grows with their number, to its bound.
GROWTH_BYTES_MAX = 16 << 20


class RunKafkaSoak(KafkaRunTest):
    def test_the_one_that_stays_does_not_grow(self):
        dice = random.Random(1)
        with Broker() as broker:
            self.make_topics(broker, 6)
            with Flow(broker, rate=1500) as flow:
                members = Members(self, broker)
                members.join()
                stays, pid = "m0", members.now["m0"].process.pid

                def turns_until(end):
                    turns = 0
                    while time.monotonic() < end or len(members.now) != 2:
                        members.turn(dice, stays)
                        turns += 1
                    return turns

                began = time.monotonic()
                turns = turns_until(began + WARM_S)
                size, files = resident_bytes(pid), descriptors(pid)
                turns += turns_until(began + SOAK_S)
                grown = resident_bytes(pid) - size
                self.assertLess(grown, GROWTH_BYTES_MAX)
                # More only while a scrape or a connection that goes is open.
                wait_until(lambda: descriptors(pid) <= files, "no more descriptors than before")
                flow.stop()
                self.wait_for_lag_0(broker)
                for service in members.now.values():
                    self.assertEqual(service.stop(), 0, service.log())
                self.check_alerts(
                    broker, flow, f"soak of {SOAK_S} s, {turns} rebalances, {size >> 20} MiB "
                    f"resident and {grown >> 10} KiB more at the end, {files} descriptors")


if __name__ == "__main__":
    if not LONG:
        print("skipped: TRAILBELL_FAILURES=long asks for it")
        sys.exit(SKIPPED)
    main()
