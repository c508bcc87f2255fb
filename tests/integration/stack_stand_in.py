"""CloudFormation for the templates of deploy/aws: resolves a template as AWS documents its
functions, and makes its resources by AWS's own calls. moto's CloudFormation leaves half of these
types out, and says nothing. What is unknown here is an error.
"""

import json
import re

import yaml

ACCOUNT, PARTITION = "123456789012", "aws"


class Loader(yaml.SafeLoader):
    """!Sub and the like in their long form."""


def long_form(loader, suffix, node):
    name = suffix if suffix in ("Ref", "Condition") else "Fn::" + suffix
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        return {name: value.split(".", 1) if suffix == "GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}


Loader.add_multi_constructor("!", long_form)
GONE = object()  # AWS::NoValue


def load(text):
    return yaml.load(text, Loader)


class Stack:
    def __init__(self, account, name, text, parameters):
        self.account, self.name, self.template = account, name, load(text)
        declared = self.template["Parameters"]
        assert set(parameters) <= set(declared), parameters
        self.values = {key: str(parameters.get(key, one.get("Default")))
                       for key, one in declared.items()}
        for key, value in self.values.items():
            self.check(key, declared[key], value)
        self.values.update({
            "AWS::AccountId": ACCOUNT, "AWS::Region": account.client("s3").meta.region_name,
            "AWS::Partition": PARTITION, "AWS::StackName": name, "AWS::NoValue": GONE})
        self.made = {}  # logical name to {"Ref": ..., attribute: ...}
        for key in self.template["Resources"]:
            self.make(key)

    @staticmethod
    def check(key, declared, value):
        allowed, pattern = declared.get("AllowedValues"), declared.get("AllowedPattern")
        assert allowed is None or value in allowed, (key, value)
        assert pattern is None or re.fullmatch(pattern, value), (key, value)
        assert len(value) >= declared.get("MinLength", 0), key

    @property
    def outputs(self):
        return {key: self.resolved(one["Value"])
                for key, one in self.template["Outputs"].items() if self.wanted(one)}

    def wanted(self, one):
        return "Condition" not in one or self.holds(one["Condition"])

    def holds(self, condition):
        if isinstance(condition, str):
            return self.holds(self.template["Conditions"][condition])
        ((name, value),) = condition.items()
        if name == "Condition":
            return self.holds(value)
        if name == "Fn::Equals":
            left, right = map(self.resolved, value)
            return left == right
        return {"Fn::Not": lambda: not self.holds(value[0]),
                "Fn::And": lambda: all(map(self.holds, value))}[name]()

    def make(self, key):
        """And before it what it refers to."""
        one = self.template["Resources"][key]
        if key in self.made or not self.wanted(one):
            return
        for other in [one.get("DependsOn", [])]:
            for name in [other] if isinstance(other, str) else other:
                self.make(name)
        maker = MAKERS[one["Type"]]
        self.made[key] = maker(self.account, f"{self.name}-{key}",
                               self.resolved(one["Properties"]))

    def named(self, name, attribute="Ref"):
        if name in self.values:
            return self.values[name]
        self.make(name)
        return self.made[name][attribute]

    def resolved(self, value):
        if isinstance(value, list):
            return [one for one in map(self.resolved, value) if one is not GONE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, inner),) = value.items()
            if name == "Ref" or name.startswith("Fn::"):
                return FUNCTIONS[name](self, inner)
        pairs = ((name, self.resolved(one)) for name, one in value.items())
        return {name: one for name, one in pairs if one is not GONE}

    def filled_in(self, text):
        return re.sub(r"\$\{([\w:]+)(?:\.(\w+))?\}",
                      lambda found: self.named(found[1], found[2] or "Ref"), text)

    def mapped(self, where):
        table, *keys = where
        found = self.template["Mappings"][table]
        for key in keys:
            found = found[self.resolved(key)]
        return found


FUNCTIONS = {
    "Ref": lambda stack, name: stack.named(name),
    "Fn::GetAtt": lambda stack, words: stack.named(*words),
    "Fn::Sub": lambda stack, text: stack.filled_in(text),
    "Fn::If": lambda stack, words: stack.resolved(words[1 if stack.holds(words[0]) else 2]),
    "Fn::Join": lambda stack, words: words[0].join(stack.resolved(words[1])),
    "Fn::FindInMap": lambda stack, words: stack.mapped(words),
}


def queue(account, name, given):
    attributes = {key: json.dumps(one) if isinstance(one, (dict, bool)) else str(one)
                  for key, one in given.items()}
    sqs = account.client("sqs")
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    return {"Ref": url, "Arn": arn["QueueArn"]}


