"""`trailbell run` from folders to files: what it delivers, keeps, counts and says."""

import gzip
import json
import os
import shutil
import signal

from harness import document, main, record
from net_harness import Server, hang
from service import ServiceTest, wait_until

RULE = """id: {id}
title: t
severity: low
pattern: '{{ $.eventName = {name} }}'
"""


class ConfigMapVolume:
    """A folder as kubelet's atomic writer leaves it: links, through `..data`, to a dated one."""

    def __init__(self, path):
        self.path, self.version = path, 0
        os.makedirs(path)

    def write(self, files, keep_old=False):
        self.version += 1
        data = os.path.join(self.path, "..data")
        old = os.path.realpath(data)
        name = f"..2026_03_01_00_00_00.{self.version}"
        os.mkdir(os.path.join(self.path, name))
        for file, text in files.items():
            with open(os.path.join(self.path, name, file), "w") as out:
                out.write(text)
        os.symlink(name, data + "_tmp")
        os.rename(data + "_tmp", data)
        for file in files:
            link = os.path.join(self.path, file)
            if not os.path.islink(link):
                os.symlink(os.path.join("..data", file), link)
        if self.version > 1 and not keep_old:
            shutil.rmtree(old)


class Run(ServiceTest):
    def config(self, **more):
        os.makedirs(self.path("in"), exist_ok=True)
        return {
            "source": {"file": {"paths": [self.path("in")], "checkpoint": self.path("done")}},
            "sinks": [{"file": {"path": self.path("alerts.jsonl")}}],
            "quarantine": {"path": self.path("quarantine")},
            **more,
        }

    def wait_for(self, ids, name="alerts.jsonl"):
        wait_until(
            lambda: {a["event_id"] for a in self.alerts(name)} >= set(ids), f"alerts of {ids}"
        )

    def put(self, name, content):
        """As a writer that is done with it: whole, under its name."""
        whole = self.file("outside/" + name, content)
        os.makedirs(os.path.dirname(self.path("in/" + name)), exist_ok=True)
        os.rename(whole, self.path("in/" + name))

    def test_files_that_are_there_and_files_that_appear(self):
        self.file("in/a/old.json.gz", gzip.compress(document(record(event_id="1")).encode()))
        service = self.start(self.config())
        self.wait_for(["1"])
        self.put("b/c/new.json", document(record(event_id="2"), record("ListRoles", "3")))
        self.wait_for(["2"])
        wait_until(
            lambda: service.total('trailbell_records_total{outcome="matched"') == 2, "two matched"
        )
        series = service.metrics()
        self.assertEqual(series['trailbell_records_total{outcome="passed",source="file"}'], 1)
        self.assertEqual(
            series[
                'trailbell_iam_policy_changes_total{event_name="CreatePolicy",outcome="success"}'
            ],
            2,
        )
        by_actor = "trailbell_iam_policy_changes_by_actor_total{actor_type="
        self.assertEqual(series[by_actor + '"IAMUser",outcome="success"}'], 2)
        self.assertEqual(series[by_actor + '"Root",outcome="success"}'], 0)
        self.assertEqual(service.get("/readyz")[0], 200)
        self.assertEqual(service.get("/livez")[0], 200)
        self.assertEqual(service.stop(), 0, service.log())
        place = self.alerts()[0]["position"]
        self.assertEqual((place["source"], place["record"]), ("file", 0))
        self.assertTrue(place["path"].endswith("old.json.gz"))

    def test_a_restart_goes_on_where_it_was(self):
        self.file("in/1.json", record(event_id="1"))
        service = self.start(self.config())
        self.wait_for(["1"])
        self.assertEqual(service.stop(), 0)
        self.put("2.json", record(event_id="2"))
        service = self.start(self.config())
        self.wait_for(["2"])
        self.assertEqual(service.stop(), 0)
        self.assertEqual([a["event_id"] for a in self.alerts()], ["1", "2"])

    def test_kills_at_any_moment_lose_nothing(self):
        count = 4000
        for number in range(count):
            self.file(f"in/{number:04}.json", record(event_id=str(number)))
        for kill in range(1, 6):
            service = self.start(self.config())
            wait_until(lambda: len(self.alerts()) >= kill * count // 8, "some alerts")
            service.kill()
            self.assertLess(len({a["event_id"] for a in self.alerts()}), count, "killed too late")
        service = self.start(self.config())
        self.wait_for(str(number) for number in range(count))
        self.assertEqual(service.stop(), 0)

    def test_poison_is_kept_and_counted_and_work_goes_on(self):
        self.file("in/1.json", "{ no json")
        self.file("in/2.json.gz", gzip.compress(record(event_id="x").encode() * 99)[:-20])
        self.file("in/3.json", record(event_id="3"))
        service = self.start(self.config())
        self.wait_for(["3"])
        wait_until(lambda: service.total("trailbell_quarantined_total") >= 2, "two quarantined")
        self.assertEqual(service.stop(), 0)
        notes = [name for name in os.listdir(self.path("quarantine")) if name.endswith(".json")]
        self.assertGreaterEqual(len(notes), 2)
        for name in notes:
            with open(self.path("quarantine/" + name)) as text:
                self.assertTrue(json.load(text)["reason"])

    def test_rules_are_reloaded_and_a_bad_set_is_refused(self):
        rules = self.file("rules/a.yaml", RULE.format(id="first", name="StopLogging"))
        service = self.start(self.config(rules={"paths": [self.path("rules")]}))
        self.put("1.json", record("StopLogging", "1"))
        self.wait_for(["1"])
        self.file("rules/a.yaml", "id: broken\n")
        service.process.send_signal(signal.SIGHUP)
        wait_until(
            lambda: service.metrics()["trailbell_rule_reload_failures_total"] >= 1, "a failure"
        )
        self.put("2.json", record("StopLogging", "2"))
        self.wait_for(["2"])
        self.file("rules/a.yaml", RULE.format(id="second", name="DeleteTrail"))
        wait_until(lambda: "1 rules are loaded" in service.log(), "the rules by their change")
        self.put("3.json", document(record("StopLogging", "3"), record("DeleteTrail", "4")))
        self.wait_for(["4"])
        self.assertEqual(service.stop(), 0)
        got = [(a["rule_id"], a["event_id"]) for a in self.alerts()]
        self.assertEqual(got, [("first", "1"), ("first", "2"), ("second", "4")])
        self.assertTrue(rules)

    def test_rules_of_a_config_map_are_reloaded_when_kubernetes_swaps_them(self):
        volume = ConfigMapVolume(self.path("rules"))
        volume.write({"a.yaml": RULE.format(id="first", name="StopLogging")})
        service = self.start(self.config(rules={"paths": [volume.path + "/"]}))
        self.put("1.json", record("StopLogging", "1"))
        self.wait_for(["1"])
        # The old folder is still there, as while it is being removed: no rule counts twice.
        volume.write({"a.yaml": RULE.format(id="first", name="DeleteTrail"),
                      "b.yaml": RULE.format(id="second", name="DeleteTrail")}, keep_old=True)
        wait_until(lambda: "2 rules are loaded" in service.log(), "the rules by their change")
        self.put("2.json", document(record("StopLogging", "2"), record("DeleteTrail", "3")))
        self.wait_for(["3"])
        self.assertEqual(service.metrics()["trailbell_rule_reload_failures_total"], 0)
        self.assertEqual(service.stop(), 0, service.log())
        got = sorted((a["rule_id"], a["event_id"]) for a in self.alerts())
        self.assertEqual(got, [("first", "1"), ("first", "3"), ("second", "3")])

    def test_a_required_sink_that_is_down_is_not_ready_and_nothing_is_acknowledged(self):
        config = self.config()
        config["sinks"].append({"webhook": {"url": "http://127.0.0.1:9/"}, "required": True})
        config["delivery"] = {"drain_timeout": "200ms"}
        self.file("in/1.json", record(event_id="1"))
        service = self.start(config)
        wait_until(lambda: "webhook" in service.get("/readyz")[1], "the sink is not ready")
        self.assertEqual(service.get("/readyz")[0], 503)
        self.assertEqual(service.total("trailbell_records_total"), 0)
        self.assertEqual(service.stop(), 3)
        service = self.start(self.config())
        wait_until(lambda: len(self.alerts()) == 2, "the alert again")
        self.assertEqual(service.stop(), 0)
        self.assertEqual({a["event_id"] for a in self.alerts()}, {"1"})

    def test_a_stop_does_not_wait_for_a_receiver_that_never_answers(self):
        server = Server(hang)
        self.addCleanup(server.stop)
        hook = {"url": server.url(), "timeout": "1h"}
        config = self.config(sinks=[{"webhook": hook}], delivery={"drain_timeout": "200ms"})
        self.file("in/1.json", record(event_id="1"))
        service = self.start(config, "hangs")
        self.assertTrue(server.wait_for(1), "the alert is on its way")
        self.assertEqual(service.stop(), 3, service.log())
        self.assertIn("is read again at the next start", service.log())
        good = Server()
        self.addCleanup(good.stop)
        hook["url"] = good.url()
        service = self.start(config, "answers")
        self.assertTrue(good.wait_for(1), "it is not lost")
        self.assertEqual(good.requests[0].json[0]["event_id"], "1")
        self.assertEqual(service.stop(), 0, service.log())

    def test_wrong_configurations_end_it_before_any_work(self):
        for change in (
            {"source": {"file": {"paths": [self.path("nowhere")]}}},
            {"metrics": {"listen": "127.0.0.1:99999"}},
            {"rules": {"paths": [self.path("nowhere")]}},
            {"sinks": [{"file": {"path": self.path("none/alerts")}}]},
            {"sinks": []},
        ):
            with self.subTest(change):
                service = self.start({**self.config(), **change})
                self.assertEqual(service.process.wait(timeout=60), 2, service.log())
                self.assertEqual(self.alerts(), [])


if __name__ == "__main__":
    main()
