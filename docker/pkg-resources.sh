#!/bin/sh
# Brings pkg_resources where a package imports it and nothing has it: it was part of every environment once, and setuptools has it no more.
# What the lists say of setuptools stays.
#
# Usage: pkg-resources.sh WHEN LISTS VENV INSTALL... ; WHEN: `imported` by a package that is there, or `always`. LISTS: the directory of what
# was installed. INSTALL: the command that installs into VENV
set -eu
when=$1 lists=$2 site=$(echo "$3"/lib/python3*/site-packages)
shift 3
[ ! -d "$site/pkg_resources" ] || exit 0
! grep -rqsiE '^setuptools *[=>~]' "$lists" || exit 0
[ "$when" = always ] ||
  grep -rqsE --include='*.py' --exclude-dir=setuptools '^(import|from) pkg_resources' "$site" || exit 0

echo 'quayside: setuptools 80 for pkg_resources' >&2
# The last one that has it, for each Python, by the hash of its wheel.
list=/dev/shm/quayside-pkg-resources.txt
echo 'setuptools==80.10.2 --hash=sha256:95b30ddfb717250edb492926c92b5221f7ef3fbcc2b07579bcd4a27da21d0173' > "$list"
exec "$@" --no-deps --require-hashes -r "$list"
