"""Members of a group against a real broker. Usage: kafka_group_test.py PROGRAM"""

import subprocess
import sys
import unittest

from kafka_broker import VERSIONS, Broker

PROGRAM = sys.argv.pop(1)
STOPS = "kafka_group_test.a_broker_that_stops_and_comes_back_loses_nothing"


class KafkaGroup(unittest.TestCase):
    def run_tests(self, broker, what):
        done = subprocess.run(
            [PROGRAM, f"--gtest_filter={what}", broker.bootstrap],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=400)
        text = done.stdout.decode(errors="replace")
        self.assertEqual(done.returncode, 0, text)
        self.assertIn("[  PASSED  ]", text)
        self.assertNotIn("PASSED  ] 0 tests", text)

    def test_members_share_drain_commit_and_leave(self):
        with Broker() as broker:
            self.run_tests(broker, f"-{STOPS}")

    def test_the_short_cases_on_an_older_broker(self):
        with Broker(VERSIONS[1]) as broker:
            self.run_tests(broker, f"*drained*:*closes*:kafka_group_test.*-{STOPS}")

    def test_a_broker_that_stops_and_comes_back(self):
        with Broker() as broker:
            running = subprocess.Popen(
                [PROGRAM, f"--gtest_filter={STOPS}", broker.bootstrap],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            with running:
                lines = []
                for line in running.stdout:
                    lines.append(line)
                    if line.startswith("taken"):
                        broker.stop()
                        broker.start()
                self.assertEqual(running.wait(120), 0, "".join(lines))
            self.assertTrue(any(line.startswith("taken") for line in lines))


if __name__ == "__main__":
    unittest.main()
