"""`trailbell verify --siem` asks: AWS, a service, Prometheus, Alertmanager, all of them stand-ins.
What it asked is what it saves; what is refused, silent, or another program is never `missing`.

Usage: verify_siem_live_test.py BINARY PROJECT
"""

import base64
import json
import sys
import time

sys.argv.pop(2)

from harness import ReplayTest, main  # first: it takes its word of the command line
from aws_stand_in import InventoryBackend, StandIn, deny
from net_harness import Certificates, answer, drop, hang
from siem_stand_in import SiemStandIn
from siem_account import QUEUE, TAKEN_S, Siem
from siem_states import SiemReader, first_broken, make_siem


class Live(SiemReader, ReplayTest):
    def begin(self, whole=None, tls=None):
        whole = whole or make_siem("base/perfect")
        # What the service's own clock says moves with the account's.
        shift = int(time.time()) - TAKEN_S
        for page in whole["siem"]["services"].values():
            text = page["metrics"]["complete"]["text"]
            page["metrics"]["complete"]["text"] = "\n".join(
                moved(line, shift) for line in text.splitlines()) + "\n"
        self.aws = StandIn(InventoryBackend(whole))
        self.siem = SiemStandIn(whole["siem"], tls)
        self.addCleanup(self.aws.stop)
        self.addCleanup(self.siem.stop)

    def verify(self, *words):
        return self.run_binary("verify", "--siem", *self.siem.words(), *words,
                               env=self.aws.environment(HOME=self.folder))

    def test_what_is_saved_says_the_same_again(self):
        account = Siem()
        account.through_topic()
        for whole in (make_siem("base/perfect"), account.whole, make_siem("bridge/whole"),
                      make_siem("rules/subset"), make_siem("receiver/silenced")):
            self.begin(whole)
            path = self.path("saved.json")
            control = self.control("--save-inventory", path)
            again = self.run_binary("verify", "--siem", "--inventory", path, "--format", "json")
            self.assertEqual(json.loads(again.out)["controls"], [control])
        self.assertEqual(control["verdict"], "missing")

    def test_only_what_the_chain_needs_is_asked(self):
        self.begin()
        self.assertEqual(self.verdict(), ("present", None))
        self.assertEqual(self.aws.actions, {
            "sts:GetCallerIdentity", "cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus",
            "cloudtrail:GetEventSelectors", "s3:GetBucketNotification", "sqs:GetQueueAttributes"})
        self.assertEqual(len(self.siem.paths), len(set(self.siem.paths)))

    def test_a_bucket_of_another_region_is_asked_there(self):
        account = Siem()
        there = account.whole["regions"].setdefault("eu-west-1", {})
        queue = QUEUE.replace("us-east-1", "eu-west-1")
        account.notice["QueueArn"] = queue
        account.queue.update(QueueArn=queue,
                             Policy=account.queue["Policy"].replace("us-east-1", "eu-west-1"))
        there["s3"], there["sqs"] = account.region.pop("s3"), {
            "GetQueueAttributes": {queue: account.region.pop("sqs")["GetQueueAttributes"][QUEUE]}}
        account.status_page["sources"][0].update(
            queue_urls=["https://sqs.eu-west-1.amazonaws.com/111122223333/trailbell"])
        self.begin(account.whole)
        elsewhere = answer(301, b"<Error><Code>PermanentRedirect</Code></Error>",
                           [("x-amz-bucket-region", "eu-west-1")])
        backend = self.aws.backend

        def s3(peer, request):
            call = self.aws.call_of(request)
            if call.region != "eu-west-1":
                return elsewhere(peer, request)
            got = backend(call)
            return answer(got[0], got[2].encode())(peer, request)

        self.aws.faults["s3"] = s3
        self.assertEqual(self.verdict(), ("present", None))
        self.assertEqual([c.region for c in self.aws.calls if c.service == "s3"],
                         ["us-east-1", "eu-west-1"])

    def test_denied_is_undetermined(self):
        self.begin()
        for service, link in (("s3", "bucket"), ("sqs", "queue"), ("cloudtrail", "trail")):
            self.aws.faults = {service: deny}
            with self.subTest(service):
                self.assertEqual(self.verdict(), ("undetermined", link))

    def test_another_program_or_a_door_is_undetermined(self):
        self.begin()
        for fault in (answer(200, b'{"hello":"world"}'), answer(200, b"[]"), answer(200, b"<html>"),
                      answer(401), answer(403), answer(404), answer(500), drop):
            for part, link in (("service/status", "queue"), ("prometheus", "scrape"),
                               ("manager", "receiver")):
                self.siem.faults = {part: fault}
                with self.subTest(part):
                    verdict, broken = self.verdict()
                    self.assertEqual(verdict, "undetermined")
                    self.assertIn(broken, (link, "service"))

    def test_who_hangs_takes_no_more_than_the_time(self):
        self.begin()
        self.siem.faults = {"service": hang, "prometheus": hang, "manager": hang}
        begin = time.monotonic()
        verdict, _ = self.verdict("--timeout", "2")
        self.assertLess(time.monotonic() - begin, 12)
        self.assertEqual(verdict, "undetermined")

    def test_one_that_hangs_is_not_asked_again(self):
        self.begin()
        self.siem.faults = {"manager": hang}
        self.assertEqual(self.verdict("--timeout", "2"), ("undetermined", "receiver"))
        self.assertEqual([path for name, path in self.siem.paths if name == "manager"],
                         ["/api/v2/status"])

    def test_a_manager_that_prometheus_does_not_name_is_not_taken_for_its_own(self):
        self.begin()
        other = SiemStandIn(make_siem("base/perfect")["siem"])
        self.addCleanup(other.stop)
        self.assertEqual(self.verdict("--alertmanager", other.address(other.manager)),
                         ("undetermined", "receiver"))
        named = "http://localhost:%d" % self.siem.manager.port
        self.assertEqual(self.verdict("--alertmanager", named), ("present", None))

    def sign_in(self, name, **members):
        return self.file(name, json.dumps(members))  # JSON is YAML

    def test_who_asks_is_said_as_promtool_says_it(self):
        self.begin()
        self.siem.wanted = {"service": "Bearer for-service", "prometheus": "Bearer for-prometheus",
                            "manager": "Basic " + base64.b64encode(b"alice:s:1").decode()}
        self.assertEqual(self.verdict()[0], "undetermined")
        self.file("secrets/token", " for-prometheus\n")
        self.file("secrets/password", "s:1\n")
        words = [
            "--service-http-config", self.sign_in("s.yml", bearer_token="for-service"),
            "--prometheus-http-config",
            self.sign_in("p.yml", authorization={"credentials_file": "secrets/token"}),
            "--alertmanager-http-config",
            self.sign_in("a.yml", basic_auth={"username": "alice",
                                              "password_file": "secrets/password"})]
        manager = ["--alertmanager", self.siem.address(self.siem.manager)]
        self.assertEqual(self.verdict(*words, *manager), ("present", None))
        saved = self.path("saved.json")
        self.verify(*words, *manager, "--save-inventory", saved)
        with open(saved) as text:
            kept = text.read()
        for secret in ("for-service", "for-prometheus", "s:1"):
            self.assertNotIn(secret, kept)

    def test_whom_prometheus_alone_names_is_told_no_secret(self):
        self.begin()
        config = self.sign_in("a.yml", bearer_token="secret")
        got = self.verify("--alertmanager-http-config", config)
        self.assertEqual(got.code, 2)
        self.assertIn("name the Alertmanagers that may be told it", got.err)
        self.assertEqual(self.siem.paths, [])
        config = self.sign_in("p.yml", bearer_token="secret")
        self.assertEqual(self.verdict("--prometheus-http-config", config), ("present", None))
        self.assertEqual(self.siem.told["prometheus"], {"Bearer secret"})
        self.assertEqual(self.siem.told["manager"] | self.siem.told["service"], {None})

    def test_an_authority_and_a_certificate_of_ones_own(self):
        made = Certificates(self.folder)
        self.begin(tls=made.server_side(wants_client=True))
        manager = ["--alertmanager", self.siem.address(self.siem.manager)]
        files = {"cert_file": "client.pem", "key_file": "client.key", "ca_file": "authority.pem"}
        for without in ("cert_file", "ca_file", None):
            tls = {name: path for name, path in files.items() if name != without and not (
                without == "cert_file" and name == "key_file")}
            config = self.sign_in("tls.yml", tls_config=tls)
            words = [word for part in ("service", "prometheus", "alertmanager")
                     for word in (f"--{part}-http-config", config)]
            with self.subTest(without):
                self.assertEqual(self.verdict(*words, *manager)[0],
                                 "undetermined" if without else "present")

    def test_a_file_that_does_not_say_how_to_sign_in_is_refused(self):
        self.begin()
        for text, said in (
                ('{"basic_auth": {"username": "a", "passwort": "b"}}', "'passwort'"),
                ('{"bearer_token": "a", "authorization": {"credentials": "b"}}', "twice"),
                ('{"bearer_token_file": "none"}', "none: No such file"),
                ('{"authorization": {}}', "nothing to sign in with"),
                ('{"tls_config": {"insecure_skip_verify": true}}', "name its authority"),
                ('{"tls_config": {"ca_file": "wrong.yml"}}', "cannot read the certificates"),
                ('{"tls_config": {"key_file": "k"}}', "without its cert_file"),
                ('{"oauth2": {}}', "'oauth2'"), ('[1]', "a mapping is wanted")):
            path = self.file("wrong.yml", text)
            got = self.verify("--prometheus-http-config", path)
            self.assertEqual(got.code, 2, text)
            self.assertIn(said, got.err)
            self.assertIn("wrong.yml", got.err)
            self.assertEqual(self.siem.paths, [])

    def test_not_ready_is_missing(self):
        self.begin()
        self.siem.faults = {"service/readyz": answer(503, b"not ready\nsink file: disk full\n")}
        control = self.control()
        self.assertEqual((control["verdict"], first_broken(control)), ("missing", "service"))
        (sink,) = [link for link in control["links"] if link["link"] == "sink"]
        self.assertEqual(sink["verdict"], "missing")


def moved(line, shift):
    if line.startswith("trailbell_last_progress_timestamp_seconds"):
        name, value = line.rsplit(" ", 1)
        return "%s %d" % (name, int(value) + shift)
    return line


if __name__ == "__main__":
    main()
