import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { matchingLines } from '../../../engine/fs/matching-lines.js';
import { searchTree } from '../../../engine/fs/search.js';
import { type PatternOptions, searchPattern } from '../../../engine/objects/search-pattern.js';

const plain: PatternOptions = { literal: false, insensitive: false, multiline: false, dotall: false };
const found = (pattern: string, text: string, options: Partial<PatternOptions> = {}) => [
  ...(text.match(searchPattern(pattern, { ...plain, ...options })) ?? []),
];

describe('patterns', () => {
  it.each<[pattern: string, text: string, matches: string[]]>([
    ['def\\s+\\w+\\(', 'def  größe(x)', ['def  größe(']],
    ['\\bé\\b', 'é aé', ['é']],
    ['a\\-b\\"\\#\\:\\/\\ c', 'a-b"#:/ c', ['a-b"#:/ c']],
    ['[\\w.\\-]+@[a-z]+', 'x.y-z@host', ['x.y-z@host']],
    ['[]a]+', 'a]', ['a]']],
    ['[^]a]+', 'a]b', ['b']],
    ['[[:alpha:]_]+[[:digit:]]', 'ab_1', ['ab_1']],
    ['(?P<n>a)(?<m>b)', 'ab', ['ab']],
    ['(?i)ABC', 'abc', ['abc']],
    ['\\x41\\x{42}\\u{43}\\pL', 'ABCd', ['ABCd']],
    ['a}b]', 'a}b]', ['a}b]']],
    ['a{2,3}?', 'aaa', ['aa']],
    ['\\A.|.\\z', 'a\nb', ['a', 'b']],
    ['\\d+', '１2', ['１2']],
    ['[^\\s]+', 'a\u00a0b', ['a', 'b']],
    ['^b$', 'a\nb\nc', ['b']],
  ])('%s', (pattern, text, matches) => expect(found(pattern, text)).toEqual(matches));

  it.each([
    ['('],
    ['['],
    ['a\\'],
    ['*a'],
    ['a(?=b)'],
    ['(?<!a)b'],
    ['(a)\\1'],
    ['[a&&b]'],
    ['[a[b]]'],
    ['a(?i)b'],
    ['\\y'],
    ['[[:nope:]]'],
    ['a\\nb'],
    ['a\nb'],
    ['[\\W]'],
  ])('%s is refused', pattern => expect(() => searchPattern(pattern, plain)).toThrow(/regex/));

  it('are texts where that is asked for', () => {
    expect(found('a.(b', 'axa.(b', { literal: true })).toEqual(['a.(b']);
    expect(found('A', 'aA', { literal: true, insensitive: true })).toEqual(['a', 'A']);
    expect(() => searchPattern('a\n', { ...plain, literal: true })).toThrow('multiline');
    expect(found('\\\\n', '\\n')).toEqual(['\\n']);
  });
});

const lines = (text: string | Buffer, pattern: string, options: Partial<PatternOptions> = {}) =>
  matchingLines(
    Buffer.from(text as string),
    searchPattern(pattern, { ...plain, ...options }),
    options.multiline ?? false,
  );

