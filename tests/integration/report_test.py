"""`trailbell replay --report`: one page, whose content is somebody else's and never markup."""

import base64
import hashlib
import html.parser
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.parse

from harness import BINARY, ReplayTest, document, main, record

ROOT = os.path.abspath(sys.argv.pop(1))
SAMPLE = os.path.join(ROOT, "deploy", "sample", "AWSLogs")
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
# Each would run, end the element that it is in, or begin another one.
ATTACKS = (
    "</script><script>document.title='broken in'</script>",
    "<img src=x onerror=\"document.title='broken in'\">",
    "<!--<script>", "-->", "]]>", "</style>", "\"'><svg onload=document.title='broken in'>",
    "javascript:document.title='broken in'", "${document.title='broken in'}", "&lt;b&gt;",
    "\u2028\u2029", "\u202egnp.exe", "\x00\x1b[31m", "__proto__", "constructor",
)


class Markup(html.parser.HTMLParser):
    """The elements of a page, and the text in its scripts and style."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.blocks, self._within = [], [], None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, attributes))
        self._within = tag if tag in ("script", "style") else None
        if self._within:
            self.blocks.append((tag, dict(attributes), ""))

    def handle_endtag(self, tag):
        self._within = None

    def handle_data(self, data):
        if self._within:
            tag, attributes, text = self.blocks[-1]
            self.blocks[-1] = (tag, attributes, text + data)

    def json_of(self, name):
        return next(json.loads(text) for _, attributes, text in self.blocks
                    if attributes.get("id") == name)


def hostile(attack, number):
    """A change every field of which is an attack."""
    members = {
        "errorCode": attack, "errorMessage": attack, "sourceIPAddress": attack,
        "userAgent": attack, "awsRegion": attack, "eventTime": attack,
        "recipientAccountId": attack,
        "userIdentity": {
            "type": attack, "userName": attack, "accountId": attack, "arn": attack,
            "principalId": attack, "accessKeyId": attack, "invokedBy": attack,
            "sessionContext": {"sessionIssuer": {"arn": attack, "userName": attack}},
        },
        "requestParameters": {"policyArn": attack, "policyName": attack, "userName": attack,
                              attack: attack},
        attack: attack,
    }
    return record("AttachUserPolicy", f"{attack} {number}", **members)


class ReportTest(ReplayTest):
    def report(self, *words, expect=0, **options):
        path = self.path("report.html")
        got = self.replay("--report", path, *words, expect=expect, **options)
        with open(path, encoding="utf-8") as text:
            return got, text.read()

    def browser(self, *words, fragment=""):
        """The elements after its script has run."""
        if BROWSER is None:
            self.skipTest("no chromium is installed")
        done = subprocess.run(
            [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             f"--user-data-dir={self.path('browser')}", "--virtual-time-budget=5000", "--dump-dom",
             *words, f"file://{self.path('report.html')}{fragment}"],
            capture_output=True, timeout=120)
        return done.stdout.decode()

    def test_it_has_every_alert_and_its_record_as_it_arrived(self):
        big = record(event_id="big", big=...).replace("}", ',"big":12345678901234567890}', 1)
        got, text = self.report("--format", "jsonl", "-", stdin=document(big, record("ListRoles")))
        entries = Markup(text).json_of("alerts")
        self.assertEqual([one["alert"] for one in entries], got.alerts)
        self.assertEqual(entries[0]["record"], big)
        summary = Markup(text).json_of("summary")
        self.assertEqual(summary["left_out"], 0)
        self.assertEqual(summary["summary"]["records"], 2)
        self.assertNotIn("record", got.alerts[0])
        self.assertFalse(os.path.exists(self.path("report.html.part")))

    def test_nothing_in_a_record_becomes_markup(self):
        _, empty = self.report("-", stdin=document(record("ListRoles")))
        hostiles = [hostile(attack, n) for n, attack in enumerate(ATTACKS)]
        got, text = self.report("-", stdin=document(*hostiles))
        self.assertEqual(got.summary["alerts"], len(ATTACKS))
        self.assertEqual(Markup(text).tags, Markup(empty).tags)
        entries = Markup(text).json_of("alerts")
        self.assertEqual([one["record"] for one in entries], hostiles)
        self.assertEqual([one["alert"]["error_message"] for one in entries], list(ATTACKS))

    def test_bytes_that_are_no_utf_8_and_no_json_are_shown_as_text(self):
        broken = record(event_id="b").encode().replace(b'"alice"', b'"\xff\xfe</script>"', 1)
        _, text = self.report("-", stdin=broken + b"\n")
        self.assertIn("\ufffd", Markup(text).json_of("alerts")[0]["record"])

    def test_it_loads_nothing_and_runs_its_own_script_only(self):
        _, text = self.report("-", stdin=document(record()))
        page = Markup(text)
        policy = next(dict(a)["content"] for tag, a in page.tags
                      if dict(a).get("http-equiv") == "Content-Security-Policy")
        self.assertIn("default-src 'none'", policy)
        for tag, attributes, content in page.blocks:
            if attributes.get("type") != "application/json":
                digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
                self.assertIn(f"{tag}-src 'sha256-{digest}'", policy)
        self.assertNotRegex(text, r"https?://|@import|url\(")
        self.assertFalse([a for _, all_of_it in page.tags for a, _ in all_of_it
                          if a in ("src", "href") or a.startswith("on")])
        script = page.blocks[-1][2]
        self.assertNotRegex(script, r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|"
                                    r"Function\(|srcdoc|setTimeout")

    def test_where_it_cannot_be_written(self):
        for words, code, why in (
            (["--report", self.path("nowhere/report.html"), "-"], 3, "cannot write the report"),
            (["--report", self.path("a"), "--output", self.path("a"), "-"], 2, "another option"),
        ):
            got = self.run_binary("replay", *words, stdin=record())
            self.assertEqual(got.code, code, got.err)
            self.assertIn(why, got.err)
        path = self.file("in.json", record())
        got = self.run_binary("replay", "--report", path, path)
        self.assertEqual(got.code, 2)
        with open(path) as kept:
            self.assertEqual(kept.read(), record())

    def test_what_is_there_stays_until_the_new_one_is_whole(self):
        path = self.file("report.html", "old")
        reader, closed = os.pipe()
        os.close(reader)
        words = [BINARY, "replay", "--format", "jsonl", "--report", path, SAMPLE]
        got = subprocess.run(words, stdout=closed, stderr=subprocess.PIPE, timeout=60)
        os.close(closed)
        self.assertEqual(got.returncode, 3)
        self.assertIn(b"no report is written", got.stderr)
        with open(path) as kept:
            self.assertEqual(kept.read(), "old")
        self.assertFalse(os.path.exists(path + ".part"))

    def test_more_alerts_than_a_page_has_room_for_are_said(self):
        lines = "".join(record(event_id=str(n)) + "\n" for n in range(20_005))
        got, text = self.report("-", stdin=lines)
        self.assertIn("the report has no room for 5 of the alerts", got.err)
        self.assertEqual(len(Markup(text).json_of("alerts")), 20_000)
        self.assertEqual(Markup(text).json_of("summary")["left_out"], 5)

    # ---- in a browser ----------------------------------------------------------------------------

    def rows(self, dom):
        return len(re.findall("<details", dom))

    def test_a_browser_shows_the_alerts_tables_and_times(self):
        got, _ = self.report("--format", "jsonl", SAMPLE)
        dom = self.browser()
        self.assertEqual(self.rows(dom), got.summary["alerts"])
        for name in got.summary["by_event_name"]:
            self.assertIn(f'<span class="value">{name}</span>', dom)
        self.assertIn("Source IP (", dom)
        self.assertRegex(dom, r'<button[^>]*aria-label="2026-03-0\d [^"]* succeeded, \d+ failed"')
        self.assertIn("<title>trailbell report</title>", dom)

    def test_a_browser_narrows_by_what_the_address_says(self):
        got, _ = self.report("--format", "jsonl", SAMPLE)
        chosen = [one for one in got.alerts if one["event_name"] == "CreatePolicy"]
        dom = self.browser(fragment="#event=CreatePolicy")
        self.assertEqual(self.rows(dom), len(chosen))
        one = got.alerts[0]
        dom = self.browser(fragment="#search=" + urllib.parse.quote(one["event_id"]))
        self.assertEqual(self.rows(dom), 1)
        self.assertIn("<pre", dom)  # the only one is open
        self.assertIn(one["event_id"], re.search(r"<pre.*?</pre>", dom, re.S).group())

    def test_a_browser_is_not_broken_into(self):
        hostiles = [hostile(attack, n) for n, attack in enumerate(ATTACKS)]
        self.report("-", stdin=document(*hostiles))
        for fragment in ("", "#search=broken", "#actor=" + urllib.parse.quote(ATTACKS[1]),
                         "#" + urllib.parse.quote(ATTACKS[0])):
            dom = self.browser(fragment=fragment)
            self.assertIn("<title>trailbell report</title>", dom)
            shown = re.sub(r"<script.*?</script>|<style.*?</style>", "", dom, flags=re.S)
            self.assertNotRegex(shown, r"<(img|svg|b|script)\b")
            self.assertNotIn("\u202e", shown)
        self.assertIn("\\u202egnp.exe", self.browser())


if __name__ == "__main__":
    main()
