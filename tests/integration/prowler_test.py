"""Beside Prowler, on the same accounts of moto's: what each says of every state that moto can hold,
and of every control of CIS 4.x. trailbell has to be right in each, and the tables of
bench/peers/prowler.md have to be what is seen; where they differ, FOLDER has those that were made.

Only with TRAILBELL_FAILURES=long: Prowler is 1.4 GB, and comes from the network.
Usage: prowler_test.py BINARY PROJECT MOTO_FOLDER FOLDER
"""

import json
import os
import subprocess
import sys

SKIPPED = 77  # what ctest takes for it
if os.environ.get("TRAILBELL_FAILURES") != "long":
    print("skipped: set TRAILBELL_FAILURES=long")
    sys.exit(SKIPPED)

from peer_packages import MOTO, PROWLER, by_uv, python_with, run_with  # noqa: E402

run_with(MOTO, sys.argv[3])
FOLDER = os.path.abspath(sys.argv.pop(4))
PROJECT = os.path.abspath(sys.argv.pop(2))
del sys.argv[2]

from harness import ReplayTest, main  # noqa: E402  first: it takes BINARY

from aws_stand_in import deny  # noqa: E402
from cis_rules import rules  # noqa: E402
from moto_account import AccountTest  # noqa: E402
from moto_states import STATES, Chain  # noqa: E402

PAGE = os.path.join(PROJECT, "bench", "peers", "prowler.md")
OF_4_4 = "cloudwatch_log_metric_filter_policy_changes"
# Beside the check of the control, those of Prowler's that look at other links. Of deliveries to the
# log group moto tells nothing.
BESIDE = [
    "cloudtrail_multi_region_enabled",
    "cloudtrail_multi_region_enabled_logging_management_events",
    "cloudwatch_alarm_actions_enabled",
    "cloudwatch_alarm_actions_alarm_state_configured",
]
RIGHT = {"present": "PASS", "missing": "FAIL", "undetermined": "MANUAL"}
RINGS = {"present": "yes", "missing": "no", "undetermined": "not to be seen"}


class Prowler:
    """prowler_peer.py, in an environment of its own."""

    def __init__(self, environment):
        self.python = python_with(PROWLER, FOLDER, by_uv)
        peer = os.path.join(os.path.dirname(os.path.abspath(__file__)), "prowler_peer.py")
        self.log = open(os.path.join(FOLDER, "said"), "w")
        self.process = subprocess.Popen(
            [self.python, "-B", peer], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            stderr=self.log, env={**environment, "PYTHONWARNINGS": "ignore"})

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()

    def controls(self):
        """Of its own list for CIS 5.0.0: control to check."""
        ask = "import prowler.compliance as it; print(list(it.__path__)[0])"
        place = subprocess.run([self.python, "-c", ask], capture_output=True, text=True, check=True)
        with open(os.path.join(place.stdout.strip(), "aws", "cis_5.0_aws.json")) as text:
            known = {one["Id"]: one["Checks"] for one in json.load(text)["Requirements"]}
        return {f"cis-4.{number}": known[f"4.{number}"][0] for number in range(1, 16)}

    def ask(self, endpoint, checks):
        self.process.stdin.write(json.dumps({"endpoint": endpoint, "checks": checks}) + "\n")
        self.process.stdin.flush()
        told = json.loads(self.process.stdout.readline())
        assert set(told) == set(checks), told
        return {check: self.worst([status for status, _ in said]) for check, said in told.items()}

    @staticmethod
    def worst(statuses):
        return next((one for one in ("FAIL", "MANUAL", "PASS") if one in statuses), "nothing")


def marked(said, right):
    return said if right else f"**{said}**"


def table(head, rows, foot):
    lines = [head, ["---"] * len(head), *rows, foot]
    return ["| " + " | ".join(line) + " |" for line in lines]


