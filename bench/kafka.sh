#!/usr/bin/env bash
# `trailbell run` through a real broker on this machine, beside the barest programs that do a part
# of its work (kafka.py): installs what is missing, builds, runs, and writes runs/<date>/kafka.*
#   bench/kafka.sh [--smoke] [--pairs N] [--down-seconds N] [--only NAME,...]
#                  [--seed-records FOLDER_OF_GZ]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=deploy/packages.sh
source deploy/packages.sh

suffix= seed=${TRAILBELL_SHARED:-$(cd .. && pwd)/shared}/data/records/invictus passed=()
while [ $# -gt 0 ]; do
  case $1 in
    --smoke) suffix=-smoke passed+=("$1"); shift ;;
    --pairs | --down-seconds | --only) passed+=("$1" "$2"); shift 2 ;;
    --seed-records) seed=$2; shift 2 ;;
    *) sed -n 's/^#   //p; s/^#  *\[/[/p' "$0" >&2; exit 2 ;;
  esac
done
[ -d "$seed" ] || seed=deploy/sample/AWSLogs
out=bench/runs/$(date -u +%F)$suffix

install_packages "${build_packages[@]}" "${kafka_packages[@]}" "${bench_packages[@]}"
deploy/librdkafka.sh
cmake --preset release >/dev/null
cmake --build --preset release --target trailbell -- --quiet
cmake --preset dev >/dev/null
cmake --build --preset dev --target bench_kafka_load bench_kafka_peer -- --quiet
mkdir -p "$out"
{
  echo "# $(date -u +%F), Kafka"
  echo
  changed=$(git diff --quiet HEAD -- src include bench || echo ", changed")
  echo "- commit $(git rev-parse --short HEAD)$changed"
  echo "- $(lscpu | sed -n 's/^Model name: *//p'), $(nproc) cores for everything, the broker too;" \
    "$(free -g | awk '/^Mem:/ {print $2}') GiB, Linux $(uname -r | cut -d- -f1)," \
    "$(g++ --version | head -1)"
  echo "- Kafka 4.1.1, one node; librdkafka $(sed -n 's/^#define RD_KAFKA_VERSION *//p' \
    build/deps/librdkafka/include/librdkafka/rdkafka.h 2>/dev/null || echo "of the system")"
  echo "- records: $(basename "$seed") repeated, each with an eventID of its own"
  echo
  python3 bench/kafka.py build/release/bin/trailbell build/dev/bin --seed-records "$seed" \
    --json "$out/kafka.json" "${passed[@]}"
} | tee "$out/kafka.md"
