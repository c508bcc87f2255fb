"""Credentials from each of their sources, by stand-ins for them."""

import hashlib
import json
import os
import sys
import urllib.parse

from aws_harness import KEYS, ROLE, AwsTest, ahead, document, sts_answer
from net_harness import answer, drop, main

CONTAINER = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
INSTANCE = "AWS_EC2_METADATA_SERVICE_ENDPOINT"


def fields(request):
    return dict(urllib.parse.parse_qsl(request.body.decode()))


class Order(AwsTest):
    def test_the_environment_comes_first(self):
        self.file(".aws/credentials", "[default]\naws_access_key_id=A\naws_secret_access_key=B\n")
        got = self.found({**KEYS, "AWS_SESSION_TOKEN": "t"})
        self.assertEqual((got["id"], got["secret"], got["token"], got["expires"]),
                         ("AKIDFIRST", "first-secret", "t", 0))
        self.assertEqual(got["source"], "environment")

    def test_a_profile_that_is_named_is_asked_alone(self):
        self.file(".aws/credentials", "[other]\naws_access_key_id=A\naws_secret_access_key=B\n")
        self.assertEqual(self.found(KEYS, profile="other")["id"], "A")
        why = self.refused(KEYS, profile="none")
        self.assertIn("'none' is neither in", why)
        self.file(".aws/config", "[profile empty]\nregion = x\n")
        self.assertIn("has no credentials", self.refused(KEYS, profile="empty"))

    def test_nobody_has_any(self):
        why = self.refused()
        self.assertTrue(why.startswith("no AWS credentials; asked in order: environment: "), why)
        places = [why.index(name + ": ") for name in
                  ("environment", "shared files", "web identity", "container", "instance")]
        self.assertEqual(places, sorted(places))

    def test_half_of_a_key_is_an_error_and_not_passed_over(self):
        self.file(".aws/credentials", "[default]\naws_access_key_id=A\naws_secret_access_key=B\n")
        why = self.refused({"AWS_ACCESS_KEY_ID": "A"})
        self.assertIn("AWS_ACCESS_KEY_ID is set, but not AWS_SECRET_ACCESS_KEY", why)


