/** Trees that change while they are looked at, and those that may not be. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeDirectory } from '../../../engine/fs/content-hash.js';
import { listTree } from '../../../engine/fs/listing.js';
import { readLines } from '../../../engine/fs/text.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'quayside-walk-'));
  chmodSync(root, 0o755);
  for (const directory of ['a', 'b', 'c']) mkdirSync(join(root, directory));
  for (const file of ['a/f', 'b/f', 'c/f']) writeFileSync(join(root, file), file);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Selects all, and takes a path away when it is asked about. */
const losing = (lost: string) => (path: string) => {
  if (path === lost) rmSync(join(root, lost), { recursive: true });
  return 'selected' as const;
};

describe('what goes away while a tree is looked at', () => {
  it.each([
    ['a directory', 'b', ['a', 'a/f', 'c', 'c/f']],
    ['a file', 'b/f', ['a', 'a/f', 'b', 'c', 'c/f']],
  ])('is left out: %s', async (_, lost, left) => {
    const lines = await describeDirectory(root, losing(lost));
    expect(lines.map(line => JSON.parse(line.replace(/ (?:dir|file) .*$/, '')))).toEqual(left);
  });

  it('is left out when it is read too late', async () => {
    const hash = async (path: string) => {
      rmSync(path);
      throw Object.assign(new Error('gone'), { code: 'ENOENT' });
    };
    expect(await describeDirectory(root, () => 'selected', { hash })).toHaveLength(3);
  });
});

// Skipped for who is not root: nobody else can look at files as another user.
describe.skipIf(process.getuid?.() !== 0)('what a plain user may not read', () => {
  const asNobody = async (work: () => Promise<unknown>): Promise<unknown> => {
    process.seteuid!(65534);
    try {
      return await work();
    } finally {
      process.seteuid!(0);
    }
  };
  const refusal = /b(\/f)?: it may not be read by the user that this runs as$/;

  it.each([
    ['a directory, listed', 'b', () => listTree(root, () => 'selected')],
    ['a directory', 'b', () => describeDirectory(root, () => 'selected')],
    ['a file', 'b/f', () => describeDirectory(root, () => 'selected')],
    ['a file by itself', 'b/f', async () => readLines(join(root, 'b/f'))],
  ])('is named: %s', async (_, path, work) => {
    chmodSync(join(root, path), 0);
    await expect(asNobody(work)).rejects.toMatchObject({
      message: expect.stringMatching(refusal),
      extensions: { _type: 'SOURCE' },
    });
  });

  it('does not matter where it is left out', async () => {
    chmodSync(join(root, 'b'), 0);
    const select = (path: string) => (path === 'b' ? 'pruned' : 'selected');
    expect([...((await asNobody(() => listTree(root, select))) as Map<string, unknown>).keys()]).toEqual([
      'a',
      'a/f',
      'c',
      'c/f',
    ]);
  });
});
