"""Members of a group that are killed, come, go and stand still while records flow: none is lost."""

import random
import signal

from harness import main
from kafka_broker import VERSIONS, Broker
from kafka_flow import ALERTS, Commits, Flow
from kafka_run import LONG, KafkaRunTest, Members
from service import wait_until

FEW, MANY = 5, 30
OLDER = 10 if LONG else 3
PARTITIONS = 4


class RunKafkaMembers(KafkaRunTest):
    def finish(self, broker, flow, services, what):
        """Ends the flow; what is left is read, and all alerts are looked at."""
        flow.stop()
        self.wait_for_lag_0(broker)
        for service in services:
            self.assertEqual(service.stop(), 0, service.log())
        self.check_alerts(broker, flow, what)

    def kill_many(self, version, count):
        dice, killed, counted = random.Random(count), 0, 0
        with Broker(version) as broker:
            self.make_topics(broker, PARTITIONS)
            with Flow(broker, rate=2000) as flow:
                while counted < count:
                    self.assertLess(killed, 2 * count, "it is never killed in time")
                    service = self.start(self.config(broker), f"{version}-{killed}")
                    more = sum(broker.end_offsets(ALERTS)) + dice.randint(1, 300)
                    wait_until(lambda: sum(broker.end_offsets(ALERTS)) > more, "more alerts")
                    ends = list(flow.ends)
                    service.kill()
                    killed += 1
                    counted += 1 if self.lag(broker, ends) > 0 else 0
                last = self.start(self.config(broker), version + "-last")
                self.finish(broker, flow, [last], f"{version}, {counted} of {killed} kills")

    def rebalance_many(self, version, count):
        dice = random.Random(count)
        with Broker(version) as broker:
            self.make_topics(broker, PARTITIONS)
            with Flow(broker, rate=500) as flow:
                members = Members(self, broker, version + "-")
                members.join()
                for _ in range(count):
                    members.turn(dice)
                self.finish(broker, flow, members.now.values(), f"{version}, {count} rebalances")

    def test_kills_while_records_flow_lose_nothing(self):
        self.kill_many(VERSIONS[0], MANY if LONG else FEW)

    def test_members_that_come_and_go_lose_nothing(self):
        self.rebalance_many(VERSIONS[0], MANY if LONG else FEW)

    def test_kills_on_an_older_broker_lose_nothing(self):
        self.kill_many(VERSIONS[1], OLDER)

    def test_members_that_come_and_go_on_an_older_broker_lose_nothing(self):
        self.rebalance_many(VERSIONS[1], OLDER)

    def test_a_member_that_stood_still_commits_nothing_that_is_not_its_own(self):
        with Broker() as broker:
            self.make_topics(broker, PARTITIONS)
            with Flow(broker, rate=500) as flow:
                members = {
                    name: self.start(self.config(broker, properties={"client.id": name}), name)
                    for name in ("sleeper", "other")}
                sleeper = members["sleeper"]
                self.wait_for_members(broker, members)
                commits = Commits(broker)
                # The log says so once; what is said again and again is held back.
                rebalances = lambda: sleeper.total("trailbell_kafka_rebalances_total")
                for turn in range(1, (FEW if LONG else 1) + 1):
                    before = rebalances()
                    sleeper.process.send_signal(signal.SIGSTOP)
                    self.wait_for_members(broker, ["other"])
                    ends = list(flow.ends)
                    wait_until(lambda: self.lag(broker, ends) == 0, "the other goes on with all")
                    sleeper.process.send_signal(signal.SIGCONT)
                    self.wait_for_members(broker, members)
                    wait_until(lambda: rebalances() >= before + 2,
                               "it loses them, and is given some")
                self.assertIn("Kafka group trailbell: lost", sleeper.log())
                commits.stop()
                self.assertEqual(commits.went_back, [])
                self.finish(broker, flow, members.values(), f"a member stood still {turn} times")


if __name__ == "__main__":
    main()
