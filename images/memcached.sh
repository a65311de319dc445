# The server, without the service around it, and the entrypoint that takes options alone for options of the server.
export DEBIAN_FRONTEND=noninteractive
groupadd --gid 11211 --system memcache
useradd --uid 11211 --gid memcache --system --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin memcache
apt-get update -qq
apt-get install -qq -y --no-install-recommends memcached > /dev/null
case $(dpkg-query --show --showformat '${Version}' memcached) in
  1.6.*) ;;
  *)
    echo "Debian's memcached is now $(dpkg-query --show --showformat '${Version}' memcached), the recipe says 1.6" >&2
    exit 1
    ;;
esac
cat > /usr/local/bin/docker-entrypoint.sh <<'SH'
#!/bin/sh
set -e
case ${1-} in
  '' | -*) set -- memcached "$@" ;;
esac
exec "$@"
SH
chmod 0755 /usr/local/bin/docker-entrypoint.sh
apt-get clean
rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/cache/ldconfig/aux-cache /var/log/* /tmp/* /etc/*- /run/adduser
