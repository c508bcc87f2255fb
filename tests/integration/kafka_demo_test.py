"""What README.md says about Kafka in five minutes: its commands run as they stand there, on other
ports, and print what stands there."""

import os
import re
import subprocess
import sys
import unittest

from harness import BINARY, ReplayTest
from kafka_broker import free_port, jars

ROOT = os.path.abspath(sys.argv.pop(1))
TIMEOUT_S = 240


def section():
    with open(os.path.join(ROOT, "README.md")) as text:
        return re.search(r"^## Kafka in five minutes\n(.*?)^## ", text.read(), re.M | re.S).group(1)


def blocks():
    """(language, text) of each fenced block of the section."""
    return re.findall(r"^```(\w*)\n(.*?)^```$", section(), re.M | re.S)


class KafkaDemo(ReplayTest):
    def environment(self):
        return {
            **os.environ,
            "TRAILBELL": BINARY,
            "DEMO_BROKER": f"127.0.0.1:{free_port()}",
            "DEMO_CONTROLLER": f"127.0.0.1:{free_port()}",
            "DEMO_METRICS": f"127.0.0.1:{free_port()}",
            "DEMO_STATE": self.path("state"),
        }

    def test_it_prints_what_the_readme_shows(self):
        jars("4.1.1")  # what the script would fetch
        environment = self.environment()
        done = subprocess.run(
            [os.path.join(ROOT, "deploy", "kafka_demo.sh")], env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=TIMEOUT_S, text=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        said = done.stdout.replace(environment["DEMO_BROKER"], "127.0.0.1:19092").replace(
            environment["DEMO_METRICS"], "127.0.0.1:9464")
        shown = next(text for language, text in blocks() if language == "text")
        for line in shown.splitlines():
            if line != "...":
                self.assertIn(line, said.splitlines())
        self.assertFalse(os.path.exists(environment["DEMO_STATE"]), "what it made is removed")

    def test_by_hand_it_does_what_the_readme_says(self):
        jars("4.1.1")
        environment = self.environment()
        by_hand = next(text for _, text in blocks() if "kcat -P" in text)
        for shown, real in (("127.0.0.1:19092", environment["DEMO_BROKER"]),
                            ("127.0.0.1:9464", environment["DEMO_METRICS"]),
                            ("build/release/bin/trailbell", BINARY)):
            by_hand = by_hand.replace(shown, real)
        self.addCleanup(subprocess.run, [os.path.join(ROOT, "deploy", "kafka_demo.sh"), "down"],
                        env=environment, check=True, timeout=TIMEOUT_S)
        # The broker is up, says the text before the block.
        script = "deploy/kafka_demo.sh up\n" + by_hand
        with open(self.path("said"), "w") as out:
            done = subprocess.run(["bash", "-e", "-c", script], cwd=ROOT, env=environment,
                                  stdout=out, stderr=out, timeout=TIMEOUT_S)
        with open(self.path("said")) as text:
            said = text.read()
        self.assertEqual(done.returncode, 0, said)
        self.assertEqual(said.count('{"schema":1,'), 12, said)
        self.assertIn('trailbell_records_total{outcome="matched",source="kafka"}', said)
        self.assertFalse(os.path.exists(environment["DEMO_STATE"]), "what it made is removed")

    def test_its_configuration_is_the_one_that_the_readme_explains(self):
        shown = next(text for language, text in blocks() if language == "yaml")
        with open(os.path.join(ROOT, "deploy", "kafka_demo.yaml")) as text:
            self.assertEqual(shown, text.read())
        checked = self.run_binary("config", "check", "-c",
                                  os.path.join(ROOT, "deploy", "kafka_demo.yaml"))
        self.assertEqual(checked.code, 0, checked.err)


if __name__ == "__main__":
    unittest.main()
