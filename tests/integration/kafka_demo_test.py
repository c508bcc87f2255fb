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

    def test_its_configuration_is_the_one_that_the_readme_explains(self):
        shown = next(text for language, text in blocks() if language == "yaml")
        with open(os.path.join(ROOT, "deploy", "kafka_demo.yaml")) as text:
            self.assertEqual(shown, text.read())
        checked = self.run_binary("config", "check", "-c",
                                  os.path.join(ROOT, "deploy", "kafka_demo.yaml"))
        self.assertEqual(checked.code, 0, checked.err)


if __name__ == "__main__":
    unittest.main()
