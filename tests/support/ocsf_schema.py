"""What OCSF 1.5.0 says of a Detection Finding, as far as trailbell writes it.

Source: schema.ocsf.io, version 1.5.0: class detection_finding with the profile cloud, and the
objects in it. A name that does not stand here is a breach: so a new one has to be looked up.
"""

import ipaddress
import re

# attribute: (type, required). [type]: a list of it. A type in lower case with _t is one of SCALARS,
# else an object. An id with captions: (enumeration, required).
SEVERITIES = {0: "Unknown", 1: "Informational", 2: "Low", 3: "Medium", 4: "High", 5: "Critical",
              6: "Fatal", 99: None}
STATUSES = {0: "Unknown", 1: "New", 2: "In Progress", 3: "Suppressed", 4: "Resolved",
            5: "Archived", 99: None}
ACTIVITIES = {0: "Unknown", 1: "Create", 2: "Update", 3: "Close", 99: None}
USERS = {0: "Unknown", 1: "User", 2: "Admin", 3: "System", 99: None}
ACCOUNTS = {0: "Unknown", 3: "AWS IAM User", 4: "AWS IAM Role", 10: "AWS Account", 99: None}
ANALYTICS = {0: "Unknown", 1: "Rule", 2: "Behavioral", 3: "Statistical", 99: None}

ENTITY = {"name": ("string_t", False), "uid": ("string_t", False)}
OBJECTS = {
    "detection_finding": {
        "activity_id": (ACTIVITIES, True), "activity_name": ("string_t", False),
        "category_uid": ({2: "Findings"}, True), "category_name": ("string_t", False),
        "class_uid": ({2004: "Detection Finding"}, True), "class_name": ("string_t", False),
        "type_uid": ({200400 + i: None for i in ACTIVITIES}, True),
        "type_name": ("string_t", False),
        "severity_id": (SEVERITIES, True), "severity": ("string_t", False),
        "status_id": (STATUSES, False), "status": ("string_t", False),
        "time": ("timestamp_t", True), "start_time": ("timestamp_t", False),
        "end_time": ("timestamp_t", False), "count": ("integer_t", False),
        "is_alert": ("boolean_t", False), "message": ("string_t", False),
        "metadata": ("metadata", True), "finding_info": ("finding_info", True),
        "cloud": ("cloud", True), "api": ("api", False),
        "evidences": (["evidences"], False), "resources": (["resource_details"], False),
        "raw_data": ("string_t", False), "unmapped": ("any", False),
    },
    "metadata": {
        "version": ("string_t", True), "product": ("product", True),
        "profiles": (["string_t"], False), "uid": ("string_t", False),
        "log_name": ("string_t", False), "log_provider": ("string_t", False),
        "event_code": ("string_t", False), "original_time": ("string_t", False),
        "logged_time": ("timestamp_t", False),
    },
    "product": {**ENTITY, "vendor_name": ("string_t", False), "version": ("string_t", False)},
    "finding_info": {
        "uid": ("string_t", True), "title": ("string_t", False), "types": (["string_t"], False),
        "analytic": ("analytic", False), "attacks": (["attack"], False),
        "tags": (["key_value_object"], False), "data_sources": (["string_t"], False),
        "created_time": ("timestamp_t", False), "first_seen_time": ("timestamp_t", False),
        "last_seen_time": ("timestamp_t", False), "related_events": (["related_event"], False),
    },
    "analytic": {**ENTITY, "type_id": (ANALYTICS, True), "type": ("string_t", False)},
    "attack": {"tactic": ("tactic", False), "technique": ("technique", False),
               "sub_technique": ("sub_technique", False)},
    "tactic": ENTITY, "technique": ENTITY, "sub_technique": ENTITY, "service": ENTITY,
    "key_value_object": {"name": ("string_t", True), "value": ("string_t", False),
                         "values": (["string_t"], False)},
    "related_event": {"uid": ("string_t", True)},
    "cloud": {"provider": ("string_t", True), "account": ("account", False),
              "region": ("string_t", False)},
    "account": {**ENTITY, "type_id": (ACCOUNTS, False), "type": ("string_t", False)},
    "api": {"operation": ("string_t", True), "service": ("service", False),
            "response": ("response", False)},
    "response": {"error": ("string_t", False), "error_message": ("string_t", False)},
    "evidences": {"actor": ("actor", False), "api": ("api", False),
                  "src_endpoint": ("network_endpoint", False),
                  "http_request": ("http_request", False)},
    "actor": {"user": ("user", False), "session": ("session", False),
              "app_name": ("string_t", False)},
    "user": {**ENTITY, "uid_alt": ("string_t", False), "account": ("account", False),
             "credential_uid": ("string_t", False), "type_id": (USERS, False),
             "type": ("string_t", False)},
    "session": {"uid": ("string_t", False), "issuer": ("string_t", False),
                "is_mfa": ("boolean_t", False)},
    "network_endpoint": {"ip": ("ip_t", False), "svc_name": ("string_t", False)},
    "http_request": {"user_agent": ("string_t", False)},
    "resource_details": {**ENTITY, "type": ("string_t", False)},
}
AT_LEAST_ONE = {
    "attack": {"tactic", "technique", "sub_technique"},
    "evidences": {"actor", "api", "src_endpoint"},
    "actor": {"user", "session", "app_name"},
    "user": {"account", "name", "uid"},
    "network_endpoint": {"ip", "svc_name"},
    "key_value_object": {"value", "values"},
    **{name: {"name", "uid"} for name, members in OBJECTS.items() if members is ENTITY},
    "account": {"name", "uid"}, "analytic": {"name", "uid"}, "product": {"name", "uid"},
    "resource_details": {"name", "uid"},
}
CAPTIONS = {"activity_id": "activity_name", "category_uid": "category_name",
            "class_uid": "class_name", "type_uid": "type_name", "severity_id": "severity",
            "status_id": "status", "type_id": "type"}


