/** The Python stages: the virtual environments made of the lists that the lock comes to. */
import type { Facts, PythonFacts } from '../detect/facts.js';
import type { Stage, Step } from '../plan/types.js';
import { quoteWords } from '../source/quote-words.js';
import { PYTHON_MANAGERS } from '../support/managers/python/index.js';
import type { DebianPackage } from '../support/native/definition.js';
import { assetPath, bring } from './assets.js';
import { bringTools } from './brought-packages.js';
import { bringForOld, compilerOf, pipOf } from './old-python.js';
import { CHECK_INSTALLED, CROSS_PYTHON, LOCK_DIR, VENV_DIR } from './paths.js';
import { bringServer } from './server.js';
import { aptInstall, fetching, installPackages, PIP_CACHE, shell, withSecrets } from './shell.js';

// The numbers are its own, said here so that the plan tells how patient it is.
const PIP =
  'install --retries 5 --timeout 15 --no-compile --no-input --disable-pip-version-check --root-user-action=ignore';

/** Run pip, with the build tools of before where it needs them; and bring what setuptools had once. */
const INSTALL_LIST = 'install-list.sh';
const PKG_RESOURCES = 'pkg-resources.sh';

/** Has packages that nobody pins fit those that are pinned. */
const SETTLE = ['settle-packages.py', 'contradictions.py'] as const;

/** A list of requirements: what a virtual environment is made of. */
export interface RequirementList {
  readonly name: 'main' | 'dev' | 'e2e';
  /** Groups beside or in place of the main one. */
  readonly groups: readonly string[];
  /** Whether the app's own dependencies are in the list. */
  readonly main: boolean;
}

/** Where a list lies in the stage that makes it, and in those that install it: a directory each, which its files may refer to. */
export function listDirectory(list: RequirementList['name']): string {
  return `${LOCK_DIR}/${list}`;
}

/** The list in its directory. */
export function listFile(list: RequirementList['name']): string {
  return `${listDirectory(list)}/requirements.txt`;
}

/** What of a list is built from commits of repositories. */
export function gitFile(list: RequirementList['name']): string {
  return `${listDirectory(list)}/git.txt`;
}

/** Reference of the Python image that the app runs on. */
export function pythonImage(version: string): string {
  return `docker.io/library/python:${version}-slim`;
}

/** The stage with the app's virtual environment, and the build packages that its sdists need. */
export function builderStage(facts: Facts): Stage {
  const build = buildPackages(facts);
  const platform = builderPlatform(facts);
  return {
    id: 'python-builder',
    base: { kind: 'image', reference: pythonImage(facts.python.version.value) },
    platform,
    steps: [
      ...(platform === 'cross' ? installForTarget() : []),
      ...installPackages('install build packages', build),
      shell('create the virtual environment', [`python -m venv --without-pip ${VENV_DIR}`]),
      ...installList('install Python dependencies', 'main', 'python', facts.python),
      ...bringServer(facts),
    ],
  };
}

function buildPackages({ native, python }: Pick<Facts, 'native' | 'python'>): readonly DebianPackage[] {
  const packages = native.flatMap(({ build }) => build);
  return packages.includes('git') && hasKey(python) ? [...packages, SSH] : packages;
}

/** What git reaches hosts by that want a key; git does without. */
const SSH = 'openssh-client';

function hasKey({ secrets = [] }: PythonFacts): boolean {
  return secrets.some(({ isKey }) => isKey);
}

/**
 * Where packages are installed: for another processor by the machine that builds, as long as nothing has to be compiled. Where packages
 * for a compiler are not brought, a package that comes without wheels is one of Python alone, or cannot be installed on any machine.
 */
function builderPlatform(facts: Pick<Facts, 'native' | 'python'>): 'cross' | 'target' {
  const compiles = buildPackages(facts).length > 0 || (facts.python.fromSource ?? []).length > 0;
  return compiles ? 'target' : 'cross';
}

/** From here on Python takes the target for the machine that it runs on. */
function installForTarget(): readonly Step[] {
  return [bring('sitecustomize.py'), { kind: 'env', values: { PYTHONPATH: CROSS_PYTHON } }];
}

/**
 * The stage that adds the test tools to the app's virtual environment.
 * @param hasList whether the app's own dependencies bring some of them
 */
export function testBuilderStage(facts: Facts, hasList: boolean): Stage {
  const build = hasList ? (facts.nativeOfTests ?? []).flatMap(({ build: packages }) => packages) : [];
  return {
    id: 'python-test-builder',
    base: { kind: 'stage', stage: 'python-builder' },
    platform: builderPlatform(facts),
    steps: [
      ...installPackages('install build packages of the tests', build),
      ...(hasList ? installList('install test dependencies', 'dev', 'python', facts.python) : []),
      ...bringTools(facts, 'test'),
    ],
  };
}

