import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { wrapped } from '../../../src/render/shell-lines.js';

/** A command that prints each of its words on a line, long enough to be split. */
const words = (...given: readonly string[]) => ['printf', "'%s\\n'", ...given].join(' ');
const MANY = Array.from({ length: 40 }, (_, at) => `word-${at}`);

const COMMANDS: Readonly<Record<string, string>> = {
  'many words': words(...MANY),
  'blanks in single quotes': words(...MANY.map(word => `'${word} and a blank'`)),
  'blanks in double quotes': words(...MANY.map(word => `"${word} and a blank"`)),
  'quotes in a command in quotes': words(...MANY.map(word => `"$(echo "${word}  x  y" | tr -d '"')  z"`)),
  'an apostrophe in double quotes': words(...MANY.map(word => `"it's  ${word}"`)),
  'both quotes': words(...MANY.map(word => `"it's" '${word}  "' "a  '" '\\' "$(echo 'a  b)')  c"`)),
  'blanks behind a backslash': words(...MANY.map(word => `${word}\\ \\ and\\ one`)),
  'words that look like comments': words(...MANY.map(word => `'#' \\# ${word}#`)),
  'several commands': MANY.map(word => `if true; then echo ${word} && echo "a  b" || echo c; fi`).join('; '),
  parentheses: `find . -maxdepth 0 \\( ${MANY.map(word => `-name ${word}`).join(' -o ')} -o -name . \\) -exec echo {} \\; ; (echo a; (echo "b  c"; echo "d  (e"; (echo f); echo "g  h") )`,
};

describe('a command on several lines', () => {
  it.each(Object.entries(COMMANDS))('means the same as on one: %s', (_, command) => {
    const lines = wrapped(command);
    expect(lines.length).toBeGreaterThan(1);
    expect(lines.filter(line => line.startsWith('#') || /^\s|\s$/.test(line))).toEqual([]);
    // As Docker reads them: the blanks that a line begins with stay, the backslash and the end of the line go.
    const run = (text: string) => execFileSync('bash', ['-c', text], { encoding: 'utf8' });
    expect(run(lines.join('         '))).toBe(run(command));
    for (const line of lines) expect(line.length).toBeLessThan(120);
  });

  it('stays on one that is short enough, and where nothing can be split', () => {
    expect(wrapped('echo "a b"')).toEqual(['echo "a b"']);
    const long = `'${'a '.repeat(100)}'`;
    expect(wrapped(long)).toEqual([long]);
  });

  it('goes on after the end of a command where that is near', () => {
    const [first] = wrapped(`${'a'.repeat(80)} && ${'b'.repeat(30)} ${'c'.repeat(30)}`);
    expect(first).toBe(`${'a'.repeat(80)} &&`);
  });
});
