/** The app's source in an image: copied, compiled, and made ready for a user who may not write beside it. */
import type { Facts, FrontendFacts } from '../../detect/facts.js';
import type { Step } from '../../plan/types.js';
import { resolvePath } from '../../source/paths.js';
import { quoteWords } from '../../source/quote-words.js';
import { dataDirectories } from '../data.js';
import { builtPaths } from '../frontend.js';
import { APP_BUILD, APP_DIR, DATA_DIR, insideApp, USER, workDirectory } from '../paths.js';
import { compileCommand } from '../python.js';
import { lendNoRights, shell } from '../shell.js';
import { copyTranslations } from '../translations.js';

/** What no stage gets to see, wherever it lies: histories, caches, what was installed elsewhere. */
export const NEVER_SEEN = [
  '**/.git',
  '**/node_modules',
  '**/.venv',
  '**/__pycache__',
  '**/*.pyc',
  '**/.pytest_cache',
  '**/.ruff_cache',
  '**/.mypy_cache',
  '**/.DS_Store',
  // Dagger writes it into the workspace that a call comes from.
  '**/dagger.lock',
  // What images start from; it is in none.
  'quayside.lock',
];

/** What of the rest never belongs into an image: other environments, secrets, data of a developer's own. */
export const NEVER = ['**/venv', '**/.env', '**/.env.*', '.coverage', 'htmlcov', 'instance'];

/** What of an app says how its source lies in an image. */
export type SourceFacts = Pick<
  Facts,
  | 'frontend'
  | 'root'
  | 'python'
  | 'volumes'
  | 'databaseFiles'
  | 'logFiles'
  | 'translations'
  | 'buildCommands'
  | 'copies'
>;

/** How it is copied. */
export interface CopyOptions {
  /** Patterns of the app's own, whose exceptions do not bring back what never belongs into an image. */
  readonly ignored?: readonly string[] | undefined;
  /** The program that compiles; default: the one of Python's own images. */
  readonly python?: 'python3';
}

/**
 * Everything of the source but `exclude`, copied and compiled: the one part that a source edit makes anew.
 */
export function copySource(
  facts: SourceFacts,
  exclude: readonly string[],
  { ignored = [], python }: CopyOptions = {},
): readonly Step[] {
  const { frontend, root } = facts;
  const built = frontend ? [...builtPaths(frontend), ...builtFrom(frontend)] : [];
  const inside = root === undefined ? '' : `${root.value}/`;
  // What lies beside the app is not copied anyway.
  const own = built.filter(path => path.startsWith(inside)).map(path => path.slice(inside.length));
  return [
    {
      kind: 'copy',
      from: { ...codeOf(facts), exclude: [...ignored, ...new Set([...NEVER, ...own, ...exclude])] },
      to: workDirectory(facts),
    },
    ...copyTranslations(facts),
    ...codeBeside(facts),
    ...copiesOf(facts),
    shell('compile the app', [
      lendNoRights(APP_DIR),
      compileCommand(python ?? 'python', APP_DIR, python === undefined ? facts.python : undefined),
    ]),
    ...writable(facts),
  ];
}

/** Steps whose copies somebody may write: what comes later into a directory would else make that its own. */
export function ownedBy(owner: string, steps: readonly Step[]): readonly Step[] {
  return steps.map(step => (step.kind === 'copy' ? { ...step, owner } : step));
}

/** Where the app's directory is copied from: the source, or the stage in which commands have been run over it. */
function codeOf(facts: SourceFacts) {
  return facts.buildCommands
    ? ({ kind: 'stage', stage: APP_BUILD, path: workDirectory(facts) } as const)
    : ({ kind: 'source', path: facts.root?.value ?? '' } as const);
}

/** The frontend's own directory, which nobody needs once it is built; one among the app's static files, or with code of it, holds more than that. */
function builtFrom({ root, isShared, hasCode }: FrontendFacts): readonly string[] {
  return root === '' || isShared || hasCode || /(^|\/)(static|templates)(\/|$)/.test(root) ? [] : [root];
}

/** The code of a workspace's other members, which imports find where it lies in the source. */
function codeBeside({ root, python: { memberRoots = [] } }: SourceFacts): readonly Step[] {
  const directories = memberRoots.filter(({ value }) => value.startsWith('../'));
  return directories.map(({ value }) => {
    const path = resolvePath(root?.value ?? '', value);
    return { kind: 'copy', from: { kind: 'source', path, exclude: NEVER }, to: insideApp(path) };
  });
}

/** Files that git has under the name of a sample alone. */
function copiesOf({ copies = [], ...facts }: SourceFacts): readonly Step[] {
  const inApp = (path: string) => `${workDirectory(facts)}/${path}`;
  const lines = copies.flatMap(({ from, value }) => {
    const target = quoteWords([inApp(value)]);
    const made = /\/[^/]*$/.test(value) ? [`mkdir -p ${quoteWords([inApp(value.replace(/\/[^/]*$/, ''))])}`] : [];
    return [...made, `[ -e ${target} ] || cp ${quoteWords([inApp(from)])} ${target}`];
  });
  return lines.length > 0 ? [shell('copy what git has as a sample', lines)] : [];
}

/** The directories that the app writes to: a volume that is empty takes over owner and mode of what it covers. */
function writable(facts: SourceFacts): readonly Step[] {
  const paths = dataDirectories(facts);
  const made = `install -d -o ${USER.id} -g 0 -m 0775 ${quoteWords(paths)}`;
  return [
    ...(paths.length > 0 ? [shell('make the directories that the app writes to', [made])] : []),
    ...(facts.databaseFiles ?? []).map(({ value }) => keptWithData(`${workDirectory(facts)}/${value}`)),
    ...loggedInTmp(facts),
  ];
}

/** A handler of logs opens its file when it is made: through a link it need not write beside the code. */
function loggedInTmp({ logFiles = [], ...facts }: SourceFacts): readonly Step[] {
  if (logFiles.length === 0) return [];
  const links = logFiles.map(({ value }) => {
    const file = `${workDirectory(facts)}/${value}`;
    return `ln -sf ${quoteWords([`/tmp/${file.split('/').at(-1)}`, file])}`;
  });
  return [shell('keep logs out of the code', links)];
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
