#!/bin/sh
# Starts the app's command, after bringing the database to the newest schema when QUAYSIDE_MIGRATE=1.
# Exit code 78 means that the migration failed and the command was never started.
set -eu

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
