#!/usr/bin/env bash
# First process of the namespaces that a Docker Engine of the tests runs in: `init.sh DIR DOCKERD ARGUMENTS…`. It lives as long as somebody holds
# its standard input open, and dockerd runs; with it the kernel ends all that runs in its process namespace, mounts and networks included.
set -eu
dir=$1
shift

# Held by everything that is started here: whoever can take it knows that nothing of it is left.
exec 9>"$dir/lock"
flock -n 9

# What other engines have mounted must not be held here when they let go of it.
findmnt -rno TARGET,FSTYPE | awk '$1 != "/" && ($1 ~ "^/run/" || $2 == "overlay") { print $1 }' | tac | xargs -r umount -l || true
mount -t tmpfs -o mode=755 tmpfs /run

# slirp4netns answers there with what the machine's own resolver says.
echo 'nameserver 10.0.2.3' >/run/resolv.conf
mount --bind /run/resolv.conf "$(readlink -f /etc/resolv.conf)" 2>/dev/null || cp /run/resolv.conf /etc/resolv.conf
ip link set lo up

# containerd makes /opt/containerd, which shall not be left on the machine.
mkdir -p "$dir/opt" "$dir/opt-work"
if [ -d /opt ]; then mount -t overlay -o "lowerdir=/opt,upperdir=$dir/opt,workdir=$dir/opt-work" overlay /opt; fi

# A command in the background gets an empty input unless it is told otherwise.
exec 3<&0
cat <&3 >/dev/null &
"$@" >"$dir/log" 2>&1 3<&- </dev/null &
wait -n || true
