#!/usr/bin/env bash
# All tests on a fresh machine: installs what they need, builds, runs.
#   --quick  under 3 minutes: release build, everything but the slow tests
#   (none)   under 20 minutes, what CI runs: all tests, the core under ASan+UBSan and TSan
#   --full   also the long failures of the service (thirty kills and rebalances, outages of twenty
#            seconds, a soak), the package built twice and by the Containerfile's steps, README's
#            first hour on a new Debian, the dev preset, all tests under every sanitizer, each
#            fuzzer for a minute, clang-tidy
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=deploy/packages.sh
source deploy/packages.sh

tier=${1:-default}
case $tier in
  default | --quick | --full) ;;
  *) echo "usage: tests/run.sh [--quick|--full]" >&2; exit 2 ;;
esac
shared=${TRAILBELL_SHARED:-$(cd .. && pwd)/shared}
export TRAILBELL_SHARED=$shared
jobs=$(nproc)

step() {
  local name=$1 began=$SECONDS
  shift
  echo "== $name"
  if ! "$@"; then
    echo "== FAILED: $name" >&2
    exit 1
  fi
  echo "== $name: $((SECONDS - began)) s"
}

build() {
  local preset=$1 target=${2:-all}
  cmake --preset "$preset" >/dev/null &&
    cmake --build --preset "$preset" --target "$target" -- -j"$jobs" --quiet
}

check_format() {
  git ls-files '*.cpp' '*.hpp' | xargs clang-format --dry-run -Werror
}

public_checks() {
  local check
  for check in replay_matches filter_cases; do
    if [ -f "$shared/checks/$check.py" ]; then
      python3 "$shared/checks/$check.py" build/release/bin/trailbell || return 1
    else
      echo "no public check $check beside this checkout"
    fi
  done
}

fuzz_all() {
  local binary name
  for binary in build/fuzz/bin/fuzz_*; do
    name=${binary##*/fuzz_}
    mkdir -p "build/fuzz/corpus/$name"
    "$binary" -max_total_time=60 -timeout=20 -rss_limit_mb=2048 \
      -artifact_prefix="build/fuzz/$name-" \
      "build/fuzz/corpus/$name" "tests/fuzz/corpus/$name" || return 1
  done
}

sanitized() {
  local preset=$1 target=$2
  shift 2
  build "$preset" "$target" && ctest --preset "$preset" -j"$jobs" "$@"
}

step packages install_packages "${build_packages[@]}" "${test_packages[@]}"
step librdkafka deploy/librdkafka.sh
step "build: release" build release
if [ "$tier" = --quick ]; then
  step "tests: release" ctest --preset release -j"$jobs" -LE slow
  exit 0
fi
step "format" check_format
if [ "$tier" = default ]; then
  step "tests: release" ctest --preset release -j"$jobs"
else
  step "packages: image" install_packages "${image_packages[@]}"
  step "tests: release, long failures" env TRAILBELL_FAILURES=long \
    ctest --preset release -j"$jobs"
fi
step "public checks" public_checks
if [ "$tier" = default ]; then
  step "tests: ASan and UBSan, core" sanitized asan core_tests -L core
  # The properties run on one thread: --full asks TSan about them too.
  step "tests: TSan, core" sanitized tsan core_tests -L core -E '^property'
  exit 0
fi
step "packages: bench" install_packages "${bench_packages[@]}"
step "build: dev" build dev
step "coverage: a million records" env TRAILBELL_COVERAGE_SETS=20000 \
  TRAILBELL_COVERAGE_RECORDS=1000000 build/release/bin/property_coverage
step "packages: fuzz" install_packages "${fuzz_packages[@]}"
step "tests: ASan and UBSan" sanitized asan all
step "tests: TSan" sanitized tsan all
step "fuzz: build" build fuzz
step "fuzz: run" fuzz_all
step "clang-tidy" run-clang-tidy-16 -quiet -p build/release "$PWD/src/.*"
