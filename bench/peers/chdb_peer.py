"""Usage: chdb_peer.py lines|archive PATH THREADS"""

import os
import sys

import chdb

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from names import IAM_POLICY_EVENTS  # noqa: E402

shape, path, threads = sys.argv[1:]
names = ",".join(f"'{name}'" for name in sorted(IAM_POLICY_EVENTS))
settings = f"""settings max_threads={int(threads)}, input_format_skip_unknown_fields=1,
               input_format_json_ignore_unknown_keys_in_named_tuple=1"""
if shape == "lines":
    query = f"""select count() from file('{path}', JSONEachRow, 'eventName String')
                where eventName in ({names}) {settings}"""
else:
    query = f"""select countIf(r.eventName in ({names}))
                from file('{path}/*/*.json.gz', JSONEachRow,
                          'Records Array(Tuple(eventName String))')
                array join Records as r {settings}"""
print(str(chdb.query(query, "CSV")).strip())
