"""`trailbell verify` asks AWS: each state of the chain, served by a stand-in; what is denied,
throttled, cut, silent or nonsense is never `missing`; the policy has the actions of these calls.

Usage: verify_aws_test.py BINARY PROJECT
"""

import json
import os
import sys
import time

PROJECT = os.path.abspath(sys.argv.pop(2))

import verify_states
from harness import ReplayTest, main
from inventories import ACCOUNT, STATES, Account, arn, complete, make, metric_alarm
from aws_stand_in import InventoryBackend, StandIn, deny
from net_harness import answer, hang, raw, reset
from siem_states import make_siem

CODES = {"present": 0, "missing": 1, "undetermined": 3}
ROLE = "arn:aws:iam::%s:role/audit" % ACCOUNT
REGIONS = ["us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"]
REGIONS += ["eu-%s" % part for part in ("west-1", "west-2", "west-3", "central-1", "north-1")]
REGIONS += ["ap-%s" % part for part in ("south-1", "northeast-1", "northeast-2", "northeast-3",
                                        "southeast-1", "southeast-2")]


class AwsTest(ReplayTest):
    def stand_in(self, inventory=None, **options):
        regions = options.pop("regions", ("us-east-1",))
        backend = InventoryBackend(inventory or Account().whole, regions)
        stand_in = StandIn(backend, **options)
        self.addCleanup(stand_in.stop)
        return stand_in

    def run_verify(self, stand_in, *words, **environment):
        env = stand_in.environment(HOME=self.folder, **environment)
        return self.run_binary("verify", *words, env=env)

    def report(self, stand_in, *words, **environment):
        got = self.run_verify(stand_in, "--format", "json", *words, **environment)
        self.assertEqual(got.err, "")
        report = json.loads(got.out)
        self.assertEqual(report["account_id"], ACCOUNT)
        self.assertEqual(got.code, max(CODES[one["verdict"]] for one in report["controls"]))
        return report["controls"]

    def verdict(self, stand_in, *words, **environment):
        (control,) = self.report(stand_in, *words, **environment)
        return verdict_of(control)


def verdict_of(control):
    broken = [
        link["link"]
        for wanted in (control["verdict"], "missing")
        for link in control["links"]
        if link["verdict"] == wanted and wanted != "present"
    ]
    return control["verdict"], (broken or [None])[0]


def own_key_by_alias(account):
    STATES["sns/kms_own_key"][2](account)
    ((key, policy),) = account.region["kms"]["GetKeyPolicy"].items()
    account.topic["KmsMasterKeyId"] = "alias/alarms"
    about = complete({"KeyMetadata": {"KeyId": key[-36:], "Arn": key, "KeyState": "Enabled"}})
    account.region["kms"] = {"GetKeyPolicy": {key: policy}, "DescribeKey": {"alias/alarms": about}}


