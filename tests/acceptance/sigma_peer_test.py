"""Sigma rules agree with pySigma: its SQLite backend's queries, run by sqlite3 on the same records.

Usage: sigma_peer_test.py BINARY PROJECT FOLDER. Installs pySigma into a virtual environment in
FOLDER (kept for the next run). Rules: those below, and SigmaHQ's where they lie beside the
checkout; records: made for each rule, and real ones. What the peer cannot say is in NOT_COMPARED.
"""

import gzip
import itertools
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

PACKAGES = ["pysigma==2.0.1", "pysigma-backend-sqlite==2.1.1"]
BINARY, PROJECT, FOLDER = sys.argv[1:4]
SHARED = os.environ.get("TRAILBELL_SHARED") or os.path.join(PROJECT, "..", "shared")

# Of the specification, but not of this peer; the unit tests hold these by themselves.
NOT_COMPARED = {
    "exists of a null": "a column cannot tell null from absent",
    "week": "SQLite counts weeks from the first Monday, ISO 8601 from the first Thursday",
    "utf16": "pySigma writes the byte order mark as UTF-8",
    "utf16le, utf16be": "the specification's first name is unknown to pySigma; wide is compared",
    "cidr of a text that is a network": "the peer compares texts, and takes 10.0.0.0/8 for within",
    "TRUE as a text": "pySigma's query for a boolean keeps the case of letters",
    "all over a list": "a row holds one element, and has to hold every value by itself",
    "not over a list": "a row holds one element, so that NOT asks each element",
    "escaped wildcards in base64": "pySigma encodes the backslash too",
    "windash of the longer dashes": "pySigma replaces - and / only",
}

# Selections, conditions; `s` alone where none is said.
RULES = [
    ({"s": {"eventName": ["CreateUser", "Delete*"], "eventSource": "iam.amazonaws.com"}}, "s"),
    ({"s": {"eventName|startswith": "create", "f": None}}, "s"),
    ({"s": {"eventName|endswith": "USER"}, "f": {"a|contains": "adm"}}, "s and not f"),
    ({"s": {"a|contains|all": ["one", "two"]}}, "s"),
    ({"s": {"a|cased": "Al*e"}}, "s"),
    ({"s": {"a|contains|cased": "Ad?in"}}, "s"),
    ({"s": {"a": "x?z*"}}, "s"),
    ({"s": {"a": "C:\\Win*"}}, "s"),
    ({"s": {"a": "50\\*_%"}}, "s"),
    ({"s": {"a|neq": ["one", "two"]}}, "s"),
    ({"s": {"a": ""}}, "s"),
    ({"s": [{"a": "one", "b": "two"}, {"a": "two"}]}, "s"),
    ({"s": ["one two", "three"]}, "s"),
    ({"s": {"|all": ["one", "two"]}}, "s"),
    ({"s": {"a|re": "^o[n-p]e( two)?$"}}, "s"),
    ({"s": {"a|re|i": "ALICE|bob"}}, "s"),
    ({"s": {"ip|cidr": "10.64.0.0/10"}}, "s"),
    ({"s": {"ip|cidr": ["192.0.2.0/24", "2001:db8::/32"]}}, "s"),
    ({"s": {"n|gte": 5, "n|lt": 100}}, "s"),
    ({"s": {"n": 5}}, "s"),
    ({"s": {"t|hour|gte": 22}}, "s"),
    ({"s": {"t|minute": 7, "t|month": [1, 12], "t|day": 1, "t|year": 2026}}, "s"),
    ({"s": {"a|windash|contains": " -enc -x"}}, "s"),
    ({"s": {"a|base64": "one two"}}, "s"),
    ({"s": {"a|base64offset|contains": "secret"}}, "s"),
    ({"s": {"a|wide|base64offset|contains": "secret"}}, "s"),
    ({"s": {"a|fieldref": "b"}}, "s"),
    ({"s": {"a|fieldref|endswith": "b"}}, "s"),
    ({"s": {"a|fieldref|contains": "b"}}, "s"),
    ({"s": {"flag": True}}, "s"),
    ({"s": {"a.b.c": "one"}}, "s"),
    ({"s": {"list.x": "two"}}, "s"),
    ({"s": {"object|contains": '"k":"v"'}}, "s"),
    ({"s1": {"a": "one"}, "s2": {"b": "two"}, "s3": {"a": "two"}}, "1 of s*"),
    ({"s1": {"a": "one"}, "s2": {"b": "two"}}, "all of them"),
    ({"s1": {"a": "one"}, "s2": {"b": "two"}, "_s": {"a": "two"}}, "s1 or s2 and not _s"),
    ({"s1": {"a": "one"}, "s2": {"b": "two"}}, "not (s1 or s2)"),
    ({"s1": {"a": "one"}, "s2": {"b": "two"}}, ["s1 and s2", "not s1"]),
]

