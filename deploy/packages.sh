# What trailbell needs from the distribution, in one place. Sourced by the other scripts.
# Debian 12 and 13, Ubuntu 24.04.
# shellcheck shell=bash

build_packages=(g++ cmake ninja-build pkg-config ccache git dpkg-dev file python3
  libsimdjson-dev libdeflate-dev
  zlib1g-dev libzstd-dev libre2-dev libyaml-cpp-dev libfmt-dev libcli11-dev libssl-dev
  prometheus-cpp-dev libspdlog-dev libgtest-dev libgmock-dev nlohmann-json3-dev libsimde-dev)
if grep -qs '^VERSION_CODENAME=bookworm' /etc/os-release; then
  build_packages+=(libboost1.81-dev) # its libboost-dev is 1.74
else
  build_packages+=(libboost-dev)
fi
if [ "$(uname -m)" = x86_64 ]; then
  build_packages+=(libhyperscan-dev)
fi
kafka_packages=(default-jre-headless maven kcat jq curl) # of deploy/kafka_demo.sh
test_packages=(python3 python3-venv python3-yaml python3-jsonschema python3-cryptography prometheus
  prometheus-alertmanager clang-format openssl
  adduser binutils fish lintian mandoc shellcheck systemd zsh # of the package
  "${kafka_packages[@]}")
if grep -qs '^ID=debian' /etc/os-release; then
  test_packages+=(chromium) # Ubuntu's is a snap; without one, the report is not looked at
fi
image_packages=(debootstrap) # for tests that begin on a new Debian
fuzz_packages=(clang-16 libclang-rt-16-dev clang-tidy-16)
bench_packages=(libbenchmark-dev libcurl4-openssl-dev ripgrep jq python3-venv)

# Installs those of the named packages that are missing.
install_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
      missing+=("$package")
  done
  if [ "${#missing[@]}" -eq 0 ]; then
    return 0
  fi
  echo "Installing: ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}