class States(AwsTest):
    def test_every_state_has_its_verdict_and_what_is_saved_says_the_same(self):
        calls = set()
        for name, (verdict, broken, _) in STATES.items():
            with self.subTest(name):
                stand_in = self.stand_in(make(name))
                path = self.path("saved.json")
                live = self.report(stand_in, "--save-inventory", path)
                self.assertEqual(verdict_of(live[0]), (verdict, broken))
                got = self.run_binary("verify", "--inventory", path, "--format", "json")
                self.assertEqual(json.loads(got.out)["controls"], live)
                asked = [(c.region, c.service, c.name, str(c.parameters)) for c in stand_in.calls]
                self.assertEqual(len(asked), len(set(asked)), "something was asked twice")
                calls |= stand_in.actions
        stand_in = self.stand_in(regions=REGIONS)
        self.report(stand_in, "--all-regions")
        calls |= stand_in.actions
        account = Account()
        own_key_by_alias(account)
        stand_in = self.stand_in(account.whole)
        self.assertEqual(self.verdict(stand_in), ("present", None))
        calls |= stand_in.actions
        stand_in = self.stand_in(make_siem("base/perfect"))
        self.run_verify(stand_in, "--siem", "--service", "http://127.0.0.1:1")
        self.check_policy(calls | stand_in.actions)

    def check_policy(self, calls):
        path = os.path.join(PROJECT, "deploy", "aws", "verify-policy.json")
        with open(path, encoding="utf-8") as file:
            (statement,) = json.load(file)["Statement"]
        self.assertEqual((statement["Effect"], statement["Resource"]), ("Allow", "*"))
        # Which AWS answers whatever a policy says.
        self.assertEqual(statement["Action"], sorted(calls - {"sts:GetCallerIdentity"}))
        for action in statement["Action"]:
            self.assertRegex(action, r"^[a-z0-9]+:(Describe|Get|List)")

    def test_controls_share_what_was_listed(self):
        stand_in = self.stand_in()
        controls = self.report(stand_in, "--control", "all")
        self.assertEqual(len(controls), 29)
        listings = [c.name for c in stand_in.calls if c.name == "DescribeAlarms"]
        self.assertEqual(len(listings), 1)

    def test_all_pages_are_read(self):
        account = Account()
        pages = [{"MetricAlarms": [metric_alarm("m%d" % n, ("Other", "m%d" % n))],
                  "CompositeAlarms": [], "NextToken": "x"} for n in range(5)]
        pages.append({"MetricAlarms": [account.alarm], "CompositeAlarms": []})
        account.region["cloudwatch"]["DescribeAlarms"] = {"complete": pages}
        topics = [{"Topics": [{"TopicArn": arn("sns", "t%d" % n)}]} for n in range(3)]
        account.region["sns"]["ListTopics"] = {"complete": topics}
        path = self.path("saved.json")
        stand_in = self.stand_in(account.whole)
        self.assertEqual(self.verdict(stand_in, "--save-inventory", path), ("present", None))
        with open(path, encoding="utf-8") as file:
            region = json.load(file)["regions"]["us-east-1"]
        self.assertEqual(len(region["cloudwatch"]["DescribeAlarms"]["complete"]), 6)
        self.assertEqual(len(region["sns"]["ListTopics"]["complete"]), 3)


class Regions(AwsTest):
    def test_the_chain_is_followed_to_where_the_trail_is_at_home(self):
        stand_in = self.stand_in()
        inventory = stand_in.backend.whole
        trails = inventory["regions"]["us-east-1"]["cloudtrail"]["DescribeTrails"]
        inventory["regions"]["eu-west-1"] = {"cloudtrail": {"DescribeTrails": trails}}
        self.assertEqual(self.verdict(stand_in, AWS_REGION="eu-west-1"), ("present", None))
        asked = {(c.region, c.name) for c in stand_in.calls}
        self.assertIn(("us-east-1", "DescribeAlarms"), asked)
        self.assertIn(("us-east-1", "GetTrailStatus"), asked)
        self.assertNotIn(("eu-west-1", "GetTrailStatus"), asked)
        self.assertEqual(self.verdict(stand_in, "--region", "eu-west-1"), ("present", None))

    def test_without_a_region_it_begins_in_us_east_1(self):
        stand_in = self.stand_in()
        self.assertEqual(self.verdict(stand_in, AWS_REGION=""), ("present", None))
        self.assertEqual({c.region for c in stand_in.calls}, {"us-east-1"})

    def test_all_regions_are_those_that_are_enabled(self):
        stand_in = self.stand_in(regions=REGIONS)
        path = self.path("saved.json")
        got = self.verdict(stand_in, "--all-regions", "--save-inventory", path)
        self.assertEqual(got, ("present", None))
        self.assertEqual({c.region for c in stand_in.calls}, set(REGIONS))
        with open(path, encoding="utf-8") as file:
            self.assertEqual(set(json.load(file)["regions"]), set(REGIONS))

    def test_a_region_that_fails_does_not_matter_beside_a_whole_chain(self):
        stand_in = self.stand_in(regions=REGIONS[:3])
        inner = stand_in.backend
        stand_in.backend = lambda call: (
            (400, "", '{"__type":"UnrecognizedClientException"}')
            if call.region == "us-east-2" and call.service not in ("sts", "ec2") else inner(call))
        self.assertEqual(self.verdict(stand_in, "--all-regions"), ("present", None))


