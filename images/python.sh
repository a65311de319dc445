# Debian's Python under /usr/local, where the official images have theirs, with the upstream layout (site-packages, no
# EXTERNALLY-MANAGED): apt may install Debian's own Python next to it, as in the official images.
# $1: full version that Debian has. Further: the pinned requirements of pip and, before 3.12, of what belongs to it.
version=$1
shift
minor=${version%.*}
name=python$minor
lib=/usr/local/lib/$name
multiarch=$(uname -m)-linux-gnu
work=$(mktemp -d)
export DEBIAN_FRONTEND=noninteractive LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1

apt-get update -qq
cd "$work"
# distutils and lib2to3 are packages of their own as long as the standard library has them
case $minor in 3.11) split='python3-distutils python3-lib2to3' ;; *) split= ;; esac
# shellcheck disable=SC2086
apt-get download -qq -o APT::Sandbox::User=root "$name" "$name-minimal" "lib$name" "lib$name-minimal" "lib$name-stdlib" \
  "$name-dev" "lib$name-dev" "$name-venv" python3-pip-whl python3-setuptools-whl $split
for package in ./*.deb; do
  dpkg-deb -x "$package" tree
  dpkg-deb -f "$package" Depends
done | tr ',' '\n' | sed 's/[|(:].*//; s/ //g' | grep -vE 'python|-dev$|^$' | sort -u > depends
xargs apt-get install -qq -y --no-install-recommends ca-certificates netbase tzdata < depends > /dev/null

mkdir -p /usr/local/bin /usr/local/include "$lib"
cp -a "tree/usr/lib/$name/." "$lib/"
cp -a "tree/usr/include/$name" /usr/local/include/
cp -a "tree/usr/include/$multiarch/$name/pyconfig.h" "/usr/local/include/$name/"
cp -a "tree/usr/lib/$multiarch/lib$name.so.1.0" /usr/local/lib/
cp "tree/usr/bin/$name" "tree/usr/bin/pydoc$minor" /usr/local/bin/
cp -L "tree/usr/bin/$name-config" "/usr/local/bin/$name-config"
ln -s "lib$name.so.1.0" "/usr/local/lib/lib$name.so"
ldconfig
for program in python pydoc; do
  ln -s "$program$minor" "/usr/local/bin/${program}3"
  ln -s "${program}3" "/usr/local/bin/$program"
done
ln -s "$name-config" /usr/local/bin/python3-config
ln -s python3-config /usr/local/bin/python-config

# Debian's own arrangement of site-packages goes, the interpreter's from upstream comes back
rm -f "$lib/EXTERNALLY-MANAGED" "$lib/sitecustomize.py" "$lib/_distutils_system_mod.py" "$lib/config-$minor-$multiarch"/*.a
rm -rf "$lib/test" "$lib/idlelib" "$lib/turtledemo" "$lib/__pycache__"
mkdir -p "$lib/site-packages"
for file in "$lib"/_sysconfigdata_*.py "$lib/config-$minor-$multiarch/Makefile" "/usr/local/bin/$name-config" "/usr/local/bin/pydoc$minor"; do
  sed -Ei "s#/usr/lib/$multiarch#/usr/local/lib#g
    s#/usr/(lib|include|share)/(python|pkgconfig)#/usr/local/\\1/\\2#g
    s#'/usr/(bin|include|lib|share)'#'/usr/local/\\1'#g
    s#(['=])/usr'#\\1/usr/local'#g
    s#^(prefix(_build)?[ =][^/]*)/usr(\"?)\$#\\1/usr/local\\3#
    s#^\\#! */usr/bin/#\\#!/usr/local/bin/#" "$file"
done
# site is frozen into the interpreter, so its two constants are changed there, to others of the same length
python3 - "$lib" "/usr/local/bin/$name" "/usr/local/lib/lib$name.so.1.0" <<'PY'
import os, pathlib, re, shutil, sys

lib, *binaries = map(pathlib.Path, sys.argv[1:])

def edit(path, *changes):
    data = path.read_bytes()
    for pattern, replacement in changes:
        data, count = re.subn(pattern, replacement, data)
        if count == 0:
            sys.exit(f"{path}: nothing to change for {pattern}")
    new = path.with_suffix(".new")
    new.write_bytes(data)
    shutil.copymode(path, new)
    os.replace(new, path)

for path in [*binaries, lib / "site.py"]:
    edit(path, (rb"dist-packages", rb"site-packages"), (rb"(?<!/)local/lib", rb"./././lib"))
sysconfig = lib / "sysconfig.py" if (lib / "sysconfig.py").exists() else lib / "sysconfig" / "__init__.py"
edit(sysconfig, (rb"prefix_scheme = 'posix_local'", rb"prefix_scheme = 'posix_prefix'"))
PY

# ensurepip (and so `python -m venv`) takes the same releases that are installed here
wheels=/usr/local/share/python-wheels
mkdir -p "$wheels"
printf '%s\n' "$@" > requirements
PYTHONPATH=$(echo tree/usr/share/python-wheels/pip-*.whl) python3 -m pip download -q --disable-pip-version-check --no-cache-dir --no-deps --require-hashes -r requirements -d "$wheels"
PYTHONPATH=$(echo "$wheels"/pip-*.whl) python3 -m pip install -q --no-cache-dir --disable-pip-version-check --root-user-action ignore --no-compile --no-index --no-deps "$wheels"/*.whl
rm -f "$wheels"/wheel-*

test "$(python3 -c 'import platform; print(platform.python_version())')" = "$version" || {
  echo "Debian's $name is now $(python3 --version), the recipe says $version" >&2
  exit 1
}
# compiled by content rather than by time, so that it stays valid however the layer is stored; with a seed, so that sets are written in one
# order; and by force, since what the interpreter itself imports would be left as it is
PYTHONHASHSEED=0 python3 -m compileall -q -f -j 0 --invalidation-mode unchecked-hash -x 'lib2to3/tests|bad_coding' "$lib"

cd /
rm -rf "$work" /var/lib/apt/lists/* /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/cache/ldconfig/aux-cache /var/log/* /tmp/*
apt-get clean
