/** Which files a filter selects, with moby's pattern rules: a pattern that names a directory means all below it. */
import { lstatSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ignore from 'ignore';
import type { Filter } from '../objects/op.js';
import { anyMatches, compilePatterns } from '../objects/patterns.js';
import { type Selector, walk } from './walk.js';

/** The rules of one .gitignore file, and the length of its directory's path with the slash. */
interface Rules {
  readonly start: number;
  readonly ignore: ReturnType<typeof ignore>;
}

/** Reads the .gitignore of a directory of a tree; undefined where there is none. */
export type ReadRules = (directory: string) => string | undefined;

/** Those of a directory of this machine. */
const rulesBelow =
  (root: string): ReadRules =>
  directory => {
    const file = join(root, directory, '.gitignore');
    try {
      // Git follows no link here either, and a pipe would never end.
      return lstatSync(file).isFile() ? readFileSync(file, 'utf8') : undefined;
    } catch {
      return undefined;
    }
  };

/** The .gitignore rules of a tree, read as the walk meets them. */
function gitignoreMatcher(readRules: ReadRules): (path: string, isDirectory: boolean) => boolean {
  const known = new Map<string, readonly Rules[]>();
  const read = (dir: string): readonly Rules[] => {
    const text = readRules(dir);
    return text === undefined ? [] : [{ start: dir === '' ? 0 : dir.length + 1, ignore: ignore().add(text) }];
  };
  /** The files that count for what is in a directory, the topmost first. */
  const rulesFor = (dir: string): readonly Rules[] => {
    let rules = known.get(dir);
    if (rules === undefined) {
      const above = dir === '' ? [] : rulesFor(parentOf(dir));
      const own = read(dir);
      rules = own.length === 0 ? above : [...above, ...own];
      known.set(dir, rules);
    }
    return rules;
  };
  return (path, isDirectory) =>
    rulesFor(parentOf(path)).reduce((ignored, rules) => {
      const verdict = rules.ignore.test(path.slice(rules.start) + (isDirectory ? '/' : ''));
      return verdict.ignored ? true : verdict.unignored ? false : ignored;
    }, false);
}

/** The directory of a relative path; '' is the top. */
const parentOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 0));

/** Whether a filter leaves nothing of a directory out. */
export async function selectsAll(filter: Filter, root: string): Promise<boolean> {
  const select = makeSelector(filter, root);
  let all = true;
  const noting: Selector = (path, isDirectory) => {
    const verdict = select(path, isDirectory);
    all &&= verdict === 'selected';
    // Once something is out, the rest need not be seen.
    return all ? verdict : 'pruned';
  };
  for await (const _ of walk(root, noting)) if (!all) return false;
  return all;
}

/** Makes the selector of a filter; .gitignore files are read from `root`, and from the directories above it up to the filter's own root. */
export function makeSelector(filter: Filter, root: string): Selector {
  const top = filter.gitignoreRoot ?? root;
  return selectorOf(filter, rulesBelow(top), posix.relative(top, root));
}

/**
 * Makes the selector of a filter for a tree of which .gitignore files are read otherwise.
 * @param prefix where the tree lies in the one that `readRules` knows
 */
export function selectorOf(filter: Filter, readRules: ReadRules, prefix = ''): Selector {
  if (filter.include.length === 0 && filter.exclude.length === 0 && !filter.gitignore) return () => 'selected';
  const include = compilePatterns(filter.include);
  const exclude = compilePatterns(filter.exclude);
  const excepted = exclude.some(p => p.negated);
  const ignoredBelowTop = filter.gitignore ? gitignoreMatcher(readRules) : () => false;
  const ignored = (path: string, isDirectory: boolean) => ignoredBelowTop(posix.join(prefix, path), isDirectory);
  return (path, isDirectory) => {
    if (path !== '.git' && ignored(path, isDirectory)) return 'pruned';
    if (exclude.length > 0 && anyMatches(exclude, path)) return excepted && isDirectory ? 'skipped' : 'pruned';
    if (include.length > 0 && !anyMatches(include, path)) return isDirectory ? 'skipped' : 'pruned';
    return 'selected';
  };
}
