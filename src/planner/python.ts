/** The Python stages: the lock as hashed requirement lists, and the virtual environments made of them. */
import type { Facts, PythonFacts, PythonPackageManager } from '../detect/facts.js';
import type { CacheMount, Stage, Step } from '../plan/types.js';
import { bring } from './assets.js';
import { APP_DIR, LOCK_DIR, LOCK_READER, VENV_DIR } from './paths.js';
import { installPackages, quoteWords, shell } from './shell.js';

/** Versions of the tools that read lock files; newer ones read what older ones wrote. */
const POETRY = ['poetry==2.5.1', 'poetry-plugin-export==1.10.1'];
const UV = ['uv==0.13.8'];

const PIP_CACHE: CacheMount = { key: 'quayside-pip', path: '/root/.cache/pip' };
const TOOL = '/opt/lock-tool';
const LIST = 'requirements.txt';
const PIP = 'install --no-compile --no-input --disable-pip-version-check --root-user-action=ignore';

/** A list of requirements: what a virtual environment is made of. */
export interface RequirementList {
  readonly name: 'main' | 'dev' | 'e2e';
  /** Groups beside or in place of the main one. */
  readonly groups: readonly string[];
  /** Whether the app's own dependencies are in the list. */
  readonly main: boolean;
}

/** Reference of the Python image that the app runs on. */
export function pythonImage(python: PythonFacts): string {
  return `docker.io/library/python:${python.version.value}-slim`;
}

/**
 * The stage that turns the lock file into one hashed list per environment. It runs once on the build machine's platform;
 * a stale lock file fails it. With pip there is no lock, and the lists are the requirement files themselves.
 */
export function lockStage(facts: Facts, lists: readonly RequirementList[]): Stage {
  const { python } = facts;
  const exporter = EXPORTERS[python.packageManager.value];
  return {
    id: 'python-lock',
    base: { kind: 'image', reference: pythonImage(python) },
    platform: 'build',
    steps: [
      ...exporter.install,
      { kind: 'workdir', path: APP_DIR },
      {
        kind: 'copy',
        from: { kind: 'source', path: python.lockedIn ?? facts.root?.value ?? '', include: exporter.manifests(python) },
        to: APP_DIR,
      },
      shell('read the lock file', [
        // A directory each, so that a new test tool leaves the app's own environment as it is.
        `mkdir -p ${lists.map(list => directoryOf(list.name)).join(' ')}`,
        ...lists.map(list => exporter.command(list, python, directoryOf(list.name))),
        ...lists.filter(({ main }) => main).flatMap(({ name }) => buildOptions(python, directoryOf(name))),
      ]),
    ],
  };
}

/** The stage with the app's virtual environment, and the build packages that its sdists need. */
export function builderStage(facts: Facts): Stage {
  const build = facts.native.flatMap(native => native.build);
  return {
    id: 'python-builder',
    base: { kind: 'image', reference: pythonImage(facts.python) },
    platform: 'target',
    steps: [
      ...installPackages('install build packages', build),
      shell('create the virtual environment', [`python -m venv --without-pip ${VENV_DIR}`]),
      ...installList('install Python dependencies', 'main', 'python', isLocked(facts.python)),
    ],
  };
}

/** The stage that adds the test tools to the app's virtual environment. */
export function testBuilderStage(facts: Facts): Stage {
  return {
    id: 'python-test-builder',
    base: { kind: 'stage', stage: 'python-builder' },
    platform: 'target',
    steps: installList('install test dependencies', 'dev', 'python', isLocked(facts.python)),
  };
}

/** Steps that install one list of the lock stage into the virtual environment and compile it. */
export function installList(
  title: string,
  list: RequirementList['name'],
  python: 'python' | 'python3',
  locked: boolean,
): readonly Step[] {
  const directory = directoryOf(list);
  // A lock names everything with its hash; without one pip has to find the dependencies of dependencies.
  const strict = locked ? '--no-deps --require-hashes' : '';
  return [
    { kind: 'copy', from: { kind: 'stage', stage: 'python-lock', path: directory }, to: directory },
    shell(
      title,
      [
        `${python} -m pip --python ${VENV_DIR}/bin/python ${PIP} ${strict} -r ${directory}/${LIST}`.replace('  ', ' '),
        compileCommand(`${VENV_DIR}/bin/python`, `${VENV_DIR}/lib`),
      ],
      [PIP_CACHE],
    ),
  ];
}

/**
 * Command that compiles bytecode which stays valid when an image's timestamps are rewritten. Some packages carry files
 * for other Python versions, so a file that does not compile is no failure here: importing it would be.
 */
export function compileCommand(python: string, directory: string): string {
  return `PYTHONHASHSEED=0 ${python} -m compileall -q -j 0 --invalidation-mode unchecked-hash ${directory} >/dev/null || :`;
}

/** Whether every dependency is pinned with a hash. */
export function isLocked(python: PythonFacts): boolean {
  return python.packageManager.value !== 'pip';
}

