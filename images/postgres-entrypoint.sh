#!/bin/bash
# Starts PostgreSQL; prepares an empty data directory first, as told by the environment:
#   POSTGRES_PASSWORD, POSTGRES_USER, POSTGRES_DB, POSTGRES_INITDB_ARGS, each also as …_FILE naming a file with the value;
#   POSTGRES_INITDB_WALDIR, POSTGRES_HOST_AUTH_METHOD, PGDATA.
# Nothing listens on the network before all of it is done.
set -eo pipefail
shopt -s nullglob

say() { printf '%s [entrypoint] %s\n' "$(date -u '+%F %T')" "$*"; }
fail() {
  say "error: $*" >&2
  exit 1
}

# setting NAME DEFAULT: exports the variable, from itself or from the file that NAME_FILE names
setting() {
  local file=${1}_FILE value=${!1:-$2}
  [ -z "${!1}" ] || [ -z "${!file}" ] || fail "$1 and $file are both set; one of them is enough"
  if [ -n "${!file}" ]; then value=$(< "${!file}") || fail "cannot read $file"; fi
  export "$1=$value"
  unset "$file"
}

# docker_process_sql ARGUMENTS: SQL on standard input or by -f, for files in /docker-entrypoint-initdb.d
docker_process_sql() {
  PGHOST='' PGHOSTADDR='' psql -v ON_ERROR_STOP=1 --no-password --no-psqlrc --username "$POSTGRES_USER" \
    ${POSTGRES_DB:+--dbname "$POSTGRES_DB"} "$@"
}

# PostgreSQL wants a name for the user it runs as; a container may be started as one that has none.
with_user_name() {
  local library wrapper
  if getent passwd "$(id -u)" > /dev/null; then
    "$@"
    return
  fi
  for library in /usr/lib/*/libnss_wrapper.so; do
    wrapper=$(mktemp -d)
    echo "postgres:x:$(id -u):$(id -g):PostgreSQL:$PGDATA:/bin/false" > "$wrapper/passwd"
    echo "postgres:x:$(id -g):" > "$wrapper/group"
    LD_PRELOAD=$library NSS_WRAPPER_PASSWD=$wrapper/passwd NSS_WRAPPER_GROUP=$wrapper/group "$@"
    rm -rf "$wrapper"
  done
}

create_cluster() {
  local method words=()
  if [ -n "$POSTGRES_INITDB_WALDIR" ]; then words+=(--waldir "$POSTGRES_INITDB_WALDIR"); fi
  # as a shell would read them, quotes included
  eval "words+=($POSTGRES_INITDB_ARGS)"
  # made aside: while that directory is there, whatever lies beside it is not finished
  with_user_name initdb --pgdata="$unfinished" --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") "${words[@]}" > /dev/null
  mv "$unfinished"/* "$PGDATA"/
  method=${POSTGRES_HOST_AUTH_METHOD:-$(postgres -C password_encryption "${arguments[@]:1}")}
  printf '\nhost all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"
  if [ "$POSTGRES_DB" != postgres ]; then
    # without a server: one command for the one that runs alone
    printf 'CREATE DATABASE "%s"\n' "${POSTGRES_DB//\"/\"\"}" |
      postgres --single -D "$PGDATA" -c log_min_messages=error postgres > /dev/null
  fi
}

run_init_files() {
  local file
  say 'starting without network for /docker-entrypoint-initdb.d'
  PGUSER=${PGUSER:-$POSTGRES_USER} pg_ctl -D "$PGDATA" -w start \
    -o "$(printf '%q ' "${arguments[@]:1}" -c listen_addresses= -p "${PGPORT:-5432}")" > /dev/null
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh)
        say "running $file"
        # shellcheck disable=SC1090
        if [ -x "$file" ]; then "$file"; else . "$file"; fi
        ;;
      *.sql) say "running $file" && docker_process_sql -f "$file" ;;
      *.sql.gz) say "running $file" && gunzip -c "$file" | docker_process_sql ;;
      *.sql.xz) say "running $file" && xz -dc "$file" | docker_process_sql ;;
      *.sql.zst) say "running $file" && zstd -dc "$file" | docker_process_sql ;;
      *) say "leaving out $file" ;;
    esac
  done
  PGUSER=${PGUSER:-$POSTGRES_USER} pg_ctl -D "$PGDATA" -m fast -w stop > /dev/null
}

initialise() {
  case ${POSTGRES_PASSWORD:+given}${POSTGRES_HOST_AUTH_METHOD} in
    '') fail 'the data directory is empty and there is no password for the superuser: set POSTGRES_PASSWORD, or' \
      'POSTGRES_HOST_AUTH_METHOD=trust to let everybody in without one' ;;
    trust | giventrust) say 'warning: POSTGRES_HOST_AUTH_METHOD=trust lets everybody in who reaches the port, without a password' >&2 ;;
  esac
  if [ -e "$unfinished" ]; then
    # a start that was cut short left nothing worth keeping
    say 'the last preparation was not finished: once more'
    find "$PGDATA" ${POSTGRES_INITDB_WALDIR:+"$POSTGRES_INITDB_WALDIR"} -mindepth 1 -delete
  fi
  say 'preparing the data directory'
  create_cluster
  if [ -n "$(ls -A /docker-entrypoint-initdb.d)" ]; then run_init_files; fi
  rmdir "$unfinished"
  say 'the data directory is ready'
}

case ${1-} in
  '' | -*) set -- postgres "$@" ;;
esac
arguments=("$@")

# Anything else, and a question that needs no data, runs as it is.
wanted=$1
for argument; do
  case $argument in -\? | --help | --describe-config | -V | --version) wanted=question ;; esac
done
if [ "$wanted" != postgres ]; then exec "$@"; fi

export PGDATA=${PGDATA:-/var/lib/postgresql/data}
unfinished=$PGDATA/.initialising
mkdir -p "$PGDATA" ${POSTGRES_INITDB_WALDIR:+"$POSTGRES_INITDB_WALDIR"}
if [ "$(id -u)" = 0 ]; then
  chmod 00700 "$PGDATA"
  find "$PGDATA" /var/run/postgresql ${POSTGRES_INITDB_WALDIR:+"$POSTGRES_INITDB_WALDIR"} \! -user postgres -exec chown postgres:postgres {} +
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi
chmod 00700 "$PGDATA" 2> /dev/null || true

setting POSTGRES_PASSWORD ''
setting POSTGRES_USER postgres
setting POSTGRES_DB "$POSTGRES_USER"
setting POSTGRES_INITDB_ARGS ''
if [ ! -s "$PGDATA/PG_VERSION" ] || [ -e "$unfinished" ]; then initialise; fi
unset POSTGRES_PASSWORD PGPASSWORD
exec "$@"
