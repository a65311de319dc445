/** The stage that turns what pins the Python packages into lists for pip. */
import type { Facts, PythonFacts } from '../detect/facts.js';
import type { Plan, Stage, Step, StepFailure } from '../plan/types.js';
import { defined } from '../source/defined.js';
import { joinPath } from '../source/paths.js';
import { quoteWords } from '../source/quote-words.js';
import type {
  ListingManager,
  LockingManager,
  ManagerCommand,
  ManagerTool,
} from '../support/managers/python/definition.js';
import { PYTHON_MANAGERS } from '../support/managers/python/index.js';
import { bring } from './assets.js';
import { APP_DIR, DECLARED_BY, LOCK_READER, RELEASE_SETTLER } from './paths.js';
import { gitFile, installPrograms, listDirectory, listFile, pythonImage, type RequirementList } from './python.js';
import { fetching, shell, withSecrets } from './shell.js';

const LOCK_STAGE = 'python-lock';

/** Where the manager is installed in the stage. */
const TOOL = '/opt/lock-tool';

/**
 * The stage that turns the lock file into one hashed list per environment. It runs once on the build machine's platform; the
 * lock's manager fails it when the lock does not fit what the project declares. Requirements files are such lists themselves.
 */
export function lockStage(facts: Facts, lists: readonly RequirementList[]): Stage {
  const { python } = facts;
  const manager = PYTHON_MANAGERS[python.packageManager.value];
  const room = manager.pins === 'lock' ? lockRoom(manager, facts, lists) : listRoom(manager, python, lists);
  return {
    id: LOCK_STAGE,
    base: { kind: 'image', reference: pythonImage(readerVersion(manager, python).value) },
    platform: 'build',
    steps: [
      ...room.bring,
      { kind: 'workdir', path: APP_DIR },
      {
        kind: 'copy',
        from: { kind: 'source', path: lockedIn(facts), include: room.files },
        to: APP_DIR,
      },
      ...room.check,
      ...(python.release ? [bring('settle-release.py')] : []),
      withSecrets(
        defined({
          ...shell('read the lock file', [
            ...exports(room.env),
            // A directory each, so that a new test tool leaves the app's own environment as it is.
            `mkdir -p ${lists.map(list => listDirectory(list.name)).join(' ')}`,
            ...room.lists,
            ...(python.fromGit ? lists.map(({ name }) => splitGit(name)) : []),
            ...settled(python, lists),
            ...lists.filter(({ main }) => main).flatMap(({ name }) => buildOptions(python, listFile(name))),
          ]),
          fails: room.refusal,
          fetches: room.refusal ? (true as const) : undefined,
        }),
        manager.pins === 'lock' || room.refusal ? python : {},
      ),
    ],
  };
}

/** The lock file that the stage makes when the source has none. */
export function madeLock(facts: Pick<Facts, 'python' | 'root'>): Plan['lock'] {
  const file = facts.python.unlocked?.value;
  return file === undefined
    ? undefined
    : { stage: LOCK_STAGE, file: `${APP_DIR}/${file}`, path: joinPath(lockedIn(facts), file) };
}

/** Pip takes no list in which some have hashes and others, being at a commit, cannot have any: these go into one of their own. */
function splitGit(list: RequirementList['name']): string {
  const [all, git] = [listFile(list), gitFile(list)];
  return `{ grep ' @ git+' ${all} > ${git} || :; } && sed -i '/ @ git+/d' ${all}`;
}

/** Directory of the source that the lock lies in. */
function lockedIn({ python, root }: Pick<Facts, 'python' | 'root'>): string {
  return python.lockedIn ?? root?.value ?? '';
}

type ComputedProject = NonNullable<NonNullable<PythonFacts['requirements']>['computed']>[number];

/** What the stage is made of. */
interface LockRoom {
  readonly bring: readonly Step[];
  /** Files of the project that are needed. */
  readonly files: readonly string[];
  readonly check: readonly Step[];
  /** What it means that making the lists fails, where a tool makes them that fetches what it needs and may refuse what is there. */
  readonly refusal?: StepFailure;
  /** Variables that the manager runs with. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** A command for each list. */
  readonly lists: readonly string[];
}

