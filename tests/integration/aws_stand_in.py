"""AWS on 127.0.0.1: answers of an inventory, or of another server, with faults and a record.

A backend is asked for (region, service, call, parameters) and gives (status, content type, body).
Fault: a function of (peer, request) as in net_harness, or a number of answers that are throttled.
"""

import collections
import datetime
import http.client
import json
import re
import threading
import urllib.parse
from xml.sax.saxutils import escape

from inventories import TAKEN_AT
from net_harness import Server, answer

SECTIONS = {"monitoring": "cloudwatch"}
ASKS = {  # the parameter that says what is asked about
    "GetTrailStatus": "Name", "GetEventSelectors": "TrailName",
    "GetTransformer": "logGroupIdentifier", "GetAlarmMuteRule": "AlarmMuteRuleName",
    "GetTopicAttributes": "TopicArn", "ListSubscriptionsByTopic": "TopicArn",
    "GetSubscriptionAttributes": "SubscriptionArn", "GetKeyPolicy": "KeyId",
    "DescribeKey": "KeyId", "GetQueueAttributes": "QueueUrl", "ListTargetsByRule": "Rule",
    "GetBucketNotificationConfiguration": "Bucket",
}
# What IAM calls it, where that is another name.
ACTIONS = {"s3:GetBucketNotificationConfiguration": "s3:GetBucketNotification"}
NOTICES = {"QueueConfigurations": ("QueueConfiguration", "Queue"),
           "TopicConfigurations": ("TopicConfiguration", "Topic")}
EMPTY = {
    "DescribeTrails": {"trailList": []}, "DescribeLogGroups": {"logGroups": []},
    "DescribeMetricFilters": {"metricFilters": []},
    "DescribeAlarms": {"MetricAlarms": [], "CompositeAlarms": []},
    "ListAlarmMuteRules": {"AlarmMuteRuleSummaries": []}, "ListTopics": {"Topics": []},
    "ListRules": {"Rules": []},
}
Call = collections.namedtuple("Call", "region service name parameters access_key token")
QUERY = ("sns", "sts", "ec2")


def refusal(service, status, code, text="no"):
    if service == "s3":
        return status, "application/xml", (
            f"<Error><Code>{code}</Code><Message>{text}</Message></Error>")
    if service in QUERY:
        body = f"<ErrorResponse><Error><Code>{code}</Code><Message>{text}</Message></Error>"
        return status, "text/xml", body + "<RequestId>r</RequestId></ErrorResponse>"
    return status, "application/x-amz-json-1.1", json.dumps({"__type": code, "message": text})


def denial(call):
    code = {"sns": "AuthorizationError", "ec2": "UnauthorizedOperation", "s3": "AccessDenied"}
    text = f"User is not authorized to perform: {call.service}:{call.name}"
    return refusal(call.service, 403 if call.service in QUERY else 400,
                   code.get(call.service, "AccessDeniedException"), text)


def throttling(call):
    code = "Throttling" if call.service in QUERY else "ThrottlingException"
    return refusal(call.service, 400, code, "Rate exceeded")


def xml_of(value):
    if isinstance(value, list):
        return "".join(f"<member>{xml_of(one)}</member>" for one in value)
    if isinstance(value, dict):
        return "".join(
            f"<{k}>{entries(v) if k == 'Attributes' else xml_of(v)}</{k}>"
            for k, v in value.items())
    return escape(str(value))


def entries(attributes):
    return "".join(f"<entry><key>{k}</key><value>{escape(v)}</value></entry>"
                   for k, v in attributes.items())


