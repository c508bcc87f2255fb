"""A real Kafka broker for tests: one node in KRaft mode on 127.0.0.1, in a folder of its own.

    with Broker() as broker:
        broker.create_topic("logs", partitions=2)
        broker.produce("logs", [b"one", b"two"])

The broker's jars come from Maven Central, and the client from PyPI, into build/deps, once per
version. What the broker says is in broker.log_path, and in the error where it does not start.
"""

import fcntl
import os
import random
import shutil
import signal
import site
import socket
import subprocess
import sys
import tempfile
import time

from waiting import wait_until

VERSIONS = ("4.1.1", "3.9.1")
CLIENT = "confluent-kafka==2.8.2"
START_S = 60
PORTS = (15_000, 30_000)
COORDINATOR_COMES = (14, 15, 16)  # it loads, is not there yet, or is another one
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DEPS = os.path.join(ROOT, "build", "deps")

def made_once(name, make):
    """The folder build/deps/NAME, which make(folder) fills where it is not there yet."""
    folder = os.path.join(DEPS, name)
    os.makedirs(DEPS, exist_ok=True)
    with open(folder + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.isdir(folder):
            shutil.rmtree(folder + ".part", ignore_errors=True)
            make(folder + ".part")
            os.rename(folder + ".part", folder)
    return folder


def run(*command, **options):
    got = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    if got.returncode != 0:
        raise RuntimeError(f"{command[0]}: {got.stdout.decode(errors='replace')[-4000:]}")


def jars(version):
    """The folder of the broker's jars."""
    done = subprocess.run([os.path.join(ROOT, "deploy", "kafka_jars.sh"), version],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"the jars of Kafka {version}: {done.stderr[-4000:]}")
    return done.stdout.strip()


def client():
    """The module confluent_kafka."""

    def make(folder):
        run(sys.executable, "-m", "venv", folder)
        # By path: a virtual environment's scripts do not survive that it is moved.
        run(os.path.join(folder, "bin", "python"), "-m", "pip", "install", "-q", CLIENT)

    python = f"python{sys.version_info.major}.{sys.version_info.minor}"
    folder = made_once(f"kafka-client-{python}", make)
    site.addsitedir(os.path.join(folder, "lib", python, "site-packages"))
    import confluent_kafka
    import confluent_kafka.admin

    return confluent_kafka


def free_port():
    """Of those that the kernel gives to no client: one that tries again and again to reach a broker
    that is away would in the end come from its very port, and meet itself there."""
    while True:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", random.randint(*PORTS)))
                return probe.getsockname()[1]
            except OSError:
                continue


class Broker:
    def __init__(self, version=VERSIONS[0], log_folder=None, settings=None, wire=None):
        """`wire`, a TcpProxy: who bootstraps at `wired` comes by it, every time."""
        self.version, self.settings, self.wire = version, settings or {}, wire
        self.folder = tempfile.mkdtemp(prefix="trailbell-kafka-")
        self.log_folder = log_folder or os.path.join(self.folder, "logs")
        self.log_path = os.path.join(self.folder, "broker.log")
        self.process = None
        self.port = None

    @property
    def bootstrap(self):
        return f"127.0.0.1:{self.port}"

    @property
    def wired(self):
        return f"127.0.0.1:{self.wire.port}"

    def __enter__(self):
        try:
            self._format()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _format(self):
        self.port, controller = free_port(), free_port()
        settings = {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://{self.bootstrap},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap}",
            "log.dirs": self.log_folder,
            "auto.create.topics.enable": "false",
            "offsets.topic.replication.factor": 1,
            "offsets.topic.num.partitions": 4,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "transaction.state.log.num.partitions": 4,
            "group.initial.rebalance.delay.ms": 0,
            "group.min.session.timeout.ms": 500,
            # A broker that was killed may come back at once.
            "broker.heartbeat.interval.ms": 200,
            "broker.session.timeout.ms": 1000,
            **self._wire_settings(controller),
            **self.settings,
        }
        self.properties = os.path.join(self.folder, "server.properties")
        with open(self.properties, "w") as out:
            out.writelines(f"{name}={value}\n" for name, value in settings.items())
        # Any identifier of a cluster will do: 16 bytes in base64.
        run(*self._java(), "kafka.tools.StorageTool", "format", "-t", "dHJhaWxiZWxsLXRlc3RzMQ",
            "-c", self.properties)

    def _wire_settings(self, controller):
        if self.wire is None:
            return {}
        self.wire.target = free_port()
        names = ("PLAINTEXT", "WIRE", "CONTROLLER")
        return {
            "listeners": f"PLAINTEXT://{self.bootstrap},WIRE://127.0.0.1:{self.wire.target},"
                         f"CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"PLAINTEXT://{self.bootstrap},WIRE://{self.wired}",
            "inter.broker.listener.name": "PLAINTEXT",
            "listener.security.protocol.map": ",".join(f"{one}:PLAINTEXT" for one in names),
        }

    def _java(self, *options):
        return ["java", "-XX:TieredStopAtLevel=1", *options, "-cp", f"{jars(self.version)}/*"]

    def start(self):
        """Again after stop() or kill(): on the same port, with what was stored."""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [*self._java("-Xmx768m"), "kafka.Kafka", self.properties],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL)

        def up():
            if self.process.poll() is not None:
                with open(self.log_path, errors="replace") as log:
                    raise RuntimeError("the broker ended: " + log.read()[-4000:])
            try:
                return self.admin().list_topics(timeout=2).brokers
            except client().KafkaException:
                return False

        # A port that answers is no broker that does: this asks it.
        wait_until(up, "the broker's answer", START_S)

    def stop(self):
        """As its operator does: what is in memory is written first."""
        self._end(signal.SIGTERM)

    def kill(self):
        self._end(signal.SIGKILL)

    def _end(self, how):
        if self.process is not None:
            self.process.send_signal(how)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(30)
            self.process = None

    def admin(self):
        return client().admin.AdminClient(
            {"bootstrap.servers": self.bootstrap, "log_level": 0, "reconnect.backoff.max.ms": 200})

    def create_topic(self, name, partitions=1, **config):
        topic = client().admin.NewTopic(name, partitions, 1, config=config)
        admin = self.admin()
        admin.create_topics([topic])[name].result(30)
        wait_until(
            lambda: len(admin.list_topics(name, 5).topics[name].partitions) == partitions,
            f"topic {name}")

    def add_partitions(self, name, partitions):
        new = client().admin.NewPartitions(name, partitions)
        admin = self.admin()
        admin.create_partitions([new])[name].result(30)

    def produce(self, topic, values, partition=None, timestamp=None, **config):
        """Returns when all are stored. A value of None is a tombstone, under the key "gone".
        `timestamp` is in milliseconds."""
        failed = []
        producer = client().Producer({
            "bootstrap.servers": self.bootstrap, "linger.ms": 5, "log_level": 0,
            "queue.buffering.max.messages": 10_000_000, **config})
        where = {} if partition is None else {"partition": partition}
        if timestamp is not None:
            where["timestamp"] = timestamp
        for value in values:
            producer.produce(topic, value, key="gone" if value is None else None, **where,
                             on_delivery=lambda error, _: error and failed.append(error))
        if producer.flush(60) or failed:
            raise RuntimeError(f"not produced: {failed[:1] or 'time-out'}")

    @staticmethod
    def _ends(consumer, topic, partition):
        """Nothing where the client has not heard who leads it."""
        try:
            return consumer.get_watermark_offsets(
                client().TopicPartition(topic, partition), timeout=10)
        except client().KafkaException as failed:
            if failed.args[0].code() != client().KafkaError._UNKNOWN_PARTITION:
                raise
            return None

    def end_offsets(self, topic):
        consumer = self._consumer("trailbell-tests-offsets")
        try:
            count = len(consumer.list_topics(topic, 10).topics[topic].partitions)
            return [wait_until(lambda p=p: self._ends(consumer, topic, p), f"the end of {topic}")[1]
                    for p in range(count)]
        finally:
            consumer.close()

    def committed(self, group, topic):
        """By partition; None where nothing is committed."""
        consumer = self._consumer(group)
        try:
            count = len(consumer.list_topics(topic, 10).topics[topic].partitions)
            found = self._asked(lambda: consumer.committed(
                [client().TopicPartition(topic, p) for p in range(count)], 10))
            return [p.offset if p.offset >= 0 else None for p in found]
        finally:
            consumer.close()

    @staticmethod
    def _asked(question):
        """A broker that has just started may not know yet who coordinates a group."""

        def answer():
            try:
                return question()
            except client().KafkaException as problem:
                if problem.args[0].code() not in COORDINATOR_COMES:
                    raise
                return None

        return wait_until(answer, "the group's coordinator")

    def consume(self, topic, enough, timeout_s=60):
        """Reads it from its beginning, committed messages only, until enough(messages)."""
        consumer = self._consumer("trailbell-tests-reader")
        messages = []
        try:
            count = len(consumer.list_topics(topic, 10).topics[topic].partitions)
            consumer.assign([client().TopicPartition(topic, p, 0) for p in range(count)])
            end = time.monotonic() + timeout_s
            while not enough(messages):
                if time.monotonic() > end:
                    raise TimeoutError(f"{topic}: {len(messages)} messages in {timeout_s} s")
                messages += [m for m in consumer.consume(1000, 0.2) if not m.error()]
            return messages
        finally:
            consumer.close()

    def _consumer(self, group):
        return client().Consumer({
            "bootstrap.servers": self.bootstrap, "group.id": group, "log_level": 0,
            "enable.auto.commit": False, "isolation.level": "read_committed"})
