"""The broker that other tests rely on: starts, stores, survives a stop and a kill."""

import unittest

from kafka_broker import VERSIONS, Broker


class KafkaBroker(unittest.TestCase):
    def test_what_is_stored_survives_a_stop_and_a_kill(self):
        for version in VERSIONS:
            with self.subTest(version), Broker(version) as broker:
                broker.create_topic("t", partitions=2)
                broker.produce("t", [b"one", None], partition=1)
                broker.stop()
                broker.start()
                broker.produce("t", [b"two"], partition=0)
                broker.kill()
                broker.start()
                self.assertEqual(broker.end_offsets("t"), [1, 2])
                found = broker.consume("t", lambda messages: len(messages) == 3)
                self.assertEqual({m.value() for m in found}, {b"one", None, b"two"})
                self.assertEqual(broker.committed("nobody", "t"), [None, None])


if __name__ == "__main__":
    unittest.main()
