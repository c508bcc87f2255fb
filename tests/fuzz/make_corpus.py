"""Writes the seeds of the fuzzers: small, one idea each. Usage: make_corpus.py [FOLDER]"""

import base64
import gzip
import json
import os
import sys

MATCH = '{"eventVersion":"1.08","eventName":"CreatePolicy","eventID":"e"}'
OTHER = '{"eventVersion":"1.08","eventName":"GetPolicy","requestParameters":{"a":[1,"}"]}}'


def gz(text):
    return gzip.compress(text.encode(), mtime=0)


def message(name, text):
    return json.dumps({name: text})


RULE = "id: a-1\ntitle: t\npattern: '{ $.eventName = A }'\nseverity: low\n"

SIGMA = "title: t\ndetection:\n  s: {%s}\n  t: {a: x*}\n  condition: %s\n"

# A flag, then the file.
CONFIG = "%s\nsource: {file: {paths: [/a]}}\nsinks:\n- stdout: {}\n%s"
KAFKA = "\nsource: {kafka: {brokers: k, topics: [in, '^b.*$'], properties: {a.b: 1, debug: all}}}\n"



def s3_event(key, name="ObjectCreated:Put", version="2.1"):
    return ('{"Records":[{"eventVersion":"%s","eventSource":"aws:s3","awsRegion":"eu-west-1",'
            '"eventTime":"2026-01-01T00:00:00.5Z","eventName":"%s","s3":{"bucket":{"name":"b"},'
            '"object":{"key":"%s","size":7,"eTag":"e"}}}]}' % (version, name, key))


