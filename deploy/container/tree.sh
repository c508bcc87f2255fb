#!/usr/bin/env bash
# The tree of the image, from the trailbell package that is installed on this machine: the program,
# the libraries that it loads, certificates, configuration and rules. No shell, no other program.
#
#   tree.sh FOLDER
set -euo pipefail

tree=$1
user=65532
program=/usr/bin/trailbell
mkdir -p "$tree"

# Under its own name and under the one that it is looked for by.
put() {
  local path real
  for path in "$@"; do
    real=$(realpath "$path")
    mkdir -p "$tree$(dirname "$real")"
    cp -a "$real" "$tree$real"
    if [ "$path" != "$real" ] && [ ! -e "$tree$path" ]; then
      mkdir -p "$tree$(dirname "$path")"
      ln -s "$real" "$tree$path"
    fi
  done
}

# As on the machine: /lib is a part of /usr there, or it is not.
for link in /lib /lib64; do
  if [ -L "$link" ]; then
    mkdir -p "$tree/usr$link"
    ln -s "usr$link" "$tree$link"
  fi
done
mapfile -t libraries < <(ldd "$program" | grep -o '/[^ ]*')
put "$program" "${libraries[@]}" /etc/ssl/certs/ca-certificates.crt
cp -a --parents /etc/trailbell /usr/share/trailbell /usr/share/doc/trailbell "$tree"
chown -R 0:0 "$tree/etc/trailbell"
chmod 755 "$tree/etc/trailbell"

# Scanners learn from here what is in the image, and its licences from the packages' own files.
mkdir -p "$tree/var/lib/dpkg/status.d"
owners=$(for path in "${libraries[@]}"; do
  real=$(realpath "$path")
  dpkg-query --search "$real" "${real#/usr}" 2>/dev/null || true
done | sed 's/:.*//' | sort -u)
for package in trailbell ca-certificates $owners; do
  dpkg-query --status "$package" >"$tree/var/lib/dpkg/status.d/$package"
  put "/usr/share/doc/$package/copyright"
done

echo "trailbell:x:$user:$user:trailbell:/var/lib/trailbell:/usr/sbin/nologin" >"$tree/etc/passwd"
echo "trailbell:x:$user:" >"$tree/etc/group"
echo "hosts: files dns" >"$tree/etc/nsswitch.conf"
install -d -m 1777 "$tree/tmp"
install -d -o "$user" -g "$user" -m 750 "$tree/var/lib/trailbell" \
  "$tree/var/lib/trailbell/inbox" "$tree/var/log/trailbell"
