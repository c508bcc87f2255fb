#!/usr/bin/env bash
# Every figure of this folder, in one run: installs what is missing, builds, makes the corpus, then
# the rungs and the whole-binary comparisons. Writes runs/<date>/.
#   bench/run.sh [--smoke] [--pairs N] [--seed-records FOLDER_OF_GZ]
# TRAILBELL_SIGMA_TREE names a folder of Sigma rules for many products, such as SigmaHQ's `rules`;
# TRAILBELL_RSIGMA an rsigma that is there already, else one is built where Rust is new enough.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=deploy/packages.sh
source deploy/packages.sh

smoke=() pairs=9
seed=${TRAILBELL_SHARED:-$(cd .. && pwd)/shared}/data/records/invictus
while [ $# -gt 0 ]; do
  case $1 in
    --smoke) smoke=(--smoke); shift ;;
    --pairs) pairs=$2; shift 2 ;;
    --seed-records) seed=$2; shift 2 ;;
    *) echo "usage: bench/run.sh [--smoke] [--pairs N] [--seed-records FOLDER_OF_GZ]" >&2; exit 2 ;;
  esac
done
[ -d "$seed" ] || seed=deploy/sample/AWSLogs
work=$(realpath -m "${TRAILBELL_BENCH_FOLDER:-build/bench}")
out=bench/runs/$(date -u +%F)${smoke:+-smoke}

install_packages "${build_packages[@]}" "${bench_packages[@]}"
deploy/librdkafka.sh
cmake --preset release >/dev/null
cmake --build --preset release --target trailbell -- --quiet
cmake --preset dev >/dev/null
cmake --build --preset dev --target bench_rungs bench_floor -- --quiet
mkdir -p "$work" "$out"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet -r bench/peers/requirements.txt
echo "== corpus"
python3 bench/corpus.py "$work/corpus" "${smoke[@]}" --seed-records "$seed" >/dev/null

{
  echo "# $(date -u +%F)"
  echo
  changed=$(git diff --quiet HEAD -- src include bench || echo ", changed")
  echo "- commit $(git rev-parse --short HEAD)$changed"
  echo "- $(lscpu | sed -n 's/^Model name: *//p'), $(nproc) cores," \
    "$(free -g | awk '/^Mem:/ {print $2}') GiB, Linux $(uname -r | cut -d- -f1)," \
    "$(g++ --version | head -1)"
  echo "- corpus: $(basename "$seed") repeated; page cache warm; $(rg --version | head -1)," \
    "$(tr '\n' ' ' <bench/peers/requirements.txt)$(jq --version)"
} >"$out/machine.md"
echo "== rungs"
TRAILBELL_BENCH_CORPUS=$work/corpus/records.ndjson build/dev/bin/bench_rungs \
  --benchmark_min_time=1 2>/dev/null | tee "$out/rungs.txt"
echo "== comparisons"
python3 bench/compare.py "$work/corpus" build/release/bin/trailbell build/dev/bin/bench_floor \
  --python "$work/venv/bin/python" --pairs "$pairs" --json "$out/compare.json" |
  tee "$out/compare.md"

# The peer needs a newer Rust than the distributions have: whoever wants it measured installs one.
rsigma_version=0.23.0 rust_version=1.95
rsigma=${TRAILBELL_RSIGMA:-$work/rsigma/bin/rsigma}
if [ ! -x "$rsigma" ]; then
  rust=$(cargo --version 2>/dev/null | cut -d' ' -f2 || true)
  if [ "$(printf '%s\n' "$rust_version" "${rust:-0}" | sort -V | head -1)" = "$rust_version" ]; then
    cargo install --quiet --locked --root "$work/rsigma" "rsigma@$rsigma_version"
  else
    echo "rsigma is left out: it needs Rust $rust_version, and here is ${rust:-none}" >&2
    rsigma=
  fi
fi
shared_rules=${TRAILBELL_SHARED:-$(cd .. && pwd)/shared}/data/rules/sigma
[ -d "$shared_rules" ] || shared_rules=
echo "== Sigma rules"
python3 bench/sigma.py "$work/corpus" build/release/bin/trailbell --pairs "$pairs" \
  --rules "$shared_rules" --tree "${TRAILBELL_SIGMA_TREE:-}" --rsigma "$rsigma" \
  --json "$out/sigma.json" | tee "$out/sigma.md"
