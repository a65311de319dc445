#!/bin/sh
# Starts Redis as its own user. Protected mode is off unless asked for, as in the official image: only what publishes the
# port decides who may connect.
set -e
case ${1-} in
  '' | -* | *.conf) set -- redis-server "$@" ;;
esac
case $1 in
  redis-server | redis-sentinel)
    if [ "$(id -u)" = 0 ]; then
      find . \! -user redis -exec chown redis:redis {} +
      exec setpriv --reuid=redis --regid=redis --clear-groups -- "$0" "$@"
    fi
    # data is nobody else's business, unless somebody chose otherwise
    if [ "$(umask)" = 0022 ]; then umask 0077; fi
    decided=
    for argument; do
      case $argument in
        --protected-mode | --protected-mode\ * | -v | --version | -h | --help) decided=yes ;;
        *.conf) if grep -qs '^[[:space:]]*protected-mode' "$argument"; then decided=yes; fi ;;
      esac
    done
    if [ -z "$decided" ]; then set -- "$@" --protected-mode no; fi
    ;;
esac
exec "$@"
