#!/bin/sh
# Writes /etc/nginx/templates/*.template to /etc/nginx/conf.d, with the environment's variables in place of ${NAME}.
set -e
from=${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}
suffix=${NGINX_ENVSUBST_TEMPLATE_SUFFIX:-.template}
to=${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}
stream_suffix=${NGINX_ENVSUBST_STREAM_TEMPLATE_SUFFIX:-.stream-template}
stream_to=${NGINX_ENVSUBST_STREAM_OUTPUT_DIR:-/etc/nginx/stream-conf.d}
say() { if [ -z "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ]; then echo "$0: $*"; fi; }

[ -d "$from" ] || exit 0
# only names that are in the environment: nginx's own variables look the same
# shellcheck disable=SC2016
names=$(awk 'BEGIN { for (name in ENVIRON) if (name ~ ENVIRON["NGINX_ENVSUBST_FILTER"]) printf "${%s} ", name }')

# fill DIRECTORY SUFFIX
fill() {
  find "$from" -follow -type f -name "*$2" | while read -r template; do
    target=$1/${template#"$from/"}
    target=${target%"$2"}
    if [ ! -w "$1" ]; then
      echo "$0: error: $template is there, but $1 is not writable" >&2
      exit 1
    fi
    mkdir -p "${target%/*}"
    say "writing $target from $template"
    envsubst "$names" < "$template" > "$target"
  done
}
fill "$to" "$suffix"
if [ -n "$(find "$from" -follow -type f -name "*$stream_suffix")" ]; then
  mkdir -p "$stream_to"
  fill "$stream_to" "$stream_suffix"
fi