SEEDS = {
    # How, the target, headers, and behind an empty line the body.
    "sigv4": {
        "plain": "\n\n\n",
        "query": "b\na/../b?x=%20&=&x&a=1=2&%zz=%e9\nX-A: 1\n\nbody",
        "key": "pbt\n%C3%A9//./k+v\nRange: bytes=1-\nx-amz-meta-a:  b   c \n\n",
        "unsigned": "put\nk?versionId=a%2Bb\n\nbody",
        "twice": "t\n?b&a\nx: 2\nX:1\nUser-Agent: me\nAuthorization: no\n:\n\n\n\n",
    },
    "notification": {
        "s3": s3_event("a+b%2Bc%zz"),
        "minio": s3_event("a%2Fb", "s3:ObjectCreated:Put", "2.0"),
        "removed": s3_event("k", "ObjectRemoved:Delete"),
        "version": s3_event("k", version="3.0"),
        "digest": s3_event("x/CloudTrail-Digest/y"),
        "insight": s3_event("x/CloudTrail-Insight/y"),
        "marker": s3_event("x/"),
        "no_key": s3_event(""),
        "sns": json.dumps({"Type": "Notification", "Timestamp": "2026-01-01T00:00:00Z",
                           "Message": s3_event("k")}),
        "lambda": json.dumps({"Records": [{"messageId": "m", "body": s3_event("k")},
                                          {"Sns": {"Type": "Notification",
                                                   "Message": s3_event("k")}}]}),
        "bus": '{"detail-type":"Object Created","source":"aws.s3","time":"2026-01-01T00:00:00Z",'
        '"detail":{"bucket":{"name":"b"},"object":{"key":"a+b","size":1e3}}}',
        "api_call": '{"detail-type":"AWS API Call via CloudTrail","detail":' + MATCH + "}",
        "trail": '{"s3Bucket":"b","s3ObjectKey":["a","b",7]}',
        "trail_one": '{"s3Bucket":"b","s3ObjectKey":"a b+c"}',
        "config": '{"s3Bucket":"b","s3ObjectKey":"a","messageType":"ConfigurationHistory"}',
        "test": '{"Event":"s3:TestEvent"}',
        "validation": "CloudTrail validation message.",
        "confirmation": '{"Type":"SubscriptionConfirmation"}',
        "kafka": json.dumps({"topic": "t", "key": "b/k", "value": s3_event("k")}),
        "deep": "[" * 40 + "]" * 40,
        "records": '{"Records":[' + MATCH + "]}",
        "empty": "",
    },
    "config": {
        "smallest": CONFIG % ("", ""),
        "flags": CONFIG % ("sinks=[{file: {path: a, rotate_every: 1d}}]", "log: {level: debug}\n"),
        "entry": KAFKA.replace("\n", "source.kafka.properties.c=1\n", 1) + "sinks: [{stdout: }]\n",
        "index": CONFIG % ("sinks.0.stdout.format=text", "- file: {path: b}\n  name: x\n"),
        "expand": CONFIG % ("threads=${NO:-${A}}", "rules: {paths: ['${A}$$', '${file:/${A}}']}\n"),
        "open_brace": CONFIG % ("threads=${", "rules: {paths: ['${file:${A']}\n"),
        "exactly": KAFKA + "sinks: [{kafka: {brokers: k, topic: o}}]\n"
        "delivery: {guarantee: exactly_once, max_in_flight_bytes: 1GiB}\n",
        "webhook": CONFIG % ("", "- webhook: {url: 'http://u:p@h/x?token=y', headers: {A: b},\n"
        "    template: pagerduty, routing_key: r, basic: {username: u, password: p}}\n"),
        "others": CONFIG % ("", "- alertmanager: {url: [http://a], labels: {l: v}}\n"
        "- syslog: {address: '[::1]:514', transport: tls}\n"
        "- splunk_hec: {url: http://s, token: t}\n"),
        "errors": CONFIG % ("a.b=c", "sinc: 1\nthreads: 1.5\nmetrics: {listen: ':1'}\n"),
        "shapes": "source=x\nsource: [kafka]\nsinks: {a: b}\nlog: 1\n",
        "null": CONFIG % ("delivery.instance=null", "metrics: {listen: null}\nrules:\n"),
        "escapes": CONFIG % ("", '- file: {path: "\\u0085\\x7f\\u2028 # x"}\n'),
    },
    "sigma": {
        "plain": SIGMA % ("eventName: CreateUser", "s or t"),
        "not": SIGMA % ("a.b.c: two", "not (s and t)"),
        "pattern": SIGMA % ("n|gte: 5", "1 of them"),
        "list": SIGMA % ("n: 5", "[s, not t]"),
        "all": SIGMA % ("requestParameters|contains|all: ['s3:', '\"Action']", "s and not t"),
        "re": SIGMA % ("a|re|i: '^X.y$'", "s or t"),
        "look_ahead": SIGMA % ("a|re: 'x(?=y)'", "s or t"),
        "cidr": SIGMA % ("ip|cidr: [10.0.0.0/8, '2001:db8::/32']", "s or t"),
        "time": SIGMA % ("t|hour|gte: 22, t|week: 1", "s or t"),
        "windash": SIGMA % ("a|windash|contains: ' -enc /x'", "s or t"),
        "base64": SIGMA % ("a|wide|base64offset|contains: secret", "s or t"),
        "fieldref": SIGMA % ("a|fieldref|endswith: b", "s or t"),
        "expand": SIGMA % ("a|expand|contains: '%p%\\%'", "s or t"),
        "exists": SIGMA % ("b|exists: true, c: null", "s or t"),
        "keywords": "title: t\ndetection:\n  k: [three, 'C*User']\n  '|all': x\n  condition: k\n",
        "maps": "title: t\ndetection:\n  s: [{a: x}, {'|all': [x, y]}]\n  condition: s\n",
        "other_logs": "title: t\nlogsource: {product: linux}\n" + SIGMA[9:] % ("a: x", "s or t"),
        "count": SIGMA % ("a: x", "s or t | count() > 5"),
        "brackets": SIGMA % ("a: x", "(" * 70 + "s" + ")" * 70),
    },
    "rule_file": {
        "smallest": RULE,
        "unknown_key": RULE + "titel: x\n",
        "repeated_key": RULE + "id: b\n",
        "bad_pattern": RULE.replace(" = ", " == "),
        "folded": RULE.replace("'{ $.eventName = A }'", ">-\n  { $.eventName\n  == A }"),
        "continued": RULE.replace("'{ $.eventName = A }'", '"\\\n  {($.a=1)||\\\n  ($.b==2)}"'),
        "severities": RULE.replace("low", "\n- {when: '{ $.b = 1* }', is: high}\n- is: low"),
        "threshold": RULE + "threshold: {count: 5, window: 5m, group_by: [$.a.b]}\n",
        "suppress": RULE + "suppress: ['{ $.c IS NULL }', ERROR]\n",
        "tests": RULE + "tests:\n- {name: n, match: true, record: {eventName: A, n: -1.5e3}}\n",
        "two_documents": RULE + "---\n" + RULE.replace("a-1", "b"),
        "aliases": "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        "open_quote": 'id: "a\\"\n',
        "escapes": 'id: "\\x41\\u00e4\\U0001F600 \\\n  x"\n',
        "blocks": "a: |2-\n    x\n\n   y\nb: >+\n  x\n   y\n\n",
        "regex": RULE.replace("= A", "= %^A[a-z]{2}\\.x?$%"),
        "sigma": "title: t\ndetection: {s: {eventName: A}, condition: s}\n",
        "correlation": "title: t\nname: a\ndetection: {s: {b: c}, condition: s}\n---\ntitle: u\n"
        "correlation:\n  type: value_count\n  rules: [a]\n  group-by: [g]\n  timespan: 5m\n"
        "  aliases: {g: {a: d.e}}\n  condition: {field: f, gte: 2, lt: 9}\nlevel: high\n",
        "correlations": "title: t\nname: a\ncorrelation: {type: temporal, rules: [b], "
        "timespan: 1h}\n---\ntitle: t\nname: b\ncorrelation: {type: event_count, "
        "rules: [a, c], timespan: 1d,\n  condition: {eq: 0}}\ngenerate: true\n",
        "sigma_tests": "title: t\ndetection: {s: {eventName: A}, condition: s}\n"
        "tests:\n- {name: n, match: true, record: {eventName: A, b: [1, null]}}\n- 5\n",
        "readable_errors": "a: 1\na: {b: !x 2}\npatern: !y [3]\nseverity: hihg\nf:\nf:\n",
        "misspelt_kind": "title: t\ndetecton: {s: {a: 1}, condition: s}\n---\n"
        "filters: {rules: any}\n",
        "sigma_filter": "title: t\nname: n\ndetection: {s: {eventName: A}, condition: s}\n"
        "tests:\n- {name: n, match: true, record: {eventName: A}}\n---\ntitle: f\nlogsource: {}\n"
        "filter: {rules: [n, m], s: {b|exists: true}, condition: not 1 of them}\n",
        "sigma_filter_any": "title: t\ndetection: {s: {eventName: A}, condition: s}\n---\n"
        "title: f\nlogsource: {product: aws}\nfilter: {rules: any, s: {b: 1}, condition: s}\n",
        "flow": "{a: [b, {c: d}], ? e : f}\n",
        "tabs": "a:\n\t- b\n",
    },
    "inflate": {
        "one_member": gz(MATCH),
        "two_members": gz(MATCH) + gz("b"),
        "padded": gz("abc") + b"\0" * 20,
        "cut": gz(MATCH)[:-9],
        "wrong_checksum": gz(MATCH)[:-8] + b"\1" + gz(MATCH)[-7:],
        "stored_block": gzip.compress(b"abc" * 9, 0, mtime=0),
        "junk_behind": gz("abc") + b"junk that is no member",
        "many_zeros": gz("\0" * 100_000),
        "empty_zstd": b"\x28\xb5\x2f\xfd\x04\x00\x01\x00\x00\x99\xe9\xd8\x51",
        "skippable_zstd": b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc",
    },
    "envelope": {
        "document": '{"Records":[%s,%s]}' % (MATCH, OTHER),
        "records_last": '{"a":{"Records":[]},"Records":[%s],"b":1}' % MATCH,
        "lines": MATCH + "\n" + OTHER + "\r\n\n" + MATCH,
        "array": "[%s, %s, 17]" % (MATCH, OTHER),
        "mark": "\ufeff" + MATCH,
        "subscription": json.dumps(
            {"messageType": "DATA_MESSAGE", "logEvents": [{"message": MATCH}, {"message": "x"}]}
        ),
        "control": '{"messageType":"CONTROL_MESSAGE"}',
        "bridge": '{"detail-type":"AWS API Call via CloudTrail","detail":%s}' % MATCH,
        "lookup": json.dumps({"Events": [{"CloudTrailEvent": MATCH}]}),
        "sqs": json.dumps({"Messages": [{"Body": message("Message", MATCH)}]}),
        "kinesis": json.dumps(
            {"Records": [{"kinesis": {"data": base64.b64encode(gz(MATCH)).decode()}}]}
        ),
        "firehose": json.dumps({"records": [{"data": base64.b64encode(MATCH.encode()).decode()}]}),
        "bad_base64": '{"records":[{"data":"!!"}]}',
        "digest": '{"digestS3Object":"k","digestPublicKeyFingerprint":"f"}',
        "notification": '{"Records":[{"eventSource":"aws:s3","s3":{"object":{"key":"k"}}}]}',
        "unknown": '{"hello":[1,2,{"a":null}]}',
        "cut": '{"Records":[%s,{"eventVersion":"1.0' % MATCH,
        "cut_line": MATCH + "\n" + OTHER[:30] + "\n" + MATCH + "\n",
        "raw_newline": '{"eventVersion":"1\n"}\n' + MATCH,
        "mixed": MATCH + "\n" + '{"Records":[%s]}\n[%s]\ngarbage\n' % (OTHER, MATCH),
        "pretty": json.dumps(json.loads('{"Records":[%s]}' % MATCH), indent=2),
        "utf16": MATCH.encode("utf-16"),
        "undecided_line": '{"eventVersion":""""]\n"\n' + MATCH,
        "broken_first_member": '{"a" ,"eventName":"X"}x\n' + MATCH,
        "empty": "",
    },
    "records": {
        "two": MATCH + "," + OTHER,
        "escaped": '{"event\\u004eame":"\\u0043reatePolicy","eventVersion":"1"}',
        "repeated": '{"eventName":"CreatePolicy","eventName":"X","eventVersion":"1"}',
        "nested": '{"eventName":"X","requestParameters":{"eventName":"CreatePolicy"}}',
        "inside_string": '{"eventName":"X","a":"\\"eventName\\":\\"CreatePolicy\\""}',
        "no_objects": '17,null,"CreatePolicy",[],' + MATCH,
        "insight": '{"eventType":"AwsCloudTrailInsight","eventName":"CreatePolicy"}',
        "odd_types": '{"eventName":{"a":1},"eventID":17,"userIdentity":[]}',
        "backslashes": '{"eventVersion":"1","a":"%s","eventName":"CreatePolicy"}' % ("\\\\" * 65),
        "deep": '{"a":' + "[" * 200 + "]" * 200 + ',"eventName":"CreatePolicy"}',
        "spaces": ' { "eventName" : "PutUserPolicy" } , \n { } ',
        "empty": "",
    },
    "event_match": {
        "create": "CreatePolicy",
        "version": "DeletePolicyVersion",
        "detach": "DetachGroupPolicy",
        "lower": "createPolicy",
        "longer": "CreatePolicyX",
        "empty": "",
    },
    "filter_pattern": {
        "json": '{ ($.eventName = "*Policy*" || $.a != 1) && $.b NOT EXISTS }\0' + MATCH,
        "wildcards": '{ $.a[*].b != 2 || $.c.* = *x || $.* >= 1 }\0{"a":[{"b":2}],"c":{"d":"x"}}',
        "states": "{ $.a IS NULL && $.b is true && $.['c d'] IS FALSE }\0"
        '{"a":[null],"b":true,"c d":false}',
        "numbers": "{ $.a = 1e309 || $.a > -9007199254740993 || $.a = 1* }\0"
        '{"a":9007199254740992}',
        "regexes": "{ $.a = %^x[0-9]{2,3}|y+?% && $.b != %\\x28% }\0" '{"a":"x12","b":1.50}',
        "escapes": '{ $.a = "\\"\\\\*" }\0{"a":"\\"\\\\\\ud800\\u00e9"}',
        "repeated": '{ $.a = 2 }\0{"a":1,"\\u0061":2}',
        "fields": "[a = 1* && a != 13, , ..., b = \"x y\" || b = %z%, c]\0" '12 q "x y" [p q',
        "terms": 'ERROR -"time out" ?x-y\0ERROR timeout',
        "regex_alone": "%^[hc]at$|\\d% \0hat",
        "rejected": "{ $.a == 1 AND ('x') }\0",
        "no_utf8": b'{ $.* = 2 }\0{"\xff":1,"\xfe":2}',
        "brackets": "{" + "(" * 500 + "$.a=1" + ")" * 500 + "}\0" + "[" * 500,
        "empty": "",
    },
    "coverage": {
        "glob": "{ $.eventName = *Policy* }",
        "errors": "{ $.errorCode NOT EXISTS }\n{ $.errorMessage = a* }",
        "missing": "{ $.userIdentity.type = Root || $.userIdentity.type != Root }",
        "wildcards": "{ $.resources[*].type != a && $.* = Root }\n"
        "{ $.requestParameters.* IS NULL }",
        "elements": "{ $.requestParameters.a[1] = x && $.requestParameters.a IS NULL }",
        "numbers": "{ $.requestParameters.a > 1 && $.requestParameters.a = \"1*\" }",
        "regex": "{ $.userAgent = %^a{2,3}[^b-d]?$|x% }\n%Policy%",
        "terms": '?CreatePolicy ?"\\"readOnly\\":false,"\n-alice',
        "blanks": '"\\"eventName\\": \\"CreatePolicy\\""\n-"\\"a\\": 1"\n"\\": "',
        "last_field": "[..., w = *Policy*]\n[..., w != *Policy*]",
        "fields": "[a, b = x*, ...]\n[w = *Policy]",
        "empty": "\n[]",
    },
}


