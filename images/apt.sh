# Installs the Debian packages named in the arguments and leaves nothing of apt's own behind, nor a name for a machine.
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq -y --no-install-recommends "$@" > /dev/null
apt-get clean
: > /etc/machine-id
rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/cache/ldconfig/aux-cache /var/log/* /tmp/* /etc/*- /run/adduser
