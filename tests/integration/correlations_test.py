"""Sigma correlations, as the users of replay and of the rules commands meet them."""

import hashlib
import json
import random

from harness import ReplayTest, lines_of, main

LOGINS = """title: Failed login
id: 11111111-0000-4000-8000-000000000001
name: failed_login
logsource: {product: aws, service: cloudtrail}
detection:
  s: {eventName: ConsoleLogin, errorMessage: Failed authentication}
  condition: s
level: low
---
title: Login
name: login
logsource: {product: aws, service: cloudtrail}
detection:
  s: {eventName: ConsoleLogin}
  failed: {errorMessage|exists: true}
  condition: s and not failed
level: informational
"""
MANY = """title: Many failed logins
name: many_failed
correlation:
  type: event_count
  rules: [failed_login]
  group-by: [userIdentity.arn]
  timespan: 10m
  condition: {gte: 3}
level: medium
"""
GUESSED = """title: Password guessed
id: guessed
correlation:
  type: temporal_ordered
  rules: [many_failed, login]
  group-by: [userIdentity.arn]
  timespan: 1h
level: critical
"""
SPREAD = """title: Logins from many addresses
id: spread
correlation:
  type: value_count
  rules: [login, 11111111-0000-4000-8000-000000000001]
  timespan: 30m
  condition: {field: sourceIPAddress, gte: 4}
  generate: true
level: high
"""


def login(minute, number, who="eve", failed=True, **more):
    one = {
        "eventVersion": "1.08",
        "eventName": "ConsoleLogin",
        "eventSource": "signin.amazonaws.com",
        "eventTime": f"2026-03-{1 + minute // 1440:02}T{minute // 60 % 24:02}:{minute % 60:02}:00Z",
        "eventID": f"e{number}",
        "userIdentity": {"type": "IAMUser", "arn": "arn:" + who},
        "sourceIPAddress": f"203.0.113.{number % 3}",
        **more,
    }
    if failed:
        one["errorMessage"] = "Failed authentication"
    return one


