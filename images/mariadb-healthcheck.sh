#!/bin/bash
# Whether MariaDB answers: healthcheck.sh [--connect] [--innodb_initialized] [--innodb_buffer_pool_loaded]
# Always over TCP, which is closed until the data directory is prepared. Uses the account that the entrypoint made for this.
set -o pipefail

datadir=/var/lib/mysql
defaults=
conditions=1
tests=0
for argument; do
  case $argument in
    --connect) ;;
    --innodb_initialized) conditions="$conditions AND EXISTS (SELECT 1 FROM information_schema.ENGINES WHERE engine = 'InnoDB' AND support IN ('YES', 'DEFAULT'))" ;;
    --innodb_buffer_pool_loaded) conditions="$conditions AND (SELECT variable_value LIKE '%load completed%' FROM information_schema.GLOBAL_STATUS WHERE variable_name = 'Innodb_buffer_pool_load_status')" ;;
    --datadir=*) datadir=${argument#*=} && continue ;;
    --defaults-file=* | --defaults-extra-file=*) defaults=$argument && continue ;;
    --su-mysql | --no-defaults) continue ;;
    *)
      echo "healthcheck.sh: unknown test $argument" >&2
      exit 1
      ;;
  esac
  tests=$((tests + 1))
done
if [ "$tests" = 0 ]; then
  echo 'healthcheck.sh: at least one test is needed' >&2
  exit 1
fi
ask() {
  mariadb "${defaults:-"--defaults-extra-file=$datadir/.my-healthcheck.cnf"}" --host=127.0.0.1 --protocol=tcp \
    --connect-timeout=3 --skip-column-names --batch -e "SELECT $conditions" "$@"
}
# The server may have TLS switched off, or insist on it.
answer=$(ask --skip-ssl 2> /dev/null) || answer=$(ask)
[ "$answer" = 1 ]