def notices_xml(content):
    """As S3 writes it."""
    out = ""
    for name, (element, target) in NOTICES.items():
        for one in content.get(name, []):
            rules = one.get("Filter", {}).get("Key", {}).get("FilterRules", [])
            key = "".join(f"<FilterRule>{xml_of(rule)}</FilterRule>" for rule in rules)
            out += (f"<{element}><Id>{one.get('Id', '')}</Id>"
                    f"<{target}>{one[target + 'Arn']}</{target}>"
                    + "".join(f"<Event>{event}</Event>" for event in one["Events"])
                    + (f"<Filter><S3Key>{key}</S3Key></Filter>" if key else "") + f"</{element}>")
    if "EventBridgeConfiguration" in content:
        out += "<EventBridgeConfiguration></EventBridgeConfiguration>"
    return ('<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            + out + "</NotificationConfiguration>")


def success(call, content):
    if call.service == "s3":
        return 200, "application/xml", notices_xml(content)
    if call.service == "ec2":
        inner = xml_of(content).replace("member>", "item>")
        return 200, "text/xml", f"<{call.name}Response>{inner}</{call.name}Response>"
    if call.service in QUERY:
        inner = f"<{call.name}Result>{xml_of(content)}</{call.name}Result>"
        return 200, "text/xml", f"<{call.name}Response>{inner}</{call.name}Response>"
    return 200, "application/x-amz-json-1.1", json.dumps(content)


def brought_to(inventory, now):
    """The same account, with its times as long ago from now as they were from TAKEN_AT."""
    shift = now - datetime.datetime.fromisoformat(TAKEN_AT.replace("Z", "+00:00"))

    def moved(found):
        time = datetime.datetime.fromisoformat(found.group(1).replace("Z", "+00:00"))
        return '"%s"' % (time + shift).isoformat()

    time = r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?(?:Z|\+00:00))"'
    return json.loads(re.sub(time, moved, json.dumps(inventory)))


class InventoryBackend:
    """The account of an inventory. A listing that is not in it is empty; a thing, not found."""

    def __init__(self, inventory, regions=("us-east-1",)):
        now = datetime.datetime.now(datetime.timezone.utc)
        self.whole, self.regions = brought_to(inventory, now), regions

    def __call__(self, call):
        if call.name == "GetCallerIdentity":
            return success(call, {"Account": self.whole["account_id"], "Arn": "a", "UserId": "u"})
        if call.name == "DescribeRegions":
            names = [{"regionName": n, "optInStatus": "opted-in"} for n in self.regions]
            off = {"regionName": "mars-1", "optInStatus": "not-opted-in"}
            return success(call, {"regionInfo": [*names, off]})
        found = self.find(call)
        if found is None and call.name in EMPTY:
            found = {"complete": EMPTY[call.name]}
        if found is None or "absent" in found:
            unknown = call.name in EMPTY
            code = "UnknownOperationException" if unknown else "NotFoundException"
            return refusal(call.service, 404 if call.service == "s3" else 400,
                           "NoSuchBucket" if call.service == "s3" else code)
        if "denied" in found:
            return denial(call)
        if "failed" in found:
            return refusal(call.service, 400, "InvalidParameterException", found["failed"])
        pages = found["complete"]
        if not isinstance(pages, list):
            return success(call, pages)
        token = "nextToken" if call.service == "logs" else "NextToken"
        number = int(call.parameters.get(token, "page0")[4:])
        page = {k: v for k, v in pages[number].items() if k != token}
        if number + 1 < len(pages):
            page[token] = "page%d" % (number + 1)
        return success(call, page)

    def find(self, call):
        asked = ASKS.get(call.name)
        regions = self.whole["regions"]
        # A trail's shadow is known everywhere.
        places = regions if asked and call.service == "cloudtrail" else [call.region]
        for region in places:
            answers = regions.get(region, {}).get(call.service, {}).get(call.name)
            if answers is None or not asked:
                found = answers
            else:
                thing = call.parameters[asked]
                names = [n for n in answers if self.same(n, thing)]
                found = answers[names[0]] if names else None
            if found is not None:
                return found
        return None

    @staticmethod
    def same(name, thing):
        last = thing.rsplit("/", 1)[-1]
        return name == thing or name.endswith((":" + thing, ":" + last, "/" + last))