DIGEST_KEY = (
    "AWSLogs/1/CloudTrail-Digest/us-east-1/2026/03/04/"
    "1_CloudTrail-Digest_us-east-1_main_us-east-1_20260304T%s.json.gz"
)


def digest(begins, ends, **changes):
    """One as CloudTrail writes it, of an hour with a log file."""
    log = "AWSLogs/1/CloudTrail/us-east-1/2026/03/04/1_CloudTrail_us-east-1_20260304T0510Z_x"
    made = {
        "awsAccountId": "1", "digestStartTime": "2026-03-04T" + begins,
        "digestEndTime": "2026-03-04T" + ends, "digestS3Bucket": "b",
        "digestS3Object": DIGEST_KEY % ends.replace(":", ""), "digestPublicKeyFingerprint": "f",
        "digestSignatureAlgorithm": "SHA256withRSA", "newestEventTime": None,
        "oldestEventTime": None, "previousDigestS3Bucket": "b",
        "previousDigestS3Object": DIGEST_KEY % begins.replace(":", ""),
        "previousDigestHashValue": "00", "previousDigestHashAlgorithm": "SHA-256",
        "previousDigestSignature": "00",
        "logFiles": [{"s3Bucket": "b", "s3Object": log + ".json.gz", "hashValue": "00",
                      "hashAlgorithm": "SHA-256"}],
    }
    return json.dumps({**made, **changes}, separators=(",", ":"))


