/** Which files a filter selects, with moby's pattern rules: a pattern that names a directory means all below it. */
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ignore from 'ignore';
import picomatch from 'picomatch';
import type { Filter } from '../objects/op.js';

const patternOptions = {
  dot: true,
  nobrace: true,
  noextglob: true,
  nonegate: true,
  strictSlashes: true,
  nocase: false,
} as const;

const clean = (pattern: string): string => posix.normalize(pattern).replace(/^\/+/, '').replace(/\/+$/, '');

/** A test of whole relative paths against one pattern. */
export function globMatcher(pattern: string): (path: string) => boolean {
  const matches = picomatch(clean(pattern), patternOptions);
  return path => matches(path);
}

type Verdict = 'selected' | 'skipped' | 'pruned';

/** Decides on relative paths in the order of a walk from the top. `pruned`: neither it nor anything below is selected. */
export type Selector = (path: string, isDirectory: boolean) => Verdict;

function lastMatchWins(patterns: readonly string[]): { matches: (path: string) => boolean; hasExceptions: boolean } {
  const rules = patterns.map(p => ({ negated: p.startsWith('!'), match: globMatcher(p.replace(/^!/, '')) }));
  return {
    hasExceptions: rules.some(r => r.negated),
    matches(path) {
      const chain = path.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/'));
      return rules.reduce((matched, rule) => (chain.some(rule.match) ? !rule.negated : matched), false);
    },
  };
}

/** The .gitignore rules of a tree, read as the walk meets them. */
function gitignoreMatcher(root: string): (path: string, isDirectory: boolean) => boolean {
  const files = new Map<string, ReturnType<typeof ignore> | undefined>();
  const rulesIn = (dir: string) => {
    if (!files.has(dir)) {
      let text: string | undefined;
      try {
        text = readFileSync(join(root, dir, '.gitignore'), 'utf8');
      } catch {
        text = undefined;
      }
      files.set(dir, text === undefined ? undefined : ignore().add(text));
    }
    return files.get(dir);
  };
  return (path, isDirectory) => {
    const dirs = path.split('/').map((_, i, parts) => parts.slice(0, i).join('/'));
    return dirs.reduce((ignored, dir) => {
      const rules = rulesIn(dir);
      if (rules === undefined) return ignored;
      const relative = posix.relative(dir, path) + (isDirectory ? '/' : '');
      const verdict = rules.test(relative);
      return verdict.ignored ? true : verdict.unignored ? false : ignored;
    }, false);
  };
}

/** Makes the selector of a filter; `root` is where .gitignore files are read from. */
export function makeSelector(filter: Filter, root: string): Selector {
  if (filter.include.length === 0 && filter.exclude.length === 0 && !filter.gitignore) return () => 'selected';
  const include = lastMatchWins(filter.include);
  const exclude = lastMatchWins(filter.exclude);
  const ignored = filter.gitignore ? gitignoreMatcher(root) : () => false;
  return (path, isDirectory) => {
    if (path !== '.git' && ignored(path, isDirectory)) return 'pruned';
    if (exclude.matches(path)) return exclude.hasExceptions && isDirectory ? 'skipped' : 'pruned';
    if (filter.include.length > 0 && !include.matches(path)) return isDirectory ? 'skipped' : 'pruned';
    return 'selected';
  };
}
