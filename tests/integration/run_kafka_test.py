"""`trailbell run` from Kafka to Kafka through a real broker: each shape of a message."""

import gzip
import json
import random

from harness import document, main, record
from kafka_broker import VERSIONS, Broker
from kafka_run import KafkaRunTest
from service import wait_until


class RunKafka(KafkaRunTest):
    one_record_a_message = False

    def test_every_shape_of_message_and_poison(self):
        for version in VERSIONS:
            with self.subTest(version), Broker(version) as broker:
                self.make_topics(broker, 2)
                service = self.start(self.config(broker), "of-" + version)
                broker.produce(
                    "cloudtrail",
                    [
                        record(event_id="one").encode(),
                        gzip.compress(document(record(event_id="two"), record("A", "x")).encode()),
                        None,
                        b"",
                        b"{ no json",
                        json.dumps({
                            "version": "0",
                            "id": "0",
                            "detail-type": "AWS API Call via CloudTrail",
                            "source": "aws.iam",
                            "detail": json.loads(record(event_id="three")),
                        }).encode(),
                    ],
                    partition=1,
                )
                wait_until(lambda: self.lag(broker) == 0, "all is committed")
                self.assertEqual(service.total("trailbell_quarantined_total"), 1)
                lag = 'trailbell_kafka_lag_records{partition="1",topic="cloudtrail"}'
                wait_until(lambda: service.metrics().get(lag) == 0, "no lag")
                self.assertEqual(service.stop(), 0, service.log())
                alerts = self.delivered(broker)
                self.assertEqual([a["event_id"] for a in alerts], ["one", "two", "three"])
                self.assertEqual(
                    alerts[1]["position"],
                    {"source": "kafka", "topic": "cloudtrail", "partition": 1, "offset": 1,
                     "record": 0},
                )

    def test_a_canary_goes_in_and_its_alert_comes_out(self):
        with Broker() as broker:
            self.make_topics(broker, 2)
            service = self.start(self.config(broker))
            canary = ("verify", "--canary", "-c", self.path("trailbell.yaml"), "--format", "json",
                      "--service", "http://" + service.address())
            got = self.run_binary(*canary)
            self.assertEqual((got.code, got.err), (0, ""), service.log())
            said = json.loads(got.out)
            self.assertEqual((said["arrived"], said["sent_to"]), (True, "topic cloudtrail"))
            (alert,) = self.delivered(broker)
            self.assertEqual((alert["event_id"], alert["canary"]), (said["event_id"], True))
            self.assertEqual(service.metrics()["trailbell_canaries_total"], 1)
            self.assertEqual(service.total("trailbell_iam_policy_changes_total"), 0)
            got = self.run_binary(*canary, "--timeout", "1",
                                  "--set", "source.kafka.brokers=127.0.0.1:1")
            self.assertEqual(got.code, 3, got.out)
            self.assertIn("cloudtrail at 127.0.0.1:1", got.err)
            self.assertEqual(service.stop(), 0, service.log())

    def with_topic(self, broker):
        where = {"brokers": broker.bootstrap, "topic": "bad"}
        return self.config(broker, quarantine={"kafka": where})

    def quarantined(self, broker):
        """Of the topic: (key, value, headers) of each."""
        sent = sum(broker.end_offsets("bad"))
        got = broker.consume("bad", lambda messages: len(messages) >= sent)
        return [
            (m.key().decode(), m.value(), {k: v.decode() for k, v in m.headers()}) for m in got
        ]

    def test_a_quarantine_topic_has_what_could_not_be_read_and_where_it_was(self):
        with Broker() as broker:
            broker.create_topic("cloudtrail")
            broker.create_topic("alerts")
            # Less than a piece: it comes in several messages.
            broker.create_topic("bad", **{"max.message.bytes": "100000"})
            # Always the same: bytes that happen to begin as JSON would be many bad lines.
            broken = gzip.compress(random.Random(0).randbytes(400_000))[:-9]
            broker.produce(
                "cloudtrail",
                [b"{ no json", record(event_id="one").encode(), broken, b"\xff\x00 nothing"],
            )
            service = self.start(self.with_topic(broker))
            wait_until(lambda: self.lag(broker) == 0, "all is committed")
            self.assertEqual(service.total("trailbell_quarantined_total"), 3)
            self.assertEqual(service.total("trailbell_quarantine_cut_total"), 0)
            self.assertEqual(service.stop(), 0, service.log())
            # Until it was known how large a message may be, some may have come more often.
            pieces = {key: (value, headers) for key, value, headers in self.quarantined(broker)}
            value, headers = pieces["cloudtrail[0]@0/0/0/failed"]
            self.assertEqual(value, b"{ no json")
            self.assertEqual(
                {k: headers["trailbell." + k] for k in ("source", "topic", "partition", "offset")},
                {"source": "kafka", "topic": "cloudtrail", "partition": "0", "offset": "0"},
            )
            self.assertTrue(headers["trailbell.reason"] and headers["trailbell.time"])
            parts = [one for one in pieces.values() if one[1]["trailbell.offset"] == "2"]
            parts.sort(key=lambda one: int(one[1]["trailbell.part"]))
            self.assertEqual(len(parts), int(parts[0][1]["trailbell.parts"]))
            self.assertGreater(len(parts), 4)
            self.assertEqual(b"".join(part[0] for part in parts), broken)
            self.assertEqual([a["event_id"] for a in self.delivered(broker)], ["one"])

    def test_what_is_read_again_has_the_same_key_in_a_quarantine_topic(self):
        with Broker() as broker:
            broker.create_topic("cloudtrail")
            broker.create_topic("alerts")
            broker.create_topic("bad")
            broker.produce("cloudtrail", [b"{ no json %d" % i for i in range(50)])
            for group in ("first", "second"):
                config = self.with_topic(broker)
                config["source"]["kafka"]["group_id"] = group
                service = self.start(config, group)
                wait_until(
                    lambda: broker.committed(group, "cloudtrail") == [50], "all is committed"
                )
                self.assertEqual(service.stop(), 0, service.log())
            pieces = self.quarantined(broker)
            self.assertEqual(len(pieces), 100)
            self.assertEqual(
                {key: value for key, value, _ in pieces},
                {f"cloudtrail[0]@{i}/0/0/failed": b"{ no json %d" % i for i in range(50)},
            )

    def test_a_quarantine_topic_that_refuses_holds_every_acknowledgement(self):
        with Broker() as broker:
            broker.create_topic("cloudtrail")
            broker.create_topic("alerts")
            broker.produce("cloudtrail", [b"{ no json", record(event_id="one").encode()])
            config = {**self.with_topic(broker), "delivery": {"drain_timeout": "100ms"}}
            service = self.start(config, "without")
            # There is no such topic.
            wait_until(lambda: "quarantine" in service.get("/readyz")[1], "it is not ready")
            self.assertEqual(service.metrics()['trailbell_ready{part="quarantine"}'], 0)
            self.assertIn("bad at " + broker.bootstrap, service.log())
            self.assertEqual(service.total("trailbell_records_total"), 0)
            self.assertEqual(service.stop(), 3, service.log())
            self.assertIn(broker.committed("trailbell", "cloudtrail"), ([None], [0]))
            service = self.start(self.with_topic(broker), "again")
            wait_until(lambda: "quarantine" in service.get("/readyz")[1], "it is not ready again")
            broker.create_topic("bad")
            wait_until(lambda: self.lag(broker) == 0, "all is committed")
            wait_until(lambda: service.get("/readyz")[0] == 200, "it is ready")
            self.assertEqual(service.stop(), 0, service.log())
            self.assertEqual([one[1] for one in self.quarantined(broker)], [b"{ no json"])

    def test_alerts_in_the_other_formats(self):
        with Broker() as broker:
            broker.create_topic("cloudtrail")
            config = self.config(broker)
            config["sinks"] = []
            for style in ("ocsf", "ecs"):
                broker.create_topic(style)
                to = {"brokers": broker.bootstrap, "topic": style, "format": style}
                config["sinks"].append({"kafka": to, "name": style})
            service = self.start(config)
            broker.produce("cloudtrail", [record(event_id="one").encode()])
            wait_until(lambda: self.lag(broker) == 0, "it is committed")
            self.assertEqual(service.stop(), 0, service.log())
            got = {
                style: json.loads(broker.consume(style, lambda m: len(m) >= 1)[0].value())
                for style in ("ocsf", "ecs")
            }
            self.assertEqual(got["ocsf"]["class_uid"], 2004)
            self.assertIn("ecs", got["ecs"])


if __name__ == "__main__":
    main()
