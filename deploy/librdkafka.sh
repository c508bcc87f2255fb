#!/usr/bin/env bash
# librdkafka 2.3 or newer: the system's where it is, else Debian 13's source package, built into
# build/deps/librdkafka. Debian 12's 2.0.2 loses messages around seeks and rebalances.
#
# The source comes by apt from the mirror that the system itself uses, with lists, cache and
# configuration of its own (build/deps/apt); its signature is checked with the keyring that is on
# the system, whose own suites are not touched. Done once: later calls find the library there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=deploy/packages.sh
source deploy/packages.sh

version_min=2.3 suite=trixie
recipe=5  # counts up with what is below, so that an older build is not taken for this one
folder=$PWD/build/deps prefix=$PWD/build/deps/librdkafka

offered=$(apt-cache show --no-all-versions librdkafka-dev 2>/dev/null | sed -n 's/^Version: //p')
if [ -n "$offered" ] && dpkg --compare-versions "$offered" ge "$version_min"; then
  install_packages librdkafka-dev
fi
if pkg-config --atleast-version="$version_min" rdkafka 2>/dev/null; then
  echo "librdkafka $(pkg-config --modversion rdkafka) is the system's"
  exit 0
fi
if [ "$(cat "$prefix/recipe" 2>/dev/null)" = "$recipe" ]; then
  echo "librdkafka $(cat "$prefix/version") is built already"
  exit 0
fi

install_packages dpkg-dev liblz4-dev libssl-dev zlib1g-dev libzstd-dev libcurl4-openssl-dev

# The archive that Debian's own packages come from.
mirror=$(apt-get indextargets --format '$(ORIGIN) $(COMPONENT) $(CODENAME) $(REPO_URI)' \
  'Created-By: Packages' | sed -n 's/^Debian main [a-z]* //p' | head -1)
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
if [ -z "$mirror" ] || [ ! -f "$keyring" ]; then
  echo "librdkafka: this system has none of $version_min or newer, and no Debian archive to" \
    "build one from; install librdkafka $version_min yourself" >&2
  exit 1
fi

apt_folder=$folder/apt work=$folder/librdkafka-source
rm -rf "$work" "$prefix"
mkdir -p "$apt_folder/lists/partial" "$apt_folder/cache/archives/partial" \
  "$apt_folder/parts" "$work"
echo "deb-src [signed-by=$keyring] $mirror $suite main" >"$apt_folder/sources.list"
private=(-o "Dir::State::lists=$apt_folder/lists" -o "Dir::Cache=$apt_folder/cache"
  -o "Dir::Etc::sourcelist=$apt_folder/sources.list" -o "Dir::Etc::sourceparts=$apt_folder/parts"
  -o "Acquire::Languages=none" -o "APT::Sandbox::User=$(id -un)"
  -o "APT::Update::Post-Invoke-Success::=true")

echo "librdkafka: the source package of Debian $suite"
apt-get "${private[@]}" update -qq
(cd "$work" && apt-get "${private[@]}" source -qq --only-source librdkafka >/dev/null)
source=$(find "$work" -mindepth 1 -maxdepth 1 -type d -name 'librdkafka-*')
version=${source##*/librdkafka-}

echo "librdkafka: building $version"
launcher=()
if command -v ccache >/dev/null; then
  launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache)
fi
# The same library from every folder; the second is for ccache, which may hand on relative paths.
same_paths="-ffile-prefix-map=$work/= -ffile-prefix-map=../="
# WITH_SASL stands for libsasl2 (GSSAPI); SCRAM and OAUTHBEARER need OpenSSL only, but are off
# with it unless they are asked for. OAUTHBEARER's method oidc asks for its tokens with libcurl.
# Threads are pthread's: ThreadSanitizer does not know those of C11, and programs crash in them.
echo '#error "threads are those of pthread"' \
  >"$source/packaging/cmake/try_compile/c11threads_test.c"
cmake -S "$source" -B "$work/build" -G Ninja "${launcher[@]}" \
  -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS_RELEASE="-O2 -DNDEBUG -w $same_paths" \
  -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_INSTALL_LIBDIR=lib \
  -DRDKAFKA_BUILD_STATIC=ON -DRDKAFKA_BUILD_EXAMPLES=OFF -DRDKAFKA_BUILD_TESTS=OFF \
  -DWITH_SSL=ON -DWITH_ZLIB=ON -DWITH_ZSTD=ON -DENABLE_LZ4_EXT=ON -DWITH_SASL=OFF \
  -DWITH_SASL_SCRAM=ON -DWITH_SASL_OAUTHBEARER=ON \
  -DWITH_CURL=ON -DWITH_PLUGINS=OFF -Wno-dev >/dev/null
cmake --build "$work/build" -- --quiet
cmake --install "$work/build" >/dev/null
echo "$version" >"$prefix/version"
echo "$recipe" >"$prefix/recipe"
rm -rf "$work"
echo "librdkafka $version is in build/deps/librdkafka"