POOL = {
    "eventName": ["CreateUser", "createuser", "DeleteTrail", "GetUser"],
    "eventSource": ["iam.amazonaws.com", "IAM.amazonaws.com", "x.amazonaws.com"],
    "a": ["one", "two", "ONE two", "Alice", "alice", "Admin", "admin", "xyz", "x-z-x", "", None,
          "C:\\Windows", "50*_%", "50x_%", "cmd /enc -x", "cmd -enc /x", "b25lIHR3bw==",
          "eHNlY3JldCBpcw==", "two one", "cwBlAGMAcgBlAHQA", "eHMAZQBjAHIAZQB0AA==", "say secret"],
    "b": ["one", "two", "ce", None],
    "f": [None, "x"],
    "ip": ["10.64.1.2", "10.128.0.1", "192.0.2.7", "2001:db8:1::2", "2001:db9::1", "x"],
    "n": [4, 5, 5.5, 99, 100, None],
    "t": ["2026-01-01T22:07:59Z", "2026-12-01T21:59:00Z", "2025-01-01T23:07:00Z", "never"],
    "flag": [True, False, "true", "no"],
    "list": [[{"x": "one"}, {"x": "two"}], [{"y": "two"}], {"x": "TWO"}],
    "object": [{"k": "v"}, {"k": {"k": "v"}}, {"k": "w"}, '{"k":"v"}'],
}


def install():
    python = os.path.join(FOLDER, "bin", "python3")
    stamp = os.path.join(FOLDER, "installed")
    if not os.path.exists(stamp):
        subprocess.run([sys.executable, "-m", "venv", FOLDER], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True)
        open(stamp, "w").close()
    if os.path.abspath(sys.prefix) != os.path.abspath(FOLDER):
        os.execv(python, [python, "-B", *sys.argv])


def documents(rules):
    import yaml

    for number, (selections, condition) in enumerate(rules):
        yield f"own-{number}", yaml.safe_dump(
            {
                "title": f"own {number}",
                "id": f"00000000-0000-4000-8000-{number:012}",
                "logsource": {"product": "aws", "service": "cloudtrail"},
                "detection": {**selections, "condition": condition},
            },
            sort_keys=False,
        )
    folder = os.path.join(SHARED, "data", "rules", "sigma")
    if not os.path.isdir(folder):
        print(f"no SigmaHQ rules in {folder}: only the {len(rules)} rules of this test")
        return
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8") as text:
            yield name, text.read()


# ---- records -------------------------------------------------------------------------------------


def set_at(record, path, value):
    *folders, last = path.split(".")
    for key in folders:
        record = record.setdefault(key, {})
        if not isinstance(record, dict):
            return
    record[last] = value


def spelled(value, modifiers):
    """What a field may hold to be what the rule asks for, or nearly so."""
    if not isinstance(value, str) or set(modifiers) & {"re", "fieldref"}:
        return [value]
    if "cidr" in modifiers:
        return [value.split("/")[0]]
    text = re.sub(r"(?<!\\)[*?]", "x", value)
    if "contains" in modifiers:
        return [f"a {text} b", text.upper(), text[:-1]]
    return [text, text.upper(), text + "x"]


def wanted(detection):
    """(field, values) of every line of a rule."""
    for name, selection in detection.items():
        for lines in selection if isinstance(selection, list) else [selection]:
            if name == "condition" or not isinstance(lines, dict):
                continue
            for key, value in lines.items():
                field, *modifiers = key.split("|")
                values = value if isinstance(value, list) else [value]
                if "all" in modifiers:
                    values = [" ".join(map(str, values)), *values]
                if field:
                    yield field, [one for v in values for one in spelled(v, modifiers)]


def made_for(detection):
    lines = list(wanted(detection))
    base = {}
    for field, values in lines:
        set_at(base, field, values[0])
    yield base
    for field, values in lines:
        for value in [*values, None, "other"]:
            record = json.loads(json.dumps(base))
            set_at(record, field, value)
            yield record
        record = json.loads(json.dumps(base))
        record.pop(field.split(".")[0], None)
        yield record
    if "requestParameters" in base and isinstance(base["requestParameters"], str):
        yield {**base, "requestParameters": {"policyDocument": base["requestParameters"]}}


