#!/usr/bin/env bash
# Usage: jq_peer.sh lines|archive PATH THREADS
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export NAMES PROGRAM='select(.eventName | IN($names[])) | 1'
NAMES=$(python3 -c 'import json, names; print(json.dumps(sorted(names.IAM_POLICY_EVENTS)))')
if [ "$1" = lines ]; then
  jq -c --argjson names "$NAMES" "$PROGRAM" "$2" | wc -l
else
  find "$2" -name '*.json.gz' -print0 |
    xargs -0 -P "$3" -n 500 \
      sh -c 'zcat "$@" | jq -c --argjson names "$NAMES" ".Records[] | $PROGRAM"' sh |
    wc -l
fi
