/** Searches files of a directory as ripgrep does: which count, and in which order. */
import { lstatSync } from 'node:fs';
import { posix } from 'node:path';
import { compilePattern, type Pattern } from '../objects/patterns.js';
import { type ReadRules, selectorOf } from './filter.js';
import { type MatchingLines, matchingLines } from './matching-lines.js';
import { rootPath, statEntry } from './root-path.js';
import { readBytes, readTextBeside } from './text.js';
import { type Selector, walk } from './walk.js';

export interface Searching {
  readonly pattern: RegExp;
  readonly multiline: boolean;
  readonly globs: readonly string[];
  readonly skipHidden: boolean;
  readonly skipIgnored: boolean;
}

export interface FoundIn {
  readonly filePath: string;
  readonly lines: readonly MatchingLines[];
}

interface Glob {
  readonly pattern: Pattern;
  readonly excludes: boolean;
  readonly directoriesOnly: boolean;
}

/** A glob in the words of .gitignore: with a slash inside it counts from the top, else anywhere. */
function globOf(text: string): readonly Glob[] {
  const excludes = text.startsWith('!');
  const bare = excludes ? text.slice(1) : text;
  const inner = bare.replace(/\/$/, '');
  const pattern = compilePattern(inner.includes('/') ? inner.replace(/^\//, '') : `**/${inner}`);
  return pattern === undefined ? [] : [{ pattern, excludes, directoriesOnly: bare.endsWith('/') }];
}

/** What globs say of a path; the last that matches decides. */
function globSelector(texts: readonly string[]): Selector {
  const globs = texts.flatMap(globOf);
  const someInclude = globs.some(glob => !glob.excludes);
  return (path, isDirectory) => {
    const decides = globs.findLast(glob => (isDirectory || !glob.directoriesOnly) && glob.pattern.matches(path));
    if (decides?.excludes) return 'pruned';
    if (decides === undefined && someInclude) return isDirectory ? 'skipped' : 'pruned';
    return 'selected';
  };
}

/** Rules of what is ignored; those of git count where there is a repository. */
const ignoreFiles =
  (root: string): ReadRules =>
  directory => {
    const names = lstatSync(posix.join(root, '.git'), { throwIfNoEntry: false }) ? ['.gitignore'] : [];
    const texts = [...names, '.ignore', '.rgignore'].map(
      name => readTextBeside(posix.join(root, directory), name) ?? '',
    );
    return texts.some(text => text !== '') ? texts.join('\n') : undefined;
  };

function selectorFor(root: string, { globs, skipHidden, skipIgnored }: Searching): Selector {
  const select: Selector[] = [globSelector(globs)];
  if (skipHidden) select.push(path => (posix.basename(path).startsWith('.') ? 'pruned' : 'selected'));
  if (skipIgnored) select.push(selectorOf({ include: [], exclude: [], gitignore: true }, ignoreFiles(root)));
  return (path, isDirectory) => {
    const verdicts = select.map(one => one(path, isDirectory));
    return verdicts.includes('pruned') ? 'pruned' : verdicts.includes('skipped') ? 'skipped' : 'selected';
  };
}

function searchFile(absolute: string, filePath: string, { pattern, multiline }: Searching): readonly FoundIn[] {
  const lines = matchingLines(readBytes(absolute, filePath), pattern, multiline);
  return lines.length === 0 ? [] : [{ filePath, lines }];
}

/** Searches one file under a name. */
export function searchOneFile(absolute: string, filePath: string, searching: Searching): readonly FoundIn[] {
  return searchFile(absolute, filePath, searching);
}

async function searchPlace(root: string, place: string, searching: Searching): Promise<readonly FoundIn[]> {
  const absolute = rootPath(root, place);
  const path = posix.relative(root, absolute);
  const stats = statEntry(absolute);
  if (stats === undefined) throw new Error(`search: ${place}: no such file or directory`);
  // A file that is named counts whatever else is said.
  if (stats.isFile()) return searchFile(absolute, path, searching);
  const select = selectorFor(root, searching);
  const found: FoundIn[] = [];
  const inPlace: Selector = (inner, isDirectory) => select(posix.join(path, inner), isDirectory);
  for await (const entry of walk(absolute, inPlace))
    if (entry.stats.isFile())
      found.push(
        ...searchFile(entry.absolute, path === '' ? `./${entry.path}` : posix.join(path, entry.path), searching),
      );
  return found;
}

/** A path of the directory that was named, without ways out of it. @throws Error for one that leads out */
function insidePath(path: string): string {
  const cleaned = posix.normalize(path.replace(/^\/+/, '') || '.').replace(/(.)\/$/, '$1');
  if (cleaned === '..' || cleaned.startsWith('../')) throw new Error(`path cannot escape directory: ${path}`);
  return cleaned;
}

/**
 * Searches a directory, or what is named of it, in the order of names.
 * @throws Error for a path that leads out of it, or where nothing is
 */
export async function searchTree(
  root: string,
  paths: readonly string[],
  searching: Searching,
): Promise<readonly FoundIn[]> {
  const places = paths.map(insidePath);
  if (places.length > 0) {
    const found = [];
    for (const place of places) found.push(...(await searchPlace(root, place, searching)));
    return found;
  }
  const all = await searchPlace(root, '.', searching);
  return all.map(one => ({ ...one, filePath: one.filePath.replace(/^\.\//, '') }));
}
