#!/bin/sh
# Starts the server as the user that owns its data; options alone are options of the server.
set -e
for name in MONGO_INITDB_ROOT_USERNAME MONGO_INITDB_ROOT_PASSWORD; do
  for variable in "$name" "${name}_FILE"; do
    if [ -n "$(printenv "$variable")" ]; then
      echo "error: $variable is not read; this server has no users and lets everybody in" >&2
      exit 1
    fi
  done
done
case ${1-} in
  '' | -*) set -- mongod "$@" ;;
esac
if [ "$1" = mongod ] && [ "$(id -u)" = 0 ]; then
  chown mongodb:mongodb /data/db
  exec setpriv --reuid mongodb --regid mongodb --clear-groups "$@"
fi
exec "$@"
