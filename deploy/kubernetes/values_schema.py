#!/usr/bin/env python3
"""Writes trailbell/values.schema.json: what is below, and under `config` what `trailbell config
schema` prints, so that `helm install` refuses what trailbell would refuse.

Usage: values_schema.py TRAILBELL [OUT]
"""

import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
OUT = os.path.join(HERE, "trailbell", "values.schema.json")
TEXT, NAMED, TRUTH = {"type": "string"}, {"type": "string", "minLength": 1}, {"type": "boolean"}
ANY_MAP, ANY_LIST = {"type": "object"}, {"type": "array", "items": {"type": "object"}}
TEXT_MAP = {"type": "object", "additionalProperties": TEXT}
QUANTITY = {"type": ["string", "number"], "pattern": "^[0-9.]+([EPTGMk]i?|m)?$"}


def whole(minimum, maximum=2**31 - 1):
    return {"type": "integer", "minimum": minimum, "maximum": maximum}


def closed(required=(), **members):
    return {"type": "object", "additionalProperties": False, "properties": members,
            **({"required": list(required)} if required else {})}


def values(config):
    return closed(
        ["config", "image"],
        **{"global": ANY_MAP},  # Helm's own, where this chart is part of another
        image=closed(["repository"], repository=NAMED, tag=TEXT,
                     digest={"type": "string", "pattern": "^$|^sha256:[0-9a-f]{64}$"},
                     pullPolicy={"enum": ["Always", "IfNotPresent", "Never"]}),
        imagePullSecrets=ANY_LIST,
        config=config,
        rules=closed(
            files={"type": "object", "additionalProperties": False,
                   "patternProperties": {r"^[-_A-Za-z0-9][-._A-Za-z0-9]*\.ya?ml$": NAMED}},
            existingConfigMap=TEXT),
        secretMounts={"type": "array", "items": closed(
            ["name", "secretName"], secretName=NAMED,
            name={"type": "string", "pattern": "^[a-z0-9]([-a-z0-9]{0,50}[a-z0-9])?$"})},
        env=ANY_LIST, envFrom=ANY_LIST,
        replicas=whole(1, 1000),
        staticMembership=TRUTH,
        sessionTimeoutSeconds=whole(6, 1800),  # what brokers allow by default
        serviceAccount=closed(create=TRUTH, name=TEXT, annotations=TEXT_MAP),
        persistence=closed(enabled=TRUTH, size=QUANTITY, storageClass=TEXT, retain=TRUTH,
                           accessModes={"type": "array", "items": TEXT, "minItems": 1}),
        resources=ANY_MAP,
        terminationGracePeriodSeconds=whole(1),
        podDisruptionBudget=closed(enabled=TRUTH, maxUnavailable={
            "type": ["integer", "string"], "minimum": 1, "pattern": "^[1-9][0-9]?%$|^100%$"}),
        metrics=closed(port=whole(1024, 65535)),
        serviceMonitor=closed(enabled=TRUTH, labels=TEXT_MAP,
                              interval={"type": "string", "pattern": "^[0-9]+(ms|s|m)$"}),
        prometheusRule=closed(
            enabled=TRUTH, labels=TEXT_MAP,
            groups={"type": "array", "uniqueItems": True,
                    "items": {"type": "string", "pattern": r"^trailbell\.[a-z-]+$"}},
            runbookBase={"type": "string", "pattern": "^$|/$"}),
        networkPolicy=closed(**{"enabled": TRUTH, "from": ANY_LIST, "egress": ANY_LIST}),
        autoscaling=closed(
            enabled=TRUTH, minReplicas=whole(1, 1000), maxReplicas=whole(1, 1000),
            pollingInterval=whole(1), scaleDownStabilization=whole(0, 3600),
            kafka=closed(bootstrapServers=TEXT, lagThreshold=whole(1), authenticationRef=TEXT),
            sqs=closed(queueLength=whole(1), authenticationRef=TEXT,
                       identity={"enum": ["aws", "aws-eks", ""]})),
        podAnnotations=TEXT_MAP, podLabels=TEXT_MAP, nodeSelector=TEXT_MAP,
        tolerations=ANY_LIST, affinity=ANY_MAP, priorityClassName=TEXT,
        topologySpreadConstraints=ANY_LIST, extraVolumes=ANY_LIST, extraVolumeMounts=ANY_LIST)


def lines_of(schema):
    """A value a line."""
    members = schema.pop("properties")
    head = json.dumps(schema)[:-1]
    rows = [f"{json.dumps(name)}: {json.dumps(one)}" for name, one in members.items()]
    return head + ', "properties": {\n' + ",\n".join(rows) + "\n}}\n"


def main():
    printed = subprocess.run([sys.argv[1], "config", "schema"], check=True, capture_output=True)
    config = json.loads(printed.stdout)
    schema = {"$schema": config.pop("$schema"), "title": "values.yaml of trailbell's chart",
              **values(config)}
    with open(sys.argv[2] if len(sys.argv) > 2 else OUT, "w", encoding="ascii") as out:
        out.write(lines_of(schema))


if __name__ == "__main__":
    main()