NO_PREVIOUS = dict.fromkeys(
    ("previousDigestS3Bucket", "previousDigestS3Object", "previousDigestHashValue",
     "previousDigestHashAlgorithm", "previousDigestSignature"))
SEEDS["digest"] = {
    "usual": digest("04:30:00Z", "05:30:00Z"),
    "first": digest("04:30:00Z", "05:30:00Z", logFiles=[], **NO_PREVIOUS),
    "backfill": digest("04:30:00Z", "05:30:00Z_backfill", digestEndTime="2026-03-04T05:30:00Z"),
    "itself": digest("05:30:00Z", "05:30:00Z"),
    "no_bucket": digest("04:30:00Z", "05:30:00Z", previousDigestS3Bucket=None),
    "time": digest("04:30:00Z", "05:30:00Z", digestEndTime="9999-12-31T23:59:60Z"),
    "key": digest("04:30:00Z", "05:30:00Z", digestS3Object="/_CloudTrail-Digest_"),
    "log": digest("04:30:00Z", "05:30:00Z", logFiles=[{"s3Bucket": "b"}]),
    "none": "{}",
}

# The tests' own: a state of each kind, and a listing of each ending.
INVENTORY_STATES = [
    "base/perfect",
    "filter/page_two",
    "filter/apply_on_transformed",
    "alarm/composite_suppressed",
    "alarm/event_bridge",
    "alarm/metric_math",
    "alarm/mute_rule",
    "api/access_denied",
    "sns/filter_policy_passes",
    "sns/kms_own_key",
    "trail/advanced_exclude_iam",
]


def inventories():
    sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../integration"))
    import verify_states  # noqa: F401  fills the states
    from inventories import make

    return {
        name.replace("/", "_"): json.dumps(make(name), separators=(",", ":"))
        for name in INVENTORY_STATES
    }


def main(folder):
    for target, seeds in {**SEEDS, "inventory": inventories()}.items():
        os.makedirs(os.path.join(folder, target), exist_ok=True)
        for name, content in seeds.items():
            with open(os.path.join(folder, target, name), "wb") as out:
                out.write(content if isinstance(content, bytes) else content.encode())


if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    main(sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "corpus"))
