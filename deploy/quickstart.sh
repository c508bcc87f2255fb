#!/usr/bin/env bash
# First run on a fresh machine: installs what is missing, builds, and replays the sample archive.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=deploy/packages.sh
source deploy/packages.sh

echo "== 1 of 3: packages"
install_packages "${build_packages[@]}"
deploy/librdkafka.sh

echo "== 2 of 3: build"
cmake --preset release >/dev/null
cmake --build --preset release --target trailbell

echo "== 3 of 3: replay of deploy/sample"
build/release/bin/trailbell replay --format text deploy/sample/AWSLogs

echo
echo "Your own archive:  build/release/bin/trailbell replay PATH..."
