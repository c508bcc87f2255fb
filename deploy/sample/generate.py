#!/usr/bin/env python3
"""Writes the sample archive: invented CloudTrail records in AWS's S3 layout. Same bytes every time.

Usage: generate.py [FOLDER]   (default: the folder of this script)
"""

import gzip
import json
import os
import random
import sys

ACCOUNTS = ["111122223333", "444455556666"]
REGIONS = ["us-east-1", "eu-west-1"]
QUIET_CALLS = [
    ("iam.amazonaws.com", "GetPolicy"),
    ("iam.amazonaws.com", "ListRolePolicies"),
    ("sts.amazonaws.com", "AssumeRole"),
    ("s3.amazonaws.com", "GetBucketPolicy"),
    ("ec2.amazonaws.com", "DescribeInstances"),
    ("kms.amazonaws.com", "Decrypt"),
    ("iam.amazonaws.com", "SimulatePrincipalPolicy"),
]
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


def user(account, name):
    return {
        "type": "IAMUser",
        "principalId": "AIDASAMPLE" + name.upper(),
        "arn": f"arn:aws:iam::{account}:user/{name}",
        "accountId": account,
        "accessKeyId": "AKIASAMPLE" + name.upper(),
        "userName": name,
    }


def role(account, name, session, mfa):
    issuer = {
        "type": "Role",
        "principalId": "AROASAMPLE" + name.upper(),
        "arn": f"arn:aws:iam::{account}:role/{name}",
        "accountId": account,
        "userName": name,
    }
    return {
        "type": "AssumedRole",
        "principalId": f"AROASAMPLE{name.upper()}:{session}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session}",
        "accountId": account,
        "accessKeyId": "ASIASAMPLE" + name.upper(),
        "sessionContext": {
            "sessionIssuer": issuer,
            "attributes": {"creationDate": "2026-03-02T08:00:00Z", "mfaAuthenticated": mfa},
        },
    }


def root(account):
    return {
        "type": "Root",
        "principalId": account,
        "arn": f"arn:aws:iam::{account}:root",
        "accountId": account,
    }


def center_user(account):
    return {
        "type": "IdentityCenterUser",
        "accountId": account,
        "credentialId": "sample-credential",
        "onBehalfOf": {
            "userId": "94482488-3041-7074-1a9b-sample00000",
            "identityStoreArn": f"arn:aws:identitystore::{account}:identitystore/d-1",
        },
    }


def service(name):
    return {"type": "AWSService", "invokedBy": name}


def record(rng, account, region, time, who, source, name, request=None, response=None, error=None):
    event_id = "%08x-%04x-4%03x-a%03x-%012x" % tuple(
        rng.getrandbits(b) for b in (32, 16, 12, 12, 48)
    )
    made = {
        "eventVersion": "1.11",
        "userIdentity": who,
        "eventTime": time,
        "eventSource": source,
        "eventName": name,
        "awsRegion": region,
        "sourceIPAddress": f"203.0.113.{rng.randint(1, 254)}",
        "userAgent": "aws-cli/2.17.0 md/command#" + name,
        "requestParameters": request,
        "responseElements": response,
        "requestID": event_id[::-1],
        "eventID": event_id,
        "readOnly": name.startswith(("Get", "List", "Describe", "Simulate")),
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": account,
        "eventCategory": "Management",
        "tlsDetails": {
            "tlsVersion": "TLSv1.3",
            "cipherSuite": "TLS_AES_128_GCM_SHA256",
            "clientProvidedHostHeader": source,
        },
    }
    if error:
        made.update(errorCode=error[0], errorMessage=error[1])
    return made


