#!/bin/bash
# Starts MariaDB; prepares an empty data directory first, as told by the environment:
#   MARIADB_ROOT_PASSWORD, MARIADB_ROOT_HOST, MARIADB_RANDOM_ROOT_PASSWORD, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD,
#   MARIADB_DATABASE, MARIADB_USER, MARIADB_PASSWORD; each also as MYSQL_…, and as …_FILE naming a file with the value.
# Nothing listens on the network before all of it is done.
set -eo pipefail
shopt -s nullglob

template=/usr/local/share/mariadb/template

say() { printf '%s [entrypoint] %s\n' "$(date -u '+%F %T')" "$*"; }
fail() {
  say "error: $*" >&2
  exit 1
}

# setting NAME DEFAULT: puts MARIADB_NAME or its aliases into the variable MARIADB_NAME
setting() {
  local name file value=${2-}
  for name in "MYSQL_$1" "MARIADB_$1"; do
    file=${name}_FILE
    [ -z "${!name}" ] || [ -z "${!file}" ] || fail "$name and $file are both set; one of them is enough"
    if [ -n "${!name}" ]; then value=${!name}; fi
    if [ -n "${!file}" ]; then value=$(< "${!file}") || fail "cannot read $file"; fi
    unset "$file" "$name"
  done
  printf -v "MARIADB_$1" '%s' "$value"
  # programs in /docker-entrypoint-initdb.d may ask for either name
  if [ -n "$value" ]; then export "MARIADB_$1" "MYSQL_$1=$value"; fi
}

# A string literal, whatever is in the value.
quote() {
  local value=${1//\\/\\\\}
  printf "'%s'" "${value//\'/\\\'}"
}

# shellcheck disable=SC2016
identifier() { printf '`%s`' "${1//\`/\`\`}"; }

# The last value that files and arguments give an option.
option() {
  local argument value=$2
  while IFS= read -r argument; do
    case ${argument//_/-} in "--$1="*) value=${argument#*=} ;; esac
  done < <(my_print_defaults --mysqld; printf '%s\n' "${arguments[@]}")
  printf '%s' "$value"
}

# docker_process_sql ARGUMENTS: SQL on standard input, for files in /docker-entrypoint-initdb.d
docker_process_sql() {
  MYSQL_PWD=$MARIADB_ROOT_PASSWORD mariadb --no-defaults --protocol=socket --socket="$socket" --skip-ssl --user=root --batch --comments \
    ${MARIADB_DATABASE:+--database="$MARIADB_DATABASE"} "$@"
}

initial_sql() {
  local password host account
  password=$(quote "$MARIADB_ROOT_PASSWORD")
  echo "SET @@SESSION.sql_mode = REPLACE(@@SESSION.sql_mode, 'NO_BACKSLASH_ESCAPES', '');"
  echo "DELETE FROM mysql.global_priv WHERE Host <> 'localhost' OR User = '';"
  echo "DELETE FROM mysql.proxies_priv WHERE Host <> 'localhost';"
  # accounts can be made only once the tables that hold them are loaded
  echo 'FLUSH PRIVILEGES;'
  echo "ALTER USER 'root'@'localhost' IDENTIFIED BY $password;"
  if [ -n "$MARIADB_ROOT_HOST" ] && [ "$MARIADB_ROOT_HOST" != localhost ]; then
    account="'root'@$(quote "$MARIADB_ROOT_HOST")"
    echo "CREATE USER $account IDENTIFIED BY $password;"
    echo "GRANT ALL PRIVILEGES ON *.* TO $account WITH GRANT OPTION;"
  fi
  for host in 127.0.0.1 ::1 localhost; do
    echo "CREATE USER 'healthcheck'@'$host' IDENTIFIED BY '$health_password';"
    echo "GRANT USAGE ON *.* TO 'healthcheck'@'$host';"
  done
  if [ -n "$MARIADB_DATABASE" ]; then echo "CREATE DATABASE IF NOT EXISTS $(identifier "$MARIADB_DATABASE");"; fi
  if [ -n "$MARIADB_USER" ]; then
    account="$(quote "$MARIADB_USER")@'%'"
    echo "CREATE USER $account IDENTIFIED BY $(quote "$MARIADB_PASSWORD");"
    if [ -n "$MARIADB_DATABASE" ]; then
      # in a grant, _ and % are wildcards
      host=${MARIADB_DATABASE//_/\\_}
      echo "GRANT ALL PRIVILEGES ON $(identifier "${host//%/\\%}").* TO $account;"
    fi
  fi
}

run_init_files() {
  local file server
  say 'starting without network for /docker-entrypoint-initdb.d'
  # without TLS, for which newer servers would make a key first
  "${arguments[@]}" --skip-networking --socket="$socket" --skip-log-bin --skip-ssl &
  server=$!
  until MARIADB_DATABASE='' docker_process_sql -e 'SELECT 1' > /dev/null 2>&1; do
    kill -0 "$server" 2> /dev/null || fail 'the server did not start'
    sleep 0.1
  done
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh)
        say "running $file"
        # shellcheck disable=SC1090
        if [ -x "$file" ]; then "$file"; else . "$file"; fi
        ;;
      *.sql) say "running $file" && docker_process_sql < "$file" ;;
      *.sql.gz) say "running $file" && gunzip -c "$file" | docker_process_sql ;;
      *.sql.xz) say "running $file" && xz -dc "$file" | docker_process_sql ;;
      *) say "leaving out $file" ;;
    esac
  done
  kill "$server"
  wait "$server" || fail 'the server did not stop cleanly'
}

