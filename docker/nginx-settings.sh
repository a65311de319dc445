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
