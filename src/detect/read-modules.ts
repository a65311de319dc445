/** Reads the Python files that count as the app's code, each once. */
import { asideIn } from '../source/own-code.js';
import { resolvePath } from '../source/paths.js';
import type { Tree } from '../source/tree.js';
import { findCandidates } from './app/candidates.js';
import { type PythonModule, readModule } from './code/module.js';
import { type PythonSource, pythonSource } from './code/tokens.js';
import { isUsed } from './code/used-directory.js';

/** Files read at the same time: they are one request when the tree is a Dagger directory. */
const PARALLEL_READS = 250;

/** The Python files of an app, before it is known which of them count. */
export interface PythonFiles {
  readonly source: Tree;
  /** The app's directory in the source. */
  readonly root: string;
  /** Relative to the app's directory, without what is installed or generated. */
  readonly paths: readonly string[];
  /** Directories that imports start from: what lies in them counts. */
  readonly starts: readonly string[];
  /** Dotted names of the app that start commands and the configuration give. */
  readonly named: readonly string[];
}

/** The files, by their paths. */
export type PythonTexts = ReadonlyMap<string, PythonSource>;

/** The files as modules, in the order of their paths. */
export function modulesOf(texts: PythonTexts, starts: readonly string[], prefix = ''): readonly PythonModule[] {
  const paths = [...texts.keys()].sort();
  return paths.map(path => readModule(path, texts.get(path)!, starts, prefix));
}

/**
 * Reads the files that are the app's: of directories such as docs and examples those that the others use, and where the others
 * have no app in them, those that have one.
 */
export async function readTexts(files: PythonFiles): Promise<PythonTexts> {
  const asideOf = asideIn(files.paths);
  const directoryOf = (path: string) =>
    files.starts.some(start => start !== '' && path.startsWith(`${start}/`)) ? undefined : asideOf(path);
  const aside = new Map<string, string[]>();
  for (const path of files.paths) {
    const directory = directoryOf(path);
    if (directory === undefined) continue;
    const inside = aside.get(directory);
    if (inside) inside.push(path);
    else aside.set(directory, [path]);
  }
  const own = await readAll(
    files,
    files.paths.filter(path => directoryOf(path) === undefined),
  );
  return aside.size === 0 ? own : withUsed(files, own, aside);
}

/** The app's files with those of the directories aside that it uses, of which one may use another. */
async function withUsed(
  files: PythonFiles,
  own: PythonTexts,
  aside: ReadonlyMap<string, readonly string[]>,
): Promise<PythonTexts> {
  const modules = modulesOf(own, files.starts);
  const users = { modules, named: files.named, top: files.root.split('/').at(-1)! };
  const used = [...aside].filter(([path, inside]) =>
    isUsed({ path, isPackage: inside.includes(`${path}/__init__.py`) }, users),
  );
  if (used.length > 0) {
    const texts = await readAll(
      files,
      used.flatMap(([, inside]) => inside),
    );
    const left = new Map([...aside].filter(([path]) => !used.some(([taken]) => taken === path)));
    return withUsed(files, new Map([...own, ...texts]), left);
  }
  return aside.size === 0 || findCandidates({ modules }).length > 0 ? own : withApps(files, own, aside);
}

/** The app's files with those of the directories aside that have an app in them. */
async function withApps(
  files: PythonFiles,
  own: PythonTexts,
  aside: ReadonlyMap<string, readonly string[]>,
): Promise<PythonTexts> {
  const texts = await readAll(files, [...aside.values()].flat());
  const apps = findCandidates({ modules: modulesOf(texts, files.starts) });
  const taken = [...aside.values()].filter(inside => apps.some(({ path }) => inside.includes(path))).flat();
  return new Map([...own, ...taken.map(path => [path, texts.get(path)!] as const)]);
}

async function readAll({ source, root }: PythonFiles, paths: readonly string[]): Promise<PythonTexts> {
  const texts = new Map<string, PythonSource>();
  for (let at = 0; at < paths.length; at += PARALLEL_READS) {
    const batch = paths.slice(at, at + PARALLEL_READS).map(async path => {
      const text = await source.read(resolvePath(root, path));
      return [path, pythonSource(text ?? '')] as const;
    });
    for (const [path, text] of await Promise.all(batch)) texts.set(path, text);
  }
  return texts;
}
