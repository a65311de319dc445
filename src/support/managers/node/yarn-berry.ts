import type { NodeManagerDefinition } from './definition.js';
import { berryFormat, isBerryLock, yarnEntries, yarnVersion } from './shared/yarn-lock.js';

/** yarn 2 and newer, in the version that the app names or that reads its lock file. */
export const yarnBerry: NodeManagerDefinition = {
  title: 'yarn 3 and 4',
  doc: "by yarn.lock as they write it, with or without Plug'n'Play; the version that `packageManager` or volta names, else one that reads the lock file",
  rank: 4,
  command: 'yarn',
  lockFiles: ['yarn.lock'],
  owns: isBerryLock,
  majors: major => major >= 2,
  brought: {
    package: '@yarnpkg/cli-dist',
    formatOf: berryFormat,
    readers: [
      { format: 8, version: '4.18.1' },
      { format: 6, version: '3.8.7' },
    ],
    reads: 'yarn 1, 3 or 4',
  },
  inVolta: true,
  install: ['yarn', 'install', '--immutable'],
  installUnlocked: ['yarn', 'install', '--no-immutable'],
  run: ['yarn', 'run'],
  exec: ['yarn', 'exec'],
  cache: { key: 'quayside-yarn-berry', path: '/root/.yarn/berry/cache' },
  files: ['.yarnrc.yml', '.npmrc', '.pnp.*', '.yarn/**'],
  // Packages that are not linked into node_modules are read from their archives: they must lie in the image, not in the cache.
  env: { YARN_ENABLE_GLOBAL_CACHE: '0', YARN_HTTP_RETRY: '4', YARN_HTTP_TIMEOUT: '60000' },
  lockCommand: 'yarn install',
  lockedVersion: yarnVersion,
  allLocked: yarnEntries,
};
