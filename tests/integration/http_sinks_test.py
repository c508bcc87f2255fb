"""Webhook, Alertmanager and Splunk sinks, against stand-ins that do what a test scripts."""

import datetime
import hashlib
import hmac
import json
import time

from net_harness import NetTest, answer, drop, hang, main, raw, reset


def alert(number=0, **members):
    return {
        "alert_id": f"{number:032x}",
        "event_id": f"e-{number}",
        "event_name": "AttachRolePolicy",
        "event_source": "iam.amazonaws.com",
        "event_time": "2026-03-04T05:06:07Z",
        "aws_region": "us-east-1",
        "account_id": "111122223333",
        "source_ip": "198.51.100.7",
        "arn": "arn:aws:iam::111122223333:user/alice",
        "name": "alice",
        "policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess",
        **members,
    }


HOUR_MS = 3_600_000
HOSTILE = '"}],<!channel> \u202e\x1b[2J\n'


class SinkTest(NetTest):
    kind = None

    def open(self, **options):
        got = self.do("open_sink", kind=self.kind, **options)
        self.assertTrue(got.get("ok"), got)
        return got["alerts_max"]

    def is_not_opened(self, part, **options):
        got = self.do("open_sink", kind=self.kind, **options)
        self.assertIn(part, got.get("error", got))
        self.assertNotIn("secret", got["error"])

    def deliver(self, *alerts):
        got = self.do("deliver", alerts=list(alerts) or [alert()])
        self.assertNotIn("secret", got["reason"])
        self.assertEqual(got["reason"] == "", got["what"] == "accepted", got)
        return got

    def gives(self, *wanted):
        self.assertEqual([self.deliver()["what"] for _ in wanted], list(wanted))


    def ends_at_once(self, server, requests=1, **options):
        """A request without an answer, as the service ends; and what comes behind it."""
        self.open(request_timeout_ms=HOUR_MS, **options)
        self.do("begin_deliver", alerts=[alert()])
        self.assertTrue(server.wait_for(requests), "it was never asked")
        for got in (self.do("hurry"), self.deliver()):
            self.assertEqual(got["what"], "retry")
            self.assertIn("given up", got["reason"])


