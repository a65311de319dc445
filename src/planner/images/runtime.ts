/** The base of what runs: system packages, the user, the app's variables, the programs that start and watch it. */
import { publishedEnv } from '../../config/image-env.js';
import type { Config } from '../../config/schema.js';
import type { Facts } from '../../detect/facts.js';
import type { Stage } from '../../plan/types.js';
import { defined } from '../../source/defined.js';
import { resolvePath } from '../../source/paths.js';
import { quoteWords } from '../../source/quote-words.js';
import { listeningEnv } from '../../support/own-servers.js';
import { frameworkOf } from '../../support/web-frameworks.js';
import { bring } from '../assets.js';
import { migrationCommand, migrationFiles } from '../migration.js';
import { bringCompiler, bringForOld } from '../old-python.js';
import { DATA_DIR, insideApp, USER, VENV_DIR, workDirectory } from '../paths.js';
import { compileCommand, pythonImage } from '../python.js';
import { installRuntimePackages } from '../runtime-packages.js';
import { serverEnv, serverFiles } from '../server.js';
import { hardenBase, shell } from '../shell.js';
import { givenValues } from '../variables.js';

/** Standard library parts that no server imports; without them compiling takes half the time and space. */
const NOT_COMPILED = '/(test|tests|idlelib|tkinter|turtledemo|lib2to3|ensurepip|site-packages|dist-packages)/';

/** What of an app says what runs it. */
type RuntimeFacts = Pick<
  Facts,
  | 'native'
  | 'python'
  | 'root'
  | 'environment'
  | 'server'
  | 'workers'
  | 'health'
  | 'django'
  | 'migrate'
  | 'migrationAddress'
  | 'mainBlock'
  | 'framework'
  | 'entry'
  | 'started'
>;

/** The base of production and tests: system packages, the user, the directories it may write to. */
export function runtimeStage(facts: RuntimeFacts, config: Config, port: number): Stage {
  return {
    id: 'runtime',
    base: { kind: 'image', reference: pythonImage(facts.python.version.value) },
    platform: 'target',
    steps: [
      ...bringCompiler(facts.python),
      shell('prepare the user and the standard library', [
        `groupadd --gid ${USER.id} ${USER.name}`,
        // The day a password was changed would make each day's image another one.
        `SOURCE_DATE_EPOCH=0 useradd --uid ${USER.id} --gid ${USER.id} --create-home --home-dir ${USER.home} --shell /bin/sh ${USER.name}`,
        // Group 0: some platforms run containers as a user of their own choice, which always is in that group.
        `chgrp 0 ${USER.home} && chmod 0775 ${USER.home}`,
        `install -d -o ${USER.id} -g 0 -m 0775 ${DATA_DIR}`,
        // Before any import could leave bytecode itself.
        `stdlib=$(python -B -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')`,
        // Where the image brings it compiled, doing so again would only store it twice.
        `ls "$stdlib"/__pycache__/*.pyc >/dev/null 2>&1 || ${compileCommand('python', `-x '${NOT_COMPILED}' "$stdlib"`, facts.python)}`,
      ]),
      ...installRuntimePackages(facts),
      hardenBase(),
      { kind: 'env', values: appEnv(facts, config, port) },
      { kind: 'workdir', path: workDirectory(facts) },
      bring('entrypoint.sh'),
      bring('healthcheck.py'),
      bring('check-packages.py'),
      ...bringForOld(facts.python),
      bring('libraries.json'),
      bring('quayside_limits.py'),
      ...serverFiles(facts).map(bring),
      ...migrationFiles(facts),
    ],
  };
}

/** The variables of every image that the app's code runs in. */
export function appEnv(facts: RuntimeFacts, config: Config, port: number): Readonly<Record<string, string>> {
  return { ...givenValues(facts, true), ...runtimeEnv(facts, port), ...publishedEnv(config) };
}

/** Where imports start: the directories that packages lie in, then the source itself. */
function importPath(facts: Pick<Facts, 'python' | 'root'>): string {
  const { packageRoot, memberRoots = [] } = facts.python;
  const start = workDirectory(facts);
  const roots = [...(packageRoot ? [packageRoot] : []), ...memberRoots].map(({ value }) =>
    insideApp(resolvePath(facts.root?.value ?? '', value)),
  );
  return [...new Set([...roots, start])].join(':');
}

/** Variables by which the framework's own programs find the app. */
function frameworkEnv({ framework, entry }: Pick<Facts, 'framework' | 'entry'>): Readonly<Record<string, string>> {
  // What a variable of the app's own chooses would no longer be chosen by it.
  const settings = entry?.value.settingsChosenBy === undefined ? entry?.value.settings?.value : undefined;
  return (entry && frameworkOf(framework?.value).env?.(entry.value, settings)) ?? {};
}

/** Variables by which a program with a server of its own listens where the image is reached. */
function startedEnv(
  { started, python }: Pick<Facts, 'started' | 'python'>,
  port: number,
): Readonly<Record<string, string>> {
  const main = python.dependencies.filter(({ group }) => group === 'main');
  return started
    ? listeningEnv(
        main.map(({ name }) => name),
        port,
      )
    : {};
}

function runtimeEnv(facts: RuntimeFacts, port: number): Record<string, string> {
  const migration = migrationCommand(facts);
  return {
    PATH: `${VENV_DIR}/bin:/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin`,
    VIRTUAL_ENV: VENV_DIR,
    HOME: USER.home,
    // Writable also where the rest of the file system is not.
    XDG_CACHE_HOME: '/tmp/cache',
    PORT: `${port}`,
    PYTHONPATH: importPath(facts),
    PYTHONUNBUFFERED: '1',
    PYTHONFAULTHANDLER: '1',
    // Everything is compiled already, and the app's user may not write beside the source.
    PYTHONDONTWRITEBYTECODE: '1',
    ...serverEnv(facts),
    ...frameworkEnv(facts),
    ...startedEnv(facts, port),
    ...defined({
      QUAYSIDE_HEALTH_PATH: facts.health?.value,
      QUAYSIDE_HOSTS_VARIABLE: facts.django?.hosts?.value,
      QUAYSIDE_HOSTS: facts.django?.names?.value.join(',') || undefined,
      QUAYSIDE_MIGRATE_COMMAND: migration && quoteWords(migration),
    }),
  };
}
