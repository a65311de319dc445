# MariaDB without the parts that only an installed machine needs (perl tools, replication helpers, init scripts).
# $1: the version that Debian must have, $2: the collation that the official image of that version starts with.
version=$1
collation=$2
export DEBIAN_FRONTEND=noninteractive
template=/usr/local/share/mariadb/template

groupadd --gid 999 --system mysql
useradd --uid 999 --gid mysql --system --home-dir /var/lib/mysql --no-create-home --shell /bin/sh mysql
apt-get update -qq
apt-get install -qq -y --no-install-recommends mariadb-server-core mariadb-client-core tzdata xz-utils > /dev/null
# the client package brings perl; its programs do not need it
cd "$(mktemp -d)"
apt-get download -qq -o APT::Sandbox::User=root mariadb-client
dpkg-deb -x ./*.deb tree
for program in admin dump import show binlog tzinfo-to-sql; do
  cp "tree/usr/bin/mariadb-$program" /usr/bin/
done
for program in admin dump import show; do
  ln -s "mariadb-$program" "/usr/bin/mysql$program"
done

case $(mariadbd --version) in
  *" $version".*) ;;
  *)
    echo "Debian's MariaDB is now $(mariadbd --version), the recipe says $version" >&2
    exit 1
    ;;
esac

mkdir -p /docker-entrypoint-initdb.d /etc/mysql/conf.d /etc/mysql/mariadb.conf.d
cat > /etc/mysql/mariadb.cnf <<'CNF'
[client-server]
socket = /run/mysqld/mysqld.sock

!includedir /etc/mysql/mariadb.conf.d/
# read last: the place for a user's own settings
!includedir /etc/mysql/conf.d/
CNF
cat > /etc/mysql/mariadb.conf.d/50-server.cnf <<CNF
[mariadbd]
datadir = /var/lib/mysql
pid-file = /run/mysqld/mysqld.pid
character-set-server = utf8mb4
collation-server = $collation
# host names of clients are those of other containers: not worth a lookup
host-cache-size = 0
skip-name-resolve
CNF

# A fresh data directory, time zones included, which a first start only copies.
mkdir -p "$template"
chown mysql:mysql "$template"
small='--innodb-log-file-size=4M --skip-log-bin'
mariadb-install-db --user=mysql --datadir="$template" --auth-root-authentication-method=normal --skip-test-db $small > /dev/null
{
  echo 'USE mysql;'
  # the accounts that belong to the machine this runs on
  echo "DELETE FROM global_priv WHERE Host <> 'localhost';"
  echo "DELETE FROM proxies_priv WHERE Host <> 'localhost';"
  mariadb-tzinfo-to-sql --skip-write-binlog /usr/share/zoneinfo 2> /dev/null
} | mariadbd --user=mysql --datadir="$template" --bootstrap --skip-networking --innodb-fast-shutdown=0 $small 2> /tmp/bootstrap.log || {
  cat /tmp/bootstrap.log >&2
  exit 1
}

rm -rf /var/lib/mysql
install -d -o mysql -g mysql /var/lib/mysql
# writable for whatever user a container is started as
install -d -o mysql -g mysql -m 1777 /run/mysqld

cd /
apt-get clean
rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/cache/ldconfig/aux-cache /var/log/* /tmp/* /etc/*- /run/adduser
