#!/bin/sh
# Unpacks Debian packages for the processor that is built for, on the machine that builds: under emulation that takes minutes. What their own
# scripts do is left to the image, where `dpkg --configure` runs them. Leaves ROOT empty where there is nothing to gain, and where a package
# has to do more before it is unpacked than look for older versions of itself: such packages are for apt in the image.
#
# Usage: TARGETARCH=arm64 unpack-packages.sh ROOT NAMES... ; ROOT: a directory with the image's var/lib/dpkg. NAMES: of a package, divided by
# commas, of which the first that the image's release knows is taken
set -eu
root=$1
shift

leave() {
  [ -z "$1" ] || echo "quayside: $1" >&2
  rm -rf "$root"
  mkdir "$root"
  exit 0
}

case ${TARGETARCH:-} in
  arm) target=armhf ;;
  386) target=i386 ;;
  ppc64le) target=ppc64el ;;
  *) target=${TARGETARCH:-} ;;
esac
if [ -z "$target" ] || [ "$target" = "$(dpkg --print-architecture)" ]; then leave ''; fi

work=$(mktemp -d)
mkdir -p "$work/lists/partial" "$work/debs/partial" "$work/control"
cat > "$work/apt.conf" <<CONF
APT::Architecture "$target";
APT::Architectures { "$target"; };
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
APT::Install-Recommends "false";
Acquire::Retries "3";
Acquire::http::Timeout "15";
Acquire::https::Timeout "15";
Dir::State::status "$root/var/lib/dpkg/status";
Dir::State::lists "$work/lists";
Dir::Cache "$work";
Dir::Cache::archives "$work/debs";
CONF
export APT_CONFIG="$work/apt.conf" DEBIAN_FRONTEND=noninteractive

known() {
  for name in $(echo "$1" | tr ',' ' '); do
    if apt-get install -s -qq "$name" > /dev/null 2>&1; then echo "$name" && return; fi
  done
  echo "${1%%,*}"
}

apt-get update -qq
names=
for wanted; do names="$names $(known "$wanted")"; done
# shellcheck disable=SC2086
apt-get install -y -qq --download-only $names > /dev/null
unset APT_CONFIG

# Everything is there already.
ls "$work"/debs/*.deb > /dev/null 2>&1 || leave ''
for package in "$work"/debs/*.deb; do
  rm -f "$work/control/preinst"
  dpkg-deb --ctrl-tarfile "$package" | tar -xC "$work/control" ./preinst 2> /dev/null || continue
  if grep -Eq 'adduser|addgroup|useradd|groupadd|confmodule|dpkg-divert' "$work/control/preinst"; then
    leave "$(basename "$package") has to do more than to be unpacked: all packages are installed under emulation"
  fi
done

# As in the image, where these are one directory.
for directory in bin sbin lib; do
  mkdir -p "$root/usr/$directory"
  ln -s "usr/$directory" "$root/$directory"
done
# Depends are looked at when they are configured, what they ask others to do waits for the image; scripts look for older versions below DPKG_ROOT.
dpkg --root="$root" --force-depends --force-architecture --force-unsafe-io --force-script-chrootless --no-triggers \
  --unpack "$work"/debs/*.deb > "$work/log" 2>&1 || {
  tail -n 5 "$work/log" >&2
  leave 'packages could not be unpacked here: they are installed under emulation'
}

# Most have no script to be run and no settings to be laid out: that they are configured is a word in dpkg's list, which dpkg would write under
# emulation as well, package by package.
ready=
for name in $(dpkg-query --admindir="$root/var/lib/dpkg" --show --showformat='${db:Status-Status} ${Package}\n' | sed -n 's/^unpacked //p'); do
  for file in "$root/var/lib/dpkg/info/$name".* "$root/var/lib/dpkg/info/$name":*; do
    case $file in *.postinst | *.conffiles) continue 2 ;; esac
  done
  ready="$ready $name"
done
# shellcheck disable=SC2086
[ -z "$ready" ] || dpkg --root="$root" --force-depends --force-architecture --force-script-chrootless --no-triggers \
  --configure $ready > "$work/log" 2>&1 || {
  tail -n 5 "$work/log" >&2
  leave 'packages could not be configured here: they are installed under emulation'
}
rm -rf "$work" "${root:?}/bin" "${root:?}/sbin" "${root:?}/lib" "$root"/var/lib/dpkg/*-old "$root"/var/lib/dpkg/lock*
: > "$root/var/lib/dpkg/quayside-unpacked"