class Webhook(SinkTest):
    kind = "webhook"

    def test_a_service_that_ends_does_not_wait_for_an_answer(self):
        server = self.server(hang)
        self.ends_at_once(server, url=server.url())
        secure = self.secure_server(hang)
        self.ends_at_once(secure, url=secure.url(host="localhost"), ca_file=self.ca_file)

    def test_a_batch_is_one_array_with_the_headers_that_were_wanted(self):
        server = self.server()
        self.assertEqual(self.open(url=server.url("/in?a=1"), headers={"X-Key": "secret-of-mine"}),
                         100)
        self.assertEqual(self.deliver(alert(1), alert(2))["what"], "accepted")
        request = server.requests[0]
        self.assertEqual((request.method, request.target), ("POST", "/in?a=1"))
        self.assertEqual(request.headers["x-key"], "secret-of-mine")
        self.assertEqual(request.headers["content-type"], "application/json")
        self.assertEqual([a["event_id"] for a in request.json], ["e-1", "e-2"])
        self.assertEqual(request.json[0]["schema"], 1)

    def test_lines(self):
        server = self.server()
        self.open(url=server.url(), body="ndjson")
        self.deliver(alert(1), alert(2))
        lines = server.requests[0].body.decode().splitlines()
        self.assertEqual([json.loads(line)["event_id"] for line in lines], ["e-1", "e-2"])
        self.assertEqual(server.requests[0].headers["content-type"], "application/x-ndjson")

    def test_the_signature_is_over_time_and_body(self):
        server = self.server()
        self.open(url=server.url(), signing_key="secret key")
        self.deliver()
        request = server.requests[0]
        parts = dict(p.split("=") for p in request.headers["x-trailbell-signature"].split(","))
        self.assertLess(abs(int(parts["t"]) - time.time()), 60)
        signed = parts["t"].encode() + b"." + request.body
        self.assertEqual(parts["v1"], hmac.new(b"secret key", signed, hashlib.sha256).hexdigest())

    def test_the_header_of_the_signature_is_the_users_own(self):
        server = self.server()
        self.open(url=server.url(), signing_key="secret key", signature_header="X-Hub")
        self.deliver()
        headers = server.requests[0].headers
        self.assertRegex(headers["x-hub"], r"^t=\d+,v1=[0-9a-f]{64}$")
        self.assertNotIn("x-trailbell-signature", headers)
        self.is_not_opened("header", url=server.url(), signature_header="no header")

    def test_slack_gets_an_attachment_for_each_and_no_markup_of_an_attacker(self):
        server = self.server(answer(200, b"ok"))
        self.assertEqual(self.open(url=server.url(), body="slack"), 20)
        self.deliver(alert(1), alert(2, name=HOSTILE, arn=HOSTILE))
        first, second = server.requests[0].json["attachments"]
        self.assertIn("AttachRolePolicy by alice", first["text"])
        self.assertEqual(first["color"], "#e8590c")
        self.assertIn("&lt;!channel&gt;", second["text"])
        for bad in ("<", ">", "\u202e", "\x1b", "\n"):
            self.assertNotIn(bad, json.dumps(second, ensure_ascii=False))

    def test_pagerduty_gets_one_event_that_folds_by_alert_id(self):
        server = self.server(answer(202, b'{"status":"success"}'))
        self.assertEqual(self.open(url=server.url(), body="pagerduty", routing_key="secret-r"), 1)
        self.deliver(alert(7, name=HOSTILE, level=4))
        event = server.requests[0].json
        self.assertEqual((event["routing_key"], event["event_action"]), ("secret-r", "trigger"))
        self.assertEqual(event["dedup_key"], f"{7:032x}")
        self.assertEqual(event["payload"]["severity"], "critical")
        self.assertEqual(event["payload"]["timestamp"], "2026-03-04T05:06:07.000Z")
        self.assertIn("\\u{202e}", event["payload"]["summary"])
        self.assertEqual(event["payload"]["custom_details"]["source_ip"], "198.51.100.7")

    def test_a_template_of_the_users_own(self):
        server = self.server()
        template = '{"m":"{{event_name}} by {{actor.name}}","all":{{alert}}}'
        self.assertEqual(self.open(url=server.url(), body="custom", custom_body=template), 1)
        self.deliver(alert(name=HOSTILE))
        got = server.requests[0].json
        self.assertIn('AttachRolePolicy by "}],<!channel>', got["m"])
        self.assertEqual(got["all"]["actor"]["name"], HOSTILE)

    def test_what_cannot_be_configured(self):
        self.is_not_opened("http://", url="secret")
        self.is_not_opened("user", url="http://me:secret@h/")
        self.is_not_opened("routing key", url="http://h/", body="pagerduty")
        self.is_not_opened("'nothing'", url="http://h/", body="custom", custom_body="{{nothing}}")
        self.is_not_opened("body", url="http://h/", body="custom")
        self.is_not_opened("control", url="http://h/", headers={"A": "secret\n"})
        self.is_not_opened("ca_file.pem", url="https://h/", ca_file="ca_file.pem")

    def test_load_passes_and_the_wait_is_told(self):
        server = self.server(answer(429, b"slow down", [("Retry-After", "3")]), answer(503),
                             answer(200))
        self.open(url=server.url("/secret"))
        got = self.deliver()
        self.assertEqual((got["what"], got["wait_ms"]), ("retry", 3000))
        self.assertIn("429", got["reason"])
        self.gives("retry", "accepted")
        self.assertEqual(server.connections, 1)

    def test_a_retry_after_as_a_date(self):
        when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=60)
        date = when.strftime("%a, %d %b %Y %H:%M:%S GMT")
        server = self.server(answer(429, b"", [("Retry-After", date)]))
        self.open(url=server.url())
        self.assertTrue(50_000 < self.deliver()["wait_ms"] <= 60_000)

    def test_poison_is_refused_with_what_was_said_and_no_credentials(self):
        said = b"bad field \x1b[31m; you sent Bearer secret-t (secret-t) to /T0/secret"
        server = self.server(answer(400, said))
        self.open(url=server.url("/T0/secret"), headers={"Authorization": "Bearer secret-t"})
        got = self.deliver()
        self.assertEqual(got["what"], "refused")
        self.assertIn("bad field \\u{1b}[31m; you sent *** (***) to ***", got["reason"])

    def test_credentials_that_are_wrong_hold_the_alerts(self):
        server = self.server(answer(401), answer(403), answer(302), answer(413), answer(200))
        self.open(url=server.url())
        self.gives("retry", "retry", "retry", "refused", "accepted")

    def test_a_connection_that_breaks_is_tried_again(self):
        half = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"
        server = self.server(drop, reset(), reset(half[:20]), hang, raw(half), answer(200))
        self.open(url=server.url(), request_timeout_ms=500)
        self.gives("retry", "retry", "retry", "retry", "accepted", "accepted")

    def test_over_tls(self):
        server = self.secure_server()
        self.open(url=server.url(), ca_file=self.ca_file)
        self.gives("accepted", "accepted")
        self.open(url=server.url("/secret"))
        self.assertIn("certificate", self.deliver()["reason"])
        self.assertEqual(len(server.requests), 2)


