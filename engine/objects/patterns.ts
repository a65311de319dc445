/** Patterns of paths with moby's rules: `*` and `?` stay within a name, `**` crosses directories, a leading `!` makes an exception. */
import { posix } from 'node:path';
import { steppedMatcher } from './pattern-steps.js';

export interface Pattern {
  readonly negated: boolean;
  matches(path: string): boolean;
}

/** Go's filepath.Clean. */
export function cleanPath(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

/** Characters that mean something to a RegExp and nothing in a pattern. */
const escaped = /[.+()|{}$]/;

/** What a pattern may not end in, as Go's filepath.Match has it: a class that stays open, or a backslash with nothing after it. */
function checkSyntax(pattern: string): void {
  for (let i = 0; i < pattern.length; i += 1) {
    if (pattern[i] === '\\') {
      i += 1;
      if (i >= pattern.length) throw new Error(`syntax error in pattern ${JSON.stringify(pattern)}`);
    } else if (pattern[i] === '[') {
      i += pattern[i + 1] === '^' ? 2 : 1;
      const first = i;
      while (i < pattern.length && (pattern[i] !== ']' || i === first)) i += pattern[i] === '\\' ? 2 : 1;
      if (i >= pattern.length || pattern[first] === ']')
        throw new Error(`syntax error in pattern ${JSON.stringify(pattern)}`);
    }
  }
}

function toRegExp(pattern: string): RegExp {
  let source = '^';
  for (let i = 0; i < pattern.length; i += 1) {
    const char = pattern[i]!;
    if (char === '*' && pattern[i + 1] === '*') {
      i += pattern[i + 2] === '/' ? 2 : 1;
      source += i === pattern.length - 1 ? '.*' : '(.*/)?';
    } else if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '\\' && i + 1 < pattern.length) {
      i += 1;
      source += pattern[i]!.replace(/[^A-Za-z0-9_]/, '\\$&');
    } else source += escaped.test(char) ? `\\${char}` : char;
  }
  return new RegExp(`${source}$`, 's');
}

/** A regular expression is faster, but with many of these its ways multiply until nothing else gets its turn. */
const mostStars = 2;
const special = /[*?[\]\\]/;

function matcherOf(pattern: string): (path: string) => boolean {
  if (!special.test(pattern)) return path => path === pattern;
  const suffix = pattern.slice(2);
  if (pattern.startsWith('**') && !special.test(suffix))
    return path => path.endsWith(suffix) || (suffix.startsWith('/') && path === suffix.slice(1));
  const prefix = pattern.slice(0, -2);
  if (pattern.endsWith('**') && !special.test(prefix)) return path => path.startsWith(prefix);
  if ((pattern.match(/\*+/g) ?? []).length > mostStars) return steppedMatcher(pattern);
  const expression = toRegExp(pattern);
  return path => expression.test(path);
}

/**
 * Compiles a pattern; undefined for one that is empty.
 * @throws Error for one that is malformed
 */
export function compilePattern(text: string): Pattern | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const cleaned = cleanPath(trimmed);
  const negated = cleaned.startsWith('!');
  const pattern = negated ? cleaned.slice(1) : cleaned;
  if (pattern === '') throw new Error('illegal exclusion pattern: "!"');
  checkSyntax(pattern);
  return { negated, matches: matcherOf(pattern) };
}

/** Compiles a list, without those that are empty. */
export function compilePatterns(texts: readonly string[]): readonly Pattern[] {
  return texts.map(compilePattern).filter(p => p !== undefined);
}

/** Whether a list matches a path or a directory it lies in; of the patterns that do, the last decides. */
export function anyMatches(patterns: readonly Pattern[], path: string): boolean {
  const chain = path.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/'));
  return patterns.reduce(
    (matched, p) => (p.negated === matched && chain.some(p.matches) ? !p.negated : matched),
    false,
  );
}
