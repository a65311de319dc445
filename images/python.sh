# A Debian or Ubuntu package's Python under /usr/local, where the official images have theirs, with the upstream layout (site-packages, no
# EXTERNALLY-MANAGED): apt may install Debian's own Python next to it, as in the official images.
# $1: the suite that has it, this system's own or another. $2: its version, in full or, of a suite that moves on, without the patch release.
# Further: the pinned requirements of pip and, before 3.12, of what belongs to it.
suite=$1
version=$2
shift 2
minor=$(echo "$version" | cut -d. -f1,2)
name=python$minor
lib=/usr/local/lib/$name
# what is compiled has a letter more in its names before 3.8
case $minor in 3.6 | 3.7) abi=${minor}m ;; *) abi=$minor ;; esac
multiarch=$(uname -m)-linux-gnu
own=$(. /etc/os-release && echo "$VERSION_CODENAME")
work=$(mktemp -d)
export DEBIAN_FRONTEND=noninteractive LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1

cd "$work"
mkdir -p cache/archives/partial own suite libraries
from_own() { (cd own && apt-get -qq -o APT::Sandbox::User=root download "$@"); }
from_suite() { apt-get -qq -o APT::Sandbox::User=root "$@"; }
# asks the mirrors of a list apart, and nothing of them is installed: signatures count, the day until which a mirror has to be renewed does not
asking() {
  mkdir -p "$work/$1.lists/partial"
  cat > "$1.conf" <<CFG
APT::Sandbox::User "root";
Acquire::Check-Valid-Until "false";
Acquire::Retries "2";
Acquire::http::Timeout "10";
Dir::Cache "$work/cache";
Dir::Etc::sourcelist "$work/$1";
Dir::Etc::sourceparts "-";
Dir::State::lists "$work/$1.lists";
Dir::State::status "/dev/null";
CFG
  conf=$work/$1.conf
  shift
  APT_CONFIG=$conf apt-get -qq "$@"
}
of_debian() { sed "s/ $own/ $1/" /etc/apt/sources.list; }
apt-get update -qq
# One of Debian's suites lies where this system's own does; where Ubuntu's lie, and who signs them, Debian has in packages,
# since trixie.
case $suite in
  "$own") from_own python3-pip-whl ;;
  noble | jammy | focal | bionic)
    from_own python3-pip-whl
    of_debian trixie > keys
    asking keys update
    (cd own && asking keys download ubuntu-keyring python-apt-common)
    ;;
  *) from_own python3-pip-whl && of_debian "$suite" > sources ;;