/** What a lock does not say: packages that are built from source, although it names their wheels as well. */
function buildOptions({ fromSource = [] }: PythonFacts, directory: string): readonly string[] {
  if (fromSource.length === 0) return [];
  const option = `--no-binary=${fromSource.map(({ value }) => value).join(',')}`;
  return [`echo ${quoteWords([option])} >> ${directory}/${LIST}`];
}

function directoryOf(list: RequirementList['name']): string {
  return `${LOCK_DIR}/${list}`;
}

interface Exporter {
  readonly install: readonly Step[];
  manifests(python: PythonFacts): readonly string[];
  command(list: RequirementList, python: PythonFacts, directory: string): string;
}

const EXPORTERS: Readonly<Record<PythonPackageManager, Exporter>> = {
  poetry: {
    install: [installTool('install poetry', POETRY)],
    manifests: () => ['pyproject.toml', 'poetry.lock'],
    command: (list, python, directory) =>
      quoteWords([
        `${TOOL}/bin/poetry`,
        'export',
        '--no-interaction',
        ...poetryGroups(list, python),
        '--output',
        `${directory}/${LIST}`,
      ]),
  },
  uv: {
    install: [installTool('install uv', UV)],
    // The lock is checked against every project of the workspace.
    manifests: python => ['pyproject.toml', 'uv.lock', ...(python.memberRoots ? ['**/pyproject.toml'] : [])],
    command: (list, python, directory) =>
      quoteWords([
        `${TOOL}/bin/uv`,
        'export',
        '--quiet',
        '--locked',
        ...(python.member ? ['--package', python.member.value] : []),
        // Code that lies in the source is not installed: imports find it there.
        python.memberRoots ? '--no-emit-local' : '--no-emit-project',
        '--no-default-groups',
        ...groupsOf(list, python).map(group => `--${list.main ? '' : 'only-'}group=${group}`),
        ...extrasOf(list, python).map(extra => `--extra=${extra}`),
        '--output-file',
        `${directory}/${LIST}`,
      ]),
  },
  pipenv: listReader('Pipfile.lock', 'default'),
  pdm: listReader('pdm.lock', 'default'),
  pip: {
    install: [],
    manifests: python => python.requirements?.files ?? [python.packageManager.place.file],
    command: (list, python, directory) => {
      const [main, dev] = requirementFiles(python);
      const files = list.name === 'main' || !dev ? [main] : list.main ? [main, dev] : [dev];
      const words = quoteWords(files.filter(name => name !== undefined));
      const { dropped = [], declared = [] } = python.requirements ?? {};
      return [
        // The files include each other by relative paths, so they travel together.
        `cp -a ${APP_DIR}/. ${directory}/files`,
        ...dropped.map(({ file, line }) => `sed -i '${line}s/.*//' ${quoteWords([`${directory}/files/${file}`])}`),
        `printf -- '-r files/%s\\n' ${words} > ${directory}/${LIST}`,
        ...(declared.length > 0 ? [`printf '%s\\n' ${quoteWords(declared)} >> ${directory}/${LIST}`] : []),
      ].join(' && ');
    },
  },
};

/** Lock files that name packages, hashes and groups plainly: read without the tool that wrote them. */
function listReader(lock: string, main: string): Exporter {
  return {
    install: [bring('lock-requirements.py')],
    manifests: () => [lock],
    command: (list, python, directory) => {
      // Their locks make no difference between groups and extras.
      const groups = [...(list.main ? [main] : []), ...groupsOf(list, python), ...extrasOf(list, python)];
      return `${quoteWords(['python', LOCK_READER, lock, ...groups])} > ${directory}/${LIST}`;
    },
  };
}

function installTool(title: string, requirements: readonly string[]): Step {
  return shell(
    title,
    [
      `python -m venv --without-pip ${TOOL}`,
      `python -m pip --python ${TOOL}/bin/python ${PIP} ${quoteWords(requirements)}`,
    ],
    [PIP_CACHE],
  );
}

function poetryGroups(list: RequirementList, python: PythonFacts): readonly string[] {
  const groups = groupsOf(list, python).join(',');
  if (!list.main) return [`--only=${groups}`];
  const extras = extrasOf(list, python).map(extra => `--extras=${extra}`);
  return [groups === '' ? '--only=main' : `--with=${groups}`, ...extras];
}

/** Groups and extras of a list, those that production needs among them where the app's own dependencies are in it. */
function namesOf(list: RequirementList, python: PythonFacts): readonly string[] {
  const production = list.main ? (python.groups ?? []).map(({ value }) => value) : [];
  return [...new Set([...production, ...list.groups])];
}

function groupsOf(list: RequirementList, python: PythonFacts): readonly string[] {
  return namesOf(list, python).filter(name => !python.extras?.includes(name));
}

function extrasOf(list: RequirementList, python: PythonFacts): readonly string[] {
  return namesOf(list, python).filter(name => python.extras?.includes(name));
}

function requirementFiles(python: PythonFacts): readonly string[] {
  const { main, dev } = python.requirements ?? { main: { value: python.packageManager.place.file } };
  return dev ? [main.value, dev.value] : [main.value];
}
