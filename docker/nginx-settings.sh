#!/bin/sh
# /etc/nginx/conf.d leads here, so that filled-in templates can be written where nothing but /tmp can be.
mkdir -p /tmp/nginx

# Nobody has to know which nginx this is. An app that decides it for all servers is right: said twice, nginx would not start.
decided() {
  find "${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}" -name '*.template' -exec cat {} + |
    sed 's/#.*//; s/[{};]/&\n/g' |
    awk '
      depth == 0 && /^[[:space:]]*server_tokens[[:space:]]/ { found = 1 }
      /{$/ { depth++ }
      /}$/ { depth-- }
      END { exit !found }'
}
decided || echo 'server_tokens off;' > /tmp/nginx/00-quayside.conf

# nginx asks for the addresses of those behind it once, when it reads its settings, whatever these are. Containers that are made anew have others:
# then it reads them again. Requests that are under way are finished as they began.
followed=$(env | sed -n 's/^QUAYSIDE_FOLLOWED_[A-Z0-9_]*=//p')
addresses() {
  for host in $followed; do getent ahosts "$host" | sed 's/ .*//' | sort -u; done
}
follow() {
  known=$(addresses)
  while sleep 1; do
    now=$(addresses)
    # None: it has gone, and nginx would not start with that.
    if [ -n "$now" ] && [ "$now" != "$known" ] && nginx -s reload 2> /dev/null; then known=$now; fi
  done
}
if [ -n "$followed" ]; then follow & fi
