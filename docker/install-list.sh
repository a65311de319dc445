#!/bin/sh
# Runs pip, and where a package cannot be built, once more with the setuptools of its time: pip builds with the newest one whatever the
# package was written for. What pip calls a constraint holds for builds alone from pip 25.3 on, and before for all. Where it fails in the end,
# it says what pip heard of its indexes: that alone tells one which does not answer from a package that does not exist.
#
# Usage: install-list.sh LOG PIP... ; LOG: the file in which pip is told to write down what it does
set -eu
log=$1
shift
"$@" && exit

unbuilt() { grep -Eqs 'InstallationSubprocessError|Command errored out|Failed building wheel|Could not build wheels|Failed to build' "$log"; }
# What could be built is not built again.
with_setuptools() {
  constraints=/dev/shm/quayside-build.txt
  printf '%s\n' "$1" "setuptools<72; python_version>='3.12'" > "$constraints"
  shift
  echo 'quayside: once more, with the setuptools of before' >&2
  # What it says where it fails too is about that setuptools, and not what people have to mend.
  again=$(mktemp)
  PIP_CONSTRAINT=$constraints PIP_BUILD_CONSTRAINT=$constraints "$@" > "$again" 2>&1 || { rm "$again"; return 1; }
  cat "$again"
  rm "$again"
}

# The last releases that can do what build scripts asked of them for years: 2to3, and the test command; and, before them, features.
if unbuilt; then
  with_setuptools "setuptools<58; python_version<'3.12'" "$@" && exit
fi
old=$(grep -Ehs 'cannot import name .?Feature' "$log" | head -n 1)
if [ -n "$old" ]; then
  with_setuptools "setuptools<46; python_version<'3.12'" "$@" && exit
fi

# With a log pip writes what the build of a package says there alone, and people have to read it: of the first one that failed.
[ ! -f "$log" ] || awk '
  { sub(/^[0-9-]+T[0-9:,]+ ?/, "") }
  /^ *Running (setup.py|command) / { start = NR + 1 }
  /^ *ERROR: (\[present-rich\] .* exited with|Command errored out)/ && start { from = NR - 40 > start ? NR - 40 : start; for (; from < NR; from++) print said[from]; exit }
  { said[NR] = $0 }
' "$log" >&2
grep -h 'Could not fetch URL' "$log" | tail -n 3 >&2
exit 1