initialise() {
  local unfinished=$datadir/.initialising health_password
  if [ -z "$MARIADB_ROOT_PASSWORD$MARIADB_ALLOW_EMPTY_ROOT_PASSWORD$MARIADB_RANDOM_ROOT_PASSWORD" ]; then
    fail 'the data directory is empty and there is no password for root: set one of MARIADB_ROOT_PASSWORD,' \
      'MARIADB_ALLOW_EMPTY_ROOT_PASSWORD, MARIADB_RANDOM_ROOT_PASSWORD'
  fi
  [ "$MARIADB_USER" != root ] || fail 'MARIADB_USER is for another user than root: its password is MARIADB_ROOT_PASSWORD'
  if [ -n "$MARIADB_USER" ] && [ -z "$MARIADB_PASSWORD" ]; then fail 'MARIADB_USER needs MARIADB_PASSWORD'; fi
  if [ -n "$MARIADB_RANDOM_ROOT_PASSWORD" ]; then
    MARIADB_ROOT_PASSWORD=$(head -c 24 /dev/urandom | base64 | tr '+/' '-_')
    say "GENERATED ROOT PASSWORD: $MARIADB_ROOT_PASSWORD"
  fi
  health_password=$(head -c 24 /dev/urandom | base64 | tr '+/' '-_')

  say 'preparing the data directory'
  # a start that was cut short left nothing worth keeping
  rm -rf "${datadir:?}"/mysql
  touch "$unfinished"
  case "$(my_print_defaults --mysqld) ${arguments[*]}" in
    *innodb[-_]page[-_]size* | *lower[-_]case[-_]table* | *innodb[-_]data* | *innodb[-_]undo* | *innodb[-_]log[-_]group* | *encrypt*)
      rm -f "$datadir"/ib* "$datadir"/undo* "$datadir"/aria*
      mariadb-install-db --datadir="$datadir" --auth-root-authentication-method=normal --skip-test-db "${arguments[@]:1}" > /dev/null
      ;;
    *) cp -r "$template/." "$datadir/" ;;
  esac
  initial_sql | "${arguments[@]}" --bootstrap --skip-networking --skip-log-bin || fail 'could not set up the accounts'
  (
    umask 077
    printf '[mariadb-client]\nuser=healthcheck\npassword=%s\nprotocol=tcp\nport=%s\n' "$health_password" "$(option port 3306)" \
      > "$datadir/.my-healthcheck.cnf"
  )
  if [ -n "$(ls -A /docker-entrypoint-initdb.d)" ]; then run_init_files; fi
  rm -f "$unfinished"
  say 'the data directory is ready'
}

case ${1-} in
  '' | -*) set -- mariadbd "$@" ;;
  mysqld) set -- mariadbd "${@:2}" ;;
esac
arguments=("$@")

# Anything else, and a question that needs no data, runs as it is.
wanted=$1
for argument; do
  case $argument in -\? | --help | --version | -V | --print-defaults) wanted=question ;; esac
done
if [ "$wanted" != mariadbd ]; then exec "$@"; fi

datadir=$(option datadir /var/lib/mysql)
datadir=${datadir%/}
socket=$(option socket /run/mysqld/mysqld.sock)

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$datadir" "${socket%/*}"
  find "$datadir" "${socket%/*}" \! -user mysql -exec chown mysql:mysql {} +
  exec setpriv --reuid=mysql --regid=mysql --init-groups "$0" "$@"
fi

setting ROOT_PASSWORD
setting ROOT_HOST %
setting RANDOM_ROOT_PASSWORD
setting ALLOW_EMPTY_ROOT_PASSWORD "${MARIADB_ALLOW_EMPTY_PASSWORD:-${MYSQL_ALLOW_EMPTY_PASSWORD:-}}"
setting DATABASE
setting USER
setting PASSWORD
if [ ! -d "$datadir/mysql" ] || [ -e "$datadir/.initialising" ]; then initialise; fi
unset MARIADB_ROOT_PASSWORD MARIADB_PASSWORD MYSQL_ROOT_PASSWORD MYSQL_PASSWORD
exec "${arguments[@]}"
