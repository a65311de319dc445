# Built of a Go module that speaks S3. The toolchain goes again.
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq -y --no-install-recommends golang-go ca-certificates curl > /dev/null

export GOPATH=/tmp/go GOCACHE=/tmp/go-build GOTOOLCHAIN=local GOFLAGS='-mod=readonly -modcacherw -buildvcs=false'
cd /usr/local/src/minio
for attempt in 1 2 3; do go mod download && break || [ "$attempt" -lt 3 ]; done
go build -trimpath -ldflags '-s -w' -o /usr/bin/minio .
cd /
rm -rf /usr/local/src/minio /tmp/go /tmp/go-build

mkdir -p /data
apt-get purge -qq -y --autoremove golang-go > /dev/null
apt-get clean
rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/cache/ldconfig/aux-cache /var/log/* /tmp/* /etc/*- /run/adduser /root/.config/go
