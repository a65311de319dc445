/** The memory of this machine's files: each directory's is its own, so that a small one costs nothing of a large one's. */
import { lstatSync, mkdirSync, mkdtempSync, rmSync, type Stats, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openKnownHashes } from '../../../engine/store/known-hashes.js';
import { openRecords, type Records } from '../../../engine/store/records.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'quayside-known-'));
  for (const name of ['work', 'small', 'large']) mkdirSync(join(dir, name));
});
afterEach(() => rmSync(dir, { recursive: true }));

const recordOf = (directory: string): string => join(dir, `${directory.replaceAll('/', '-')}.json`);

function counting(): { readonly records: Records; readonly read: string[] } {
  const records = openRecords({ work: join(dir, 'work'), session: 's', notice: () => undefined });
  const read: string[] = [];
  const noting: Records['read'] = (kind, file) => {
    read.push(file);
    return records.read(kind, file);
  };
  return { read, records: { ...records, read: noting } };
}

test('only the memory of the directory that is asked about is read', async () => {
  const { records, read } = counting();
  const known = openKnownHashes(records, recordOf);
  const file = join(dir, 'small/a');
  writeFileSync(file, 'a');
  known.below(join(dir, 'large'));
  await known.below(join(dir, 'small'))(file, lstatSync(file));
  expect(read).toEqual([recordOf(join(dir, 'small'))]);
});

test('what one session learnt the next one knows, for as long as the file is the same', async () => {
  const file = join(dir, 'small/a');
  writeFileSync(file, 'a');
  const old = { ...lstatSync(file), ctimeMs: 1, isFile: () => true } as Stats;
  const first = openKnownHashes(counting().records, recordOf);
  const hash = await first.below(join(dir, 'small'))(file, old);
  await first.save();
  writeFileSync(file, 'b');
  const second = openKnownHashes(counting().records, recordOf).below(join(dir, 'small'));
  expect(await second(file, old)).toBe(hash);
  utimesSync(file, 1, 1);
  expect(await second(file, lstatSync(file))).not.toBe(hash);
});
