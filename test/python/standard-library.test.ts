import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { isSurelyClosed } from '../../src/detect/code/closed.js';
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

const standardLibrary = startsInStandardLibrary();

test('every file of the standard library falls into the statements that Python sees', async ({ skip }) => {
  const files = standardLibrary ?? skip('no python3 in PATH');
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

test('a quick look takes no file for closed that is cut off in a string or a bracket, and most whole ones', async ({
  skip,
}) => {
  const files = standardLibrary ?? skip('no python3 in PATH');
  const wrong: unknown[] = [];
  let closed = 0;
  let open = 0;
  for (const [at, [path]] of files.entries()) {
    const text = await readFile(path, 'utf8');
    if (isSurelyClosed(text)) closed += 1;
    // Cut at a place that has nothing to do with the text, and is the same at each run.
    const part = text.slice(0, ((at + 1) * 104_729) % (text.length + 1));
    const { unclosed } = readPython(part);
    if (unclosed) open += 1;
    if (unclosed && isSurelyClosed(part)) wrong.push({ path, length: part.length });
  }
  expect(wrong).toEqual([]);
  expect(open).toBeGreaterThan(files.length * 0.3);
  expect(closed).toBeGreaterThan(files.length * 0.6);
});
