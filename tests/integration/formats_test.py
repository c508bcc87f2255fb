"""`--format ocsf` and `--format ecs`: each alert keeps to its schema and loses nothing of jsonl."""

import itertools
import json
import os
import sys
import unittest

from harness import ReplayTest, document, main, record

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
from ecs_schema import ecs_problems  # noqa: E402
from ocsf_schema import ocsf_problems  # noqa: E402

# What a member may hold that is not as CloudTrail writes it.
ODD = [..., None, "", 5, True, [], {}, "\x00\x1b[2J\u202e\"\\\n", "x" * 300, "203.0.113.26"]
BURST = """
id: burst
title: Many changes
severity: critical
pattern: '{ $.eventName = "*Policy*" }'
threshold: {count: 2, window: 1h, group_by: [$.userIdentity.type, $.awsRegion, $.readOnly]}
tags: [attack.t1098.003, attack.persistence, attack.privilege_escalation, attack.stealth, cis]
controls: [CIS AWS 5.0.0 4.4]
"""


def identities():
    base = {"accountId": "111122223333", "principalId": "AIDA", "arn": "arn:aws:iam::1:user/alice"}
    for kind in ("IAMUser", "Root", "AssumedRole", "FederatedUser", "AWSService", "Unheard", 7):
        yield {**base, "type": kind}
    yield {
        "type": "AssumedRole",
        "arn": "arn:aws:sts::111122223333:assumed-role/Admin/alice",
        "accessKeyId": "ASIAEXAMPLE",
        "sessionContext": {
            "attributes": {"mfaAuthenticated": "true"},
            "sessionIssuer": {"type": "Role", "arn": "arn:aws:iam::1:role/Admin",
                              "userName": "Admin"},
        },
    }
    yield {"type": "AWSService", "invokedBy": "cloudformation.amazonaws.com"}
    yield {"type": "IAMUser", "accountId": "", "userName": "", "principalId": "", "arn": ""}
    yield {}


def targets():
    arn = "arn:aws:iam::aws:policy/AdministratorAccess"
    yield "AttachRolePolicy", {"policyArn": arn, "roleName": "ci"}
    yield "AttachUserPolicy", {"policyArn": arn, "userName": "bob"}
    yield "PutGroupPolicy", {"policyName": "inline", "groupName": "ops"}
    yield "DeletePolicy", {"policyArn": "", "policyName": "", "userName": ""}
    yield "CreatePolicy", None


def records():
    odd_members = ("eventTime", "awsRegion", "sourceIPAddress", "userAgent", "errorCode",
                   "errorMessage", "recipientAccountId", "readOnly", "userIdentity",
                   "requestParameters", "eventSource", "eventID")
    count = itertools.count()
    for member, value in itertools.product(odd_members, ODD):
        changed = {"event_id": f"odd-{next(count)}", member: value}
        if member == "eventID":
            changed.pop("event_id")
        yield record(**changed)
    for who, (name, parameters) in itertools.product(identities(), targets()):
        yield record(name, f"whole-{next(count)}", userIdentity=who, requestParameters=parameters,
                     sourceIPAddress="2001:db8::1", recipientAccountId="111122223333")
    for source in ("AWS Internal", "iam.amazonaws.com", "::ffff:192.0.2.1", "1.2.3.4.5", "1.2.3",
                   "fe80::1%eth0", " 192.0.2.1"):
        yield record(event_id=f"from-{next(count)}", sourceIPAddress=source)
    yield record(event_id="denied", errorCode="AccessDenied", errorMessage="no: \u00e9\ud83d\ude00")
    yield record(event_id="other", eventSource="organizations.amazonaws.com", readOnly=True)
    yield record(event_id="signin", eventSource="signin.amazonaws.com")
    yield record(event_id="offset", eventTime="2026-03-04T07:06:07.25+02:00")


