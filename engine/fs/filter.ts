/** Which files a filter selects, with moby's pattern rules: a pattern that names a directory means all below it. */
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ignore from 'ignore';
import type { Filter } from '../objects/op.js';
import { anyMatches, compilePatterns } from '../objects/patterns.js';

type Verdict = 'selected' | 'skipped' | 'pruned';

/** Decides on relative paths in the order of a walk from the top. `pruned`: neither it nor anything below is selected. */
export type Selector = (path: string, isDirectory: boolean) => Verdict;

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

/** Makes the selector of a filter; .gitignore files are read from `root`, and from the directories above it up to the filter's own root. */
export function makeSelector(filter: Filter, root: string): Selector {
  if (filter.include.length === 0 && filter.exclude.length === 0 && !filter.gitignore) return () => 'selected';
  const include = compilePatterns(filter.include);
  const exclude = compilePatterns(filter.exclude);
  const excepted = exclude.some(p => p.negated);
  const top = filter.gitignoreRoot ?? root;
  const prefix = posix.relative(top, root);
  const ignoredBelowTop = filter.gitignore ? gitignoreMatcher(top) : () => false;
  const ignored = (path: string, isDirectory: boolean) => ignoredBelowTop(posix.join(prefix, path), isDirectory);
  return (path, isDirectory) => {
    if (path !== '.git' && ignored(path, isDirectory)) return 'pruned';
    if (anyMatches(exclude, path)) return excepted && isDirectory ? 'skipped' : 'pruned';
    if (include.length > 0 && !anyMatches(include, path)) return isDirectory ? 'skipped' : 'pruned';
    return 'selected';
  };
}
