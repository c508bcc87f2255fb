#!/usr/bin/env bash
# Is the package the same, whoever builds it? Builds the last commit twice, from two clones in
# different folders, librdkafka too, and compares program and package by SHA-256.
#
#   reproducible.sh [FOLDER]   FOLDER (default: build/reproducible) keeps both packages
#
# The second build differs in all that should not matter: its path and that path's depth, user's
# folder, time zone, language, umask and time. It compiles everything, without a compiler cache:
# what the first one had from there is held against what the compiler makes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
project=$PWD
folder=${1:-build/reproducible}
rm -rf "$folder"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

# In the folder that is named, with what is in the environment.
package() {
  local clone=$1
  git clone --quiet --no-hardlinks "$project" "$clone"
  cd "$clone"
  deploy/librdkafka.sh
  cmake --preset release -DTRAILBELL_TESTS=OFF >/dev/null
  cmake --build --preset release -- -j"$(nproc)" --quiet
  cpack --preset release -B "$clone/out" >/dev/null
}

(package "$folder/one")
(
  mkdir "$folder/home"
  export CCACHE_DISABLE=1 HOME=$folder/home TZ=Asia/Tokyo LC_ALL=C.UTF-8
  umask 027
  package "$folder/in/another/place"
)

program_of() {
  dpkg-deb --fsys-tarfile "$1" | tar --extract --to-stdout ./usr/bin/trailbell
}
status=0
for what in program package; do
  sums=()
  for clone in one in/another/place; do
    deb=$(echo "$folder/$clone/out/"*.deb)
    if [ "$what" = program ]; then
      sums+=("$(program_of "$deb" | sha256sum | cut -d' ' -f1)")
    else
      sums+=("$(sha256sum <"$deb" | cut -d' ' -f1)")
    fi
  done
  if [ "${sums[0]}" = "${sums[1]}" ]; then
    echo "$what: ${sums[0]}, twice"
  else
    echo "$what: ${sums[0]} and ${sums[1]}: not the same" >&2
    status=1
  fi
done
exit "$status"
