# RabbitMQ's own programs, without the service around them. $1: the version that Debian must have.
version=$1
export DEBIAN_FRONTEND=noninteractive
groupadd --gid 999 --system rabbitmq
useradd --uid 999 --gid rabbitmq --system --home-dir /var/lib/rabbitmq --no-create-home --shell /bin/sh rabbitmq
apt-get update -qq
apt-get install -qq -y --no-install-recommends rabbitmq-server tzdata > /dev/null
case $(dpkg-query --show --showformat '${Version}' rabbitmq-server) in
  "$version".*) ;;
  *)
    echo "Debian's RabbitMQ is now $(dpkg-query --show --showformat '${Version}' rabbitmq-server), the recipe says $version" >&2
    exit 1
    ;;
esac

rm -rf /var/lib/rabbitmq /etc/rabbitmq /var/log/rabbitmq /etc/default/rabbitmq-server
mkdir -p /etc/rabbitmq/conf.d
cat > /etc/rabbitmq/conf.d/10-defaults.conf <<'CONF'
# guest may connect from other machines: all clients are in other containers
loopback_users.guest = false
log.console = true
CONF
echo '[rabbitmq_prometheus].' > /etc/rabbitmq/enabled_plugins
# read by the server and by its command line tools, whoever runs them
install -d -o rabbitmq -g rabbitmq -m 1777 /var/lib/rabbitmq /var/log/rabbitmq
chown -R rabbitmq:rabbitmq /etc/rabbitmq
chmod 1777 /etc/rabbitmq /etc/rabbitmq/conf.d

apt-get clean
rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/cache/ldconfig/aux-cache /tmp/* /etc/*- /run/adduser
find /var/log -type f -delete
