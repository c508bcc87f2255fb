"""Objects of S3 against a service that does what the test scripts: cuts, redirects, refusals."""

from aws_harness import KEYS, AwsTest
from net_harness import answer, drop, hang, main, raw, reset

BODY = "".join(chr(ord("a") + i % 26) for i in range(1000)).encode()
TAG = '"the-tag"'


def failed(status, code, message="why", extra="", **headers):
    body = f"<Error><Code>{code}</Code><Message>{message}</Message>{extra}</Error>"
    return answer(status, body.encode(), headers=list(headers.items()))


def whole(body=BODY, **headers):
    return answer(body=body, headers=[("ETag", TAG), *headers.items()])


def part(begin, end=len(BODY), status=206):
    """These bytes, of which fewer may come than are announced."""
    return answer(status, BODY[begin:end], headers=[
        ("ETag", TAG), ("Content-Range", f"bytes {begin}-{len(BODY) - 1}/{len(BODY)}")])


def cut_at(end, begin=0, end_it=raw):
    status = "206 Part" if begin else "200 OK"
    head = f"HTTP/1.1 {status}\r\nETag: {TAG}\r\nContent-Length: {len(BODY) - begin}\r\n"
    if begin:
        head += f"Content-Range: bytes {begin}-{len(BODY) - 1}/{len(BODY)}\r\n"
    return end_it(head.encode() + b"\r\n" + BODY[begin:end])


class S3Test(AwsTest):
    def against(self, *script, **environment):
        service = self.server(*script)
        self.start(**KEYS, **{"AWS_ENDPOINT_URL_S3": service.url(""), **environment})
        self.open()
        self.assertEqual(self.do("s3"), {"ok": True})
        return service



class Objects(S3Test):
    def object(self, key="k", bucket="logs", **wish):
        return self.do("object", bucket=bucket, key=key, **wish)

    def test_an_object_with_its_head(self):
        service = self.against(whole(**{
            "Last-Modified": "Sun, 01 Mar 2026 10:00:00 GMT", "X-Amz-Meta-Signature": "ab12",
            "x-amz-meta-signature-algorithm": "SHA256withRSA"}))
        self.assertEqual(self.object("a/b.gz"), {
            "body": BODY.decode(), "etag": TAG, "resumes": 0,
            "last_modified": "Sun, 01 Mar 2026 10:00:00 GMT",
            "metadata": {"signature": "ab12", "signature-algorithm": "SHA256withRSA"}})
        sent = service.requests[0]
        self.assertEqual((sent.method, sent.target), ("GET", "/logs/a/b.gz"))
        self.assertIn("/eu-central-1/s3/aws4_request", sent.headers["authorization"])
        self.assertIn("x-amz-content-sha256", sent.headers)

    def test_keys_are_encoded_as_they_are(self):
        service = self.against(whole())
        for key, target in (
            ("a+b:c=d%e.gz", "/logs/a%2Bb%3Ac%3Dd%25e.gz"),
            ("\u00e9 \u00fc", "/logs/%C3%A9%20%C3%BC"),
            ("a//b/./c/../d", "/logs/a//b/./c/../d"),
            ("/a?b#c&d", "/logs//a%3Fb%23c%26d"),
        ):
            with self.subTest(key):
                self.assertEqual(self.object(key)["body"], BODY.decode())
                self.assertEqual(service.requests[-1].target, target)

    def test_a_cut_body_is_gone_on_with(self):
        for name, end_it in (("ended", raw), ("reset", reset)):
            with self.subTest(name):
                service = self.against(cut_at(300, end_it=end_it), cut_at(700, 300), part(700))
                got = self.object()
                self.assertEqual((got["body"], got["resumes"]), (BODY.decode(), 2))
                self.assertEqual([(r.headers.get("range"), r.headers.get("if-match"))
                                  for r in service.requests],
                                 [(None, None), ("bytes=300-", TAG), ("bytes=700-", TAG)])

    def test_what_fails_between_is_tried_again(self):
        self.against(failed(503, "SlowDown"), drop, cut_at(300), failed(500, "InternalError"),
                     part(300))
        self.assertEqual(self.object()["body"], BODY.decode())

    def test_a_server_without_ranges_begins_again(self):
        self.against(cut_at(300), whole())
        self.assertEqual(self.object()["body"], BODY.decode())

    def test_a_body_that_is_cut_for_ever_fails_in_the_end(self):
        service = self.against(cut_at(300), cut_at(300, 299))
        got = self.object()
        self.assertEqual(got["failure"], "other")  # a part that was not asked for
        service = self.against(cut_at(0))
        got = self.object()
        self.assertEqual(got["failure"], "passing")
        self.assertIn("s3://logs/k: s3: ", got["message"])
        self.assertEqual(len(service.requests), 6)

    def test_an_object_that_was_replaced(self):
        self.against(cut_at(300), failed(412, "PreconditionFailed"))
        self.assertEqual(self.object()["failure"], "replaced while it was read")

    def test_bounds(self):
        self.against(whole())
        self.assertEqual(self.object(bytes_max=1000)["body"], BODY.decode())
        got = self.object(bytes_max=999)
        self.assertEqual(got["failure"], "too large")
        self.assertIn("999 bytes", got["message"])
        self.against(hang)
        self.assertEqual(self.object(time_max_ms=300)["failure"], "passing")

    def test_a_bucket_elsewhere_is_asked_there_and_remembered(self):
        for name, step in (
            ("301", failed(301, "PermanentRedirect", **{"x-amz-bucket-region": "eu-west-3"})),
            ("307", failed(307, "TemporaryRedirect", **{"x-amz-bucket-region": "eu-west-3"})),
            ("400", failed(400, "AuthorizationHeaderMalformed",
                           extra="<Region>eu-west-3</Region>")),
        ):
            with self.subTest(name):
                service = self.against(step, whole())
                for _ in range(2):
                    self.assertEqual(self.object()["body"], BODY.decode())
                regions = [r.headers["authorization"].split("/")[2] for r in service.requests]
                self.assertEqual(regions, ["eu-central-1", "eu-west-3", "eu-west-3"])

    def test_a_bucket_that_is_always_elsewhere(self):
        service = self.against(
            failed(301, "PermanentRedirect", **{"x-amz-bucket-region": "eu-west-3"}),
            failed(301, "PermanentRedirect", **{"x-amz-bucket-region": "eu-west-1"}))
        self.assertEqual(self.object()["failure"], "other")
        self.assertEqual(len(service.requests), 2)
        self.against(failed(301, "PermanentRedirect", **{"x-amz-bucket-region": "evil/../x"}))
        self.assertIn("name its region", self.object()["message"])

    def test_refusals_are_told_apart(self):
        kms = ("User: arn:aws:iam::111122223333:user/x is not authorized to perform: kms:Decrypt "
               "on resource: arn:aws:kms:eu-central-1:111122223333:key/1")
        for name, step, failure, says in (
            ("key", failed(404, "NoSuchKey"), "no such key", "s3://logs/a/k: s3 answered 404"),
            ("bucket", failed(404, "NoSuchBucket"), "no such bucket", "no bucket of that name"),
            ("denied", failed(403, "AccessDenied"), "access denied",
             "s3:GetObject on arn:aws:s3:::logs/a/k"),
            ("kms", failed(403, "AccessDenied", kms), "access denied", "needs kms:Decrypt on the"),
            ("kms off", failed(400, "KMS.DisabledException"), "access denied", "is disabled"),
            ("key id", failed(403, "InvalidAccessKeyId"), "credentials", "InvalidAccessKeyId"),
            ("signature", failed(403, "SignatureDoesNotMatch"), "credentials", "Signature"),
            ("glacier", failed(403, "InvalidObjectState"), "other", "restore it"),
            ("odd", failed(400, "InvalidRequest"), "other", "InvalidRequest"),
            ("slow", failed(503, "SlowDown"), "passing", "SlowDown"),
            ("server", failed(500, "InternalError"), "passing", "InternalError"),
            ("network", drop, "passing", "closed the connection"),
        ):
            with self.subTest(name):
                self.against(step)
                got = self.object("a/k")
                self.assertEqual(got["failure"], failure)
                self.assertIn(says, got["message"])

    def test_names_that_are_none(self):
        service = self.against(whole())
        for bucket, key in (("a/b", "k"), ("..", "k"), ("x@evil", "k"), ("logs", "")):
            with self.subTest(bucket=bucket, key=key):
                self.assertEqual(self.object(key, bucket)["failure"], "other")
        self.assertEqual(service.requests, [])


