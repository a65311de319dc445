# Finishes an unpacked Node.js: the user, the names on the PATH. $1: yarn's version, unpacked under /opt.
yarn=/opt/yarn-v$1
bin=/usr/local/bin
modules=../lib/node_modules

groupadd --gid 1000 node
useradd --uid 1000 --gid node --shell /bin/bash --create-home node
ln -s node "$bin/nodejs"
ln -s "$modules/npm/bin/npm-cli.js" "$bin/npm"
ln -s "$modules/npm/bin/npx-cli.js" "$bin/npx"
ln -s "$modules/corepack/dist/corepack.js" "$bin/corepack"
ln -s "$yarn/bin/yarn.js" "$bin/yarn"
ln -s "$yarn/bin/yarn.js" "$bin/yarnpkg"
find "$bin/node" "$bin/$modules"/*/bin/*-cli.js "$bin/$modules/corepack/dist" "$yarn/bin/yarn.js" -type f ! -perm -111 -exec chmod 755 {} +
rm -rf /var/lib/dpkg/*-old /etc/*- /var/log/*
