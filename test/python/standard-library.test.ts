import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { readPython } from '../../src/detect/code/tokens.js';

type Start = readonly [line: number, indent: number, word: string | null];

/** What CPython's own tokenizer sees in its standard library; undefined on a machine without Python. */
function startsInStandardLibrary(): readonly (readonly [path: string, starts: readonly Start[]])[] | undefined {
  try {
    const script = new URL('statements.py', import.meta.url).pathname;
    const printed = execFileSync('python3', [script], { encoding: 'utf8', maxBuffer: 1 << 28 });
    return printed
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

test('every file of the standard library falls into the statements that Python sees', async ({ skip }) => {
  const files = startsInStandardLibrary() ?? skip('no python3 in PATH');
  expect(files.length).toBeGreaterThan(400);
  const wrong: unknown[] = [];
  for (const [path, expected] of files) {
    const { statements, unclosed } = readPython(await readFile(path, 'utf8'));
    const starts = statements.map(
      ({ line, indent, tokens: [first] }): Start => [line, indent, first!.kind === 'string' ? null : first!.text],
    );
    const at = expected.findIndex((start, index) => JSON.stringify(start) !== JSON.stringify(starts[index]));
    if (unclosed || at >= 0 || starts.length !== expected.length)
      wrong.push({ path, unclosed, expected: expected[at], read: starts[at] });
  }
  expect(wrong).toEqual([]);
});