class Profiles(AwsTest):
    def test_a_role_with_a_source_profile(self):
        sts = self.server(sts_answer())
        self.file(".aws/credentials", "[keys]\naws_access_key_id=AKIDK\naws_secret_access_key=s\n")
        self.file(".aws/config", f"""
[default]
role_arn = {ROLE}
source_profile = keys
external_id = ext-1   # of the other account
role_session_name = me
""")
        got = self.found({"AWS_ENDPOINT_URL_STS": sts.url("")})
        self.assertEqual((got["id"], got["secret"], got["token"]),
                         ("ASIAROLE", "role&secret", "role-token"))
        request = sts.requests[0]
        self.assertEqual(fields(request), {
            "Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": ROLE,
            "RoleSessionName": "me", "ExternalId": "ext-1"})
        self.assertIn("Credential=AKIDK/", request.headers["authorization"])
        self.assertIn("/eu-central-1/sts/aws4_request", request.headers["authorization"])

    def test_what_cannot_be_is_said(self):
        for text, words in (
            (f"role_arn={ROLE}\nsource_profile=a\nmfa_serial=m", "mfa_serial"),
            (f"role_arn={ROLE}", "wants one of source_profile"),
            (f"role_arn={ROLE}\nsource_profile=b\n[profile b]\nrole_arn=x\nsource_profile=a",
             "leads back to it"),
            (f"role_arn={ROLE}\ncredential_source=Moon", "not 'Moon'"),
            (f"role_arn={ROLE}\nsource_profile=gone", "there is no profile 'gone'"),
            ("aws_access_key_id=only", "both are wanted"),
            ("no key", ":2: neither a [section]"),
        ):
            with self.subTest(words):
                self.file(".aws/config", f"[profile a]\n{text}\n")
                self.assertIn(words, self.refused({"AWS_PROFILE": "a"}))

    def test_a_role_on_top_of_what_was_found(self):
        sts = self.server(sts_answer())
        got = self.found({**KEYS, "AWS_ENDPOINT_URL": sts.url("/")}, role_arn=ROLE,
                         external_id="e")
        self.assertEqual(got["id"], "ASIAROLE")
        self.assertEqual(fields(sts.requests[0])["ExternalId"], "e")

    def test_sts_says_no(self):
        sts = self.server(answer(403, b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>"
                                      b"no sts:AssumeRole</Message></Error></ErrorResponse>"))
        why = self.refused({**KEYS, "AWS_ENDPOINT_URL": sts.url()}, role_arn=ROLE)
        self.assertIn("AccessDenied: no sts:AssumeRole", why)
        self.assertIn(ROLE, why)
        self.assertNotIn("first-secret", why)
        self.assertEqual(len(sts.requests), 1)

    def program(self, text):
        return self.file("program", f"#!{sys.executable}\nimport sys\n{text}\n", 0o700)

    def process(self, text, **options):
        path = self.program(text)
        self.file(".aws/config", f'[default]\ncredential_process = "{path}" --of "a b" $HOME\n')
        return options

    def test_a_program(self):
        self.process("import json\nprint(json.dumps({'Version': 1, 'AccessKeyId': 'ASIAP', "
                     "'SecretAccessKey': '|'.join(sys.argv[1:]), 'SessionToken': 't', "
                     f"'Expiration': '{ahead(3600)}'}}))")
        got = self.found()
        self.assertEqual(got["id"], "ASIAP")
        self.assertEqual(got["secret"], "--of|a b|$HOME")  # no shell
        self.assertGreater(got["expires"], 0)

    def test_a_program_that_fails(self):
        for text, words in (
            ("sys.exit(3)", "ended with 3"),
            ("print('secret-thing')", "is no JSON object"),
            ("print('{\"Version\": 2}')", "another version"),
            ("print('{\"Version\": 1}')", "lacks AccessKeyId"),
            ("print('x' * 100000)", "more than 64 KiB"),
        ):
            with self.subTest(words):
                self.process(text)
                why = self.refused()
                self.assertIn(words, why)
                self.assertNotIn("secret-thing", why)

    def sso(self, expires, name="corp"):
        self.file(".aws/config", f"""
[default]
sso_session = {name}
sso_account_id = 111122223333
sso_role_name = Reader
[sso-session {name}]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
""")
        cache = hashlib.sha1(name.encode()).hexdigest()
        self.file(f".aws/sso/cache/{cache}.json",
                  json.dumps({"accessToken": "sso-token", "expiresAt": expires}))

    def test_identity_center(self):
        portal = self.server(answer(body=json.dumps({"roleCredentials": {
            "accessKeyId": "ASIASSO", "secretAccessKey": "s", "sessionToken": "t",
            "expiration": 32503680000000}}).encode()))
        self.sso(ahead(600))
        got = self.found({"AWS_ENDPOINT_URL_SSO": portal.url("")})
        self.assertEqual((got["id"], got["expires"]), ("ASIASSO", 32503680000))
        request = portal.requests[0]
        self.assertEqual(request.target,
                         "/federation/credentials?account_id=111122223333&role_name=Reader")
        self.assertEqual(request.headers["x-amz-sso_bearer_token"], "sso-token")
        self.assertNotIn("authorization", request.headers)

    def test_identity_center_without_a_login(self):
        self.sso(ahead(-1))
        self.assertIn("run: aws sso login --sso-session corp", self.refused())
        os.remove(os.path.join(self.home, ".aws/sso/cache",
                               hashlib.sha1(b"corp").hexdigest() + ".json"))
        self.assertIn("run: aws sso login --sso-session corp", self.refused())


