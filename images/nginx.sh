# nginx where the official image has its files. $1: the version that Debian must have.
version=$1
export DEBIAN_FRONTEND=noninteractive
groupadd --gid 101 --system nginx
useradd --uid 101 --gid nginx --system --home-dir /nonexistent --no-create-home --shell /bin/false nginx
apt-get update -qq
apt-get install -qq -y --no-install-recommends nginx gettext-base curl ca-certificates > /dev/null
case $(nginx -v 2>&1) in
  *"nginx/$version".*) ;;
  *)
    echo "Debian's is now $(nginx -v 2>&1), the recipe says $version" >&2
    exit 1
    ;;
esac

cd /etc/nginx
rm -rf conf.d modules-available modules-enabled sites-available sites-enabled snippets koi-* win-utf proxy_params fastcgi.conf \
  /var/www /usr/share/nginx/html /var/lib/nginx
mkdir -p conf.d /docker-entrypoint.d /usr/share/nginx/html
ln -sfn /usr/lib/nginx/modules modules
cat > nginx.conf <<'CONF'
user  nginx;
worker_processes  auto;

error_log  /var/log/nginx/error.log notice;
pid        /run/nginx.pid;

events {
    worker_connections  1024;
}

http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;

    log_format  main  '$remote_addr - $remote_user [$time_local] "$request" '
                      '$status $body_bytes_sent "$http_referer" '
                      '"$http_user_agent" "$http_x_forwarded_for"';

    access_log  /var/log/nginx/access.log  main;

    sendfile           on;
    keepalive_timeout  65;

    include /etc/nginx/conf.d/*.conf;
}
CONF
cat > conf.d/default.conf <<'CONF'
server {
    listen       80;
    listen  [::]:80;
    server_name  localhost;

    location / {
        root   /usr/share/nginx/html;
        index  index.html index.htm;
    }

    error_page   500 502 503 504  /50x.html;
    location = /50x.html {
        root   /usr/share/nginx/html;
    }
}
CONF
echo '<!DOCTYPE html><title>Welcome to nginx!</title><h1>Welcome to nginx!</h1>' > /usr/share/nginx/html/index.html
echo '<!DOCTYPE html><title>Error</title><h1>An error occurred.</h1>' > /usr/share/nginx/html/50x.html

# Debian's build keeps temporary files in the first place, the official one in the second: one directory for both
install -d -m 755 /var/cache/nginx
ln -s /var/cache/nginx /var/lib/nginx

apt-get clean
rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/cache/ldconfig/aux-cache /var/log/* /tmp/* /etc/*- /run/adduser
mkdir -p /var/log/nginx
ln -s /dev/stdout /var/log/nginx/access.log
ln -s /dev/stderr /var/log/nginx/error.log
