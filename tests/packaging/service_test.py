"""The .deb on a machine with systemd: installed, run as its unit says, upgraded, removed, purged.

Usage: service_test.py DEB PROJECT    (root; a copy of this machine is what it is installed on)
"""

import json
import os
import pwd
import shutil
import subprocess
import sys
import threading
import time
import unittest
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

from inside_machine import DEB, INSIDE, journal, run, run_inside, sample, until

UNIT = "trailbell.service"
CONFIG = "/etc/trailbell/trailbell.yaml"
INBOX = "/var/lib/trailbell/inbox"
ALERTS = "/var/log/trailbell/alerts.jsonl"
OWNED = ["/etc", "/usr", "/var/lib", "/var/log"]
# What installing anything leaves there.
NOT_OURS = ("/var/lib/dpkg", "/var/log", "/var/cache", "/var/lib/systemd/deb-systemd-helper",
            "/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow", "/etc/subuid",
            "/etc/subgid", "/var/lib/systemd")


def dpkg(*words):
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    return run("dpkg", *words)


def shown(name):
    return run("systemctl", "show", "--property", name, "--value", UNIT).stdout.strip()


def ready():
    try:
        with urllib.request.urlopen("http://127.0.0.1:9464/readyz", timeout=10) as answer:
            return answer.status == 200
    except urllib.error.HTTPError:
        return False


def alerts():
    try:
        with open(ALERTS) as lines:
            return [json.loads(line) for line in lines]
    except FileNotFoundError:
        return []


def put(name, records):
    """Into the inbox, whole at once."""
    with open(f"{INBOX}/../{name}", "w") as out:
        json.dump({"Records": records}, out)
    os.chmod(out.name, 0o644)
    os.rename(out.name, f"{INBOX}/{name}")


def record(event_id, name="PutRolePolicy"):
    return {"eventVersion": "1.08", "eventID": event_id, "eventName": name,
            "eventSource": "iam.amazonaws.com", "eventTime": "2026-03-01T12:00:00Z",
            "awsRegion": "us-east-1", "recipientAccountId": "111122223333"}


def seen(event_id):
    return any(alert["event_id"] == event_id for alert in alerts())


def files():
    """Everything that is there, but what dpkg itself and the account data base keep."""
    found = set()
    for top in OWNED:
        for folder, folders, names in os.walk(top):
            if folder.startswith(NOT_OURS):
                folders[:] = []
                continue
            found.update(os.path.join(folder, name) for name in folders + names)
    return {path for path in found
            if (not path.startswith(NOT_OURS) or "trailbell" in path)
            and not path.endswith(".target.wants")}  # systemctl removes empty ones, of others too


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as out:
        out.write(text)


def set_unit(text):
    write(f"/run/systemd/system/{UNIT}.d/test.conf", text)
    run("systemctl", "daemon-reload")


def set_config(change):
    with open(CONFIG) as text:
        before = text.read()
    after = change(before)
    assert after != before
    write(CONFIG, after)
    return before


class Receiver(HTTPServer):
    """Of a webhook: what let each request in."""

    def __init__(self):
        self.seen = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                receiver.seen.append(self.headers["Authorization"])
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


