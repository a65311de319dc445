# The server, built of its own Go module; the toolchain goes again.
# $1: the version of the module.
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq -y --no-install-recommends golang-go ca-certificates busybox > /dev/null

export GOPATH=/tmp/go GOCACHE=/tmp/go-build GOBIN=/usr/local/bin GOTOOLCHAIN=local GOFLAGS='-modcacherw -buildvcs=false'
for attempt in 1 2 3; do
  go install -trimpath -ldflags '-s -w' "github.com/nats-io/nats-server/v2@v$1" && break || [ "$attempt" -lt 3 ]
done
rm -rf /tmp/go /tmp/go-build

# what health checks ask with
ln -s /bin/busybox /usr/local/bin/wget
mkdir -p /etc/nats /data
printf 'http_port: 8222\n' > /etc/nats/nats-server.conf
cat > /usr/local/bin/docker-entrypoint.sh <<'SH'
#!/bin/sh
set -e
case ${1-} in
  '' | -*) set -- nats-server "$@" ;;
esac
exec "$@"
SH
chmod 0755 /usr/local/bin/docker-entrypoint.sh

apt-get purge -qq -y --autoremove golang-go > /dev/null
apt-get clean
rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/cache/ldconfig/aux-cache /var/log/* /tmp/* /etc/*- /run/adduser /root/.config/go
