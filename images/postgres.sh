# PostgreSQL without the parts that only an installed machine needs (clusters made on installation, service files, perl helpers).
# $1: the major version that Debian must have.
version=$1
export DEBIAN_FRONTEND=noninteractive

groupadd --gid 999 --system postgres
useradd --uid 999 --gid postgres --system --home-dir /var/lib/postgresql --no-create-home --shell /bin/bash postgres
apt-get update -qq
# no cluster is made on installation
mkdir -p /etc/postgresql-common
echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf
apt-get install -qq -y --no-install-recommends "postgresql-$version" libnss-wrapper locales tzdata xz-utils zstd > /dev/null
localedef -i en_US -c -f UTF-8 -A /usr/share/locale/locale.alias en_US.UTF-8

# A cluster made here listens beyond the container's own loopback: only what publishes the port decides who may connect.
sed -i "s/^#listen_addresses = .*/listen_addresses = '*'/" "/usr/share/postgresql/$version/postgresql.conf.sample"
grep -q "^listen_addresses = '\*'" "/usr/share/postgresql/$version/postgresql.conf.sample"
# found on the PATH by everybody, login shells included
for program in "/usr/lib/postgresql/$version"/bin/*; do
  ln -sf "$program" /usr/local/bin/
done

mkdir -p /docker-entrypoint-initdb.d
# writable for whatever user a container is started as
install -d -o postgres -g postgres -m 3777 /var/run/postgresql
rm -rf /var/lib/postgresql
install -d -o postgres -g postgres -m 1777 /var/lib/postgresql /var/lib/postgresql/data

apt-get clean
rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/cache/ldconfig/aux-cache /var/log/* /tmp/* /etc/*- /run/adduser
