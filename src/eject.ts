/** From an app to the files that it can live with: what is rendered, and what is left as somebody has changed it. */
import { type Directory, dag, type File } from '@dagger.io/dagger';
import { notify } from './dagger/notices.js';
import { directoryTree, type ListedDirectory } from './dagger/tree.js';
import { diagnose } from './diagnostics/diagnose.js';
import { DiagnosticError } from './diagnostics/error.js';
import { type ReadSource, readSource, understoodFrom } from './pipeline.js';
import type { Plan } from './plan/types.js';
import { decide, type Fate, FORMATS, type Format, renderApp } from './render/eject.js';
import { isTaken, MOVABLE, type Movable, namesOf, placeOf } from './render/places.js';
import { BESIDE, type EjectRecord } from './render/record.js';
import { unrenderable } from './render/renderable.js';

/** What of the files is wanted, and whether those that are there are replaced whoever wrote them. */
export interface EjectOptions {
  /** Names of formats; none: all. */
  readonly only: readonly string[];
  readonly force: boolean;
}

/**
 * Renders an app's files, for its source: those that are written, what is laid beside files that stay, and the record of what was written.
 * @returns the directory with them; rejects with a DiagnosticError when the app has to be put right, or a format is not known
 */
export async function ejectApp(source: Directory, config: File | undefined, options: EjectOptions): Promise<Directory> {
  const wanted = options.only.length === 0 ? FORMATS : options.only.map(formatOf);
  const read = await readSource(source, config);
  const { plan } = await understoodFrom(read);
  return renderedFiles(read, plan, { formats: wanted, force: options.force });
}

/** Which of the files are meant. */
export interface RenderOptions {
  readonly formats: readonly Format[];
  readonly force: boolean;
  /** Default: all of the formats' files. */
  readonly isMeant?: (path: string) => boolean;
}

/** Renders files of a plan for the source that it was made of, as `ejectApp` does. */
export async function renderedFiles(
  { whole, tree, record }: ReadSource,
  plan: Plan,
  { formats, force, isMeant }: RenderOptions,
): Promise<Directory> {
  const problems = unrenderable(plan);
  if (problems.length > 0) throw new DiagnosticError(problems.map(problem => diagnose('QS803', problem)));
  const gitignores = await textsOf(whole.read, tree.paths, path => /(^|\/)\.gitignore$/.test(path));
  const texts = [...gitignores].map(([path, text]) => [path.replace(/\/?\.gitignore$/, ''), text] as const);
  const gitignoreTexts = Object.fromEntries(texts);
  // What is meant by its name has no other.
  const others = isMeant ? [] : await takenPlaces(whole, record, force);
  const unkept = isMeant ? [] : await ignoredAmong(MOVABLE, gitignores, whole.paths);
  const taken = [...others.map(({ place }) => place), ...unkept];
  const all = renderApp(plan, { paths: tree.paths, gitignores: gitignoreTexts, taken }, formats);
  for (const { place, file } of others)
    notify(
      `${file} was not written by Quayside and stays: the rendered one is ${placeOf({ taken }, place)}${file === place ? ', --force replaces it' : ''}`,
    );
  for (const place of unkept) notify(`${place} is ignored by git: the rendered one is ${placeOf({ taken }, place)}`);
  const rendered = isMeant ? all.filter(({ path }) => isMeant(path)) : all;
  const names = new Set([...rendered.map(({ path }) => path), ...Object.keys(record)]);
  const present = await textsOf(whole.read, whole.paths, path => names.has(path));
  const partial = rendered.length < all.length || formats.length < FORMATS.length;
  const rules = rendered.flatMap(({ path, text }) => (path.endsWith('/.gitignore') ? [[path, text] as const] : []));
  const ignored = await ignoredAmong([...names], new Map([...gitignores, ...rules]), whole.paths);
  // Where git tracks what is ignored, rules themselves are not shown.
  const isUnseen = (path: string) => ignored.includes(path) || (!present.has(path) && path.endsWith('/.gitignore'));
  const seen = Object.fromEntries(Object.entries(record).filter(([path]) => !isUnseen(path)));
  const { files, fates, outdated } = decide(rendered, present, seen, { force, partial });
  const lost = rendered.map(({ path }) => path).filter(path => ignored.includes(path));
  if (lost.length > 0) notify(`git ignores ${few(lost)}: a clone is without, until .gitignore says otherwise`);
  for (const [path, fate] of Object.entries(fates)) {
    const said = SAID[fate];
    if (said !== undefined) notify(`${path} ${said}`);
  }
  for (const path of outdated) notify(`${path} is not rendered any more, and can go`);
  return files.reduce(
    (directory, { path, text, executable }) =>
      directory.withNewFile(path, text, { permissions: executable ? 0o755 : 0o644 }),
    dag.directory(),
  );
}

/** Paths that git ignores, and of which the source therefore shows nothing. */
async function ignoredAmong<P extends string>(
  paths: readonly P[],
  rules: ReadonlyMap<string, string>,
  there: readonly string[],
): Promise<readonly P[]> {
  const unseen = paths.filter(path => !there.includes(path) && !rules.has(path));
  if (rules.size === 0 || unseen.length === 0) return [];
  const texts: (readonly [string, string])[] = [...rules, ...unseen.map(path => [path, ''] as const)];
  const all = texts.reduce((directory, [path, text]) => directory.withNewFile(path, text), dag.directory());
  const { paths: kept } = await directoryTree(all.filter({ gitignore: true }));
  return unseen.filter(path => !kept.includes(path));
}

/** The first of them, and how many more there are. */
function few(paths: readonly string[]): string {
  const [first = '', ...others] = paths;
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

/** The places of rendered files that the source has others in, or beside which it has one of another name that programs take for it. */
async function takenPlaces(
  { paths, read }: ListedDirectory,
  record: EjectRecord,
  force: boolean,
): Promise<readonly TakenPlace[]> {
  const isOther = async (file: string, place: Movable): Promise<boolean> =>
    paths.includes(file) &&
    !Object.hasOwn(record, file) &&
    !(force && file === place) &&
    isTaken((await read(file)) ?? '');
  const found = MOVABLE.map(async (place): Promise<readonly TakenPlace[]> => {
    for (const file of namesOf(place)) if (await isOther(file, place)) return [{ place, file }];
    return [];
  });
  return (await Promise.all(found)).flat();
}

/** A place, and the file that takes it. */
interface TakenPlace {
  readonly place: Movable;
  readonly file: string;
}

/** What is said of files that are not simply written. */
const SAID: Readonly<Record<Fate, string | undefined>> = {
  written: undefined,
  there: undefined,
  'changed by hand': `was changed by hand and stays; what is new in it lies in a file that ends in ${BESIDE}`,
  'removed by hand': 'was removed by hand and is not written again; --force writes it',
  'not ours': `was not written by Quayside and stays; a file that ends in ${BESIDE} lies beside it, --force replaces it`,
};

function formatOf(name: string): Format {
  const format = FORMATS.find(known => known === name);
  if (format === undefined) throw new DiagnosticError([diagnose('QS801', { name, known: FORMATS })]);
  return format;
}

async function textsOf(
  read: (path: string) => Promise<string | undefined>,
  paths: readonly string[],
  isWanted: (path: string) => boolean,
): Promise<ReadonlyMap<string, string>> {
  const wanted = paths.filter(isWanted);
  const texts = await Promise.all(wanted.map(read));
  return new Map(wanted.flatMap((path, at) => (texts[at] === undefined ? [] : [[path, texts[at]]])));
}