def is_integer(value):
    return isinstance(value, int) and not isinstance(value, bool)


def is_address(value):
    try:
        return bool(ipaddress.ip_address(value))
    except ValueError:
        return False


SCALARS = {
    "string_t": lambda v: isinstance(v, str),
    "integer_t": is_integer,
    "timestamp_t": lambda v: is_integer(v) and abs(v) < 10**14,  # milliseconds, not nanoseconds
    "boolean_t": lambda v: isinstance(v, bool),
    "ip_t": lambda v: isinstance(v, str) and is_address(v),
    "any": lambda v: isinstance(v, dict),
}


def value_problems(value, kind, at):
    if isinstance(kind, list):
        if not isinstance(value, list) or not value:
            yield f"{at}: no list, or an empty one"
            return
        for i, one in enumerate(value):
            yield from value_problems(one, kind[0], f"{at}[{i}]")
    elif isinstance(kind, dict):
        if not is_integer(value) or value not in kind:
            yield f"{at}: {value!r} is none of the enumeration"
    elif kind in SCALARS:
        if not SCALARS[kind](value):
            yield f"{at}: {value!r} is no {kind}"
    else:
        yield from object_problems(value, kind, at)


def object_problems(value, name, at):
    if not isinstance(value, dict):
        yield f"{at}: no object"
        return
    known = OBJECTS[name]
    for member, one in value.items():
        if member not in known:
            yield f"{at}.{member}: {name} has no such attribute"
        else:
            yield from value_problems(one, known[member][0], f"{at}.{member}")
    for member, (_, required) in known.items():
        if required and member not in value:
            yield f"{at}.{member}: required"
    if name in AT_LEAST_ONE and not AT_LEAST_ONE[name] & set(value):
        yield f"{at}: none of {sorted(AT_LEAST_ONE[name])}"
    for member, caption in CAPTIONS.items():
        kind = known.get(member, (None,))[0]
        if isinstance(kind, dict) and kind.get(value.get(member)) not in (None, value.get(caption)):
            yield f"{at}.{caption}: {value.get(caption)!r} is not the caption of {value[member]}"


def ocsf_problems(finding):
    """Each breach of the schema by one Detection Finding, as a sentence."""
    yield from object_problems(finding, "detection_finding", "finding")
    if finding.get("type_uid") != 2004 * 100 + finding.get("activity_id", -1):
        yield "type_uid is not class_uid * 100 + activity_id"
    if finding.get("type_name") != f"Detection Finding: {finding.get('activity_name')}":
        yield "type_name is not class and activity"
    metadata = finding.get("metadata", {})
    if metadata.get("version") != "1.5.0" or metadata.get("profiles") != ["cloud"]:
        yield "metadata: another version or profile than this table's"
    if not re.fullmatch(r"[0-9a-f]{32}", finding.get("finding_info", {}).get("uid", "")):
        yield "finding_info.uid is no fingerprint"