def queue_policy(account, name, given):
    for url in given["Queues"]:
        account.client("sqs").set_queue_attributes(
            QueueUrl=url, Attributes={"Policy": json.dumps(given["PolicyDocument"])})
    return {"Ref": name}


def bucket(account, name, given):
    s3, bucket_name = account.client("s3"), given["BucketName"]
    s3.create_bucket(Bucket=bucket_name)
    s3.put_public_access_block(
        Bucket=bucket_name,
        PublicAccessBlockConfiguration=given["PublicAccessBlockConfiguration"])
    s3.put_bucket_ownership_controls(Bucket=bucket_name,
                                     OwnershipControls=given["OwnershipControls"])
    told = given["NotificationConfiguration"]["QueueConfigurations"]
    s3.put_bucket_notification_configuration(
        Bucket=bucket_name, NotificationConfiguration={"QueueConfigurations": [
            {"QueueArn": one["Queue"], "Events": [one["Event"]],
             "Filter": {"Key": {"FilterRules": one["Filter"]["S3Key"]["Rules"]}}}
            for one in told]})
    return {"Ref": bucket_name, "Arn": f"arn:{PARTITION}:s3:::{bucket_name}"}


def bucket_policy(account, name, given):
    account.client("s3").put_bucket_policy(Bucket=given["Bucket"],
                                           Policy=json.dumps(given["PolicyDocument"]))
    return {"Ref": name}


def trail(account, name, given):
    words = dict(given)
    logging, trails = words.pop("IsLogging"), account.client("cloudtrail")
    trails.create_trail(Name=words.pop("TrailName"), **words)
    if logging:
        trails.start_logging(Name=given["TrailName"])
    return {"Ref": given["TrailName"]}


def managed_policy(account, name, given):
    made = account.client("iam").create_policy(
        PolicyName=name, Description=given["Description"],
        PolicyDocument=json.dumps(given["PolicyDocument"]))
    return {"Ref": made["Policy"]["Arn"]}


def role(account, name, given):
    iam, role_name = account.client("iam"), given.get("RoleName", name)
    made = iam.create_role(
        RoleName=role_name, Description=given["Description"],
        AssumeRolePolicyDocument=json.dumps(given["AssumeRolePolicyDocument"]))
    for one in given.get("Policies", []):
        iam.put_role_policy(RoleName=role_name, PolicyName=one["PolicyName"],
                            PolicyDocument=json.dumps(one["PolicyDocument"]))
    for arn in given.get("ManagedPolicyArns", []):
        iam.attach_role_policy(RoleName=role_name, PolicyArn=arn)
    return {"Ref": role_name, "Arn": made["Role"]["Arn"]}


def metric_filter(account, name, given):
    account.client("logs").put_metric_filter(
        logGroupName=given["LogGroupName"], filterName=given["FilterName"],
        filterPattern=given["FilterPattern"],
        metricTransformations=[{key[0].lower() + key[1:]: one for key, one in each.items()}
                               for each in given["MetricTransformations"]])
    return {"Ref": given["FilterName"]}


def alarm(account, name, given):
    account.client("cloudwatch").put_metric_alarm(**given)  # its members are the call's
    return {"Ref": given["AlarmName"]}


def topic(account, name, given):
    made = account.client("sns").create_topic(Name=given["TopicName"])
    return {"Ref": made["TopicArn"]}


def topic_policy(account, name, given):
    for arn in given["Topics"]:
        account.client("sns").set_topic_attributes(
            TopicArn=arn, AttributeName="Policy",
            AttributeValue=json.dumps(given["PolicyDocument"]))
    return {"Ref": name}


def subscription(account, name, given):
    return {"Ref": account.client("sns").subscribe(**given)["SubscriptionArn"]}


MAKERS = {
    "AWS::CloudTrail::Trail": trail, "AWS::CloudWatch::Alarm": alarm,
    "AWS::IAM::ManagedPolicy": managed_policy, "AWS::IAM::Role": role,
    "AWS::Logs::MetricFilter": metric_filter, "AWS::S3::Bucket": bucket,
    "AWS::S3::BucketPolicy": bucket_policy, "AWS::SNS::Subscription": subscription,
    "AWS::SNS::Topic": topic, "AWS::SNS::TopicPolicy": topic_policy, "AWS::SQS::Queue": queue,
    "AWS::SQS::QueuePolicy": queue_policy,
}
