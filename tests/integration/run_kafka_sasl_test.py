"""`trailbell run` at a broker that wants to know who comes: passwords, and tokens of Amazon MSK."""

import json
import os
import unittest.mock

from aws_keys import OIDC_CLIENT, REGION, Keys
from harness import main, record
from kafka_flow import ALERTS, SOURCE
from kafka_run import KafkaRunTest
from kafka_sasl import PASSWORD_MECHANISMS, SaslBroker
from service import wait_until

BAD = "bad"
USERS = {"trailbell": "correct-horse", "other": "battery-staple"}
WRONG = "not-this-staple"
ROLE, EXTERNAL = "arn:aws:iam::111122223333:role/sink", "ext-1"
LIFE_S = 15  # of keys: they are had anew every 9 to 11 seconds, and tokens every 12
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


    def test_a_time_out_says_what_caused_it(self):
        names = self.topics(self.suffix)
        wrong = self.by_password("SCRAM-SHA-256", "other", WRONG)
        service = self.start(self.config_of(
            names,
            lambda which: wrong if which == "quarantine" else {"brokers": self.broker.bootstrap}))
        self.broker.produce(names[0], [b"{ no json"])
        wait_until(lambda: "trouble was: sasl" in service.get("/readyz")[1],
                   "it says why quarantine has no answer")
        self.assertRegex(service.get("/readyz")[1], "quarantine: .*SASL authentication error")
        self.broker.set_password("other", WRONG)
        self.broker.consume(names[2], lambda got: len(got) == 1)
        self.wait_for_readiness(service, 200)
        self.broker.set_password("other", USERS["other"])
        self.assertEqual(service.stop(), 0, service.log())
        self.assert_silent(service, WRONG)


