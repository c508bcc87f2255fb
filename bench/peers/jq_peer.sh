#!/usr/bin/env bash
# Usage: jq_peer.sh lines|archive PATH THREADS
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
names=$(cd "$here/.." && python3 -c 'import json, names; print(json.dumps(sorted(names.IAM_POLICY_EVENTS)))')
program='select(.eventName | IN($names[]))'
if [ "$1" = lines ]; then
  jq -c --argjson names "$names" "$program" "$2" | wc -l
else
  find "$2" -name '*.json.gz' -print0 |
    xargs -0 -P "$3" -n 500 sh -c 'zcat "$@" | jq -c --argjson names "$0" ".Records[] | '"$program"' | 1"' "$names" |
    wc -l
fi