class Machines(AwsTest):
    def test_web_identity(self):
        sts = self.server(sts_answer("AssumeRoleWithWebIdentity"))
        token = self.file("token", "jwt-1\n")
        got = self.found({"AWS_WEB_IDENTITY_TOKEN_FILE": token, "AWS_ROLE_ARN": ROLE,
                          "AWS_ENDPOINT_URL_STS": sts.url("")})
        self.assertEqual(got["id"], "ASIAROLE")
        self.assertEqual(fields(sts.requests[0]), {
            "Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15", "RoleArn": ROLE,
            "RoleSessionName": "trailbell", "WebIdentityToken": "jwt-1"})
        self.assertNotIn("authorization", sts.requests[0].headers)
        self.file("token", "jwt-2")  # Kubernetes renews it
        self.do("advance", seconds=3550)
        self.do("get")
        self.assertEqual(fields(sts.requests[1])["WebIdentityToken"], "jwt-2")

    def test_a_container(self):
        agent = self.server(answer(500), answer(body=document()))
        token = self.file("token", "pod-token")
        got = self.found({CONTAINER: agent.url("/v1/credentials"),
                          "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": token})
        self.assertEqual((got["id"], got["token"]), ("ASIAMETA", "meta-token"))
        self.assertEqual([r.headers["authorization"] for r in agent.requests], ["pod-token"] * 2)

    def test_a_container_elsewhere_is_not_asked_in_the_clear(self):
        why = self.refused({CONTAINER: "http://10.0.0.1/creds"})
        self.assertIn("only https may lead elsewhere", why)

    def instance(self, *script):
        service = self.server(*script)
        return service, {"AWS_EC2_METADATA_DISABLED": "false", INSTANCE: service.url("")}

    def test_an_instance(self):
        service, environment = self.instance(
            answer(body=b"imds-token"), answer(body=b"web-role\n"), answer(body=document()))
        got = self.found(environment)
        self.assertEqual((got["id"], got["source"]), ("ASIAMETA", "instance"))
        first, second, third = service.requests
        self.assertEqual((first.method, first.target), ("PUT", "/latest/api/token"))
        self.assertEqual(first.headers["x-aws-ec2-metadata-token-ttl-seconds"], "21600")
        for one in (second, third):
            self.assertEqual(one.headers["x-aws-ec2-metadata-token"], "imds-token")
        self.assertTrue(third.target.endswith("/iam/security-credentials/web-role"))

    def test_an_instance_without_metadata_role_or_token(self):
        _, environment = self.instance(drop)
        self.assertIn("no token of the instance's metadata", self.refused(environment))
        _, environment = self.instance(answer(403))
        self.assertIn("it answered 403", self.refused(environment))
        service, environment = self.instance(answer(body=b"t"), answer(404))
        self.assertIn("the instance has no role", self.refused(environment))
        self.assertEqual(len(service.requests), 2)  # never without a token


class Freshness(AwsTest):
    def test_they_are_renewed_before_they_expire_and_not_before(self):
        agent = self.server(answer(body=document()),
                            answer(body=document(AccessKeyId="SECOND", Expiration=ahead(9000))))
        self.assertEqual(self.found({CONTAINER: agent.url()})["id"], "ASIAMETA")
        self.do("advance", seconds=3000)
        self.assertEqual(self.do("get")["id"], "ASIAMETA")
        self.assertEqual(len(agent.requests), 1)
        self.do("advance", seconds=400)  # 200 s before
        self.assertEqual(self.do("get")["id"], "SECOND")

    def test_those_at_hand_are_kept_while_they_are_good(self):
        agent = self.server(answer(body=document()), answer(400))
        self.found({CONTAINER: agent.url()})
        self.do("advance", seconds=3400)
        self.assertEqual(self.do("get")["id"], "ASIAMETA")
        self.assertEqual(self.do("get")["id"], "ASIAMETA")
        self.assertEqual(len(agent.requests), 2)  # the next is half a minute away
        self.assertIn("those at hand are kept", self.do("said")["log"][0])
        self.do("advance", seconds=300)
        self.assertIn("it answered 400", self.do("get")["error"])

    def test_what_has_expired_already_is_not_taken(self):
        agent = self.server(answer(body=document(Expiration=ahead(-10))))
        self.assertIn("have expired already", self.refused({CONTAINER: agent.url()}))


if __name__ == "__main__":
    main()
