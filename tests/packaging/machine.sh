#!/usr/bin/env bash
# Runs a command as root under a real systemd, on a copy of this machine that is gone afterwards:
# the file system is an overlay, processes, mounts, network and control groups are its own.
#
#   machine.sh FOLDER COMMAND...   FOLDER is shared with it; in there, COMMAND's output is `output`,
#                                  its exit code `status`, and systemd's log `console`
#
# systemd starts nothing but its journal and the command: no device, mount or login of this machine
# is its business. Needs root. Ends with COMMAND's exit code.
set -euo pipefail

folder=$1
shift
if [ "$folder" != --inside ]; then
  cgroups=$folder/cgroups
  mkdir -p "$cgroups" "$folder/stage"
  {
    printf '%q ' "$@"
    printf '>/run/shared/output 2>&1\necho $? >/run/shared/status\n'
  } >"$folder/command"
  mount -t cgroup2 cgroup2 "$cgroups"
  own=$cgroups/trailbell-test-$$
  mkdir "$own"
  # All of it ends with the child; its control groups are empty then.
  (
    echo "$BASHPID" >"$own/cgroup.procs"
    exec unshare --mount --pid --fork --kill-child --uts --ipc --net --cgroup \
      "$BASH" "${BASH_SOURCE[0]}" --inside "$folder"
  ) >"$folder/boot" 2>&1 </dev/null || true
  find "$own" -depth -type d -exec rmdir {} +
  umount "$cgroups"
  rmdir "$cgroups" "$folder/stage"
  if [ ! -s "$folder/status" ]; then
    cat "$folder/boot" "$folder/console" >&2 || true
    echo "machine.sh: systemd came to no end" >&2
    exit 3
  fi
  exit "$(cat "$folder/status")"
fi

folder=$1
: >"$folder/console"
rm -f "$folder/status"
stage=$folder/stage
mount -t tmpfs tmpfs "$stage"
mkdir "$stage/upper" "$stage/work" "$stage/root"
root=$stage/root
mount -t overlay overlay -o "lowerdir=/,upperdir=$stage/upper,workdir=$stage/work" "$root"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount -t tmpfs tmpfs "$root/sys/fs/cgroup"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/dev"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/shm" "$root/dev/pts"
ln -s /proc/self/fd "$root/dev/fd"
ln -s pts/ptmx "$root/dev/ptmx"
touch "$root/dev/console"
mount --bind "$folder/console" "$root/dev/console"
mkdir "$root/run/shared"
mount --bind "$folder" "$root/run/shared"

# Nothing of this machine's is started but the journal; packages may start what is theirs, which
# images of containers forbid.
rm -f "$root/usr/sbin/policy-rc.d"
find "$root"/lib/systemd/system/*.wants "$root"/etc/systemd/system/*.wants \
  -not -name '*.wants' -not -name 'systemd-journald*' -delete
mkdir -p "$root/run/systemd/system"
cat >"$root/run/systemd/system/machine.service" <<UNIT
[Service]
Type=oneshot
ExecStart=$BASH /run/shared/command
ExecStopPost=/bin/systemctl --force exit
TimeoutStartSec=1200
UNIT
export container=other PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
cd "$root"  # not chroot: systemd makes mount namespaces of its own, which needs the real root
mkdir -p run/before
pivot_root . run/before
umount --lazy /run/before
# As on every machine that boots; in a container systemd leaves that to whoever made it. A child of
# its mounts a service's credentials, which the service would else find an empty folder of root's.
mount --make-rshared /
exec /lib/systemd/systemd --system --unit=machine.service --log-target=journal-or-kmsg