def listing(keys=(), folders=(), token=None, encoded=True):
    body = '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="x"><Name>logs</Name>'
    body += "<EncodingType>url</EncodingType>" if encoded else ""
    body += f"<IsTruncated>{'true' if token is not None else 'false'}</IsTruncated>"
    body += f"<NextContinuationToken>{token}</NextContinuationToken>" if token else ""
    for key in keys:
        body += f"<Contents><Key>{key}</Key><Size>7</Size><ETag>&quot;e&quot;</ETag></Contents>"
    for folder in folders:
        body += f"<CommonPrefixes><Prefix>{folder}</Prefix></CommonPrefixes>"
    return answer(body=(body + "</ListBucketResult>").encode())


class Listing(S3Test):
    def list(self, **wish):
        return self.do("list", bucket="logs", **wish)

    def test_pages_in_turn(self):
        service = self.against(listing(["a"], token="t+/="), listing(["b"], ["f/"]))
        got = self.list(prefix="p q/", delimiter="/", start_after="p \u00e9")
        self.assertEqual(got["pages"], [{"objects": [["a", 7]], "folders": []},
                                        {"objects": [["b", 7]], "folders": ["f/"]}])
        head = "/logs/?list-type=2&encoding-type=url&max-keys=1000&prefix=p%20q%2F&delimiter=%2F"
        self.assertEqual([r.target for r in service.requests], [
            head + tail for tail in ("&start-after=p%20%C3%A9", "&continuation-token=t%2B%2F%3D")])

    def test_keys_are_decoded_where_they_are_encoded(self):
        self.against(listing(["a%2Bb+c%25d%C3%A9"]))
        self.assertEqual(self.list()["pages"][0]["objects"], [["a+b c%d\u00e9", 7]])
        self.against(listing(["a%2Bb+c"], encoded=False))
        self.assertEqual(self.list()["pages"][0]["objects"], [["a%2Bb+c", 7]])

    def test_answers_that_are_none(self):
        for name, step, says in (
            ("circle", listing(["a"], token="t"), "in circles"),
            ("no token", listing(["a"], token=""), "how to go on"),
            ("no listing", answer(body=b"<Other/>"), "no listing"),
            ("no XML", answer(body=b"ok"), "no XML"),
            ("denied", failed(403, "AccessDenied"), "s3:ListBucket on arn:aws:s3:::logs"),
            ("bucket", failed(404, "NoSuchBucket"), "no bucket of that name"),
        ):
            with self.subTest(name):
                self.against(step)
                self.assertIn(says, self.list()["message"])


if __name__ == "__main__":
    main()
