/** Installing Node packages: each package manager strictly from its lock file, with its download cache. */
import type { NodeProject } from '../detect/facts.js';
import type { StepOf } from '../plan/fold.js';
import type { CacheMount, Step } from '../plan/types.js';
import { quoteWords } from '../source/quote-words.js';
import type { NodeManagerDefinition } from '../support/managers/node/definition.js';
import { NODE_MANAGERS } from '../support/managers/node/index.js';
import { GLOBAL_INSTALL, NPM_CACHE } from '../support/managers/node/shared/global-install.js';
import { insideApp } from './paths.js';
import { fetching, givenSecrets, installPackages, shell } from './shell.js';

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
  const manager = managerOf(project);
  const root = installRoot(project);
  const directory = insideApp(root);
  const isWorkspace = project.workspace !== undefined;
  const given = new Set((project.secrets ?? []).map(({ value }) => value));
  const without = new Set((project.namedVariables ?? []).filter(name => !given.has(name)));
  const lockFile = project.lockfile.value.split('/').at(-1)!;
  return [
    ...installPackages(
      'install packages for those of Node',
      (project.systemPackages ?? []).map(({ value }) => value),
    ),
    ...bringManager(project),
    { kind: 'workdir', path: directory },
    {
      kind: 'copy',
      from: {
        kind: 'source',
        path: root,
        // Members of a workspace are named in the lock file, so their manifests are needed with it.
        include: ['package.json', ...(isWorkspace ? ['**/package.json'] : []), lockFile, ...manager.files],
      },
      to: directory,
    },
    ...placeholders(project, without),
    givenSecrets(fetching(installStep(project, [manager.cache, ...caches])), project.secrets),
    ...placeholders(project, given),
  ];
}

function installStep(project: NodeProject, caches: readonly CacheMount[]): StepOf<'script'> | StepOf<'exec'> {
  const manager = managerOf(project);
  const title = 'install Node packages';
  const args = project.unlocked ? manager.installUnlocked : manager.install;
  if (!manager.distrustsSource || project.secrets === undefined) return { kind: 'exec', title, args, caches };
  // What is declared may be filled in: the source's settings become the user's own, beside those that he has.
  const settings = `{ cat ~/.npmrc 2>/dev/null || :; echo; cat .npmrc 2>/dev/null || :; } > ${USER_SETTINGS}`;
  return shell(title, [settings, `NPM_CONFIG_USERCONFIG=${USER_SETTINGS} ${quoteWords(args)}`], caches);
}

/** In memory, and part of no layer. */
const USER_SETTINGS = '/dev/shm/quayside-npmrc';

/** Settings that name a variable which is not there stop some package managers, whatever they are asked for. */
function placeholders({ namedVariables = [] }: NodeProject, names: ReadonlySet<string>): readonly Step[] {
  const values = Object.fromEntries(namedVariables.filter(name => names.has(name)).map(name => [name, '']));
  return Object.keys(values).length === 0 ? [] : [{ kind: 'env', values }];
}

/** A run step of a script of package.json. */
export function runScript(title: string, project: NodeProject, script: string): Step {
  const { run, cache } = managerOf(project);
  return { kind: 'exec', title, args: [...run, script], caches: [cache] };
}

/** The words that run a program which an installed package brings. */
export function programOf(project: NodeProject, words: readonly string[]): readonly string[] {
  return [...managerOf(project).exec, ...words];
}

function managerOf({ packageManager }: NodeProject): NodeManagerDefinition {
  return NODE_MANAGERS[packageManager.value];
}

function bringManager(project: NodeProject): readonly Step[] {
  const { brought, env } = managerOf(project);
  const version = project.packageManagerVersion?.value;
  if (brought === undefined || version === undefined) return [];
  const install = quoteWords([...GLOBAL_INSTALL, `${brought.package}@${version}`]);
  return [
    fetching(shell(`install ${brought.package}`, [install], [NPM_CACHE])),
    // Nobody is there to answer; and the version that is installed is the one that was asked for.
    { kind: 'env', values: { CI: '1', COREPACK_ENABLE_STRICT: '0', ...env } },
  ];
}
