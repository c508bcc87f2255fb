"""Usage: duckdb_peer.py lines|archive PATH THREADS"""

import os
import sys

import duckdb

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from names import IAM_POLICY_EVENTS  # noqa: E402

shape, path, threads = sys.argv[1:]
names = ",".join(f"'{name}'" for name in sorted(IAM_POLICY_EVENTS))
connection = duckdb.connect(config={"threads": int(threads)})
if shape == "lines":
    query = f"""select count(*) from read_json('{path}', format='newline_delimited',
                columns={{eventName: 'VARCHAR'}}) where eventName in ({names})"""
else:
    query = f"""select count(*) from (select unnest(Records) r from read_json('{path}/*/*.json.gz',
                columns={{Records: 'STRUCT(eventName VARCHAR)[]'}}))
                where r.eventName in ({names})"""
print(connection.execute(query).fetchone()[0])
