"""The Helm chart: by Helm itself, by the schemas of Kubernetes, KEDA and the Prometheus Operator,
and by the real binary, which has to take each configuration that comes out.

Usage: helm_chart_test.py BINARY HELM_FOLDER PACKAGE_FOLDER. The first run builds Helm, and installs
the schemas, from the network.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from peer_packages import run_with

# Of the last two the newest that Debian 12's Python can take.
run_with(["kubernetes-validate==1.37.0", "cloudcoil-models-keda==2.16.1.0",
          "cloudcoil-models-prometheus-operator==0.80.1.0"], sys.argv[3])
HELM_FOLDER = sys.argv[2]
del sys.argv[2:4]

import kubernetes_validate  # noqa: E402
import yaml  # noqa: E402
from cloudcoil.models.keda import v1alpha1 as keda  # noqa: E402
from cloudcoil.models.prometheus_operator import v1 as prometheus  # noqa: E402

import prometheus_files  # noqa: E402
from harness import BINARY, ReplayTest  # noqa: E402
from helm_chart import CHART, ROOT, Helm, Objects, PodDisk, examples  # noqa: E402

KUBERNETES = ["1.27", "1.31", "1.37"]  # oldest that the chart allows, one between, the newest
MODELS = {"ServiceMonitor": prometheus.ServiceMonitor, "PrometheusRule": prometheus.PrometheusRule,
          "ScaledObject": keda.ScaledObject, "TriggerAuthentication": keda.TriggerAuthentication}
OTHERS = {  # what the examples name and do not make
    "trailbell-kafka": {"password": "secret", "ca.crt": ""},
    "trailbell-hook": {"HOOK_TOKEN": "secret"},
    "security-rules": {"a.yaml": "id: a\ntitle: t\nseverity: low\n"
                                 "pattern: '{ $.eventName = StopLogging }'\n"},
}
NOTES = """apiVersion: v1
kind: ConfigMap
metadata: {name: notes}
data:
  notes: |
    {{- include "notes" . | nindent 4 }}
