/** Installing Node packages: each package manager strictly from its lock file, with its download cache. */
import type { NodePackageManager, NodeProject } from '../detect/facts.js';
import type { CacheMount, Step } from '../plan/types.js';
import { insideApp } from './paths.js';
import { quoteWords, shell } from './shell.js';

interface Manager {
  /** The npm package that brings it; absent: the Node image has it. */
  readonly tool?: string;
  readonly install: readonly string[];
  readonly run: readonly string[];
  /** Runs a program of an installed package. */
  readonly exec: readonly string[];
  readonly cache: CacheMount;
  /** Files beside package.json that installing reads. */
  readonly files: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const NPM_CACHE: CacheMount = { key: 'quayside-npm', path: '/root/.npm' };
const PNPM_STORE = '/root/.pnpm-store';
const YARN_CACHE = '/root/.cache/yarn';

const MANAGERS: Readonly<Record<NodePackageManager, Manager>> = {
  npm: {
    install: ['npm', 'ci', '--no-audit', '--no-fund'],
    run: ['npm', 'run'],
    exec: ['npx', '--no-install'],
    cache: NPM_CACHE,
    files: ['package-lock.json', 'npm-shrinkwrap.json', '.npmrc'],
  },
  pnpm: {
    tool: 'pnpm',
    install: ['pnpm', 'install', '--frozen-lockfile', '--store-dir', PNPM_STORE],
    run: ['pnpm', 'run'],
    exec: ['pnpm', 'exec'],
    cache: { key: 'quayside-pnpm', path: PNPM_STORE },
    files: ['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc', '.pnpmfile.cjs', 'patches/**'],
  },
  yarn: {
    install: [
      'yarn',
      'install',
      '--frozen-lockfile',
      '--non-interactive',
      '--prefer-offline',
      '--cache-folder',
      YARN_CACHE,
    ],
    run: ['yarn', 'run'],
    exec: ['yarn', 'run', '--silent'],
    cache: { key: 'quayside-yarn', path: YARN_CACHE },
    files: ['yarn.lock', '.yarnrc', '.npmrc'],
  },
  'yarn-berry': {
    tool: '@yarnpkg/cli-dist',
    install: ['yarn', 'install', '--immutable'],
    run: ['yarn', 'run'],
    exec: ['yarn', 'exec'],
    cache: { key: 'quayside-yarn-berry', path: '/root/.yarn/berry/cache' },
    files: ['yarn.lock', '.yarnrc.yml', '.npmrc', '.pnp.*', '.yarn/**'],
    // Packages that are not linked into node_modules are read from their archives: they must lie in the image, not in the cache.
    env: { YARN_ENABLE_GLOBAL_CACHE: '0' },
  },
  bun: {
    tool: 'bun',
    install: ['bun', 'install', '--frozen-lockfile'],
    run: ['bun', 'run'],
    exec: ['bun', 'x', '--no-install'],
    cache: { key: 'quayside-bun', path: '/root/.bun/install/cache' },
    files: ['bun.lock', 'bun.lockb', 'bunfig.toml', '.npmrc'],
  },
};

/** Reference of the image that a project's packages are installed and run in. */
export function nodeImage(project: NodeProject): string {
  return `docker.io/library/node:${project.nodeVersion.value}-slim`;
}

/** Where the lock file lies in the source, and so where packages are installed. */
export function installRoot(project: NodeProject): string {
  return project.workspace ?? project.root;
}

/** Steps that bring the package manager, when the image does not have it, and install the locked packages. */
export function installNodePackages(project: NodeProject, caches: readonly CacheMount[] = []): readonly Step[] {
  const manager = MANAGERS[project.packageManager.value];
  const root = installRoot(project);
  const directory = insideApp(root);
  // Members of a workspace are named in the lock file, so their manifests are needed with it.
  const manifests = project.workspace === undefined ? ['package.json'] : ['package.json', '**/package.json'];
  return [
    ...bringManager(project),
    { kind: 'workdir', path: directory },
    {
      kind: 'copy',
      from: {
        kind: 'source',
        path: root,
        include: [...manifests, ...manager.files.filter(isPossible(project))],
        ...(project.workspace !== undefined && { exclude: ['**/node_modules'] }),
      },
      to: directory,
    },
    { kind: 'exec', title: 'install Node packages', args: manager.install, caches: [manager.cache, ...caches] },
  ];
}

/** A run step of a script of package.json. */
export function runScript(title: string, project: NodeProject, script: string): Step {
  const { run, cache } = MANAGERS[project.packageManager.value];
  return { kind: 'exec', title, args: [...run, script], caches: [cache] };
}

/** The words that run a program which an installed package brings. */
export function programOf(project: NodeProject, words: readonly string[]): readonly string[] {
  return [...MANAGERS[project.packageManager.value].exec, ...words];
}

/** A lock file of npm goes by one name or the other: the plan names the one that is there. */
function isPossible(project: NodeProject): (file: string) => boolean {
  const { lockfile, packageManager } = project;
  const isShrinkwrap = lockfile.value.endsWith('npm-shrinkwrap.json');
  return file =>
    packageManager.value !== 'npm' || file !== (isShrinkwrap ? 'package-lock.json' : 'npm-shrinkwrap.json');
}

function bringManager(project: NodeProject): readonly Step[] {
  const { tool, env } = MANAGERS[project.packageManager.value];
  const version = project.packageManagerVersion?.value;
  if (tool === undefined || version === undefined) return [];
  return [
    shell(
      `install ${tool}`,
      // The image has a yarn of its own, whose names are in the way.
      [`npm install --global --force --no-audit --no-fund ${quoteWords([`${tool}@${version}`])}`],
      [NPM_CACHE],
    ),
    // Nobody is there to answer; and the version that is installed is the one that was asked for.
    { kind: 'env', values: { CI: '1', COREPACK_ENABLE_STRICT: '0', ...env } },
  ];
}