class Alertmanager(SinkTest):
    kind = "alertmanager"

    def test_labels_annotations_and_times(self):
        server = self.server()
        self.open(urls=[server.url("/prefix/")], labels={"team": "sec"},
                  generator_url="https://trailbell.example/")
        self.assertEqual(self.deliver(alert(1), alert(2))["what"], "accepted")
        request = server.requests[0]
        self.assertEqual(request.target, "/prefix/api/v2/alerts")
        first, second = request.json
        self.assertEqual(first["labels"], {
            "alertname": "IAM policy changed", "severity": "high", "rule_id": "cis-4.4",
            "event_name": "AttachRolePolicy", "account_id": "111122223333", "region": "us-east-1",
            "alert_id": f"{1:032x}", "team": "sec"})
        self.assertNotEqual(first["labels"], second["labels"])
        self.assertEqual(first["startsAt"], "2026-03-04T05:06:07.000Z")
        ends = datetime.datetime.fromisoformat(first["endsAt"].replace("Z", "+00:00"))
        self.assertAlmostEqual(ends.timestamp(), time.time() + 3600, delta=60)
        self.assertEqual(first["generatorURL"], "https://trailbell.example/")
        self.assertEqual(first["annotations"]["source_ip"], "198.51.100.7")

    def test_annotations_of_the_users_own_with_fields_of_the_alert(self):
        server = self.server()
        self.open(urls=[server.url()], labels={"who": "{{actor.name}}"},
                  annotations={"runbook": "https://wiki.example/{{rule_id}}", "note": 'a "b"'})
        self.deliver(alert(name=HOSTILE))
        (got,) = server.requests[0].json
        self.assertEqual(got["annotations"]["runbook"], "https://wiki.example/cis-4.4")
        self.assertEqual(got["annotations"]["note"], 'a "b"')
        self.assertIn("\\u{202e}", got["labels"]["who"])
        self.assertEqual(got["annotations"]["source_ip"], "198.51.100.7")

    def test_all_of_a_cluster_get_it_and_one_that_takes_it_is_enough(self):
        good, bad = self.server(), self.server(answer(500))
        self.open(urls=[bad.url(), good.url()])
        self.gives("accepted")
        self.assertEqual([len(s.requests) for s in (good, bad)], [1, 1])

    def test_none_that_takes_it_is_a_retry_and_all_that_refuse_it_a_refusal(self):
        first, second = self.server(answer(500), answer(400)), self.server(answer(400))
        self.open(urls=[first.url(), second.url()])
        self.gives("retry", "refused")
        self.assertEqual([len(s.requests) for s in (first, second)], [2, 2])

    def test_a_service_that_ends_does_not_wait_for_any_of_them(self):
        servers = [self.server(hang) for _ in range(3)]
        self.ends_at_once(servers[0], urls=[each.url() for each in servers])
        self.assertEqual([len(each.requests) for each in servers], [1, 0, 0])

    def test_a_member_that_failed_rests_while_another_works(self):
        wait = [("Retry-After", "300")]
        bad, good = self.server(answer(503, b"", wait)), self.server()
        self.open(urls=[bad.url(), good.url()])
        self.gives("accepted", "accepted", "accepted")
        self.assertEqual([len(s.requests) for s in (bad, good)], [1, 3])

    def test_what_cannot_be_configured(self):
        self.is_not_opened("without a URL")
        self.is_not_opened("'severity'", urls=["http://h"], labels={"severity": "x"})
        self.is_not_opened("'summary'", urls=["http://h"], annotations={"summary": "x"})
        self.is_not_opened("'nothing'", urls=["http://h"], annotations={"a": "{{nothing}}"})


