#!/bin/sh
# Starts the app's command, after bringing the database to the newest schema when QUAYSIDE_MIGRATE=1.
# Exit code 78 means that the migration failed, 77 that a secret cannot be read; the command was never started.
set -eu

# Secrets that are mounted as files become variables of the same names, unless those are set: what a container is given as variables stands in its
# settings. Who starts another command in the container, as `docker exec` does, has them by starting it through this program.
for quayside_file in /run/secrets/*; do
  quayside_name=${quayside_file##*/}
  case $quayside_name in '' | [0-9]* | *[!A-Za-z0-9_]*) continue ;; esac
  if ! [ -f "$quayside_file" ] || ! [ -s "$quayside_file" ]; then continue; fi
  eval "quayside_known=\${$quayside_name:+set}"
  if [ -n "$quayside_known" ]; then continue; fi
  if ! quayside_value=$(cat "$quayside_file"); then
    echo "quayside: user $(id -u) cannot read the secret $quayside_file" >&2
    exit 77
  fi
  export "$quayside_name=$quayside_value"
done
unset quayside_file quayside_name quayside_known quayside_value

if [ "${QUAYSIDE_MIGRATE:-0}" = 1 ] && [ -n "${QUAYSIDE_MIGRATE_COMMAND:-}" ]; then
  echo "quayside: migrating…" >&2
  # In the background, so that a stop signal reaches the migration and not only this shell.
  sh -c "$QUAYSIDE_MIGRATE_COMMAND" >&2 &
  migration=$!
  trap 'kill -TERM "$migration" 2>/dev/null || :' TERM INT
  status=0
  wait "$migration" || status=$?
  trap - TERM INT
  if [ "$status" -ne 0 ]; then
    echo "quayside: migration failed with exit code $status: $QUAYSIDE_MIGRATE_COMMAND" >&2
    exit 78
  fi
fi

# Whoever waits for a process without a port looks for this file.
: > /tmp/quayside-started 2>/dev/null || :

exec "$@"