def changes(rng):
    """The matches: (account, region, day, record)."""
    a, b = ACCOUNTS
    iam = "iam.amazonaws.com"
    denied = ("AccessDenied", "User: arn:aws:iam::111122223333:user/mallory is not authorized")
    own = f"arn:aws:iam::{a}:policy/deploy"
    statement = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
    )
    calls = [
        (a, 1, root(a), iam, "AttachUserPolicy", {"userName": "mallory", "policyArn": ADMIN}),
        (
            a,
            1,
            user(a, "mallory"),
            iam,
            "PutUserPolicy",
            {"userName": "mallory", "policyName": "all", "policyDocument": statement},
            None,
            denied,
        ),
        (
            a,
            1,
            user(a, "mallory"),
            iam,
            "CreatePolicy",
            {"policyName": "deploy", "policyDocument": statement},
            {"policy": {"arn": own}},
        ),
        (
            a,
            1,
            user(a, "mallory"),
            iam,
            "CreatePolicyVersion",
            {"policyArn": own, "policyDocument": statement, "setAsDefault": True},
        ),
        (
            a,
            2,
            role(a, "Admin", "alice", "true"),
            iam,
            "AttachRolePolicy",
            {"roleName": "ci", "policyArn": own},
        ),
        (
            a,
            2,
            role(a, "Admin", "alice", "true"),
            iam,
            "PutRolePolicy",
            {"roleName": "ci", "policyName": "inline", "policyDocument": statement},
        ),
        (
            a,
            2,
            role(a, "Deploy", "pipeline", "false"),
            iam,
            "DetachRolePolicy",
            {"roleName": "ci", "policyArn": own},
        ),
        (
            b,
            2,
            center_user(b),
            iam,
            "AttachGroupPolicy",
            {"groupName": "developers", "policyArn": ADMIN},
        ),
        (
            b,
            2,
            service("organizations.amazonaws.com"),
            iam,
            "DeleteRolePolicy",
            {"roleName": "AWSServiceRoleForSample", "policyName": "inline"},
        ),
        (
            b,
            3,
            role(b, "Admin", "bob", "true"),
            iam,
            "DeletePolicyVersion",
            {"policyArn": own, "versionId": "v1"},
        ),
        (
            b,
            3,
            role(b, "Admin", "bob", "true"),
            iam,
            "DetachUserPolicy",
            {"userName": "mallory", "policyArn": ADMIN},
        ),
        (
            b,
            3,
            user(b, "device-fleet"),
            "iot.amazonaws.com",
            "CreatePolicy",
            {"policyName": "sensor", "policyDocument": statement},
        ),
    ]
    for account, day, who, source, name, request, *rest in calls:
        region = "eu-west-1" if source == "iot.amazonaws.com" else "us-east-1"
        clock = [rng.randint(8, 17), rng.randint(0, 59), rng.randint(0, 59)]
        time = f"2026-03-0{day}T" + ":".join(f"{part:02}" for part in clock) + "Z"
        yield account, region, day, record(
            rng, account, region, time, who, source, name, request, *rest
        )


def write(folder, account, kind, region, day, stamp, document):
    path = os.path.join(folder, "AWSLogs", account, kind, region, "2026", "03", f"{day:02}")
    os.makedirs(path, exist_ok=True)
    name = f"{account}_{kind}_{region}_202603{day:02}T{stamp}Z_Sample0000000000.json.gz"
    text = json.dumps(document, separators=(",", ":")).encode()
    with open(os.path.join(path, name), "wb") as out:
        out.write(gzip.compress(text, mtime=0))


def main(folder):
    rng = random.Random(20260301)
    files = {}
    for account, region, day, made in changes(rng):
        files.setdefault((account, region, day), []).append(made)
    for account in ACCOUNTS:
        for region in REGIONS:
            for day in (1, 2, 3):
                records = files.setdefault((account, region, day), [])
                for _ in range(rng.randint(6, 12)):
                    source, name = rng.choice(QUIET_CALLS)
                    time = f"2026-03-0{day}T{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:00Z"
                    who = rng.choice(
                        [user(account, "carol"), role(account, "ReadOnly", "dan", "false")]
                    )
                    records.insert(
                        rng.randint(0, len(records)),
                        record(rng, account, region, time, who, source, name),
                    )
    for (account, region, day), records in files.items():
        write(folder, account, "CloudTrail", region, day, "1805", {"Records": records})
    a = ACCOUNTS[0]
    again = [r for r in files[a, "us-east-1", 1] if r["eventName"] == "AttachUserPolicy"]
    write(folder, a, "CloudTrail", "us-east-1", 1, "1810", {"Records": again})  # delivered twice
    write(folder, a, "CloudTrail", "eu-west-1", 3, "1810", {"Records": []})
    write(
        folder,
        a,
        "CloudTrail-Digest",
        "us-east-1",
        3,
        "1900",
        {
            "awsAccountId": a,
            "digestStartTime": "2026-03-03T18:00:00Z",
            "digestEndTime": "2026-03-03T19:00:00Z",
            "digestS3Bucket": "sample-trail",
            "digestS3Object": "sample",
            "digestPublicKeyFingerprint": "0" * 32,
            "logFiles": [],
        },
    )
    insight = {
        "eventVersion": "1.07",
        "eventTime": "2026-03-03T12:00:00Z",
        "awsRegion": "us-east-1",
        "eventID": "5a3b9c1e-0000-4000-8000-000000000001",
        "eventType": "AwsCloudTrailInsight",
        "recipientAccountId": a,
        "eventCategory": "Insight",
        "insightDetails": {
            "state": "Start",
            "eventSource": "iam.amazonaws.com",
            "eventName": "AttachRolePolicy",
            "insightType": "ApiCallRateInsight",
        },
    }
    write(folder, a, "CloudTrail-Insight", "us-east-1", 3, "1300", {"Records": [insight]})


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__)))
