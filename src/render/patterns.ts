/** Patterns of paths, as the plan and .gitignore files write them, for tools that know others. */
import { quoteWords } from '../source/quote-words.js';

const quote = (text: string): string => quoteWords([text]);

/** Lines of a .gitignore file as a .dockerignore at the top of the source has them: there a pattern without a slash means the top alone. */
export function dockerPatterns(directory: string, gitignore: string): readonly string[] {
  return gitignore.split('\n').flatMap(line => {
    const written = line.replace(/(?<!\\)\s+$/, '').replace(/^\\(?=[#!])/, '');
    if (written === '' || line.startsWith('#')) return [];
    const isException = line.startsWith('!');
    const pattern = (isException ? written.slice(1) : written).replace(/\/$/, '');
    const isAnchored = pattern.includes('/') && !pattern.startsWith('**/');
    const inside = isAnchored ? pattern.replace(/^\//, '') : pattern.startsWith('**/') ? pattern : `**/${pattern}`;
    return [`${isException ? '!' : ''}${directory === '' ? '' : `${directory}/`}${inside}`];
  });
}

/**
 * Shell commands that remove from the present directory what patterns name: paths from its top, `**` for any directories. Later ones
 * bring back what earlier ones name when they begin with `!`.
 */
export function removing(patterns: readonly string[]): readonly string[] {
  const isOrdered = patterns.some(pattern => pattern.startsWith('!'));
  if (isOrdered) return [`find . ${REGEX} ! -type d ${ordered(patterns)} -delete`, WITHOUT_EMPTY];
  const anywhere = patterns.flatMap(pattern => /^\*\*\/([^/]+)$/.exec(pattern)?.[1] ?? []);
  const fromTop = [...new Set(patterns.filter(pattern => !pattern.includes('**')).map(glob))];
  const others = patterns.filter(pattern => pattern.includes('**') && !/^\*\*\/[^/]+$/.test(pattern));
  const names = anywhere.map(name => `-name ${quote(name)}`).join(' -o ');
  return [
    ...(fromTop.length > 0 ? [`rm -rf ${fromTop.join(' ')}`] : []),
    ...(anywhere.length > 0 ? [`find . -mindepth 1 \\( ${names} \\) -prune -exec rm -rf {} +`] : []),
    ...(others.length > 0
      ? [`find . ${REGEX} -regex ${quote(`\\./(${others.map(regex).join('|')})`)} -prune -exec rm -rf {} +`]
      : []),
  ];
}

/** Shell commands that remove from the present directory all but what patterns name. */
export function keeping(patterns: readonly string[]): readonly string[] {
  const kept = quote(`\\./(${patterns.map(regex).join('|')})(/.*)?`);
  return [`find . ${REGEX} ! -type d ! -regex ${kept} -delete`, WITHOUT_EMPTY];
}

const REGEX = '-regextype posix-extended';
const WITHOUT_EMPTY = 'find . -mindepth 1 -depth -type d -empty -delete';

/** The condition of find that the last pattern which fits decides. */
function ordered(patterns: readonly string[]): string {
  const fits = (pattern: string) => `-regex ${quote(`\\./${regex(pattern)}(/.*)?`)}`;
  return patterns.reduce(
    (before, pattern) =>
      pattern.startsWith('!')
        ? `\\( ${before} ! ${fits(pattern.slice(1))} \\)`
        : before === ''
          ? fits(pattern)
          : `\\( ${before} -o ${fits(pattern)} \\)`,
    '',
  );
}

/** A pattern as an extended regular expression of a path from the top. */
function regex(pattern: string): string {
  const parts = pattern.replace(/^\//, '').split(/(\*\*\/|\/\*\*$|\*\*|\*|\?|\[[^\]]*\])/);
  return parts
    .map(part => {
      if (part === '**/') return '(.*/)?';
      if (part === '/**') return '/.*';
      if (part === '**') return '.*';
      if (part === '*') return '[^/]*';
      if (part === '?') return '[^/]';
      return /^\[.*\]$/.test(part) ? part : part.replaceAll(/[.+^$(){}|\\]/g, '\\$&');
    })
    .join('');
}

/** A path with `*`, `?` and `[...]` for the shell to fill in, and nothing else. */
function glob(pattern: string): string {
  // One that begins with a sign of the shell could come to a word that looks like an option.
  const path = pattern.replace(/^\//, '').replace(/^(?=[*?[-])/, './');
  return path
    .split(/([*?]|\[[^\]]*\])/)
    .map((part, at) => (at % 2 === 1 || part === '' ? part : quote(part)))
    .join('');
}
