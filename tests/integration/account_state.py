"""What is in an account, as AWS tells it, without the names that a deployment makes up."""

import json

ATTRIBUTES = ("VisibilityTimeout", "MessageRetentionPeriod", "ReceiveMessageWaitTimeSeconds",
              "SqsManagedSseEnabled")


def told(document):
    """A policy in one form: a list of one is that one, sorted."""
    if isinstance(document, str):
        document = json.loads(document)

    def plain(value):
        if isinstance(value, list):
            items = sorted((plain(one) for one in value), key=json.dumps)
            return items[0] if len(items) == 1 else items
        if isinstance(value, dict):
            return {name: plain(one) for name, one in value.items()}
        return value

    return [plain(one) for one in document["Statement"]]


def renamed(value, names):
    text = json.dumps(value, sort_keys=True)
    for name, stands_for in names.items():
        text = text.replace(name, stands_for)
    return json.loads(text)


def alarm_chain(account):
    filters = account.client("logs").describe_metric_filters()["metricFilters"]
    alarms = account.client("cloudwatch").describe_alarms()["MetricAlarms"]
    sns = account.client("sns")
    topics = [one["TopicArn"] for one in sns.list_topics()["Topics"]]
    alarm_members = (
        "AlarmName", "AlarmDescription", "Namespace", "MetricName", "Statistic", "Period",
        "EvaluationPeriods", "Threshold", "ComparisonOperator", "TreatMissingData", "AlarmActions",
        "ActionsEnabled")
    found = {
        "filters": [{**{name: one[name] for name in ("logGroupName", "filterName",
                                                     "filterPattern")},
                     "metrics": [{key: value for key, value in each.items()
                                  if (key, value) != ("unit", "None")}  # as without one
                                 for each in one["metricTransformations"]]} for one in filters],
        "alarms": [{name: one.get(name) for name in alarm_members} for one in alarms],
        "policies": [told(sns.get_topic_attributes(TopicArn=arn)["Attributes"]["Policy"])
                     for arn in topics],
        "subscriptions": sorted((one["TopicArn"], one["Protocol"], one["Endpoint"])
                                for one in sns.list_subscriptions()["Subscriptions"]),
    }
    return renamed(found, {arn: "TOPIC" for arn in topics})


def roles(account):
    iam = account.client("iam")
    found = []
    for role in iam.list_roles()["Roles"]:
        name = role["RoleName"]
        inline = [iam.get_role_policy(RoleName=name, PolicyName=one)
                  for one in iam.list_role_policies(RoleName=name)["PolicyNames"]]
        attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        found.append({
            "description": role.get("Description"),
            "trust": told(role["AssumeRolePolicyDocument"]),
            "inline": {one["PolicyName"]: told(one["PolicyDocument"]) for one in inline},
            "attached": [policy_document(iam, one["PolicyArn"]) for one in attached],
        })
    return found


def policy_document(iam, arn):
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    got = iam.get_policy_version(PolicyArn=arn, VersionId=version)
    return told(got["PolicyVersion"]["Document"])


def reading(account):
    """Queues, the bucket and trail, the policies of who reads."""
    sqs, s3, iam = (account.client(name) for name in ("sqs", "s3", "iam"))
    names, queues = {}, {}
    for url in sqs.list_queues().get("QueueUrls", []):
        got = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        kind = "EVENTS" if "RedrivePolicy" in got else "LEFTOVERS"
        names[got["QueueArn"]] = kind
        queues[kind] = {
            **{name: got.get(name) for name in ATTRIBUTES},
            "policy": told(got["Policy"]) if "Policy" in got else None,
            "redrive": json.loads(got["RedrivePolicy"]) if "RedrivePolicy" in got else None}
    policies = iam.list_policies(Scope="Local")["Policies"]
    buckets = {one["Name"]: bucket(s3, one["Name"]) for one in s3.list_buckets()["Buckets"]}
    trails = account.client("cloudtrail").describe_trails()["trailList"]
    found = {
        "queues": queues,
        "policies": [policy_document(iam, one["Arn"]) for one in policies],
        "roles": roles(account),
        "buckets": buckets,
        "trails": [{name: one.get(name) for name in (
            "Name", "S3BucketName", "IsMultiRegionTrail", "IncludeGlobalServiceEvents",
            "LogFileValidationEnabled")} for one in trails],
    }
    return renamed(found, names)


def bucket(s3, name):
    told_of = s3.get_bucket_notification_configuration(Bucket=name)
    found = {"told": [{key: one[key] for key in ("QueueArn", "Events", "Filter") if key in one}
                      for one in told_of.get("QueueConfigurations", [])]}
    for part, ask, member in (
            ("policy", s3.get_bucket_policy, "Policy"),
            ("public", s3.get_public_access_block, "PublicAccessBlockConfiguration"),
            ("ownership", s3.get_bucket_ownership_controls, "OwnershipControls")):
        try:
            got = ask(Bucket=name)[member]
        except s3.exceptions.ClientError as failure:
            if not failure.response["Error"]["Code"].startswith(("NoSuch", "OwnershipControls")):
                raise
            got = None
        found[part] = told(got) if part == "policy" and got else got
    return found
