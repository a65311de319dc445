#!/bin/sh
# Says which versions of Debian packages an image would get today: what apt would install for names, with all that these need. Installs nothing.
#
# Usage: debian-versions.sh ARCHITECTURE STATUS NAMES... ; STATUS: the image's var/lib/dpkg for that architecture. NAMES: of a package, divided by
# commas, of which the first that the image's release knows is taken. Writes a line with name and version for each.
set -eu
architecture=$1
status=$2
shift 2

# What is not Debian's has no versions to choose from.
command -v apt-get > /dev/null && [ -e "$status/status" ] || exit 0

work=$(mktemp -d)
mkdir -p "$work/lists/partial" "$work/archives/partial"
cat > "$work/apt.conf" <<CONF
APT::Architecture "$architecture";
APT::Architectures { "$architecture"; };
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
APT::Install-Recommends "false";
Acquire::Retries "3";
Acquire::http::Timeout "15";
Acquire::https::Timeout "15";
Dir::State::status "$status/status";
Dir::State::lists "$work/lists";
Dir::Cache "$work";
CONF
export APT_CONFIG="$work/apt.conf"

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
apt-get install -s -qq $names > "$work/plan"
sed -n 's/^Inst \([^ :]*\)[^ ]* \(\[[^]]*\] \)\{0,1\}(\([^ ]*\) .*/\1 \3/p' "$work/plan"
# What is there already is asked for as well.
for name in $names; do
  grep -q "^Inst $name[ :]" "$work/plan" || dpkg-query --admindir="$status" -W -f='${Package} ${Version}\n' "$name" 2> /dev/null || :
done
rm -rf "$work"
