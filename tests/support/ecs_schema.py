"""What the Elastic Common Schema 8.17 says of the fields that trailbell writes.

Source: ECS field reference, version 8.17. A name that does not stand here is a breach, but for
`trailbell.*`, which is ours; there, too, no field may be of two types, or an index would refuse it.
"""

import datetime
import ipaddress

# field: type; [type] is a list. One that is to stand in every document ends with "!".
FIELDS = {
    "@timestamp!": "date", "ecs.version!": "keyword", "message!": "keyword", "tags": ["keyword"],
    "event.kind!": "keyword", "event.category!": ["keyword"], "event.type!": ["keyword"],
    "event.action": "keyword", "event.outcome!": "keyword", "event.id": "keyword",
    "event.provider": "keyword", "event.module!": "keyword", "event.dataset!": "keyword",
    "event.severity!": "long", "event.created!": "date", "event.start": "date",
    "event.end": "date", "event.original": "keyword",
    "rule.id!": "keyword", "rule.name!": "keyword",
    "threat.framework": "keyword", "threat.tactic.id": ["keyword"],
    "threat.tactic.name": ["keyword"], "threat.technique.id": ["keyword"],
    "threat.technique.subtechnique.id": ["keyword"],
    "cloud.provider!": "keyword", "cloud.account.id": "keyword", "cloud.region": "keyword",
    "user.name": "keyword", "user.id": "keyword", "user.target.name": "keyword",
    "group.name": "keyword", "source.address": "keyword", "source.ip": "ip",
    "user_agent.original": "keyword", "error.code": "keyword", "error.message": "keyword",
    "related.user": ["keyword"], "related.ip": ["ip"],
}
ALLOWED = {
    "event.kind": {"alert"},
    "event.outcome": {"success", "failure", "unknown"},
    "ecs.version": {"8.17.0"},
    "cloud.provider": {"aws"},
}
# The kinds of events that a category has.
KINDS = {
    "iam": {"admin", "change", "creation", "deletion", "group", "info", "user"},
    "authentication": {"start", "end", "info"},
    "configuration": {"access", "change", "creation", "deletion", "info"},
}
# Of ours: field and type, so that every document has the same.
OWN = {
    "schema!": "long", "alert_id!": "keyword", "severity!": "keyword", "event_time": "keyword",
    "read_only": "boolean", "controls": ["keyword"], "count": "long", "event_ids": ["keyword"],
    "integrity": "keyword",
    **{f"actor.{name}": "keyword" for name in (
        "type", "arn", "session_name", "account_id", "access_key_id", "session_issuer_arn",
        "invoked_by")},
    "actor.mfa_authenticated": "boolean",
    **{f"target.{name}": "keyword" for name in (
        "policy_arn", "policy_name", "principal_type", "principal_name")},
    **{f"position.{name}": "keyword" for name in ("path", "bucket", "key", "topic")},
    "position.source!": "keyword", "position.record!": "long", "position.partition": "long",
    "position.offset": "long", "group.field": ["keyword"], "group.value": ["keyword"],
}


def is_date(value):
    try:
        datetime.datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ")
    except (TypeError, ValueError):
        return False
    return True


def is_address(value):
    try:
        return bool(ipaddress.ip_address(value))
    except ValueError:
        return False


TYPES = {
    "keyword": lambda v: isinstance(v, str),
    "long": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "boolean": lambda v: isinstance(v, bool),
    "date": is_date,
    "ip": is_address,
}


def leaves(value, at=""):
    """Every field with its value, as an index flattens them; a list of objects gives lists."""
    if isinstance(value, dict):
        for name, one in value.items():
            yield from leaves(one, f"{at}.{name}" if at else name)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        flat = {}
        for one in value:
            for name, leaf in leaves(one, at):
                flat.setdefault(name, []).append(leaf)
        yield from flat.items()
    else:
        yield at, value


def ecs_problems(document):
    """Each breach of the schema by one document, as a sentence."""
    known = {**FIELDS, **{f"trailbell.{name}": kind for name, kind in OWN.items()}}
    types = {name.rstrip("!"): kind for name, kind in known.items()}
    found = dict(leaves(document))
    for name, value in found.items():
        kind = types.get(name)
        if kind is None:
            yield f"{name}: no such field"
            continue
        if isinstance(kind, list) != isinstance(value, list) or value == []:
            yield f"{name}: {value!r}: a list, or none"
            continue
        for one in value if isinstance(kind, list) else [value]:
            if not TYPES[kind[0] if isinstance(kind, list) else kind](one):
                yield f"{name}: {one!r} is no {kind}"
        if name in ALLOWED and value not in ALLOWED[name]:
            yield f"{name}: {value!r} is not allowed"
    for name in known:
        if name.endswith("!") and name[:-1] not in found:
            yield f"{name[:-1]}: missing"
    categories = found.get("event.category", [])
    allowed = set().union(*(KINDS.get(c, set()) for c in categories))
    if not set(categories) <= set(KINDS) or not set(found.get("event.type", [])) <= allowed:
        yield f"event.type {found.get('event.type')} is none of {categories}"
