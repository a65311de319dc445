#!/bin/sh
# Runs what is in /docker-entrypoint.d, in order, before nginx starts.
set -e
say() { if [ -z "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ]; then echo "$0: $*"; fi; }

case ${1-} in
  nginx | nginx-debug)
    for file in $(find /docker-entrypoint.d/ -follow -type f | sort -V); do
      case $file in
        *.envsh | *.sh)
          if [ ! -x "$file" ]; then
            say "leaving out $file: it is not executable"
            continue
          fi
          say "running $file"
          # shellcheck disable=SC1090
          case $file in *.envsh) . "$file" ;; *) "$file" ;; esac
          ;;
        *) say "leaving out $file" ;;
      esac
    done
    ;;
esac
exec "$@"
