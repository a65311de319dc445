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

echo 'quayside: setuptools for pkg_resources' >&2
# The last one that has it, for each Python, by the hash of its wheel.
list=/dev/shm/quayside-pkg-resources.txt
cat > "$list" <<'LIST'
setuptools==80.10.2 ; python_version >= '3.9' --hash=sha256:95b30ddfb717250edb492926c92b5221f7ef3fbcc2b07579bcd4a27da21d0173
setuptools==75.3.4 ; python_version == '3.8' --hash=sha256:2dd50a7f42dddfa1d02a36f275dbe716f38ed250224f609d35fb60a09593d93e
setuptools==68.0.0 ; python_version == '3.7' --hash=sha256:11e52c67415a381d10d6b462ced9cfb97066179f0e871399e006c4ab101fc85f
setuptools==59.6.0 ; python_version == '3.6' --hash=sha256:4ce92f1e1f8f01233ee9952c04f6b81d1e02939d6e1b488428154974a4d0783e
LIST
exec "$@" --no-deps --require-hashes -r "$list"
