#!/bin/bash
# Starts RabbitMQ as its own user. The server itself reads RABBITMQ_DEFAULT_USER, RABBITMQ_DEFAULT_PASS and RABBITMQ_DEFAULT_VHOST.
set -eo pipefail

if [[ ${1-} == rabbitmq* ]] && [ "$(id -u)" = 0 ]; then
  if [ "$1" = rabbitmq-server ]; then find /var/lib/rabbitmq \! -user rabbitmq -exec chown rabbitmq:rabbitmq {} +; fi
  exec setpriv --reuid=rabbitmq --regid=rabbitmq --init-groups "$0" "$@"
fi

if [ "${1-}" = rabbitmq-server ]; then
  # What older images read and this one does not: better an end than a server that is set up otherwise than it was told.
  for variable in "${!RABBITMQ_@}"; do
    case $variable in
      RABBITMQ_DEFAULT_PASS_FILE | RABBITMQ_DEFAULT_USER_FILE | RABBITMQ_VM_MEMORY_HIGH_WATERMARK | RABBITMQ_*SSL_* | RABBITMQ_HIPE_COMPILE)
        echo "error: $variable is not read; write a file in /etc/rabbitmq/conf.d instead" >&2
        exit 1
        ;;
    esac
  done
  cookie=/var/lib/rabbitmq/.erlang.cookie
  if [ -n "${RABBITMQ_ERLANG_COOKIE-}" ]; then
    if [ ! -e "$cookie" ]; then
      (umask 077 && printf '%s' "$RABBITMQ_ERLANG_COOKIE" > "$cookie")
    elif [ "$(< "$cookie")" != "$RABBITMQ_ERLANG_COOKIE" ]; then
      echo "warning: $cookie holds another value than RABBITMQ_ERLANG_COOKIE" >&2
    fi
  fi
  if [ "$(hostname)" != "$(hostname -s)" ]; then export RABBITMQ_USE_LONGNAME=${RABBITMQ_USE_LONGNAME:-true}; fi
fi
exec "$@"
