import type { NodeManagerDefinition } from './definition.js';
import { isBerryLock, yarnEntries, yarnVersion } from './shared/yarn-lock.js';

const CACHE = '/root/.cache/yarn';

const OPTIONS = ['--non-interactive', '--prefer-offline', '--network-timeout=60000', '--cache-folder', CACHE];

/** yarn 1, in the version that comes with Node's image: there are none worth telling apart. */
export const yarn: NodeManagerDefinition = {
  title: 'yarn 1',
  doc: 'by yarn.lock as yarn 1 writes it',
  rank: 3,
  command: 'yarn',
  lockFiles: ['yarn.lock'],
  owns: lock => !isBerryLock(lock),
  majors: major => major < 2,
  inVolta: true,
  // It asks five times; how often is not for others to say.
  install: ['yarn', 'install', '--frozen-lockfile', ...OPTIONS],
  installUnlocked: ['yarn', 'install', ...OPTIONS],
  run: ['yarn', 'run'],
  exec: ['yarn', 'run', '--silent'],
  cache: { key: 'quayside-yarn', path: CACHE },
  files: ['.yarnrc', '.npmrc'],
  lockCommand: 'yarn install',
  lockedVersion: yarnVersion,
  allLocked: yarnEntries,
};
