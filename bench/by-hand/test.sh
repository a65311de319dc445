#!/usr/bin/env bash
# What someone writes by hand for examples/flask-stream with buildah and podman: builds the images, starts the services, migrates, runs
# pytest, starts the app, runs Playwright; both suites side by side. Usage: test.sh APP STORE, STORE being where images and caches are kept.
# The base images must be in STORE already.
set -euo pipefail
app=$(realpath "$1")
store=$(realpath "$2")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
run=byhand-$$
work=$(mktemp -d)
certificates=/etc/ssl/certs/ca-certificates.crt

export CONTAINERS_CONF=$store/containers.conf TMPDIR=$store/tmp BUILDAH_RUNTIME=runc
storage=(--root "$store/root" --runroot "$store/run" --storage-driver overlay)
podman() { command podman "${storage[@]}" --network-config-dir "$store/networks" "$@"; }

cleanup() {
  podman rm --force --time 0 --filter "label=run=$run" >/dev/null 2>&1 || :
  podman network rm --force "$run-unit" "$run-e2e" >/dev/null 2>&1 || :
  rm -rf "$work"
}
trap cleanup EXIT

build() {
  # The network and the user's certificate authorities are the machine's: what a machine behind a proxy needs.
  buildah "${storage[@]}" build --quiet --layers --jobs 2 --pull-never --isolation chroot --network host \
    --volume "$certificates:$certificates:ro" --build-arg "PIP_CERT=$certificates" --build-arg "NODE_EXTRA_CA_CERTS=$certificates" \
    --build-context "quayside=$here/../.." --ignorefile "$here/.containerignore" --file "$here/Dockerfile" \
    --target "$1" --tag "byhand/$1" "$app" >/dev/null
}

start() { # name network alias image...
  local name=$1 network=$2 alias=$3
  shift 3
  podman run --detach --label "run=$run" --name "$run-$name" --network "$network" --network-alias "$alias" "$@" >/dev/null
}

healthy() { # name command...
  local name=$1
  shift
  for _ in $(seq 240); do
    if podman exec "$run-$name" "$@" >/dev/null 2>&1; then return; fi
    sleep 0.25
  done
  podman logs "$run-$name" >&2
  return 1
}

services() { # suite
  podman network create "$run-$1" >/dev/null
  start "mariadb-$1" "$run-$1" mariadb --tmpfs /var/lib/mysql --env MARIADB_DATABASE=app --env MARIADB_USER=app --env MARIADB_PASSWORD=app \
    --env MARIADB_RANDOM_ROOT_PASSWORD=1 docker.io/library/mariadb:10.11 mariadbd --innodb-flush-log-at-trx-commit=0 \
    --innodb-doublewrite=0 --innodb-flush-method=fsync --innodb-log-file-size=48M --skip-log-bin
  start "redis-$1" "$run-$1" redis --tmpfs /data docker.io/library/redis:7 redis-server --save "" --appendonly no
  healthy "mariadb-$1" healthcheck.sh --connect --innodb_initialized
  healthy "redis-$1" redis-cli ping
}

address=(--env DATABASE_URL=mysql+pymysql://app:app@mariadb:3306/app --env REDIS_URL=redis://redis:6379/0 --env SECRET_KEY=by-hand)

unit() {
  services unit
  podman run --rm --label "run=$run" --network "$run-unit" "${address[@]}" --env QUAYSIDE_MIGRATE=1 --env COVERAGE_FILE=/tmp/coverage \
    byhand/test pytest tests/unit tests/integration --junitxml=/reports/junit.xml -p no:cacheprovider --cov=flask_stream \
    --cov-report=xml:/reports/coverage.xml --cov-report=html:/reports/coverage
}

e2e() {
  services e2e
  start app "$run-e2e" web "${address[@]}" --env QUAYSIDE_MIGRATE=1 byhand/production
  healthy app python /usr/local/lib/quayside/healthcheck.py
  podman run --rm --label "run=$run" --network "$run-e2e" --env BASE_URL=http://web:8000 byhand/e2e pytest tests/e2e \
    --junitxml=/reports/junit.xml -p no:cacheprovider --base-url=http://web:8000 --browser=chromium --tracing=retain-on-failure \
    --screenshot=only-on-failure --output=/reports/playwright
}

mkdir -p "$TMPDIR"
for target in test production e2e; do build "$target"; done
unit >"$work/unit" 2>&1 & unit=$!
e2e >"$work/e2e" 2>&1 & e2e=$!
status=0
wait "$unit" || status=$?
wait "$e2e" || status=$?
if [ "$status" -ne 0 ]; then cat "$work/unit" "$work/e2e" >&2; fi
for suite in unit e2e; do printf '%s: %s\n' "$suite" "$(tail -n 1 "$work/$suite")"; done
exit "$status"