function lockRoom(manager: LockingManager, facts: Facts, lists: readonly RequirementList[]): LockRoom {
  const { python } = facts;
  const isWorkspace = python.memberRoots !== undefined;
  const { exported, lock } = manager;
  const built = python.builtProjects ?? [];
  const files = [...manager.lockFiles(isWorkspace), ...built.flatMap(buildFiles)];
  const buildEnv = built.length > 0 ? BUILD_ENV : {};
  const kind = python.unlocked ? 'unlocked' : 'lock';
  const refusal: StepFailure = { kind, file: joinPath(lockedIn(facts), lock.path), command: lock.command };
  if (exported.by === 'tool') {
    const commands = lists.map(list => {
      const names = { groups: groupsOf(list, python), extras: extrasOf(list, python) };
      const request = { main: list.main, ...names, workspace: isWorkspace, member: python.member?.value };
      return { words: [toolPath(exported.program), ...exported.words({ ...request, file: listFile(list.name) })] };
    });
    const make = python.unlocked ? [written({ words: lockWords(manager, toolPath(exported.program)) })] : [];
    // Code that lies in the source is not installed: imports find it there.
    const local = isWorkspace ? lists.map(list => `sed -i '/ @ file:/d' ${listFile(list.name)}`) : [];
    const all = [...make, ...commands.map(written), ...local];
    return {
      bring: installTool(exported, python),
      files,
      check: [],
      refusal,
      env: { ...exported.env, ...buildEnv },
      lists: all,
    };
  }
  const commands = lists.map((list): ManagerCommand => {
    // Such locks make no difference between groups and extras.
    const names = [...new Set([...groupsOf(list, python), ...extrasOf(list, python)])];
    const groups = [...(list.main ? [exported.main] : []), ...names];
    const words = ['python', LOCK_READER, lock.path, ...groups];
    return { words, output: { file: listFile(list.name), mode: 'write' } };
  });
  const { check } = exported;
  const asked = quoteWords([toolPath(check.program), ...check.words]);
  const lookOver = fetching(shell('check the lock file', [...exports(check.env), asked]));
  // Installing the tool takes longer than all the rest: a lock that looks fresh is read without it.
  const isInDoubt = python.lockDoubt !== undefined;
  if (python.unlocked) {
    const make = written({ words: lockWords(manager, toolPath(check.program)) });
    const bringing = [...installTool(check, python), bring('lock-requirements.py')];
    return {
      bring: bringing,
      files,
      check: [],
      refusal,
      env: { ...check.env, ...buildEnv },
      lists: [make, ...commands.map(written)],
    };
  }
  return {
    bring: [...(isInDoubt ? installTool(check, python) : []), bring('lock-requirements.py')],
    files: isInDoubt ? files : [lock.path],
    check: isInDoubt ? [{ ...lookOver, fails: refusal }] : [],
    lists: commands.map(written),
  };
}

/** The words by which a manager writes its lock, where nobody can be asked. */
function lockWords({ lock: { command, options = [] } }: LockingManager, program: string): readonly string[] {
  const [, ...verbs] = command.split(' ');
  return [program, ...verbs, ...options];
}

function listRoom(manager: ListingManager, python: PythonFacts, lists: readonly RequirementList[]): LockRoom {
  const { requirements } = python;
  const main = requirements?.main.value ?? python.packageManager.place.file;
  const dev = requirements?.dev?.value;
  const files = requirements?.files ?? [main];
  // What a project declares itself stands in no list.
  const own = files.includes(main) ? [main] : [];
  const ofList = ({ name, main: withMain }: RequirementList) =>
    name === 'main' || dev === undefined ? own : withMain ? [...own, dev] : [dev];
  const computed = requirements?.computed ?? [];
  const commands = lists.map(list =>
    manager
      .commands({
        lists: ofList(list),
        dropped: requirements?.dropped ?? [],
        declared: requirements?.declared ?? [],
        from: APP_DIR,
        to: listDirectory(list.name),
        file: listFile(list.name),
      })
      .concat(list.main ? computed.map(project => declaredBy(project, listFile(list.name))) : [])
      .map(written)
      .join(' && '),
  );
  const isComputed = computed.length > 0;
  return {
    bring: isComputed ? [bring('declared-by.py')] : [],
    // A project without lists is read from its own files alone.
    files: [...(files.length > 0 ? files : [main]), ...computed.flatMap(({ directory }) => buildFiles(directory))],
    check: [],
    lists: commands,
    ...defined(isComputed ? { env: BUILD_ENV, refusal: { kind: 'packages' } as const } : {}),
  };
}