class Identity(AwsTest):
    def test_a_role_is_assumed_and_signs(self):
        stand_in = self.stand_in()
        inner = stand_in.backend
        body = ("<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAROLE"
                "</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>token"
                "</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>"
                "</AssumeRoleResult></AssumeRoleResponse>")
        stand_in.backend = lambda call: (
            (200, "text/xml", body) if call.name == "AssumeRole" else inner(call))
        words = ("--role-arn", ROLE, "--external-id", "e 1", "--endpoint-url", stand_in.url)
        got = self.verdict(stand_in, *words, AWS_ENDPOINT_URL="http://127.0.0.1:9")
        self.assertEqual(got, ("present", None))
        assumed, *rest = stand_in.calls
        self.assertEqual(assumed.parameters["RoleArn"], ROLE)
        self.assertEqual(assumed.parameters["ExternalId"], "e 1")
        self.assertEqual({(c.access_key, c.token) for c in rest}, {("ASIAROLE", "token")})

    def test_a_profile_says_keys_and_region(self):
        stand_in = self.stand_in()
        config = "[profile audit]\nregion = us-east-1\naws_access_key_id = AKIDPROFILE\n"
        path = self.file("config", config + "aws_secret_access_key = s\n")
        got = self.verdict(stand_in, "--profile", "audit", AWS_REGION="", AWS_CONFIG_FILE=path)
        self.assertEqual(got, ("present", None))
        self.assertEqual({c.access_key for c in stand_in.calls}, {"AKIDPROFILE"})
        got = self.run_verify(stand_in, "--profile", "nobody", AWS_CONFIG_FILE=path)
        self.assertEqual((got.code, got.out, "nobody" in got.err), (2, "", True))

    def test_without_credentials_it_says_what_was_tried(self):
        stand_in = self.stand_in()
        nobody = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
        got = self.run_verify(stand_in, **nobody)
        self.assertEqual((got.code, got.out), (3, ""))
        self.assertIn("whose account", got.err)

    def test_options_that_do_not_go_together(self):
        stand_in = self.stand_in()
        for words, said in (
            (("--inventory", "x", "--profile", "p"), "--inventory names what AWS said before"),
            (("--inventory", "x", "--save-inventory", "p"), "--inventory names"),
            (("--external-id", "x"), "--role-arn"),
            (("--all-regions", "--region", "us-east-1"), "--region"),
            (("--region", "no/region"), "is none"),
            (("--endpoint-url", "ftp://x"), "endpoint"),
            (("--timeout", "0"), "--timeout"),
            (("--format", "yaml"), "ocsf"),
        ):
            with self.subTest(words):
                got = self.run_verify(stand_in, *words)
                self.assertEqual((got.code, got.out), (2, ""), got.err)
                self.assertIn(said, got.err)
        path = self.path("no/folder.json")
        got = self.run_verify(stand_in, "--save-inventory", path)
        self.assertEqual((got.code, got.out), (3, ""))
        self.assertIn(path, got.err)


# Which state wants the answer, beside those in which every answer is wanted.
WANTED_IN = {
    "events:ListRules": "alarm/no_alarm_actions",
    "events:ListTargetsByRule": "alarm/event_bridge",
    "logs:GetTransformer": "filter/apply_on_transformed",
    "cloudwatch:GetAlarmMuteRule": "alarm/mute_rule",
    "kms:GetKeyPolicy": "sns/kms_own_key",
    "sqs:GetQueueAttributes": "sns/sqs_endpoint_deleted",
    **{call.replace("/", ":"): "base/perfect" for call in verify_states.DARK},
}