@unittest.skipUnless(INSIDE, "inside the machine")
class Installed(unittest.TestCase):
    """One machine from the first installation to the purge: the tests run in their order."""

    @classmethod
    def setUpClass(cls):
        cls.before = files()
        dpkg("--install", DEB)

    def test_a_is_there_and_does_nothing_yet(self):
        user = pwd.getpwnam("trailbell")
        self.assertNotEqual(user.pw_uid, 0)
        self.assertEqual(user.pw_shell, "/usr/sbin/nologin")
        folder = os.stat("/etc/trailbell")
        self.assertEqual((folder.st_uid, folder.st_gid, folder.st_mode & 0o777),
                         (0, user.pw_gid, 0o750))
        self.assertEqual(shown("ActiveState"), "inactive")
        self.assertEqual(run("systemctl", "is-enabled", UNIT, check=False).stdout, "disabled\n")
        self.assertEqual(dpkg("--verify", "trailbell").stdout, "")

    def test_b_starts_as_the_user_with_nothing_that_it_could_do_harm_with(self):
        run("systemctl", "start", UNIT)  # returns when the service has said that it is ready
        self.assertEqual(shown("ActiveState"), "active")
        with open(f"/proc/{shown('MainPID')}/status") as text:
            status = dict(line.rstrip("\n").split(":\t", 1) for line in text if ":\t" in line)
        user = pwd.getpwnam("trailbell").pw_uid
        self.assertEqual(set(status["Uid"].split()), {str(user)})
        for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            self.assertEqual(int(status[name], 16), 0, name)
        self.assertEqual((status["NoNewPrivs"], status["Seccomp"]), ("1", "2"))
        until(ready, "readiness")

    def test_c_alerts_on_what_is_put_into_the_inbox(self):
        for number, path in enumerate(sample()):
            shutil.copy(path, f"{INBOX}/{number}.json.gz")
        until(lambda: len(alerts()) == 12, f"12 alerts of the sample, has {len(alerts())}")
        self.assertEqual(os.stat(ALERTS).st_mode & 0o007, 0)

    def test_d_reload_takes_up_rules(self):
        run("systemctl", "stop", UNIT)
        self.assertEqual((shown("Result"), shown("ExecMainStatus")), ("success", "0"))
        set_config(lambda text: text.replace("#  paths: [/usr/share/trailbell/rules/cis, ",
                                             "  paths: [/usr/share/trailbell/rules/cis, ")
                   .replace("reload: true", "reload: false"))
        rule = ("id: mine\ntitle: t\nseverity: low\n"
                "pattern: '{ $.eventName = \"Mine%s\" }'\n")
        write("/etc/trailbell/rules/mine.yaml", rule % "Before")
        run("systemctl", "start", UNIT)
        write("/etc/trailbell/rules/mine.yaml", rule % "After")
        put("a.json", [record("a-1", "MineAfter"), record("a-2", "MineBefore")])
        until(lambda: seen("a-2"), "an alert by the rule as it was")
        run("systemctl", "reload", UNIT)
        until(lambda: "rules" in journal() and shown("ActiveState") == "active", "loaded anew")

        def after():
            put(f"b-{time.monotonic_ns()}.json", [record(f"b-{time.monotonic_ns()}", "MineAfter")])
            return any(alert["event_name"] == "MineAfter" for alert in alerts())
        until(after, "an alert by the rule that was reloaded")
        self.assertFalse(seen("a-1"))

    def test_e_comes_back_after_a_kill_and_goes_on(self):
        set_unit("[Service]\nRestartSec=0\n")
        pid = shown("MainPID")
        os.kill(int(pid), 9)
        put("c.json", [record("c-1")])
        until(lambda: seen("c-1"), "an alert of the process that follows")
        self.assertNotEqual(shown("MainPID"), pid)
        self.assertEqual(shown("NRestarts"), "1")

    def test_f_one_that_hangs_is_replaced(self):
        set_unit("[Service]\nWatchdogSec=2s\nRestartSec=0\n")
        run("systemctl", "restart", UNIT)
        pid = int(shown("MainPID"))
        os.kill(pid, 19)  # SIGSTOP: it tells the watchdog nothing any more
        until(lambda: shown("MainPID") not in (str(pid), "0") and
              shown("ActiveState") == "active", "another process")
        self.assertIn("watchdog", journal().lower())

    def test_g_reads_a_secret_that_only_root_may_read_and_systemd_hands_to_it(self):
        secret = "/etc/trailbell/token"
        write(secret, "of-the-hook\n")
        os.chmod(secret, 0o600)
        value = "${file:${CREDENTIALS_DIRECTORY:-/etc/trailbell}/token}"
        set_unit(f"[Service]\nLoadCredential=token:{secret}\n")
        with Receiver() as receiver:
            sink = (f'  - webhook: {{url: "http://127.0.0.1:{receiver.server_port}/", '
                    f'bearer: "{value}"}}\n')
            before = set_config(lambda text: text.replace("sinks:\n", "sinks:\n" + sink))
                # A check by hand, as root, reads the file itself.
            self.assertIn("2 sinks", run("trailbell", "config", "check", "-c", CONFIG).stdout)
            run("systemctl", "restart", UNIT)
            put("d.json", [record("d-1")])
            until(lambda: receiver.seen, "a request")
            self.assertEqual(set(receiver.seen), {"Bearer of-the-hook"})
        # Without the credential the file itself is root's, and the service says so.
        set_unit("")
        self.assertNotEqual(run("systemctl", "restart", UNIT, check=False).returncode, 0)
        self.assertIn(f"{secret}: cannot be opened: Permission denied", journal())
        write(CONFIG, before)
        os.remove(secret)
        run("systemctl", "restart", UNIT)

    def test_h_a_wrong_configuration_stops_it_for_good(self):
        run("systemctl", "stop", UNIT)
        set_unit("[Service]\nRestartSec=0\n")
        before = set_config(lambda text: text.replace("metrics:", "metrix:"))
        run("systemctl", "reset-failed", UNIT, check=False)
        self.assertNotEqual(run("systemctl", "start", UNIT, check=False).returncode, 0)
        until(lambda: shown("SubState") in ("failed", "dead"), "an end")
        self.assertEqual((shown("ActiveState"), shown("SubState"), shown("ExecMainStatus"),
                          shown("NRestarts")), ("failed", "failed", "2", "0"))
        self.assertIn("metrix", journal())
        write(CONFIG, before)
        run("systemctl", "start", UNIT)

    def test_i_an_upgrade_keeps_configuration_and_data_and_restarts_what_ran(self):
        with open(CONFIG) as text:
            before = text.read()
        self.assertIn("reload: false", before)  # ours, of a test above
        pid, count = shown("MainPID"), len(alerts())
        dpkg("--force-confold", "--install", DEB)
        until(lambda: shown("MainPID") not in (pid, "0"), "the new program")
        self.assertEqual(shown("ActiveState"), "active")
        with open(CONFIG) as text:
            self.assertEqual(text.read(), before)
        self.assertGreaterEqual(len(alerts()), count)
        self.assertEqual(run("systemctl", "is-enabled", UNIT, check=False).stdout, "disabled\n")

    def test_j_removal_keeps_data_and_a_purge_leaves_nothing(self):
        run("systemctl", "enable", UNIT)
        dpkg("--remove", "trailbell")
        self.assertEqual(subprocess.run(["pgrep", "-x", "trailbell"], check=False).returncode, 1)
        self.assertFalse(os.path.exists("/usr/bin/trailbell"))
        for path in (CONFIG, ALERTS, f"{INBOX}/c.json"):
            self.assertTrue(os.path.exists(path), path)
        shutil.rmtree("/etc/trailbell/rules")  # the administrator's own
        dpkg("--purge", "trailbell")
        self.assertEqual(files() - self.before, set())
        self.assertEqual(self.before - files(), set())
        self.assertRaises(KeyError, pwd.getpwnam, "trailbell")
        self.assertEqual(dpkg("--audit").stdout, "")


if __name__ == "__main__":
    if INSIDE:
        unittest.main()
    sys.exit(run_inside(__file__))