/** Steps that install one list of the lock stage into the virtual environment and compile it. */
export function installList(
  title: string,
  list: RequirementList['name'],
  python: 'python' | 'python3',
  facts: PythonFacts,
): readonly Step[] {
  const directory = listDirectory(list);
  // A lock names everything with its hash; without one pip has to find the dependencies of dependencies.
  const isStrict = isLocked(facts);
  const strict = isStrict ? ['--no-deps', '--require-hashes'] : [];
  const told = `${directory}/told.txt`;
  const source = facts.requirements?.main.value ?? facts.packageManager.place.file;
  const install = `sh ${assetPath(INSTALL_LIST)} ${PIP_LOG} ${pipInto(VENV_DIR, python, facts)}`;
  return [
    { kind: 'copy', from: { kind: 'stage', stage: 'python-lock', path: directory }, to: directory },
    ...[INSTALL_LIST, 'check-installed.py', PKG_RESOURCES, ...(isStrict ? [] : SETTLE)].map(bring),
    ...(python === 'python' ? bringForOld(facts) : []),
    {
      ...(facts.fromGit && { debian: ['git'] }),
      ...withSecrets(
        fetching(
          shell(
            title,
            [
              `${install} ${[...strict, '-r', listFile(list)].join(' ')}`,
              ...(facts.fromGit ? [installFromGit(list, python, facts)] : []),
              ...(isStrict
                ? []
                : [
                    `${python} ${assetPath(SETTLE[0])}${facts.ended ? ' --ended' : ''} ${listFile(list)} ${VENV_DIR} ${told} ${quoteWords([source])} ${install}`,
                  ]),
              `${python} ${CHECK_INSTALLED} ${listFile(list)} "$(echo ${VENV_DIR}/lib/python3*/site-packages)"`,
              `sh ${assetPath(PKG_RESOURCES)} ${facts.pkgResources ? 'always' : 'imported'} ${directory} ${VENV_DIR} ${install}`,
              compileCommand(`${VENV_DIR}/bin/python`, `${VENV_DIR}/lib`, python === 'python' ? facts : undefined),
            ],
            [PIP_CACHE],
          ),
        ),
        facts,
      ),
      fails: { kind: 'packages' },
      ...(!isStrict && { tells: told }),
    },
  ];
}

/** Git is brought where something of the list is built from a repository: a group that is not installed needs none. */
function installFromGit(list: RequirementList['name'], python: 'python' | 'python3', facts: PythonFacts): string {
  const git = aptInstall(['git', ...(hasKey(facts) ? [SSH] : [])]).join(' && ');
  const install = installInto(VENV_DIR, python, facts, `--no-deps -r ${gitFile(list)}`);
  const has = `command -v git >/dev/null || { ${git}; }`;
  return `if [ -s ${gitFile(list)} ]; then { ${has}; } && ${install}; fi`;
}

/**
 * Command that compiles bytecode which stays valid when an image's timestamps are rewritten, by force: what a .pth file has the interpreter import has
 * bytecode by then, which is valid by time. Some packages carry files for other Python versions, so a file that does not compile is no failure here:
 * importing it would be.
 * @param facts of the app's own Python; absent: the image has another, which is newer
 */
export function compileCommand(python: string, directory: string, facts?: Pick<PythonFacts, 'version'>): string {
  return `PYTHONHASHSEED=0 ${python} ${compilerOf(facts)} ${directory} >/dev/null || :`;
}

/** Where pip tells more than it says; no part of any layer. */
const PIP_LOG = '/dev/shm/quayside-pip.log';

/** The command that installs what stands behind it into a virtual environment. */
function pipInto(directory: string, python: 'python' | 'python3', facts: Pick<PythonFacts, 'version'>): string {
  // The other name is that of an image with a Python of its own.
  const pip = python === 'python' ? pipOf(facts) : `${python} -m pip`;
  return `${pip} --python ${directory}/bin/python --log ${PIP_LOG} ${PIP}`;
}

/**
 * The command that installs things into a virtual environment. pip says of an index that does not answer what it says of a package that
 * does not exist; what it has heard stands in its log.
 */
function installInto(
  directory: string,
  python: 'python' | 'python3',
  facts: Pick<PythonFacts, 'version'>,
  things: string,
): string {
  return `${pipInto(directory, python, facts)} ${things} || { grep -h 'Could not fetch URL' ${PIP_LOG} | tail -n 3 >&2; exit 1; }`;
}

/** The step that installs programs into a virtual environment of their own. */
export function installPrograms(
  title: string,
  directory: string,
  requirements: readonly string[],
  facts: Pick<PythonFacts, 'version'>,
): readonly Step[] {
  const install = installInto(directory, 'python', facts, quoteWords(requirements));
  const step = shell(title, [`python -m venv --without-pip ${directory}`, install], [PIP_CACHE]);
  return [...bringForOld(facts), fetching(step)];
}

/** The step that installs one version of a package into the virtual environment of a browser image, and nothing with it. */
export function installExactly(title: string, requirement: string, from: PythonFacts): Step {
  return withSecrets(
    fetching(
      shell(title, [installInto(VENV_DIR, 'python3', from, quoteWords([requirement, '--no-deps']))], [PIP_CACHE]),
    ),
    from,
  );
}

/** Whether every dependency is pinned with a hash. */
export function isLocked(python: PythonFacts): boolean {
  return PYTHON_MANAGERS[python.packageManager.value].pins === 'lock';
}
