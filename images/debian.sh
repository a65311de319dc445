# Makes a fresh Debian tree as small and quiet as the slim images.

# Packages never start services in an image.
printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d

# What later installs leave out is what is removed here.
cat > /etc/dpkg/dpkg.cfg.d/slim <<'CFG'
force-unsafe-io
path-exclude /usr/share/doc/*
path-include /usr/share/doc/*/copyright
path-exclude /usr/share/man/*
path-exclude /usr/share/info/*
path-exclude /usr/share/groff/*
path-exclude /usr/share/lintian/*
path-exclude /usr/share/locale/*
path-include /usr/share/locale/locale.alias
CFG
cat > /etc/apt/apt.conf.d/slim <<'CFG'
APT::AutoRemove::SuggestsImportant "false";
APT::Keep-Downloaded-Packages "false";
Acquire::Languages "none";
Acquire::Retries "3";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
CFG

find /usr/share/doc -mindepth 2 ! -name copyright ! -type d -delete
find /usr/share/doc -mindepth 1 -type d -empty -delete
rm -rf /usr/share/man/* /usr/share/info/* /usr/share/groff/* /usr/share/lintian/*
find /usr/share/locale -mindepth 1 -maxdepth 1 ! -name locale.alias -exec rm -rf {} +

# No machine has run yet: what would name one is empty, and nothing is left of the installation.
rm -f /etc/machine-id /var/lib/dbus/machine-id /var/cache/ldconfig/aux-cache
: > /etc/machine-id
rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/lib/dpkg/*-old /var/log/* /tmp/* /var/tmp/*
mkdir -p /var/cache/apt/archives/partial /var/lib/apt/lists/partial