"""


def text_of(*path):
    with open(os.path.join(*path), encoding="ascii") as text:
        return text.read()


def seconds(text):
    number, unit = re.fullmatch(r"(\d+)(s|m)", text).groups()
    return int(number) * {"s": 1, "m": 60}[unit]


class Chart(ReplayTest):
    @classmethod
    def setUpClass(cls):
        cls.helm = Helm(HELM_FOLDER)
        cls.rendered = {os.path.basename(path).removesuffix("-values.yaml"): cls.helm.objects(path)
                        for path in examples()}

    def each(self):
        for name, objects in self.rendered.items():
            with self.subTest(name):
                yield name, objects

    def refused(self, values, *words):
        path = self.file("values.yaml", json.dumps(values))
        done = self.helm.template(path, *words)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        return done.stderr

    def config(self, name):
        maps = self.rendered[name].of("ConfigMap")
        return yaml.safe_load(next(one["data"]["trailbell.yaml"] for one in maps
                                   if "trailbell.yaml" in one["data"]))

    def test_helm_finds_it_sound(self):
        for path in examples():
            done = self.helm.run("lint", "--strict", CHART, "-f", path)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_every_object_is_one_of_kubernetes(self):
        kinds = set()
        for _, objects in self.each():
            for one in objects:
                kinds.add(one["kind"])
                if one["kind"] in MODELS:
                    self.assertEqual(self.understood(one), one)
                else:
                    for version in KUBERNETES:
                        kubernetes_validate.validate(one, version, strict=True)
        self.assertEqual(kinds, set(MODELS) | {
            "ConfigMap", "NetworkPolicy", "PodDisruptionBudget", "Service", "ServiceAccount",
            "StatefulSet"})

    @staticmethod
    def understood(one):
        """What is left of it once all that its definition does not know is gone."""
        model = MODELS[one["kind"]].model_validate(one)
        return json.loads(model.model_dump_json(by_alias=True, exclude_unset=True))

    def test_a_member_that_does_not_exist_would_be_found(self):
        objects = self.rendered["kafka"]
        wrong = json.loads(json.dumps(objects.one("ScaledObject")))
        wrong["spec"]["triggers"][0]["metaData"] = {}
        self.assertNotEqual(self.understood(wrong), wrong)
        wrong = json.loads(json.dumps(objects.one("StatefulSet")))
        wrong["spec"]["template"]["spec"]["seccompProfile"] = {}
        with self.assertRaises(kubernetes_validate.ValidationError):
            kubernetes_validate.validate(wrong, KUBERNETES[-1], strict=True)

    def test_the_binary_takes_every_configuration(self):
        for name, objects in self.each():
            with tempfile.TemporaryDirectory(dir=self.folder) as folder:
                disk = PodDisk(folder, objects, OTHERS)
                environment = {**os.environ, **disk.environment(objects, OTHERS)}
                done = subprocess.run(
                    [BINARY, "config", "check", "-c", disk.real("/etc/trailbell/trailbell.yaml")],
                    env=environment, cwd=disk.real("/var/lib/trailbell"), capture_output=True,
                    text=True, timeout=60)
                self.assertEqual(done.returncode, 0, f"{name}: {done.stderr}")
                if "/etc/trailbell/rules" in disk.places:
                    done = self.run_binary("rules", "check", disk.real("/etc/trailbell/rules"))
                    self.assertEqual(done.code, 0, done.err)

    def test_a_wrong_configuration_does_not_get_as_far_as_a_cluster(self):
        good = yaml.safe_load(text_of(CHART, "ci", "minimal-values.yaml"))
        self.assertIn("/config/sinks", self.refused({}))
        no_source = {"config": {**good["config"], "source": {}}}
        self.assertIn("config.source", self.refused(no_source))
        for change, said in (
            ({"replica": 3}, "replica"),
            ({"config": {**good["config"], "sink": []}}, "sink"),
            ({"config": {**good["config"], "delivery": {"guarantee": "twice"}}}, "guarantee"),
            ({"rules": {"files": {"rule.txt": "id: a"}}}, "rule.txt"),
            ({"autoscaling": {"minReplicas": 0}}, "minReplicas"),
            ({"image": {"digest": "abc"}}, "digest"),
        ):
            with self.subTest(change):
                self.assertIn(said, self.refused({**good, **change}))
        pattern = {"kafka": {"brokers": "k:9092", "topics": ["^cloud.*"]}}
        for source, said in (({"kafka": {"brokers": "${BROKERS}", "topics": ["t"]}}, "bootstrap"),
                             (pattern, "pattern"), ({"file": {"paths": ["/in"]}}, "what waits")):
            refusal = self.refused({**good, "config": {**good["config"], "source": source},
                                    "autoscaling": {"enabled": True}})
            self.assertIn(said, refusal)

    def test_the_schema_of_values_is_the_programs_own(self):
        made = self.path("schema.json")
        script = os.path.join(os.path.dirname(CHART), "values_schema.py")
        subprocess.run([sys.executable, script, BINARY, made], check=True)
        self.assertEqual(text_of(CHART, "values.schema.json"), text_of(made),
                         "run deploy/kubernetes/values_schema.py build/release/bin/trailbell")
        shown = yaml.safe_load(text_of(CHART, "values.yaml"))
        self.assertEqual(set(json.loads(text_of(made))["properties"]) - {"global"}, set(shown))

    def test_its_version_is_the_programs(self):
        chart = yaml.safe_load(text_of(CHART, "Chart.yaml"))
        version = re.search(r"project\(trailbell VERSION (\S+)", text_of(ROOT, "CMakeLists.txt"))
        self.assertEqual({chart["version"], chart["appVersion"]}, {version.group(1)})
        self.assertTrue(self.rendered["minimal"].container["image"].endswith(version.group(1)))

    def test_prometheus_gets_the_rules_of_this_project(self):
        wanted = [group for path in prometheus_files.rule_files()
                  for group in prometheus_files.loaded(path)["groups"]]
        base = "https://git.example.com/security/trailbell/"
        for group in wanted:
            for rule in group["rules"]:
                if "alert" in rule:
                    rule["annotations"]["runbook_url"] = base + rule["annotations"]["runbook_url"]
        spec = self.rendered["kafka"].one("PrometheusRule")["spec"]
        self.assertEqual(spec["groups"], wanted)
        checked = subprocess.run(
            ["promtool", "check", "rules", self.file("rules.yaml", yaml.safe_dump(spec))],
            capture_output=True, text=True, timeout=60)
        self.assertEqual(checked.returncode, 0, checked.stderr)
        some = self.rendered["s3"].one("PrometheusRule")["spec"]["groups"]
        self.assertEqual({group["name"] for group in some},
                         {"trailbell.service", "trailbell.delivery"})

    def test_everything_selects_its_pods_and_nothing_else(self):
        for _, objects in self.each():
            labels = objects.pod["metadata"]["labels"]
            chosen = [objects.one("StatefulSet")["spec"]["selector"]["matchLabels"],
                      objects.one("PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
                      objects.one("Service")["spec"]["selector"]]
            chosen += [one["spec"]["podSelector"]["matchLabels"]
                       for one in objects.of("NetworkPolicy")]
            for one in chosen:
                self.assertEqual(one, {"app.kubernetes.io/name": "trailbell",
                                       "app.kubernetes.io/instance": "watch"})
                self.assertLessEqual(one.items(), labels.items())
            ports = {one["name"] for one in objects.container["ports"]}
            self.assertEqual({one["targetPort"] for one in objects.one("Service")["spec"]["ports"]},
                             ports)
            for one in objects.of("NetworkPolicy"):
                self.assertEqual(one["spec"]["ingress"][0]["ports"][0]["port"], "metrics")
            for one in objects.of("ServiceMonitor"):
                service = objects.one("Service")["metadata"]["labels"]
                self.assertLessEqual(one["spec"]["selector"]["matchLabels"].items(),
                                     service.items())
                self.assertEqual(service[one["spec"]["jobLabel"]], "trailbell")
            for one in objects.of("ScaledObject"):
                target = one["spec"]["scaleTargetRef"]
                self.assertEqual(target["name"], objects.one("StatefulSet")["metadata"]["name"])
                self.assertNotIn("replicas", objects.one("StatefulSet")["spec"])

    def test_it_may_do_nothing_that_it_need_not(self):
        for _, objects in self.each():
            pod = objects.pod["spec"]
            self.assertEqual(pod["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
            self.assertTrue(pod["securityContext"]["runAsNonRoot"])
            self.assertNotEqual(pod["securityContext"]["runAsUser"], 0)
            self.assertFalse(pod["automountServiceAccountToken"])
            self.assertEqual(objects.container["securityContext"], {
                "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]}})
            self.assertEqual(objects.of("Role") + objects.of("ClusterRole"), [])
            for mount in objects.container["volumeMounts"]:
                self.assertTrue(mount.get("readOnly") or mount["name"] == "state")

    def test_probes_ask_what_restarts_can_mend_and_what_they_cannot(self):
        for _, objects in self.each():
            for probe, path in (("startupProbe", "/livez"), ("livenessProbe", "/livez"),
                                ("readinessProbe", "/readyz")):
                self.assertEqual(objects.container[probe]["httpGet"],
                                 {"path": path, "port": "metrics"})

    def test_a_stop_is_given_longer_than_a_drain(self):
        for name, objects in self.each():
            drain = self.config(name)["delivery"]["drain_timeout"]
            self.assertGreater(objects.pod["spec"]["terminationGracePeriodSeconds"],
                               seconds(drain))

    def test_members_of_a_group_are_known_by_their_pods_names(self):
        for name in ("kafka", "exactly-once", "minimal"):
            properties = self.config(name)["source"]["kafka"]["properties"]
            self.assertEqual(properties["group.instance.id"], "security-${POD_NAME}")
            self.assertEqual(properties["session.timeout.ms"], 60000)
        self.assertEqual(self.config("exactly-once")["delivery"]["instance"],
                         "trailbell-security-${POD_NAME}")
        self.assertNotIn("kafka", self.config("s3")["source"])
        own = ["--set", "config.source.kafka.properties.session\\.timeout\\.ms=30000"]
        path = os.path.join(CHART, "ci", "minimal-values.yaml")
        for words, wanted in ((own, {"group.instance.id": "security-${POD_NAME}",
                                     "session.timeout.ms": 30000}),
                              (["--set", "staticMembership=false"], None)):
            maps = self.helm.objects(path, *words).of("ConfigMap")
            config = yaml.safe_load(maps[0]["data"]["trailbell.yaml"])
            self.assertEqual(config["source"]["kafka"].get("properties"), wanted)

    def test_pods_are_made_anew_for_another_configuration_and_not_for_other_rules(self):
        path = os.path.join(CHART, "ci", "kafka-values.yaml")
        rules = self.helm.objects(path, "--set-string", "rules.files.new\\.yaml=id: new")
        config = self.helm.objects(path, "--set", "config.log.level=debug")
        self.assertEqual(rules.pod, self.rendered["kafka"].pod)
        self.assertNotEqual(config.pod, self.rendered["kafka"].pod)

    def test_scaling_follows_the_lag_of_the_group_and_the_depth_of_the_queues(self):
        trigger, = self.rendered["kafka"].one("ScaledObject")["spec"]["triggers"]
        self.assertEqual(trigger["metadata"], {
            "bootstrapServers": "kafka-0.kafka:9093,kafka-1.kafka:9093",
            "consumerGroup": "trailbell", "topic": "cloudtrail", "lagThreshold": "100000",
            "offsetResetPolicy": "earliest"})
        self.assertEqual(trigger["authenticationRef"], {"name": "kafka"})
        objects = self.rendered["s3"]
        queues = objects.one("ScaledObject")["spec"]["triggers"]
        self.assertEqual([one["metadata"]["awsRegion"] for one in queues],
                         ["eu-central-1", "us-east-1"])
        self.assertEqual([one["metadata"]["queueURL"] for one in queues],
                         self.config("s3")["source"]["s3"]["queue_url"])
        self.assertEqual({one["authenticationRef"]["name"] for one in queues},
                         {objects.one("TriggerAuthentication")["metadata"]["name"]})

    def test_its_notes_say_what_to_look_at(self):
        # Helm shows them where there is a cluster; here they are part of one more object.
        chart = self.path("chart")
        shutil.copytree(CHART, chart)
        notes = text_of(CHART, "templates", "NOTES.txt")
        self.file("chart/templates/_notes.tpl", '{{ define "notes" }}' + notes + "{{ end }}")
        self.file("chart/templates/shown.yaml", NOTES)
        done = self.helm.template(os.path.join(CHART, "ci", "minimal-values.yaml"), chart=chart)
        self.assertEqual(done.returncode, 0, done.stderr)
        shown = Objects(yaml.safe_load_all(done.stdout))
        notes = shown.named("ConfigMap", "notes")["data"]["notes"]
        name = shown.one("StatefulSet")["metadata"]["name"]
        self.assertIn(f"statefulset/{name}", notes)
        self.assertIn("cis-4.4", notes)
        self.assertIn("2 replicas.", notes)
        self.assertIn("nobody is told", notes)

    def test_packed_it_is_the_same(self):
        done = self.helm.run("package", CHART, "-d", self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        packed = done.stdout.split()[-1]
        done = self.helm.run("template", "watch", packed, "--namespace", "security", "-f",
                             os.path.join(CHART, "ci", "kafka-values.yaml"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(Objects(one for one in yaml.safe_load_all(done.stdout) if one),
                         self.rendered["kafka"])


if __name__ == "__main__":
    unittest.main()
