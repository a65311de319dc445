# MongoDB's server is in no package registry; this one is built of a Go module that speaks MongoDB's protocol. The toolchain goes again.
export DEBIAN_FRONTEND=noninteractive
groupadd --gid 999 --system mongodb
useradd --uid 999 --gid mongodb --system --home-dir /data/db --no-create-home --shell /usr/sbin/nologin mongodb
apt-get update -qq
apt-get install -qq -y --no-install-recommends golang-go ca-certificates > /dev/null

export GOPATH=/tmp/go GOCACHE=/tmp/go-build GOTOOLCHAIN=local GOFLAGS='-mod=readonly -modcacherw -buildvcs=false'
cd /usr/local/src/mongod
for attempt in 1 2 3; do go mod download && break || [ "$attempt" -lt 3 ]; done
go build -trimpath -ldflags '-s -w' -o /usr/local/bin/mongod .
cd /
rm -rf /usr/local/src/mongod /tmp/go /tmp/go-build

install -d -o mongodb -g mongodb /data/db /data/configdb
apt-get purge -qq -y --autoremove golang-go > /dev/null
apt-get clean
rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/cache/ldconfig/aux-cache /var/log/* /tmp/* /etc/*- /run/adduser /root/.config/go