def pool_records():
    fields = sorted(POOL)
    for number in range(1500):
        record = {}
        for at, field in enumerate(fields):
            choice = (number * 31 + number // 7 * (at + 3) + at * 17) % (len(POOL[field]) + 1)
            if choice < len(POOL[field]):
                record[field] = POOL[field][choice]
        if number % 3 == 0:
            record["a"] = {"b": {"c": POOL["b"][number % 4]}}
        if number % 11 == 0:
            record["list"] = [{"x": "one two three"}]
        yield record


def records_in(value):
    if isinstance(value, dict):
        if isinstance(value.get("eventName"), str) and isinstance(value.get("eventSource"), str):
            yield value
        else:
            for one in value.values():
                yield from records_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from records_in(one)


def real_records():
    for folder, _, names in os.walk(os.path.join(SHARED, "data", "records")):
        for name in sorted(names):
            with open(os.path.join(folder, name), "rb") as content:
                raw = content.read()
            raw = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
            text = raw.decode("utf-8", "replace")
            try:
                yield from records_in(json.loads(text))
            except ValueError:
                for line in text.splitlines():
                    try:
                        yield from records_in(json.loads(line))
                    except ValueError:
                        pass


# ---- the peer ------------------------------------------------------------------------------------


def reached(value, path):
    if isinstance(value, list):
        for one in value:
            yield from reached(one, path)
    elif isinstance(value, dict):
        for key, below in value.items():
            if key == path:
                yield below
            elif path.startswith(key + "."):
                yield from reached(below, path[len(key) + 1 :])


def elements(value):
    if isinstance(value, list):
        for one in value:
            yield from elements(one)
    else:
        yield value


def unescaped(value):
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, dict):
        return "{" + ",".join(f'"{k}":{unescaped(v)}' for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(unescaped, value)) + "]"
    return json.dumps(value)


def cells(record, path):
    """What a column may hold: one row is made of each combination."""
    found = []
    for value in (e for r in reached(record, path) for e in elements(r)):
        if isinstance(value, bool):
            found.append("true" if value else "false")
        elif isinstance(value, dict):
            found.append(json.dumps(value, separators=(",", ":"), ensure_ascii=False))
            found.append(unescaped(value))
        else:
            found.append(value)
    return list(dict.fromkeys(found)) or [None]


def scalars(value):
    if isinstance(value, dict):
        for one in value.values():
            yield from scalars(one)
    elif isinstance(value, list):
        for one in value:
            yield from scalars(one)
    elif value is not None:
        yield ("true" if value else "false") if isinstance(value, bool) else str(value)


def peer_matches(backend, rules, records):
    matches = set()
    for identity, rule in rules:
        fields = [f for f in backend.required_fields(rule) if f != "fulltext"]
        table = sqlite3.connect(":memory:")
        table.create_function(
            "REGEXP", 2, lambda regex, text: text is not None and bool(re.search(regex, str(text)))
        )
        columns = "".join(f', "{f}" {"NUMERIC" if f == "n" else "TEXT"}' for f in fields)
        table.execute(f"CREATE TABLE logs (record INTEGER, fulltext TEXT{columns})")
        marks = ",".join("?" * (2 + len(fields)))
        for number, record in enumerate(records):
            text = "\n".join(scalars(record))
            rows = itertools.product(*(cells(record, field) for field in fields))
            insert = f"INSERT INTO logs VALUES ({marks})"
            table.executemany(insert, ((number, text, *row) for row in rows))
        for query in backend.convert_rule(rule):
            matches.update((row[0], identity) for row in table.execute(query))
        table.close()
    return matches


# ---- ours ----------------------------------------------------------------------------------------


def our_matches(texts, records):
    with tempfile.TemporaryDirectory() as folder:
        rules = os.path.join(folder, "rules")
        os.mkdir(rules)
        for name, text in texts:
            with open(os.path.join(rules, name.removesuffix(".yml") + ".yml"), "w") as out:
                out.write(text)
        lines = os.path.join(folder, "records.jsonl")
        with open(lines, "w", encoding="utf-8") as out:
            for record in records:
                out.write(json.dumps(record, ensure_ascii=False) + "\n")
        done = subprocess.run(
            [BINARY, "replay", "--rules", rules, "--no-dedup", "--format", "jsonl", lines],
            capture_output=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr.decode()[-3000:]
        alerts = map(json.loads, done.stdout.splitlines())
        return {(a["position"]["record"], a["rule_id"]) for a in alerts}


def main():
    from sigma.backends.sqlite import sqliteBackend
    from sigma.collection import SigmaCollection

    texts = list(documents(RULES))
    backend = sqliteBackend(collate_nocase=True, fulltext_field="fulltext")
    rules = []
    records = list(pool_records())
    for _, text in texts:
        rule = SigmaCollection.from_yaml(text).rules[0]
        rules.append((str(rule.id), rule))
        records += made_for(rule.detection.to_dict())
    made = len(records)
    records += real_records()
    records = [{"eventVersion": "1.08", "eventName": "Other", **record} for record in records]
    ours = our_matches(texts, records)
    theirs = peer_matches(backend, rules, records)
    print(f"{len(rules)} rules, {made} records made for them, {len(records) - made} real ones")
    print(f"{len(ours)} matches of ours, {len(theirs)} of the peer's")
    for number, identity in sorted(ours ^ theirs)[:20]:
        who = "only we" if (number, identity) in ours else "only the peer"
        print(f"{identity}: {who}: {json.dumps(records[number])[:600]}")
    never = {identity for identity, _ in rules} - {identity for _, identity in ours}
    for identity in sorted(never):
        print(f"{identity}: no record was made that it holds for")
    return 1 if ours != theirs or never else 0


if __name__ == "__main__":
    install()
    sys.exit(main())