describe('lines', () => {
  it('have their numbers, their places in bytes and all that matches in them', () => {
    expect(lines('ä\nxöx\r\n\nx', 'x')).toEqual([
      {
        lineNumber: 2,
        absoluteOffset: 3,
        matchedLines: 'xöx\r\n',
        submatches: [
          { text: 'x', start: 0, end: 1 },
          { text: 'x', start: 3, end: 4 },
        ],
      },
      { lineNumber: 4, absoluteOffset: 10, matchedLines: 'x', submatches: [{ text: 'x', start: 0, end: 1 }] },
    ]);
  });

  it('stay apart unless a match goes over them, and are one where matches share them', () => {
    expect(lines('a b\nc\nd\n', 'a\\s+\\w')).toMatchObject([{ matchedLines: 'a b\n' }]);
    const over = lines('1 a\nb 2\n3 a\nb\n', 'a\\nb|2|3', { multiline: true });
    expect(
      over.map(({ lineNumber, matchedLines, submatches }) => [lineNumber, matchedLines, submatches.length]),
    ).toEqual([
      [1, '1 a\nb 2\n', 2],
      [3, '3 a\nb\n', 2],
    ]);
    expect(lines('x\ny\n', 'x\\n', { multiline: true })).toMatchObject([{ matchedLines: 'x\n' }]);
    expect(lines('a\nb', 'a.b', { multiline: true })).toEqual([]);
    expect(lines('a\nb', 'a.b', { multiline: true, dotall: true })).toMatchObject([{ matchedLines: 'a\nb' }]);
  });

  it('are none in what is no text, and none that are no UTF-8', () => {
    expect(lines('x\n\0', 'x')).toEqual([]);
    const mixed = Buffer.concat([Buffer.from('x\n'), Buffer.from([0x78, 0xff, 10]), Buffer.from('x\n')]);
    expect(lines(mixed, 'x').map(({ lineNumber, absoluteOffset }) => [lineNumber, absoluteOffset])).toEqual([
      [1, 0],
      [3, 5],
    ]);
    expect(lines('', 'x*')).toEqual([]);
  });

  it('are not looked for without end', () => {
    const start = performance.now();
    expect(() => lines(`${'a'.repeat(60)}b`, '(a+)+$')).toThrow('takes longer than 3 seconds');
    expect(performance.now() - start).toBeLessThan(10_000);
  }, 30_000);
});

describe('trees', () => {
  const root = mkdtempSync(join(tmpdir(), 'quayside-search-'));
  afterAll(() => rmSync(root, { recursive: true }));
  for (const path of ['a.py', 'b/c.py', 'b/d.md', 'build/e.py', '.h/f.py', 'vendor/x/g.py']) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), 'x\n');
  }
  symlinkSync('a.py', join(root, 'link.py'));
  symlinkSync('/etc', join(root, 'out'));

  const search = async (
    paths: string[],
    options: { globs?: string[]; skipHidden?: boolean; skipIgnored?: boolean } = {},
  ) =>
    (
      await searchTree(root, paths, {
        pattern: searchPattern('x', plain),
        multiline: false,
        globs: [],
        skipHidden: false,
        skipIgnored: false,
        ...options,
      })
    ).map(({ filePath }) => filePath);

  it('are searched whole or in places, by names as they were given', async () => {
    expect(await search([])).toEqual(['.h/f.py', 'a.py', 'b/c.py', 'b/d.md', 'build/e.py', 'vendor/x/g.py']);
    expect(await search(['b', '/a.py'])).toEqual(['b/c.py', 'b/d.md', 'a.py']);
    expect(await search(['.'])).toContain('./a.py');
    expect(await search(['link.py'])).toEqual(['a.py']);
  });

  it('are never left', async () => {
    await expect(search(['../x'])).rejects.toThrow('cannot escape');
    await expect(search(['b/../../x'])).rejects.toThrow('cannot escape');
    await expect(search(['out'])).rejects.toThrow('no such file');
  });

  it('by globs', async () => {
    expect(await search([], { globs: ['*.md'] })).toEqual(['b/d.md']);
    expect(await search([], { globs: ['b/*'] })).toEqual(['b/c.py', 'b/d.md']);
    expect(await search([], { globs: ['*.py', '!vendor', '!.h'] })).toEqual(['a.py', 'b/c.py', 'build/e.py']);
    expect(await search([], { globs: ['!b/'] })).toEqual(['.h/f.py', 'a.py', 'build/e.py', 'vendor/x/g.py']);
    expect(await search(['b/d.md'], { globs: ['*.py'] })).toEqual(['b/d.md']);
  });

  it('without what is hidden or ignored', async () => {
    expect(await search([], { skipHidden: true })).not.toContain('.h/f.py');
    writeFileSync(join(root, '.gitignore'), 'build/\n');
    writeFileSync(join(root, 'b/.ignore'), '*.md\n');
    expect(await search([], { skipIgnored: true, globs: ['!.*'] })).toEqual([
      'a.py',
      'b/c.py',
      'build/e.py',
      'vendor/x/g.py',
    ]);
    mkdirSync(join(root, '.git'));
    expect(await search([], { skipIgnored: true, globs: ['!.*'] })).toEqual(['a.py', 'b/c.py', 'vendor/x/g.py']);
  });
});
