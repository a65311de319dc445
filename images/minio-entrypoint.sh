#!/bin/sh
# Starts the server; options and its own commands alone are the server's.
set -e
case ${1-} in
  '' | -* | server) set -- minio "$@" ;;
esac
exec "$@"
