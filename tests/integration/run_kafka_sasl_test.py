"""`trailbell run` at a broker that wants to know who comes: passwords, and tokens of Amazon MSK."""

import os
import sys

from aws_keys import REGION, Keys
from harness import main, record
from kafka_flow import ALERTS, GROUP, SOURCE, Flow
from kafka_run import KafkaRunTest
from kafka_sasl import PASSWORD_MECHANISMS, SaslBroker
from service import wait_until

BAD = "bad"
USERS = {"trailbell": "correct-horse", "other": "battery-staple"}
WRONG = "not-this-staple"
ROLE, EXTERNAL = "arn:aws:iam::111122223333:role/sink", "ext-1"
LIFE_S = 8   # of keys: they are had anew every 5 to 6 seconds
KEYS_MIN = 3  # that each client is to have used


class SaslTest(KafkaRunTest):
    one_record_a_message = False

    @classmethod
    def setUpClass(cls):
        cls.keys = Keys(role=(ROLE, EXTERNAL))
        cls.addClassCleanup(cls.keys.stop)
        cls.broker = cls.enterClassContext(SaslBroker(USERS, cls.keys))

    def setUp(self):
        super().setUp()
        self.suffix = "-" + self.id().rpartition(".")[2]
        self.environment = {}

    def topics(self, suffix):
        """Of a source, of alerts, and of what cannot be read."""
        names = [name + suffix for name in (SOURCE, ALERTS, BAD)]
        for name in names:
            self.broker.create_topic(name, partitions=2)
        return names

    def config_of(self, names, client, guarantee="at_least_once"):
        """`client`: what source, sink and quarantine have in common, or a function of which it is.
        """
        client = client if callable(client) else lambda _, common=client: common
        return {
            "source": {"kafka": {"topics": [names[0]], "group_id": names[0], **client("source")}},
            "sinks": [{"kafka": {"topic": names[1], **client("sink")}}],
            "quarantine": {"kafka": {"topic": names[2], **client("quarantine")}},
            "delivery": {"guarantee": guarantee, "drain_timeout": "10s"},
            "log": {"level": "debug"},
        }

    def by_password(self, mechanism, user, password):
        return {"brokers": self.broker.by_password, "properties": {
            "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": mechanism,
            "sasl.username": user, "sasl.password": password,
            "reconnect.backoff.max.ms": "500"}}

    def assert_silent(self, service, *secrets):
        log = service.log()
        for secret in secrets:
            self.assertNotIn(secret, log)


class Passwords(SaslTest):
    def test_each_mechanism_reads_and_writes(self):
        for mechanism in PASSWORD_MECHANISMS:
            with self.subTest(mechanism):
                names = self.topics("-" + mechanism)
                config = self.config_of(
                    names, self.by_password(mechanism, "trailbell", USERS["trailbell"]))
                service = self.start(config, mechanism)
                self.broker.produce(names[0], [record(event_id="one").encode(), b"{ no json"])
                self.broker.consume(names[1], lambda got: len(got) == 1)
                self.broker.consume(names[2], lambda got: len(got) == 1)
                self.wait_for_readiness(service, 200)
                self.assertEqual(service.stop(), 0, service.log())
                self.assert_silent(service, USERS["trailbell"])

    def test_a_wrong_password_is_said_and_tried_again_until_it_is_right(self):
        for mechanism in PASSWORD_MECHANISMS:
            with self.subTest(mechanism):
                names = self.topics("-wrong-" + mechanism)
                service = self.start(
                    self.config_of(names, self.by_password(mechanism, "other", WRONG)),
                    "wrong-" + mechanism)
                why = self.wait_for_readiness(service, 503)
                wait_until(lambda: "uthentication" in service.get("/readyz")[1],
                           "it says that it was not let in")
                self.assertIn("source kafka", why)
                self.broker.produce(names[0], [record(event_id="one").encode()])
                if mechanism != "PLAIN":  # whose passwords the broker has from its start
                    self.broker.set_password("other", WRONG)
                    self.broker.consume(names[1], lambda got: len(got) == 1)
                    self.wait_for_readiness(service, 200)
                    self.broker.set_password("other", USERS["other"])
                self.assertIsNone(service.process.poll())
                self.assertEqual(service.stop(), 0, service.log())
                self.assert_silent(service, WRONG)


if __name__ == "__main__":
    main()