class Tokens(SaslTest):
    """Source, sink and quarantine are three clients, each with keys of its own."""

    def setUp(self):
        super().setUp()
        self.keys.life_s, self.keys.gives, self.keys.trusts = 3600, True, True
        profiles = "".join(
            f"[profile {who}]\ncredential_process = curl -sf {self.keys.url('/keys/' + who)}\n"
            for who in ("source", "by", "quarantine"))
        self.file("aws/config", profiles)
        for name, value in {
            "AWS_CONFIG_FILE": self.path("aws/config"),
            "AWS_SHARED_CREDENTIALS_FILE": self.path("aws/none"),
            "AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL_STS": self.keys.url("/sts"),
        }.items():
            self.enterContext(unittest.mock.patch.dict(os.environ, {name: value}))

    def by_token(self, which):
        """The sink assumes a role; the others are whom a program says."""
        keys = {"profile": "by", "role_arn": ROLE, "external_id": EXTERNAL}
        return {
            "brokers": self.broker.by_token, "aws_msk_iam": True, "region": REGION,
            **(keys if which == "sink" else {"profile": which}),
            "properties": {"ssl.ca.location": self.broker.ca_file,
                           "reconnect.backoff.max.ms": "500"},
        }

    def assert_no_secrets(self, service):
        """Nor what a token begins with: "https://kafka." in base64."""
        self.assert_silent(service, *self.keys.secrets, "aHR0cHM6Ly9rYWZrYS4")

    def run_while_keys_change(self, guarantee):
        self.keys.life_s = LIFE_S
        names = self.topics(self.suffix)
        service = self.start(self.config_of(names, self.by_token, guarantee))
        self.keys.shown.clear()
        sent = 0

        def all_have_shown_enough():
            nonlocal sent
            self.broker.produce(names[0], [
                record(event_id=str(sent)).encode(), f"{{ no json {sent}".encode()])
            sent += 1
            return all(len(self.keys.keys_of(who)) >= KEYS_MIN
                       for who in ("source", "sink", "quarantine"))

        wait_until(all_have_shown_enough, "tokens of enough keys", pause_s=0.2)
        alerts = self.broker.consume(names[1], lambda got: len(got) >= sent)
        events = [json.loads(one.value())["event_id"] for one in alerts]
        self.assertEqual(set(events), {str(one) for one in range(sent)})
        if guarantee == "exactly_once":
            self.assertEqual(len(events), sent)
        bad = self.broker.consume(names[2], lambda got: len(got) >= sent)
        self.assertEqual({one.value() for one in bad},
                         {f"{{ no json {one}".encode() for one in range(sent)})
        self.wait_for_readiness(service, 200)
        self.assertEqual(self.keys.refused, [])
        self.assertEqual(service.stop(), 0, service.log())
        self.assert_no_secrets(service)

    def test_tokens_are_made_anew_before_their_keys_end(self):
        self.run_while_keys_change("at_least_once")

    def test_tokens_are_made_anew_with_exactly_once(self):
        self.run_while_keys_change("exactly_once")

    def test_no_keys_are_said_and_asked_for_again(self):
        names = self.topics(self.suffix)
        self.keys.gives = False
        self.addCleanup(self.keys.refused.clear)
        service = self.start(self.config_of(names, self.by_token))
        self.broker.produce(names[0], [record(event_id="one").encode()])
        wait_until(lambda: "AWS credentials, shared files: " in service.get("/readyz")[1],
                   "it says that it has no keys")
        self.assertEqual(service.get("/readyz")[0], 503)
        self.keys.gives = True
        self.broker.consume(names[1], lambda got: len(got) == 1)
        self.wait_for_readiness(service, 200)
        self.assertEqual(service.stop(), 0, service.log())
        self.assert_no_secrets(service)

    def test_who_is_not_trusted_says_so_and_tries_again(self):
        names = self.topics(self.suffix)
        self.keys.trusts = False
        self.addCleanup(self.keys.refused.clear)
        service = self.start(self.config_of(names, self.by_token, "exactly_once"))
        self.broker.produce(names[0], [record(event_id="one").encode()])
        wait_until(lambda: "SASL authentication error" in service.get("/readyz")[1],
                   "it says that it was not let in")
        self.assertEqual(set(self.keys.refused), {"nobody is trusted"})
        self.keys.trusts = True
        self.broker.consume(names[1], lambda got: len(got) == 1)
        self.wait_for_readiness(service, 200)
        self.assertEqual(service.stop(), 0, service.log())
        self.assert_no_secrets(service)

    def test_tokens_of_openid_connect(self):
        self.keys.life_s = LIFE_S
        names = self.topics(self.suffix)
        service = self.start(self.config_of(names, {
            "brokers": self.broker.by_token,
            "properties": {
                "security.protocol": "SASL_SSL", "ssl.ca.location": self.broker.ca_file,
                "sasl.mechanism": "OAUTHBEARER", "sasl.oauthbearer.method": "oidc",
                "sasl.oauthbearer.token.endpoint.url": self.keys.url("/oidc"),
                "sasl.oauthbearer.client.id": OIDC_CLIENT[0],
                "sasl.oauthbearer.client.secret": OIDC_CLIENT[1],
            }}))
        self.broker.produce(names[0], [record(event_id="one").encode(), b"{ no json"])
        self.broker.consume(names[1], lambda got: len(got) == 1)
        self.broker.consume(names[2], lambda got: len(got) == 1)
        first = len(self.keys.keys_of(OIDC_CLIENT[0]))
        wait_until(lambda: len(self.keys.keys_of(OIDC_CLIENT[0])) >= first + 3,
                   "each client has shown another token")
        self.wait_for_readiness(service, 200)
        self.assertEqual(self.keys.refused, [])
        self.assertEqual(service.stop(), 0, service.log())
        self.assert_silent(service, OIDC_CLIENT[1], *self.keys.secrets)

    def test_what_is_wrong_with_the_settings_of_aws_ends_it_at_once(self):
        for client, words in (
            ({"profile": "nobody"}, "aws_msk_iam: the AWS profile 'nobody' is neither in"),
            ({"region": "eu.west"}, "aws_msk_iam: the region of the cluster, 'eu.west', is none"),
        ):
            with self.subTest(words):
                client = {"brokers": "127.0.0.1:1", "aws_msk_iam": True, **client}
                config = self.config_of([SOURCE, ALERTS, BAD], client)
                path = self.file("wrong.yaml", json.dumps(config))
                got = self.run_binary("run", "-c", path)
                self.assertEqual(got.code, 2, got.err)
                self.assertIn(words, got.err)


if __name__ == "__main__":
    main()
