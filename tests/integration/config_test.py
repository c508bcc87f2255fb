"""The config commands as their users run them, and the shipped example.

Usage: config_test.py BINARY PROJECT
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

import jsonschema
import yaml

BINARY = os.path.abspath(sys.argv.pop(1))
PROJECT = os.path.abspath(sys.argv.pop(1))
EXAMPLE = os.path.join(PROJECT, "deploy", "trailbell.example.yaml")
TIMEOUT_S = 60

SMALLEST = "source: {file: {paths: [/a]}}\nsinks: [{stdout: {}}]\n"

# Keys that the example shows at their defaults.
DEFAULTS = {
    "source.kafka": "group_id watchdog",
    "source.s3": "endpoint_url role_arn external_id profile missing_object_wait max_receives "
    "on_poison visibility_timeout concurrency max_object_bytes",
    "source.s3.reconcile": "every window delay backfill max_objects",
    "source.file": "watch checkpoint",
    "rules": "reload",
    "sinks.file": "format fsync",
    "sinks.webhook": "template hmac_header batch_max timeout ca_file",
    "sinks.alertmanager": "resolve_after",
    "sinks.syslog": "facility app_name",
    "sinks.splunk_hec": "index source sourcetype ack",
    "delivery": "guarantee instance max_in_flight_bytes drain_timeout",
    "quarantine": "max_bytes",
    "verify": "timeout",
    "metrics": "listen",
    "log": "level format",
}


def text_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def whole_example():
    """The example with every key that it shows: a '#' before no single blank is taken away."""
    return re.sub(r"^#(?! \S)", "", text_of(EXAMPLE), flags=re.MULTILINE)


def properties_of(schema, inside=""):
    """Every key that the schema knows: its path, and what is said of it."""
    for choice in [schema, schema.get("items", {}), *schema.get("anyOf", [])]:
        for name, inner in choice.get("properties", {}).items():
            yield inside + name, inner
            yield from properties_of(inner, inside + name + ".")


class ConfigTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def write(self, name, text):
        path = os.path.join(self.folder.name, name)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        return path

    def config(self, *words, env=None, stdin="", expect=0):
        plain = {k: v for k, v in os.environ.items() if not k.startswith("TRAILBELL_")}
        done = subprocess.run(
            [BINARY, "config", *words],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            cwd=self.folder.name,
            env={**plain, **(env or {})},
        )
        self.assertEqual(done.returncode, expect, done.stderr)
        return done

    def schema(self):
        schema = json.loads(self.config("schema").stdout)
        jsonschema.Draft202012Validator.check_schema(schema)
        return schema

    def validator(self):
        return jsonschema.Draft202012Validator(self.schema())


class CheckTest(ConfigTest):
    def test_a_sound_file_is_ok(self):
        self.write("trailbell.yaml", SMALLEST)
        done = self.config("check")
        self.assertEqual(done.stdout, "trailbell.yaml: ok: 1 source, 1 sink\n")
        self.assertEqual(done.stderr, "")

    def test_every_error_is_printed_with_its_place(self):
        path = self.write("c.yaml", "source: {file: {pats: [/a]}}\nsinks:\n  - stdout: {}\nx: 1\n")
        done = self.config("check", "-c", path, "--set", "log.level=loud", expect=2)
        lines = done.stderr.splitlines()
        self.assertEqual(done.stdout, "")
        self.assertEqual(lines[0], f"{path}:1:10: 'source.file' without 'paths'; add it")
        self.assertEqual(lines[1], f"{path}:1:17: unknown key 'pats'; did you mean 'paths'?")
        self.assertTrue(lines[2].startswith(f"{path}:4:1: unknown key 'x'"), lines[2])
        self.assertTrue(lines[3].startswith("--set log.level: 'level' is one of"), lines[3])
        self.assertEqual(len(lines), 4)

    def test_a_file_that_is_not_there_is_named(self):
        done = self.config("check", "-c", "none.yaml", expect=2)
        self.assertIn("none.yaml: cannot be opened", done.stderr)
        self.assertIn("trailbell.yaml: cannot be opened", self.config("check", expect=2).stderr)

    def test_a_warning_changes_no_exit_code(self):
        path = self.write("c.yaml", SMALLEST + "delivery: {instance: a}\n")
        done = self.config("check", "-c", path)
        self.assertIn("c.yaml:3:12: warning: 'instance' has no effect", done.stderr)

    def test_a_pipe_will_do(self):
        self.assertIn("ok", self.config("check", "-c", "-", stdin=SMALLEST).stdout)

    def test_help_has_an_example(self):
        for command in ("check", "schema", "show"):
            self.assertIn("Example", self.config(command, "--help").stdout)
        self.config("chek", expect=2)
        self.config("check", "extra", expect=2)


class ShowTest(ConfigTest):
    def test_values_say_where_they_came_from(self):
        self.write("token", "hush\n")
        path = self.write(
            "c.yaml",
            "source: {file: {paths: [/a]}}\nsinks:\n  - splunk_hec:\n      url: 'https://h'\n"
            "      token: '${file:%s/token}'\n      index: '${INDEX}'\n" % self.folder.name,
        )
        done = self.config(
            "show",
            "-c",
            path,
            "--set=delivery.drain_timeout=3s",
            env={"TRAILBELL_THREADS": "2", "INDEX": "main", "TRAILBELL_SIMD": "portable"},
        )
        self.assertNotIn("hush", done.stdout + done.stderr)
        self.assertRegex(done.stdout, r'token: "\*{8}" +# .*c\.yaml:5\n')
        self.assertRegex(done.stdout, r'index: "main" +# .*c\.yaml:6\n')
        self.assertRegex(done.stdout, r"threads: 2 +# TRAILBELL_THREADS\n")
        self.assertRegex(done.stdout, r"drain_timeout: 3s +# --set delivery\.drain_timeout\n")
        self.assertRegex(done.stdout, r"guarantee: at_least_once +# default\n")
        self.assertEqual(yaml.safe_load(done.stdout)["threads"], 2)

    def test_what_is_shown_is_a_configuration_that_shows_the_same(self):
        environment = {"KAFKA_BROKERS": "k1:9092,k2:9092"}
        first = self.config("show", "-c", EXAMPLE, env=environment).stdout
        path = self.write("shown.yaml", first)
        self.validator().validate(yaml.safe_load(first))
        second = self.config("show", "-c", path).stdout
        self.assertEqual(yaml.safe_load(first), yaml.safe_load(second))

    def test_an_unsound_file_is_not_shown(self):
        path = self.write("c.yaml", "sinks: []\n")
        self.assertEqual(self.config("show", "-c", path, expect=2).stdout, "")


class SchemaTest(ConfigTest):
    def refused(self, text):
        return not self.validator().is_valid(yaml.safe_load(text))

    def test_it_knows_what_a_file_may_hold(self):
        self.validator().validate(yaml.safe_load(SMALLEST))
        for wrong in (
            SMALLEST + "treads: 1\n",
            SMALLEST + "delivery: {drain_timeou: 1s}\n",
            SMALLEST + "delivery: {drain_timeout: 30}\n",
            SMALLEST + "delivery: {guarantee: twice}\n",
            SMALLEST + "threads: -1\n",
            SMALLEST.replace("stdout: {}", "stdot: {}"),
            SMALLEST.replace("stdout: {}", "stdout: {}, file: {path: a}"),
            SMALLEST.replace("stdout: {}", "file: {}"),
            "source: {file: {paths: [/a]}}\n",
        ):
            self.assertTrue(self.refused(wrong), wrong)
            self.config("check", "-c", self.write("c.yaml", wrong), expect=2)

    def test_a_value_that_expands_may_stand_for_any(self):
        text = SMALLEST + "threads: '${N}'\nlog: {level: '${L}'}\nrules: {reload: '${R}'}\n"
        self.validator().validate(yaml.safe_load(text))
        path = self.write("c.yaml", text)
        self.config("check", "-c", path, env={"N": "1", "L": "debug", "R": "false"})


class ExampleTest(ConfigTest):
    def test_it_is_accepted(self):
        done = self.config("check", "-c", EXAMPLE)
        self.assertEqual(done.stderr, "")
        self.validator().validate(yaml.safe_load(text_of(EXAMPLE)))

    def test_so_it_is_with_every_key_that_it_shows(self):
        secret = self.write("secret", "s3cret\n")
        text = whole_example().replace("/run/secrets/", self.folder.name + "/")
        for name in ("kafka-password", "hmac", "token", "hec"):
            os.link(secret, os.path.join(self.folder.name, name))
        whole = yaml.safe_load(text)
        self.validator().validate(whole)
        self.assertEqual(len(whole["sinks"]), 7)
        done = self.config("check", "-c", self.write("whole.yaml", text))
        self.assertIn("3 sources, 7 sinks", done.stdout)

    def test_what_it_calls_a_default_is_one(self):
        whole = yaml.safe_load(whole_example())
        sinks = {kind: sink[kind] for sink in whole["sinks"] for kind in sink if kind != "required"}
        properties = dict(properties_of(self.schema()))
        self.assertEqual(whole["threads"], properties["threads"]["default"])
        for path, names in DEFAULTS.items():
            place = whole
            for part in path.split("."):
                place = sinks if part == "sinks" else place[part]
            for name in names.split():
                self.assertEqual(place[name], properties[f"{path}.{name}"]["default"], name)

    def test_every_key_of_the_schema_stands_in_it_and_in_the_table(self):
        table = text_of(os.path.join(PROJECT, "deploy", "configuration.md"))
        example = text_of(EXAMPLE)
        keys = dict(properties_of(self.schema()))
        self.assertGreater(len(keys), 80)
        for path in keys:
            name = path.rsplit(".", 1)[-1]
            self.assertRegex(example, rf"\b{name}\b", f"{path} in the example")
            self.assertRegex(table, rf"\b{name}\b", f"{path} in deploy/configuration.md")


if __name__ == "__main__":
    unittest.main()
