/** The stage that turns what pins the Python packages into lists for pip. */
import type { Facts, PythonFacts } from '../detect/facts.js';
import type { Stage, Step, StepFailure } from '../plan/types.js';
import { defined } from '../source/defined.js';
import { joinPath } from '../source/paths.js';
import type { ListingManager, LockingManager, ManagerCommand } from '../support/managers/python/definition.js';
import { PYTHON_MANAGERS } from '../support/managers/python/index.js';
import { bring } from './assets.js';
import { APP_DIR, LOCK_READER } from './paths.js';
import { installPrograms, listDirectory, listFile, pythonImage, type RequirementList } from './python.js';
import { quoteWords, shell } from './shell.js';

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
    id: 'python-lock',
    base: { kind: 'image', reference: pythonImage(python) },
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
      defined({
        ...shell('read the lock file', [
          // A directory each, so that a new test tool leaves the app's own environment as it is.
          `mkdir -p ${lists.map(list => listDirectory(list.name)).join(' ')}`,
          ...room.lists,
          ...lists.filter(({ main }) => main).flatMap(({ name }) => buildOptions(python, listFile(name))),
        ]),
        fails: room.refusal,
      }),
    ],
  };
}

/** Directory of the source that the lock lies in. */
function lockedIn({ python, root }: Facts): string {
  return python.lockedIn ?? root?.value ?? '';
}

/** What the stage is made of. */
interface LockRoom {
  readonly bring: readonly Step[];
  /** Files of the project that are needed. */
  readonly files: readonly string[];
  readonly check: readonly Step[];
  /** What it means that making the lists fails, where the manager does it and refuses a lock that does not fit. */
  readonly refusal?: StepFailure;
  /** A command for each list. */
  readonly lists: readonly string[];
}

function lockRoom(manager: LockingManager, facts: Facts, lists: readonly RequirementList[]): LockRoom {
  const { python } = facts;
  const isWorkspace = python.memberRoots !== undefined;
  const files = manager.lockFiles(isWorkspace);
  const { exported, lock } = manager;
  const refusal: StepFailure = { kind: 'lock', file: joinPath(lockedIn(facts), lock.path), command: lock.command };
  if (exported.by === 'tool') {
    const commands = lists.map(list => {
      const names = { groups: groupsOf(list, python), extras: extrasOf(list, python) };
      const request = { main: list.main, ...names, workspace: isWorkspace, member: python.member?.value };
      return { words: [toolPath(exported.program), ...exported.words({ ...request, file: listFile(list.name) })] };
    });
    return { bring: [installTool(exported)], files, check: [], refusal, lists: commands.map(written) };
  }
  const commands = lists.map((list): ManagerCommand => {
    // Such locks make no difference between groups and extras.
    const groups = [...(list.main ? [exported.main] : []), ...groupsOf(list, python), ...extrasOf(list, python)];
    const words = ['python', LOCK_READER, lock.path, ...groups];
    return { words, output: { file: listFile(list.name), mode: 'write' } };
  });
  const { check } = exported;
  const lookOver = shell('check the lock file', [quoteWords([toolPath(check.program), ...check.words])]);
  // Installing the tool takes longer than all the rest: a lock that looks fresh is read without it.
  const isInDoubt = python.lockDoubt !== undefined;
  return {
    bring: [...(isInDoubt ? [installTool(check)] : []), bring('lock-requirements.py')],
    files: isInDoubt ? files : [lock.path],
    check: isInDoubt ? [{ ...lookOver, fails: refusal }] : [],
    lists: commands.map(written),
  };
}

function listRoom(manager: ListingManager, python: PythonFacts, lists: readonly RequirementList[]): LockRoom {
  const { requirements } = python;
  const main = requirements?.main.value ?? python.packageManager.place.file;
  const dev = requirements?.dev?.value;
  const ofList = ({ name, main: withMain }: RequirementList) =>
    name === 'main' || dev === undefined ? [main] : withMain ? [main, dev] : [dev];
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
      .map(written)
      .join(' && '),
  );
  return { bring: [], files: requirements?.files ?? [main], check: [], lists: commands };
}

function installTool({ program, packages }: { readonly program: string; readonly packages: readonly string[] }): Step {
  return installPrograms(`install ${program}`, TOOL, packages);
}

function toolPath(program: string): string {
  return `${TOOL}/bin/${program}`;
}

function written({ words, output }: ManagerCommand): string {
  const command = quoteWords(words);
  return output ? `${command} ${output.mode === 'write' ? '>' : '>>'} ${quoteWords([output.file])}` : command;
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
  return namesOf(list, python).filter(name => !python.extras?.includes(name));
}

function extrasOf(list: RequirementList, python: PythonFacts): readonly string[] {
  return namesOf(list, python).filter(name => python.extras?.includes(name));
}