class BesideProwler(AccountTest, ReplayTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.prowler = Prowler(cls.account.environment)
        cls.addClassCleanup(cls.prowler.close)
        cls.made = {}
        with open(PAGE, encoding="ascii") as text:
            cls.page = text.read().splitlines()

    def setUp(self):
        super().setUp()
        self.account.reset()
        self.stand_in.faults.clear()

    def trailbell(self, control):
        got = self.run_binary("verify", "--control", control, "--format", "json",
                              env=self.stand_in.environment(HOME=self.folder))
        self.assertEqual(got.err, "")
        return {one["control"]: one for one in json.loads(got.out)["controls"]}

    def agrees(self, name, lines):
        made = os.path.join(FOLDER, name + ".md")
        with open(made, "w") as out:
            out.write("\n".join(lines) + "\n")
        at = self.page.index(lines[0]) if lines[0] in self.page else len(self.page)
        self.assertEqual(self.page[at:at + len(lines)], lines, f"{PAGE} is not {made}")

    def state(self, name, verdict, broken):
        (one,) = self.trailbell("cis-4.4").values()
        links = [link["link"] for link in one["links"] if link["verdict"] == verdict]
        said = (one["verdict"], None if verdict == "present" else (links or [None])[0])
        self.assertEqual(said, (verdict, broken), name)
        peer = self.prowler.ask(self.stand_in.url, [OF_4_4, *BESIDE])
        fails = [f"`{check}`" for check in BESIDE if peer[check] == "FAIL"]
        alone = peer[OF_4_4] == RIGHT[verdict]
        # Whoever reads all of them would see that something is not as it should be.
        together = alone or (verdict == "missing" and bool(fails))
        together = together and not (verdict == "present" and fails)
        row = [name, RINGS[verdict], marked(peer[OF_4_4], alone), ", ".join(fails),
               verdict if broken is None else f"{verdict}: {broken}"]
        return row, alone, together

    def test_every_state_that_moto_can_hold(self):
        seen = []
        for name, (verdict, broken, change) in STATES.items():
            self.account.reset()
            chain = Chain(self.account)
            chain.build()
            change(chain)
            seen.append(self.state(name, verdict, broken))
        self.account.reset()
        Chain(self.account).build()
        self.stand_in.faults["logs:DescribeMetricFilters"] = deny
        seen.append(self.state("api/access_denied", "undetermined", "metric_filter"))
        alone, together = (sum(one[at] for one in seen) for at in (1, 2))
        self.agrees("states", table(
            ["state", "one change rings", "Prowler, CIS 4.4", "its other checks that fail",
             "trailbell"], [row for row, _, _ in seen],
            ["right", "", f"{alone} of {len(seen)}", f"together {together} of {len(seen)}",
             f"{len(seen)} of {len(seen)}"]))

    def all_controls(self, verdict, wording):
        """Every control has a filter and an alarm of its own; what Prowler says of each."""
        self.account.reset()
        chain = Chain(self.account)
        chain.build()
        chain.no_filter()
        chain.no_alarm()
        for control, rule in rules(PROJECT).items():
            asked = wording(rule["Pattern"].strip())
            chain.filter(control, asked, metricName=control)
            chain.alarm(control, MetricName=control)
        told = self.trailbell("all")
        checks = self.prowler.controls()
        peer = self.prowler.ask(self.stand_in.url, list(checks.values()))
        for control in checks:
            self.assertEqual(told[control]["verdict"], verdict, control)
        return {control: peer[check] for control, check in checks.items()}

    def test_every_control(self):
        whole = self.all_controls("present", lambda text: text)
        dead = self.all_controls(
            "missing", lambda text: "{ (%s) && ($.eventName = Nothing) }" % text[1:-1].strip())
        rows = [[control, check, marked(whole[control], whole[control] == "PASS"),
                 marked(dead[control], dead[control] == "FAIL")]
                for control, check in self.prowler.controls().items()]
        count = [sum(one == wanted for one in said.values())
                 for said, wanted in ((whole, "PASS"), (dead, "FAIL"))]
        self.agrees("controls", table(
            ["control", "Prowler's check", "a whole chain", "a clause that never holds"], rows,
            ["right", "", *(f"{one} of {len(rows)}" for one in count)]))

    def test_the_page_names_the_version(self):
        (version,) = PROWLER
        self.assertIn(version.replace("==", " "), "\n".join(self.page).lower())


if __name__ == "__main__":
    main()