class CorrelationsTest(ReplayTest):
    def rules(self, *texts):
        for i, text in enumerate(texts):
            self.file(f"rules/{i}.yml", text)
        return self.path("rules")

    def replay_records(self, records, rules, *words):
        got = self.replay("--rules", rules, *words, "-", stdin=lines_of(records))
        return got.summary, got.alerts

    # ---- replay ----------------------------------------------------------------------------------

    def test_a_chain_over_rules_of_several_files(self):
        rules = self.rules(GUESSED, LOGINS, MANY)
        records = [login(i, i) for i in range(4)] + [login(9, 8, "bob", failed=False)]
        s, alerts = self.replay_records([*records, login(30, 9, failed=False)], rules)
        self.assertEqual((s["records"], s["matched"], s["findings"]), (6, 1, 1))
        self.assertEqual(s["by_rule"], {"guessed": 1})
        (alert,) = alerts
        self.assertEqual(
            (alert["rule_id"], alert["rule_title"], alert["severity"], alert["event_id"]),
            ("guessed", "Password guessed", "critical", "e9"),
        )
        self.assertEqual(alert["group"], {"userIdentity.arn": "arn:eve"})
        self.assertEqual((alert["count"], alert["event_ids"]), (2, ["e0", "e1", "e2", "e9"]))
        self.assertEqual(
            alert["window"], {"from": "2026-03-01T00:00:00Z", "to": "2026-03-01T00:30:00Z"}
        )
        self.assertEqual(alert["position"]["record"], 5)

    def test_generate_decides_whether_the_rules_alert_too(self):
        records = [login(i, i) for i in range(3)]
        s, alerts = self.replay_records(records, self.rules(LOGINS, MANY))
        self.assertEqual([a["rule_id"] for a in alerts], ["many_failed"])
        self.assertEqual((s["matched"], s["findings"]), (1, 1))
        s, alerts = self.replay_records(records, self.rules(LOGINS, MANY + "generate: true\n"))
        self.assertEqual([a["severity"] for a in alerts], ["low", "low", "low", "medium"])
        self.assertEqual((s["matched"], s["findings"]), (3, 4))
        self.assertEqual(alerts[3]["event_id"], "e2")
        self.assertNotEqual(alerts[3]["fingerprint"], alerts[2]["fingerprint"])

    def test_the_fingerprint_is_that_of_the_rule_the_last_record_and_the_group(self):
        single = self.file("single/m.yml", LOGINS.replace("failed_login", "x").replace(
            "id: 11111111-0000-4000-8000-000000000001", "id: many_failed"))
        _, one = self.replay_records([login(2, 2)], single)
        records = [login(i, i) for i in range(3)]
        plain = MANY.replace("  group-by: [userIdentity.arn]\n", "")
        _, several = self.replay_records(records, self.rules(LOGINS, plain))
        self.assertEqual(several[0]["fingerprint"], one[0]["fingerprint"])
        _, several = self.replay_records(records, self.rules(LOGINS, MANY))
        text = one[0]["fingerprint"] + '\0"arn:eve"'
        self.assertEqual(
            several[0]["fingerprint"], hashlib.sha256(text.encode()).hexdigest()[:32]
        )

    def test_one_record_may_complete_two_groups(self):
        rules = self.rules(LOGINS + """---
title: Any login
name: any_login
logsource: {product: aws, service: cloudtrail}
detection:
  s: {eventName: ConsoleLogin}
  condition: s
level: low
""", """title: Twice from one side or by one name
name: sides
correlation:
  type: event_count
  rules: [failed_login, any_login]
  aliases:
    side:
      failed_login: sourceIPAddress
      any_login: userIdentity.arn
  group-by: [side]
  timespan: 1h
  condition: {gte: 2}
""")
        records = [login(i, 3 * i) for i in range(2)]
        alone = self.replay_records(records, rules, "--threads", "1")
        self.assertEqual(
            [(a["group"], a["event_id"], a["count"]) for a in alone[1]],
            [({"side": "203.0.113.0"}, "e3", 2), ({"side": "arn:eve"}, "e3", 2)],
        )
        self.assertEqual((alone[0]["findings"], alone[0]["suppressed"]), (2, 0))
        self.assertEqual(alone[0]["matched"], 1)
        again = self.replay_records(records, rules, "--threads", "3")
        self.assertEqual(
            [a["fingerprint"] for a in again[1]], [a["fingerprint"] for a in alone[1]]
        )

    def test_the_same_record_read_twice_counts_once(self):
        records = [login(0, 0), login(1, 1)] * 3
        s, _ = self.replay_records(records, self.rules(LOGINS, MANY))
        self.assertEqual(s["findings"], 0)
        s, _ = self.replay_records(records, self.rules(LOGINS, MANY), "--no-dedup")
        self.assertEqual(s["findings"], 2)

    def test_what_lacks_a_time_or_an_id_counts_and_is_told(self):
        records = [login(i, i) for i in range(3)]
        del records[1]["eventTime"]
        del records[1]["eventID"]
        s, alerts = self.replay_records(records, self.rules(LOGINS, MANY))
        self.assertEqual(s["thresholds"], {"untimed": 1, "evicted": 0})
        self.assertEqual(alerts[0]["event_ids"], ["e0", None, "e2"])

    def test_the_same_for_every_number_of_threads(self):
        rules = self.rules(GUESSED, LOGINS, MANY, SPREAD)
        chance = random.Random(7)
        records = []
        for i in range(1500):
            who = chance.choice(["eve", "bob", "kim"])
            records.append(
                login(i * 2, i, who, chance.random() < 0.8,
                      sourceIPAddress=f"198.51.100.{chance.randrange(5)}",
                      requestParameters={"filler": "x" * 8000})  # enough to be split
            )
        for begin in range(0, len(records), 5):
            part = records[begin : begin + 5]
            chance.shuffle(part)
            records[begin : begin + 5] = part
        self.file("log/big.ndjson", lines_of(records))
        for i in range(0, 300, 10):  # and many small ones
            later = [dict(one, eventID="f" + one["eventID"]) for one in records[i : i + 10]]
            self.file(f"log/small/{i:04}.json", json.dumps({"Records": later}))
        outputs = []
        for threads in ("1", "2", "7"):
            alerts = self.replay("--rules", rules, "--threads", threads, self.path("log")).alerts
            for alert in alerts:
                del alert["detected_at"]
            outputs.append(alerts)
        kinds = {alert["rule_id"] for alert in outputs[0]}
        self.assertLessEqual({"guessed", "spread"}, kinds)
        self.assertGreater(sum(a["rule_id"] == "guessed" for a in outputs[0]), 20)
        self.assertEqual(outputs[1], outputs[0])
        self.assertEqual(outputs[2], outputs[0])

    # ---- the rules commands ----------------------------------------------------------------------

    def test_check_says_what_a_correlation_does_and_which_rules_are_silent(self):
        rules = self.rules(LOGINS, MANY)
        done = self.run_binary("rules", "check", rules)
        self.assertEqual(done.code, 0, done.err)
        self.assertIn(
            f"{rules}/1.yml:1:1: many_failed: event_count of 3 or more within 10m, by "
            "userIdentity.arn\n",
            done.out,
        )
        self.assertIn(
            f"{rules}/0.yml:1:1: 11111111-0000-4000-8000-000000000001: silent: only correlations "
            "without 'generate: true' are about it\n",
            done.out,
        )
        self.assertEqual(done.out.count("silent"), 1)
        self.assertIn("3 rules, 0 tests (3 without tests)", done.out)

    def test_list_shows_correlations(self):
        done = self.run_binary("rules", "list", self.rules(LOGINS, MANY))
        self.assertEqual(done.code, 0)
        self.assertRegex(
            done.out,
            r"many_failed +medium +correlation  Many failed logins \(event_count of 3 or more",
        )

    def test_explain_says_which_rule_a_record_counts_by(self):
        rules = self.rules(LOGINS, MANY, GUESSED)
        stdin = lines_of([login(0, 0), login(0, 1, failed=False)])
        words = ["rules", "explain", "--rules", rules]
        done = self.run_binary(*words, "many_failed", "-", stdin=stdin)
        self.assertEqual(done.code, 0, done.err)
        self.assertIn("record 0 ConsoleLogin: counts, by the rules that hold\n  yes", done.out)
        self.assertIn("record 1 ConsoleLogin: does not count\n  no", done.out)
        done = self.run_binary(*words, "guessed", "-", stdin=stdin)
        self.assertIn("ignored many_failed", done.out)

    def test_a_correlation_that_cannot_be_run_stops_the_replay(self):
        rules = self.rules(LOGINS, MANY.replace("failed_login]", "faild_login]"))
        for words in (("replay", "--rules", rules, "-"), ("rules", "check", rules)):
            done = self.run_binary(*words, stdin="")
            self.assertEqual((done.code, done.out), (2, ""))
            self.assertIn(
                f"{rules}/1.yml:5:11: no rule is called 'faild_login'; "
                "did you mean 'failed_login'?",
                done.err,
            )

    def test_a_correlation_is_not_converted(self):
        words = ["rules", "convert", "--rules", self.rules(LOGINS, MANY)]
        done = self.run_binary(*words, "many_failed", "--to", "eventbridge")
        self.assertEqual((done.code, done.out), (1, ""))
        self.assertIn("only pattern rules can be converted", done.err)


if __name__ == "__main__":
    main()
