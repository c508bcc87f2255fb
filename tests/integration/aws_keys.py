"""Keys of AWS that live for seconds, who gives them out, and who checks what was signed with them.

A stand-in for three: a program's credentials (GET /keys/WHO, as credential_process prints them),
STS's AssumeRole (POST /sts) and, for a broker of Amazon MSK, IAM (POST /token). The signature is
checked by an implementation of its own. And for a provider of OpenID Connect (POST /oidc), whose
tokens the broker takes as well.
"""

import base64
import hashlib
import hmac
import http.server
import json
import secrets
import threading
import time
import urllib.parse

REGION = "eu-central-1"
TOKEN_S = 900
OIDC_CLIENT = ("siem", "open-sesame-7")


def time_text(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


class Refused(Exception):
    pass


def expect(what, got, wanted):
    if got != wanted:
        raise Refused(f"{what} is {got!r}, and not {wanted!r}")


def signature(secret, query, host, scope, date):
    """Signature Version 4 of GET https://HOST/?QUERY (a dict, without the signature), by its
    documentation."""
    quote = lambda text: urllib.parse.quote(text, safe="-_.~")
    pairs = sorted((quote(name), quote(value)) for name, value in query.items())
    canonical = "\n".join([
        "GET", "/", "&".join(f"{name}={value}" for name, value in pairs), f"host:{host}", "",
        "host", hashlib.sha256(b"").hexdigest()])
    text = "\n".join(["AWS4-HMAC-SHA256", date, "/".join(scope),
                      hashlib.sha256(canonical.encode()).hexdigest()])
    key = b"AWS4" + secret.encode()
    for step in scope:
        key = hmac.digest(key, step.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


class Keys:
    """`life_s`: of those that are given out from now on. `role`: (ARN, external id) that STS knows.
    `gives`, `trusts`: whether keys are had, and whether tokens are taken. `shown`: who showed a
    token that was good, and the id of its key, in order. `refused`: why others were not."""

    def __init__(self, life_s=3600, role=None):
        self.life_s, self.role, self.gives, self.trusts = life_s, role, True, True
        self.shown, self.refused, self.secrets = [], [], []
        self._given, self._issued, self._lock = {}, {}, threading.Lock()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def url(self, path):
        return f"http://127.0.0.1:{self._server.server_port}{path}"

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def keys_of(self, who):
        """The ids of the keys whose tokens it has shown."""
        with self._lock:
            return list(dict.fromkeys(key for one, key in self.shown if one == who))

    def _make(self, who):
        with self._lock:
            ends = int(time.time()) + self.life_s
            one = {"who": who, "id": f"ASIA{len(self._given)}", "secret": secrets.token_urlsafe(30),
                   "token": secrets.token_urlsafe(60) + "+/=", "ends": ends}
            self._given[one["id"]] = one
            self.secrets += [one["secret"], one["token"]]
            return one

    def keys(self, who):
        if not self.gives:
            raise Refused("no keys are given out")
        one = self._make(who)
        return json.dumps({
            "Version": 1, "AccessKeyId": one["id"], "SecretAccessKey": one["secret"],
            "SessionToken": one["token"], "Expiration": time_text(one["ends"])})

    def assume_role(self, body):
        asked = dict(urllib.parse.parse_qsl(body))
        expect("the role", (asked.get("RoleArn"), asked.get("ExternalId")), self.role)
        one = self._make(asked["RoleArn"].rpartition("/")[2])
        return f"""<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleResult><Credentials>
    <AccessKeyId>{one["id"]}</AccessKeyId><SecretAccessKey>{one["secret"]}</SecretAccessKey>
    <SessionToken>{one["token"]}</SessionToken><Expiration>{time_text(one["ends"])}</Expiration>
  </Credentials></AssumeRoleResult></AssumeRoleResponse>"""

    def issue(self, authorization):
        """A token for OIDC_CLIENT, as a provider answers."""
        expect("the client", authorization,
               "Basic " + base64.b64encode(":".join(OIDC_CLIENT).encode()).decode())
        now = int(time.time())
        parts = ({"alg": "none"}, {"sub": OIDC_CLIENT[0], "iat": now, "exp": now + self.life_s,
                                   "jti": secrets.token_hex(8)})
        token = ".".join(
            base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
            for part in parts) + ".c2lnbmVk"
        with self._lock:
            self._issued[token] = now + self.life_s
            self.secrets.append(token)
        return json.dumps({"access_token": token, "token_type": "Bearer",
                           "expires_in": self.life_s})

    def check_issued(self, token):
        with self._lock:
            ends = self._issued.get(token, 0)
            if ends <= time.time():
                raise Refused("nobody issued that, or it has ended")
            self.shown.append((OIDC_CLIENT[0], token))
        return f"{ends * 1000} {OIDC_CLIENT[0]}"

    def check(self, token):
        """When it ends, in milliseconds, and whom it stands for."""
        if "." in token:
            return self.check_issued(token)
        if "=" in token:
            raise Refused("the token has padding")
        url = urllib.parse.urlsplit(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        host = f"kafka.{REGION}.amazonaws.com"
        expect("the place", (url.scheme, url.netloc, url.path), (b"https", host.encode(), b"/"))
        query = dict(urllib.parse.parse_qsl(url.query.decode(), strict_parsing=True))
        if not query.pop("User-Agent").startswith("trailbell/"):
            raise Refused("the user agent is another")
        signed = query.pop("X-Amz-Signature")
        key, *scope = query["X-Amz-Credential"].split("/")
        date = query["X-Amz-Date"]
        with self._lock:
            given = self._given.get(key)
        if given is None:
            raise Refused(f"nobody has the key {key}")
        expect("the query", query, {
            "Action": "kafka-cluster:Connect", "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Credential": query["X-Amz-Credential"], "X-Amz-Date": date,
            "X-Amz-Expires": str(TOKEN_S), "X-Amz-Security-Token": given["token"],
            "X-Amz-SignedHeaders": "host"})
        expect("the scope", scope, [date[:8], REGION, "kafka-cluster", "aws4_request"])
        expect("the signature", signed, signature(given["secret"], query, host, scope, date))
        began = time.mktime(time.strptime(date, "%Y%m%dT%H%M%SZ")) - time.timezone
        now = time.time()
        ends = min(began + TOKEN_S, given["ends"])
        if not began - 5 < now < ends:
            raise Refused(f"it is good from {began} to {ends}, and now is {now}")
        if not self.trusts:
            raise Refused("nobody is trusted")
        with self._lock:
            self.shown.append((given["who"], key))
        return f"{int(ends * 1000)} {given['who']}"

    def _handler(keys):
        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self, make):
                try:
                    status, body = 200, make()
                except Refused as why:
                    keys.refused.append(str(why))
                    status, body = 403, str(why)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode())

            def do_GET(self):
                self.answer(lambda: keys.keys(self.path.rpartition("/")[2]))

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                if self.path == "/token":
                    self.answer(lambda: keys.check(body))
                elif self.path == "/oidc":
                    self.answer(lambda: keys.issue(self.headers["Authorization"]))
                else:
                    self.answer(lambda: keys.assume_role(body))

            def log_message(self, *_):
                pass

        return Handler
