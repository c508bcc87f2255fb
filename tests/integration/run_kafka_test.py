"""`trailbell run` from Kafka to Kafka through a real broker: nothing is lost, whatever happens."""

import gzip
import json

from harness import document, main, record
from kafka_broker import VERSIONS, Broker
from service import ServiceTest, wait_until

KILLS = 5
MESSAGES = 10_000  # for each partition and kill


class RunKafka(ServiceTest):
    def config(self, broker, **more):
        return {
            "source": {
                "kafka": {
                    "brokers": broker.bootstrap,
                    "topics": ["cloudtrail"],
                    "group_id": "trailbell",
                    "properties": {"session.timeout.ms": "6000"},
                }
            },
            "sinks": [{"kafka": {"brokers": broker.bootstrap, "topic": "alerts"}}],
            "quarantine": {"path": self.path("quarantine")},
            **more,
        }

    def delivered(self, broker):
        sent = sum(broker.end_offsets("alerts"))
        messages = broker.consume("alerts", lambda got: len(got) >= sent)
        return [json.loads(one.value()) for one in messages]

    def lag(self, broker):
        done = broker.committed("trailbell", "cloudtrail")
        return sum(end - (at or 0) for end, at in zip(broker.end_offsets("cloudtrail"), done))

    def test_every_shape_of_message_and_poison(self):
        for version in VERSIONS:
            with self.subTest(version), Broker(version) as broker:
                broker.create_topic("cloudtrail", partitions=2)
                broker.create_topic("alerts")
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

    def test_kills_while_records_flow_lose_nothing(self):
        with Broker() as broker:
            broker.create_topic("cloudtrail", partitions=3)
            broker.create_topic("alerts")
            expected, sent, kills, runs = set(), 0, 0, 0
            small = {"delivery": {"max_in_flight_bytes": "64KiB"}}
            while kills < KILLS:
                self.assertLess(runs, 4 * KILLS, "it is never killed in time")
                for partition in range(3):
                    names = [str(sent + i) for i in range(MESSAGES)]
                    values = [record("PutRolePolicy", one) if int(one) % 20 == 0
                              else record("ListRoles", one) for one in names]
                    broker.produce("cloudtrail", [v.encode() for v in values], partition=partition)
                    expected.update(one for one in names if int(one) % 20 == 0)
                    sent += MESSAGES
                service = self.start(self.config(broker, **small), f"run-{runs}")
                before = sum(broker.end_offsets("alerts"))
                wait_until(
                    lambda: sum(broker.end_offsets("alerts")) > before + 20, "some more alerts"
                )
                service.kill()
                runs += 1
                kills += 1 if self.lag(broker) > 0 else 0
            service = self.start(self.config(broker), "last")
            wait_until(lambda: self.lag(broker) == 0, "all is committed")
            self.assertEqual(service.stop(), 0, service.log())
            self.assertEqual({a["event_id"] for a in self.delivered(broker)}, expected)

    def test_members_that_come_and_go_lose_nothing(self):
        with Broker() as broker:
            broker.create_topic("cloudtrail", partitions=4)
            broker.create_topic("alerts")
            services = [self.start(self.config(broker), name) for name in ("m0", "m1")]
            sent = 0
            for turn in range(5):
                for partition in range(4):
                    broker.produce(
                        "cloudtrail",
                        [record(event_id=f"{sent + i}").encode() for i in range(200)],
                        partition=partition,
                    )
                    sent += 200
                leaving = services.pop(0)
                if turn % 2:
                    leaving.kill()
                else:
                    self.assertEqual(leaving.stop(), 0, leaving.log())
                services.append(self.start(self.config(broker), f"m{turn + 2}"))
            wait_until(lambda: self.lag(broker) == 0, "all is committed")
            for service in services:
                self.assertEqual(service.stop(), 0, service.log())
            got = {a["event_id"] for a in self.delivered(broker)}
            self.assertEqual(got, {str(i) for i in range(sent)})

    def test_a_broker_that_goes_away_and_comes_back(self):
        with Broker() as broker:
            broker.create_topic("cloudtrail")
            broker.create_topic("alerts")
            service = self.start(self.config(broker))
            broker.produce("cloudtrail", [record(event_id="before").encode()])
            wait_until(lambda: self.lag(broker) == 0, "the first is committed")
            broker.stop()
            broker.start()
            broker.produce("cloudtrail", [record(event_id="after").encode()])
            wait_until(lambda: self.lag(broker) == 0, "the second is committed")
            self.assertEqual(service.stop(), 0, service.log())
            self.assertEqual([a["event_id"] for a in self.delivered(broker)], ["before", "after"])


if __name__ == "__main__":
    main()