class Splunk(SinkTest):
    kind = "splunk_hec"

    def test_events_with_their_time_and_the_token(self):
        server = self.server(answer(200, b'{"text":"Success","code":0}'))
        self.open(url=server.url(), token="secret-token", index="main")
        self.deliver(alert(1), alert(2, event_time="never"))
        request = server.requests[0]
        self.assertEqual(request.target, "/services/collector/event")
        self.assertEqual(request.headers["authorization"], "Splunk secret-token")
        first, second = [json.loads(line) for line in request.body.decode().splitlines()]
        self.assertEqual(first["time"], 1772600767)
        self.assertEqual(second["time"], 1772600768.25)
        self.assertEqual((first["index"], first["sourcetype"]), ("main", "trailbell:alert"))
        self.assertEqual(first["event"]["alert_id"], f"{1:032x}")

    def script(self, *answers):
        """Takes events, then answers questions about acknowledgement one after the other."""
        taken = answer(200, b'{"text":"Success","code":0,"ackId":4}')
        return self.server(taken, *[a if callable(a) else answer(200, a) for a in answers])

    def test_accepted_is_what_an_indexer_has_confirmed(self):
        server = self.script(b'{"acks":{"4":false}}', answer(503), drop, b'{"acks":{"4":true}}')
        self.open(url=server.url(), token="secret-token", acknowledgement=True)
        self.gives("accepted")
        sent, *asked = server.requests
        channel = sent.headers["x-splunk-request-channel"]
        self.assertRegex(channel, r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
                                  r"[0-9a-f]{12}$")
        self.assertGreaterEqual(len(asked), 4)
        self.assertEqual(asked[0].target, f"/services/collector/ack?channel={channel}")
        self.assertEqual(asked[0].json, {"acks": [4]})

    def test_not_confirmed_in_time_is_a_retry(self):
        server = self.script(b'{"acks":{"4":false}}')
        self.open(url=server.url(), token="secret-token", acknowledgement=True, ack_timeout_ms=200)
        got = self.deliver()
        self.assertEqual(got["what"], "retry")
        self.assertIn("did not acknowledge", got["reason"])

    def test_a_service_that_ends_does_not_wait_for_it(self):
        server = self.script(b'{"acks":{"4":false}}')
        self.open(url=server.url(), token="secret-token", acknowledgement=True,
                  ack_timeout_ms=3_600_000, ack_interval_ms=1_800_000)
        self.do("begin_deliver", alerts=[alert()])
        self.assertTrue(server.wait_for(2), "it was never asked for an acknowledgement")
        got = self.do("hurry")
        self.assertEqual(got["what"], "retry")
        self.assertIn("not acknowledged", got["reason"])

    def test_a_service_that_ends_does_not_wait_for_an_answer(self):
        server = self.server(hang)
        self.ends_at_once(server, url=server.url(), token="secret-token")
        server = self.script(hang)
        self.ends_at_once(server, 2, url=server.url(), token="secret-token",
                          acknowledgement=True, ack_timeout_ms=HOUR_MS)

    def test_a_token_without_acknowledgement_is_told_apart(self):
        server = self.server(answer(200, b'{"text":"Success","code":0}'))
        self.open(url=server.url(), token="secret-token", acknowledgement=True)
        got = self.deliver()
        self.assertEqual(got["what"], "retry")
        self.assertIn("ackId", got["reason"])

    def test_a_busy_collector_and_a_wrong_token_hold_the_alerts(self):
        server = self.server(answer(503, b'{"text":"Server is busy","code":9}'),
                             answer(403, b'{"text":"Invalid token","code":4}'),
                             answer(400, b'{"text":"Incorrect index","code":7}'))
        self.open(url=server.url(), token="secret-token")
        self.gives("retry", "retry", "refused")
        self.is_not_opened("token", url=server.url())


if __name__ == "__main__":
    main()
