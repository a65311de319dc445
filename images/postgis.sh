# PostGIS on Debian's PostgreSQL, and the file that puts it into the first database.
# $1: major version of PostgreSQL; $2: version of PostGIS that Debian must have for it.
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq -y --no-install-recommends "postgresql-$1-postgis-3" "postgresql-$1-postgis-3-scripts" > /dev/null
case $(dpkg-query --show --showformat '${Version}' "postgresql-$1-postgis-3") in
  "$2".*) ;;
  *)
    echo "Debian's PostGIS for PostgreSQL $1 is now $(dpkg-query --show --showformat '${Version}' "postgresql-$1-postgis-3"), the recipe says $2" >&2
    exit 1
    ;;
esac
cat > /docker-entrypoint-initdb.d/10_postgis.sh <<'SH'
#!/bin/bash
set -e
export PGUSER="$POSTGRES_USER"
psql --no-psqlrc -q -v ON_ERROR_STOP=1 --dbname postgres -c 'CREATE DATABASE template_postgis IS_TEMPLATE true'
for database in template_postgis "$POSTGRES_DB"; do
  psql --no-psqlrc -q -v ON_ERROR_STOP=1 --dbname "$database" <<'SQL'
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS postgis_topology;
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;
CREATE EXTENSION IF NOT EXISTS postgis_tiger_geocoder;
SQL
done
SH
chmod 0755 /docker-entrypoint-initdb.d/10_postgis.sh
apt-get clean
rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/cache/ldconfig/aux-cache /var/log/* /tmp/* /etc/*-