/** The command that adds what a project depends on, as building it says. */
function declaredBy({ directory, extras }: ComputedProject, file: string): ManagerCommand {
  const words = ['python', DECLARED_BY, directory === '' ? '.' : directory, ...extras];
  return { words, output: { file, mode: 'append' } };
}

/** Files that the code which builds a project reads, as far as what it depends on goes. */
function buildFiles(directory: string): readonly string[] {
  const names = [
    '*',
    '**/__init__.py',
    '**/*version*',
    '**/*about*.py',
    '**/*.txt',
    '**/*.in',
    '**/*.cfg',
    '**/*.toml',
  ];
  return names.map(name => joinPath(directory, name));
}

/** What a build takes the version from that it would ask git for: it is of no interest here. */
const BUILD_ENV = { SETUPTOOLS_SCM_PRETEND_VERSION: '0', PDM_BUILD_SCM_VERSION: '0', PBR_VERSION: '0' };

function installTool(tool: ManagerTool, python: PythonFacts): readonly Step[] {
  const version = versionFor(tool, python);
  return installPrograms(`install ${tool.program}`, TOOL, tool.last?.[version.value] ?? tool.packages, { version });
}

/** The Python that the lock is read on: the app's, unless its manager does not run there. */
function readerVersion(manager: LockingManager | ListingManager, python: PythonFacts): PythonFacts['version'] {
  if (manager.pins !== 'lock') return python.version;
  return versionFor(manager.exported.by === 'tool' ? manager.exported : manager.exported.check, python);
}

function versionFor({ instead }: ManagerTool, { version }: Pick<PythonFacts, 'version'>): PythonFacts['version'] {
  return { ...version, value: instead?.[version.value] ?? version.value };
}

function toolPath(program: string): string {
  return `${TOOL}/bin/${program}`;
}

const exports = (env: Readonly<Record<string, string>> = {}): readonly string[] =>
  Object.entries(env).map(([name, value]) => `export ${name}=${quoteWords([value])}`);

function written({ words, output }: ManagerCommand): string {
  const command = quoteWords(words);
  return output ? `${command} ${output.mode === 'write' ? '>' : '>>'} ${quoteWords([output.file])}` : command;
}

/** Conditions on a patch release that the image does not have: they are settled as for the one that the project is written for. */
function settled({ release }: PythonFacts, lists: readonly RequirementList[]): readonly string[] {
  if (!release) return [];
  return [quoteWords(['python', RELEASE_SETTLER, release.value, ...lists.map(({ name }) => listFile(name))])];
}

/** What a lock does not say: packages that are built from source, although it names their wheels as well. */
function buildOptions({ fromSource = [] }: PythonFacts, file: string): readonly string[] {
  if (fromSource.length === 0) return [];
  const option = `--no-binary=${fromSource.map(({ value }) => value).join(',')}`;
  return [`echo ${quoteWords([option])} >> ${file}`];
}

/** Groups and extras of a list, those that production needs among them where the app's own dependencies are in it. */
function namesOf(list: RequirementList, python: PythonFacts): readonly string[] {
  const production = list.main ? (python.groups ?? []).map(({ value }) => value) : [];
  return [...new Set([...production, ...list.groups])];
}

function groupsOf(list: RequirementList, python: PythonFacts): readonly string[] {
  const { extras = [], sharedNames = [] } = python;
  return namesOf(list, python).filter(name => !extras.includes(name) || sharedNames.includes(name));
}

function extrasOf(list: RequirementList, python: PythonFacts): readonly string[] {
  const { extras = [], sharedNames = [] } = python;
  // An extra is of the app's own: a group of the same name does without it where these are not in the list.
  return namesOf(list, python).filter(name => extras.includes(name) && (list.main || !sharedNames.includes(name)));
}
