#!/bin/sh
# An option, something that is no command, or a file that cannot be run is meant for node.
set -e
case ${1-} in
  '' | -*) set -- node "$@" ;;
  *)
    if ! command -v "$1" > /dev/null 2>&1; then
      set -- node "$@"
    elif [ -f "$1" ] && [ ! -x "$1" ]; then
      set -- node "$@"
    fi
    ;;
esac
exec "$@"