esac
for package in own/*.deb; do dpkg-deb -x "$package" own; done
if [ -e own/usr/share/keyrings ]; then
  mirror=$(awk -v ours="BaseURI-$(dpkg --print-architecture):" '
    $1 == "Suite:" { found = $2 == "{series}" }
    found && ($1 == "BaseURI:" || $1 == ours) { mirror = $2 }
    found && $0 == "" { print mirror; exit }' own/usr/share/python-apt/templates/ubuntu.info)
  for pocket in "$suite" "$suite-updates"; do
    echo "deb [signed-by=$work/own/usr/share/keyrings/ubuntu-archive-keyring.gpg] $mirror $pocket main universe"
  done > sources
fi
if [ -e sources ]; then
  from_suite() { asking sources "$@"; }
  # what an old suite no longer has beside its packages is nothing that is needed
  from_suite update || true
fi

# distutils and lib2to3 are packages of their own as long as the standard library has them
case $minor in 3.[6-9] | 3.10 | 3.11) split='python3-distutils python3-lib2to3' ;; *) split= ;; esac
cd suite
# shellcheck disable=SC2086
from_suite download "$name" "$name-minimal" "^lib$name(t64)?\$" "lib$name-minimal" "lib$name-stdlib" \
  "$name-dev" "lib$name-dev" "$name-venv" $split || {
  echo "error: no mirror is reached of $suite, which has $name" >&2
  exit 1
}
cd ..
# what fetches the pip that it gets is this system's, as long as that runs on it
if [ "$minor" = 3.6 ]; then
  of_debian bullseye > older
  asking older update
  rm -r own/usr/share/python-wheels
  (cd own && asking older download python-pip-whl && dpkg-deb -x python-pip-whl_*.deb .)
fi
cd suite
for package in ./*.deb; do
  dpkg-deb -x "$package" ../tree
  dpkg-deb -f "$package" Depends
done | tr ',' '\n' | sed 's/[|(:].*//; s/ //g' | grep -vE 'python|-dev$|^$' | sort -u > ../depends
cd ..
# the libraries that it is linked with are this system's; those that it does not have come along
if [ -e sources ]; then
  xargs apt-get install -s --no-install-recommends < depends 2>&1 > simulated |
    sed -nE "s/^E: (Unable to locate package |Package ')([^ ']+).*/\2/p" > lacking
  if [ -s lacking ]; then
    (cd libraries && xargs env APT_CONFIG="$work/sources.conf" apt-get -qq download < ../lacking)
    for package in libraries/*.deb; do dpkg-deb -x "$package" libraries; done
    grep -vxFf lacking depends > found
    mv found depends
  fi
fi
xargs apt-get install -qq -y --no-install-recommends ca-certificates netbase tzdata < depends > /dev/null
find libraries -name 'lib*.so.*' -not -path '*/doc/*' -exec cp -a {} /usr/local/lib/ \;

mkdir -p /usr/local/bin /usr/local/include "$lib"
cp -a "tree/usr/lib/$name/." "$lib/"
cp -a "tree/usr/include/python$abi" /usr/local/include/
cp -a "tree/usr/include/$multiarch/python$abi/pyconfig.h" "/usr/local/include/python$abi/"
cp -a "tree/usr/lib/$multiarch/libpython$abi.so.1.0" /usr/local/lib/
cp "tree/usr/bin/$name" "tree/usr/bin/pydoc$minor" /usr/local/bin/
cp -L "tree/usr/bin/$name-config" "/usr/local/bin/$name-config"
ln -s "libpython$abi.so.1.0" "/usr/local/lib/libpython$abi.so"
ldconfig
for program in python pydoc; do
  ln -s "$program$minor" "/usr/local/bin/${program}3"
  ln -s "${program}3" "/usr/local/bin/$program"
done
ln -s "$name-config" /usr/local/bin/python3-config
ln -s python3-config /usr/local/bin/python-config

# Debian's own arrangement of site-packages goes, the interpreter's from upstream comes back
rm -f "$lib/EXTERNALLY-MANAGED" "$lib/sitecustomize.py" "$lib/_distutils_system_mod.py" "$lib/config-$abi-$multiarch"/*.a
rm -rf "$lib/test" "$lib/idlelib" "$lib/turtledemo" "$lib/__pycache__"
mkdir -p "$lib/site-packages"
for file in "$lib"/_sysconfigdata_*.py "$lib/config-$abi-$multiarch/Makefile" "/usr/local/bin/$name-config" "/usr/local/bin/pydoc$minor"; do
  sed -Ei "s#/usr/lib/$multiarch#/usr/local/lib#g
    s#/usr/(lib|include|share)/(python|pkgconfig)#/usr/local/\\1/\\2#g
    s#'/usr/(bin|include|lib|share)'#'/usr/local/\\1'#g
    s#(['=])/usr'#\\1/usr/local'#g
    s#^(prefix(_build)?[ =][^/]*)/usr(\"?)\$#\\1/usr/local\\3#
    s#^\\#! */usr/bin/#\\#!/usr/local/bin/#" "$file"
done
python3 - "$lib" "/usr/local/bin/$name" "/usr/local/lib/libpython$abi.so.1.0" <<'PY'
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

# site is frozen into the interpreter from 3.11 on, so its two constants are changed there, to others of the same length
frozen = binaries if sys.version_info >= (3, 11) else []
for path in [*frozen, lib / "site.py"]:
    edit(path, (rb"dist-packages", rb"site-packages"), (rb"(?<!/)local/lib", rb"./././lib"))