class Forward:
    """Another server, of which `instead` knows better: call name to a function of the call."""

    def __init__(self, url, instead=None):
        self.host, self.instead = urllib.parse.urlsplit(url).netloc, instead or {}

    def send(self, call, request):
        if call.name in self.instead:
            return self.instead[call.name](call)
        peer = http.client.HTTPConnection(self.host, timeout=60)
        keep = {"authorization", "content-type", "x-amz-target", "x-amz-date",
                "x-amz-content-sha256"}
        headers = {k: v for k, v in request.headers.items() if k in keep}
        if call.service == "cloudtrail":  # AWS knows an ARN in every region, moto at home only
            thing = str(call.parameters.get(ASKS.get(call.name, "TrailName"), ""))
            home = thing.split(":")[3] if thing.startswith("arn:") else call.region
            headers["authorization"] = headers["authorization"].replace(
                f"/{call.region}/", f"/{home}/")
        peer.request(request.method, request.target, request.body, headers)
        got = peer.getresponse()
        body = got.read().decode()
        peer.close()
        return got.status, got.headers.get("content-type", ""), body


class StandIn:
    """`faults`: "service:Call" to a step (peer, request), or how many answers are throttled.
    `latency_s`: each answer waits for so long."""

    def __init__(self, backend, faults=None, latency_s=0):
        self.backend, self.faults = backend, dict(faults or {})
        self.calls, self.lock, self.latency_s = [], threading.Lock(), latency_s
        self.never = threading.Event()
        self.server = Server(self.step)
        self.url = "http://127.0.0.1:%d" % self.server.port

    def stop(self):
        self.never.set()
        self.server.stop()

    @staticmethod
    def call_of(request):
        scope = request.headers.get("authorization", "").split("Credential=")[-1].split("/")
        region, signed = (scope + ["", "", "", ""])[2:4]
        service = SECTIONS.get(signed, signed)
        target = request.headers.get("x-amz-target")
        token = request.headers.get("x-amz-security-token", "")
        if target:
            return Call(region, service, target.split(".")[-1], json.loads(request.body or b"{}"),
                        scope[0], token)
        if signed == "s3":
            bucket = urllib.parse.urlsplit(request.target).path.lstrip("/")
            known = request.method == "GET" and request.target.endswith("?notification=")
            return Call(region, service, "GetBucketNotificationConfiguration" if known else "",
                        {"Bucket": bucket}, scope[0], token)
        fields = dict(urllib.parse.parse_qsl(request.body.decode()))
        return Call(region, service, fields.pop("Action", ""), fields, scope[0], token)

    def step(self, peer, request):
        call = self.call_of(request)
        name = f"{call.service}:{call.name}"
        with self.lock:
            self.calls.append(call)
            fault = self.faults.get(name, self.faults.get(call.service))
            if isinstance(fault, int):
                self.faults[name] = fault - 1
        if self.latency_s:
            self.never.wait(self.latency_s)
        if callable(fault):
            return fault(peer, request)
        if fault:
            got = throttling(call)
        elif isinstance(self.backend, Forward):
            got = self.backend.send(call, request)
        else:
            got = self.backend(call)
        return answer(got[0], got[2].encode(), [("Content-Type", got[1])])(peer, request)

    @property
    def actions(self):
        names = {f"{call.service}:{call.name}" for call in self.calls}
        return {ACTIONS.get(name, name) for name in names}

    def environment(self, **more):
        return {
            "AWS_ACCESS_KEY_ID": "AKIDTEST", "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_SESSION_TOKEN": "", "AWS_REGION": "us-east-1", "AWS_PROFILE": "",
            "AWS_DEFAULT_REGION": "", "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": self.url, **more,
        }


def deny(peer, request):
    got = denial(StandIn.call_of(request))
    return answer(got[0], got[2].encode())(peer, request)
