"""Requests to AWS against a service that does what the test scripts: retries, clock, keys."""

import json
import time

from aws_harness import KEYS, AwsTest, document, time_text
from net_harness import answer, drop, main


def failed(status, code, **headers):
    return answer(status, json.dumps({"__type": f"com.amazonaws.sqs#{code}", "message": "why"})
                  .encode(), headers=list(headers.items()))


class Client(AwsTest):
    def against(self, *script, environment=None, **options):
        service = self.server(*script)
        self.start(**(environment or KEYS))
        self.open()
        self.assertEqual(self.do("service", endpoint=service.url(""), **options), {"ok": True})
        return service

    def test_it_signs_and_keeps_the_connection(self):
        service = self.against(answer(body=b"{}"))
        for _ in range(3):
            self.assertEqual(self.do("call", body="{}"), {"status": 200, "body": "{}"})
        self.assertEqual(service.connections, 1)
        self.assertIn("Credential=AKIDFIRST/", service.requests[0].headers["authorization"])

    def test_what_passes_is_tried_three_times(self):
        for name, step, kind in (
            ("500", failed(500, "InternalError"), "server"),
            ("503", answer(503), "server"),
            ("429", answer(429), "throttled"),
            ("throttled", failed(400, "ThrottlingException"), "throttled"),
            ("slow down", answer(503, b"<Error><Code>SlowDown</Code></Error>"), "throttled"),
            ("broken", drop, "unreachable"),
        ):
            with self.subTest(name):
                service = self.against(step)
                self.assertEqual(self.do("call")["failure"], kind)
                self.assertEqual(len(service.requests), 3)
                self.assertEqual(self.do("said")["waits"], [500, 1000])  # half of 1 s, of 2 s

    def test_what_lasts_is_tried_once(self):
        service = self.against(failed(400, "QueueDoesNotExist:http://x/", **{
            "x-amzn-requestid": "r-1"}))
        got = self.do("call")
        self.assertEqual((got["failure"], got["status"], got["code"]),
                         ("refused", 400, "QueueDoesNotExist"))
        self.assertEqual(got["message"], "sqs answered 400 QueueDoesNotExist: why (request r-1)")
        self.assertEqual(len(service.requests), 1)

    def test_it_recovers(self):
        service = self.against(answer(503), drop, answer(body=b"ok"))
        self.assertEqual(self.do("call"), {"status": 200, "body": "ok"})
        self.assertEqual(len(service.requests), 3)

    def test_the_quota_bounds_all_retries(self):
        service = self.against(failed(500, "InternalError"))
        for _ in range(60):
            self.assertEqual(self.do("call")["failure"], "server")
        # 500 / 5 retries and then one try each
        self.assertEqual(len(service.requests), 60 + 100)

    def test_a_clock_that_is_off_is_put_right(self):
        theirs = time.time() + 7200
        date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(theirs))
        service = self.against(failed(403, "RequestTimeTooSkewed", Date=date), answer(body=b"ok"))
        self.assertEqual(self.do("call")["status"], 200)
        hour = time_text(theirs)[:13].replace("-", "")
        self.assertTrue(service.requests[1].headers["x-amz-date"].startswith(hour))
        self.assertIn("s off", self.do("said")["log"][0])
        self.do("call")
        self.assertTrue(service.requests[2].headers["x-amz-date"].startswith(hour))

    def test_a_signature_that_is_wrong_by_itself_is_no_clock(self):
        date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime())
        service = self.against(failed(403, "SignatureDoesNotMatch", Date=date))
        self.assertEqual(self.do("call")["failure"], "refused")
        self.assertEqual(len(service.requests), 1)

    def test_credentials_that_expired_are_had_anew_once(self):
        agent = self.server(answer(body=document()), answer(body=document(AccessKeyId="NEW")))
        service = self.against(failed(400, "ExpiredTokenException"), environment={
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": agent.url()})
        self.assertEqual(self.do("call")["failure"], "credentials")
        used = [r.headers["authorization"].split("Credential=")[1].split("/")[0]
                for r in service.requests]
        self.assertEqual(used, ["ASIAMETA", "NEW"])
        self.assertEqual(service.requests[0].headers["x-amz-security-token"], "meta-token")


if __name__ == "__main__":
    main()