class Faults(AwsTest):
    def dark(self, action, fault, *words, state=None, **environment):
        """Undetermined, and the control."""
        stand_in = self.stand_in(make(state or WANTED_IN[action]), faults={action: fault})
        begin = time.monotonic()
        (control,) = self.report(stand_in, *words, **environment)
        self.assertLess(time.monotonic() - begin, 60)
        self.assertEqual(control["verdict"], "undetermined", (action, control["links"]))
        self.assertIn(action, stand_in.actions)
        return control

    def test_each_denied_action_is_named(self):
        for action in WANTED_IN:
            with self.subTest(action):
                control = self.dark(action, deny)
                self.assertIn("allow %s and ask again" % action, json.dumps(control))

    def test_an_alias_that_may_not_be_looked_up(self):
        account = Account()
        own_key_by_alias(account)
        stand_in = self.stand_in(account.whole, faults={"kms:DescribeKey": deny})
        (control,) = self.report(stand_in)
        self.assertEqual(control["verdict"], "undetermined")
        self.assertIn("kms:DescribeKey", json.dumps(control))

    def test_what_has_to_be_known_first_is_a_failure_of_its_own(self):
        for action, words in (("ec2:DescribeRegions", ("--all-regions",)),
                              ("sts:GetCallerIdentity", ())):
            got = self.run_verify(self.stand_in(faults={action: deny}), *words)
            self.assertEqual((got.code, got.out), (3, ""))
            self.assertIn(action, got.err)

    def test_every_listing_that_is_no_answer_is_undetermined(self):
        nonsense = {
            "bad": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"a\": [1,"),
            "bad xml": answer(body=b"<a><b></a>"),
            "a page of another server": answer(body=b"<html><p>Sign in</p></html>"),
            "nothing": answer(body=b""),
            "an empty object": answer(body=b"{}"),
            "half a body": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"trailList\":"),
            "a connection that ends": reset(),
            "an error": answer(500, b"oops"),
        }
        for action in verify_states.DARK:
            for name, fault in nonsense.items():
                # `{}` says that there are no mute rules.
                if (action, name) == ("cloudwatch/ListAlarmMuteRules", "an empty object"):
                    continue
                with self.subTest(action + ": " + name):
                    self.dark(action.replace("/", ":"), fault, AWS_MAX_ATTEMPTS="1")

    def test_members_of_the_wrong_type_are_no_answer(self):
        odd = {
            "cloudtrail:DescribeTrails": {"trailList": [{"Name": 5}]},
            "cloudtrail:GetTrailStatus": {"IsLogging": "yes"},
            "logs:DescribeMetricFilters": {"metricFilters": "none"},
            "cloudwatch:DescribeAlarms": {"MetricAlarms": [{"Period": "x"}]},
        }
        for action, content in odd.items():
            with self.subTest(action):
                fault = answer(body=json.dumps(content).encode())
                control = self.dark(action, fault)
                self.assertIn("not as AWS documents it", json.dumps(control))

    def test_a_second_page_that_is_cut_makes_the_listing_fail(self):
        def fault(peer, request):
            if b"page1" in request.body:
                return raw(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{")(peer, request)
            return page(peer, request)

        stand_in = self.stand_in(make("filter/page_two"))

        def page(peer, request):
            got = stand_in.backend(StandIn.call_of(request))
            return answer(got[0], got[2].encode())(peer, request)

        stand_in.faults["logs:DescribeMetricFilters"] = fault
        got = self.verdict(stand_in, AWS_MAX_ATTEMPTS="1")
        self.assertEqual(got, ("undetermined", "metric_filter"))

    def test_pages_without_end(self):
        body = json.dumps({"metricFilters": [], "nextToken": "same"}).encode()
        control = self.dark("logs:DescribeMetricFilters", answer(body=body))
        self.assertIn("no end", json.dumps(control))

    def test_throttling_passes(self):
        stand_in = self.stand_in(faults={"cloudwatch:DescribeAlarms": 2, "sns:ListTopics": 1})
        self.assertEqual(self.verdict(stand_in), ("present", None))
        control = self.dark("cloudwatch:DescribeAlarms", 1000, AWS_MAX_ATTEMPTS="2")
        self.assertIn("Rate exceeded", json.dumps(control))

    def test_a_service_that_hangs_is_waited_for_no_longer_than_the_limit(self):
        for service in ("cloudtrail", "logs", "cloudwatch", "sns"):
            with self.subTest(service):
                stand_in = self.stand_in(faults={service: hang})
                begin = time.monotonic()
                (control,) = self.report(stand_in, "--timeout", "1")
                self.assertLess(time.monotonic() - begin, 30)
                self.assertEqual(control["verdict"], "undetermined")
        got = self.run_verify(self.stand_in(faults={"sts": hang}), "--timeout", "1")
        self.assertEqual((got.code, got.out), (3, ""))

    def test_nothing_listens(self):
        stand_in = self.stand_in()
        got = self.run_verify(stand_in, "--endpoint-url", "http://127.0.0.1:9", "--timeout", "2")
        self.assertEqual((got.code, got.out), (3, ""))
        self.assertIn("127.0.0.1:9", got.err)


class Speed(AwsTest):
    """Prints, and holds nothing against a clock."""

    def timed(self, what, stand_in, *words):
        begin = time.monotonic()
        for control in self.report(stand_in, *words):
            self.assertIn(control["verdict"], CODES)
        taken = time.monotonic() - begin
        print(f"{what}: {taken:.2f} s, {len(stand_in.calls)} calls", file=sys.stderr)

    def test_how_long_it_takes(self):
        self.timed("one region, all controls", self.stand_in(), "--control", "all")
        stand_in = self.stand_in(regions=REGIONS, latency_s=0.1)
        self.timed("17 regions, 100 ms a call", stand_in, "--control", "all", "--all-regions")


if __name__ == "__main__":
    main()