if sys.version_info >= (3, 10):
    sysconfig = lib / "sysconfig.py" if (lib / "sysconfig.py").exists() else lib / "sysconfig" / "__init__.py"
    edit(sysconfig, (rb"prefix_scheme = 'posix_local'", rb"prefix_scheme = 'posix_prefix'"))
else:
    edit(
        lib / "ensurepip" / "__init__.py",
        (rb"def _ensurepip_is_disabled\w+\(\):\n", rb"\g<0>    return\n"),
        (rb'    "pkg_resources",\n', b""),
        (rb"        os\.makedirs\(venv_wheel_dir, exist_ok=True\)\n", b""),
        (rb"glob\.glob\('/usr/share/python-wheels/\*\.whl'\)", b"[]"),
        (rb"/usr/share/python-wheels", b"/usr/local/share/python-wheels"),
    )
if sys.version_info < (3, 12):
    edit(lib / "distutils" / "command" / "install.py", (rb"elif \(\(self\.prefix_option and", rb"elif (True or (self.prefix_option and"))
    edit(lib / "distutils" / "sysconfig.py", (rb"elif (\(?)is_default_prefix and", rb"elif \g<1>False and"))

# What asks for the C library in a version newer than this system's is led to the version that all names had first: termios alone does, for
# functions that take the speeds of lines as plain numbers since 2.42.
def reference(version):
    number = 0
    for byte in version:
        number = (number << 4) + byte
        number = (number ^ number >> 24 & 0xF0) & 0xFFFFFFF
    return number.to_bytes(4, "little") + b"\0\0"

here = int(os.confstr("CS_GNU_LIBC_VERSION").split(".")[1])
first = b"GLIBC_2.17" if os.uname().machine == "aarch64" else b"GLIBC_2.2.5"
for path in (lib / "lib-dynload").iterdir():
    data = path.read_bytes()
    for version in set(re.findall(rb"\bGLIBC_2\.\d+\b", data)):
        if int(version.split(b".")[1]) > here:
            name = re.search(rb"(?s)" + re.escape(reference(first)) + rb"..(....)", data)[1]
            replacement = reference(first) + b"%s" + name
            edit(path, (rb"(?s)" + re.escape(reference(version)) + rb"(..)....", lambda found: replacement % found[1]))
PY

# ensurepip (and so `python -m venv`) takes the same releases that are installed here
wheels=/usr/local/share/python-wheels
mkdir -p "$wheels"
printf '%s\n' "$@" > requirements
PYTHONPATH=$(echo own/usr/share/python-wheels/*.whl | tr ' ' :) python3 -m pip download -q --disable-pip-version-check --no-cache-dir --no-deps --require-hashes -r requirements -d "$wheels"
PYTHONPATH=$(echo "$wheels"/pip-*.whl) PIP_ROOT_USER_ACTION=ignore python3 -m pip install -q --no-cache-dir --disable-pip-version-check --no-compile --no-index --no-deps "$wheels"/*.whl
rm -f "$wheels"/wheel-*

actual=$(python3 -c 'import platform; print(platform.python_version())')
case $actual in
  "$version" | "$version".*) ;;
  *)
    echo "error: $name of $suite is now $actual, the recipe says $version" >&2
    exit 1
    ;;
esac
# compiled by content rather than by time, so that it stays valid however the layer is stored; with a seed, so that sets are written in one
# order; and by force, since what the interpreter itself imports would be left as it is
# 3.6 compiles by time alone
[ "$minor" = 3.6 ] || PYTHONHASHSEED=0 python3 -m compileall -q -f -j 0 --invalidation-mode unchecked-hash -x 'lib2to3/tests|bad_coding' "$lib"

cd /
rm -rf "$work" /var/lib/apt/lists/* /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/cache/ldconfig/aux-cache /var/log/* /tmp/*
apt-get clean