class Formats(ReplayTest):
    def alerts_of(self, form, *words):
        path = self.path("records.json")
        if not os.path.exists(path):
            self.file("records.json", document(*records()))
        return self.replay("--format", form, *words, path).alerts

    def check(self, problems, *words):
        form = "ocsf" if problems is ocsf_problems else "ecs"
        plain, alerts = self.alerts_of("jsonl", *words), self.alerts_of(form, *words)
        self.assertEqual(len(plain), len(alerts))
        self.assertGreater(len(alerts), 30)
        for one in alerts:
            self.assertEqual(list(problems(one)), [], json.dumps(one))
        return list(zip(plain, alerts))

    def test_every_finding_keeps_to_the_schema_of_ocsf(self):
        for plain, got in self.check(ocsf_problems):
            self.assertEqual(got["finding_info"]["uid"], plain["fingerprint"])
            self.assertEqual(got["severity"].lower(), plain["severity"])
            self.assertEqual(got["api"]["operation"], plain["event_name"])
            self.assertEqual(got["metadata"].get("original_time"), plain["event_time"] or None)
            self.assertEqual(got["unmapped"]["position"], plain["position"])

    def test_every_document_keeps_to_the_schema_of_ecs(self):
        for plain, got in self.check(ecs_problems):
            self.assertEqual(got["trailbell"]["alert_id"], plain["alert_id"])
            self.assertEqual(got["event"]["action"], plain["event_name"])
            self.assertEqual(got["event"]["outcome"], plain["outcome"])
            self.assertEqual(got["event"].get("id"), plain["event_id"] or None)
            self.assertEqual(got["trailbell"]["position"], plain["position"])
            address = got.get("source", {}).get("address")
            self.assertEqual(address, plain["source_ip"] or None)

    def test_alerts_of_several_records_keep_to_them_too(self):
        rules = self.file("rules/burst.yaml", BURST)
        for plain, got in self.check(ocsf_problems, "--rules", rules):
            ids = [i for i in plain["event_ids"] if i]
            related = got["finding_info"].get("related_events", [])
            self.assertEqual([event["uid"] for event in related], ids)
            self.assertEqual((got["count"], got["unmapped"]["group"]),
                             (plain["count"], plain["group"]))
            attacks = got["finding_info"]["attacks"]
            self.assertEqual(attacks[0], {"technique": {"uid": "T1098"},
                                          "sub_technique": {"uid": "T1098.003"}})
            self.assertEqual(attacks[1], {"tactic": {"uid": "TA0003", "name": "Persistence"}})
            self.assertEqual(len(attacks), 4)
        for plain, got in self.check(ecs_problems, "--rules", rules):
            ids = [i for i in plain["event_ids"] if i]
            self.assertEqual(got["trailbell"].get("event_ids", []), ids)
            self.assertEqual(got["trailbell"]["count"], plain["count"])
            self.assertEqual(len(got["trailbell"]["group"]), len(plain["group"]))
            self.assertEqual(got["threat"]["technique"],
                             {"id": ["T1098"], "subtechnique": {"id": ["T1098.003"]}})

    def test_the_record_comes_as_a_text_byte_for_byte(self):
        text = '{ "eventName" : "CreatePolicy",\n "eventID": "a\\u00e9", "x":"\u00e9" }'
        path = self.file("a", '{"Records":[' + text + "]}")
        got = self.replay("--with-record", "--format", "ocsf", path).alerts[0]
        self.assertEqual((got["raw_data"], list(ocsf_problems(got))), (text, []))
        got = self.replay("--with-record", "--format", "ecs", path).alerts[0]
        self.assertEqual((got["event"]["original"], list(ecs_problems(got))), (text, []))

    def test_a_time_that_cannot_be_read_gives_that_of_the_detection(self):
        path = self.file("a", document(record(eventTime="soon")))
        got = self.replay("--format", "ocsf", path).alerts[0]
        self.assertEqual(got["time"], got["metadata"]["logged_time"])
        got = self.replay("--format", "ecs", path).alerts[0]
        self.assertEqual(got["@timestamp"], got["event"]["created"])
        self.assertEqual(got["trailbell"]["event_time"], "soon")

    def test_the_tables_notice_a_breach(self):
        path = self.file("a", document(record()))
        finding = self.replay("--format", "ocsf", path).alerts[0]
        for member, value in (("severity", "Fatal"), ("time", "now"), ("class_uid", 2005),
                              ("message", None), ("surprise", 1), ("evidences", [])):
            self.assertNotEqual(list(ocsf_problems({**finding, member: value})), [], member)
        del finding["metadata"]
        self.assertNotEqual(list(ocsf_problems(finding)), [])
        found = self.replay("--format", "ecs", path).alerts[0]
        for member, value in (("@timestamp", "now"), ("source", {"ip": "AWS"}), ("tags", "one"),
                              ("surprise", 1), ("event", {**found["event"], "type": ["allowed"]})):
            self.assertNotEqual(list(ecs_problems({**found, member: value})), [], member)


if __name__ == "__main__":
    unittest.TestCase.maxDiff = None
    main()
