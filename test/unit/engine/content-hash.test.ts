/** Hashes of files that somebody else works with. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { link, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { describeEntry, hashFile } from '../../../engine/fs/content-hash.js';

const dir = mkdtempSync(join(tmpdir(), 'quayside-hash-'));
afterAll(() => rmSync(dir, { recursive: true }));

test('a file with holes that others link to meanwhile has the hash that it has in peace', async () => {
  const file = join(dir, 'holes');
  writeFileSync(file, Buffer.alloc(30_000_000, 'x'));
  await truncate(file, 60_000_000);
  const describe = () => describeEntry(file, statSync(file), hashFile);
  const before = await describe();
  let done = false;
  const meanwhile = describe().finally(() => {
    done = true;
  });
  while (!done) {
    await link(file, join(dir, 'another'));
    await rm(join(dir, 'another'));
  }
  expect(await meanwhile).toBe(before);
});
