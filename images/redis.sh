# The one program that is server, sentinel and checks, under the names it goes by; without the service around it.
export DEBIAN_FRONTEND=noninteractive
groupadd --gid 999 --system redis
useradd --uid 999 --gid redis --system --home-dir /data --no-create-home --shell /bin/sh redis
apt-get update -qq
apt-get install -qq -y --no-install-recommends redis-tools tzdata > /dev/null
ln -s /usr/bin/redis-check-rdb /usr/local/bin/redis-server
ln -s /usr/bin/redis-check-rdb /usr/local/bin/redis-sentinel
install -d -o redis -g redis /data
apt-get clean
rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/cache/ldconfig/aux-cache /var/log/* /tmp/* /etc/*- /run/adduser
