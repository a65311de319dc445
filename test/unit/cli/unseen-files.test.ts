/** What is written into a directory whose files git ignores, which no function has seen. */
import type { Directory } from '@dagger.io/dagger';
import { expect, test } from 'vitest';
import { besideUnseen } from '../../../cli/unseen-files.js';
import { hashOf, RECORD, readRecord, recordText } from '../../../src/render/record.js';

/** A directory that keeps texts, and so much of its API as is called. */
function directoryOf(texts: ReadonlyMap<string, string>): Directory & { readonly texts: ReadonlyMap<string, string> } {
  return {
    texts,
    withoutFile: (path: string) => directoryOf(new Map([...texts].filter(([name]) => name !== path))),
    withNewFile: (path: string, text: string) => directoryOf(new Map([...texts, [path, text]])),
  } as unknown as Directory & { readonly texts: ReadonlyMap<string, string> };
}

const MADE = new Map([
  ['Makefile', 'rendered'],
  ['compose.yaml', 'rendered'],
  [RECORD, recordText({ Makefile: hashOf('rendered'), 'compose.yaml': hashOf('rendered') })],
]);

function written(there: Readonly<Record<string, string>>) {
  const { files, kept } = besideUnseen(directoryOf(MADE), [...MADE.keys()], {
    there: path => there[path],
    made: path => MADE.get(path),
  });
  const { texts } = files as unknown as { readonly texts: ReadonlyMap<string, string> };
  return { kept, texts, record: readRecord(texts.get(RECORD)) };
}

test('where nothing lies all of it is written', () => {
  expect(written({})).toMatchObject({ kept: [], texts: MADE });
});

test('a file that was never written stays, and is not recorded', () => {
  const { kept, texts, record } = written({ Makefile: 'mine' });
  expect(kept).toEqual(['Makefile']);
  expect([...texts.keys()].sort()).toEqual([RECORD, 'Makefile.quayside-new', 'compose.yaml']);
  expect(record).toEqual({ 'compose.yaml': hashOf('rendered') });
});

test('a file that was changed since stays, and the record says what it said', () => {
  const before = recordText({ Makefile: hashOf('rendered before') });
  const { kept, record } = written({ Makefile: 'rendered before, and mine', [RECORD]: before });
  expect(kept).toEqual(['Makefile']);
  expect(record.Makefile).toBe(hashOf('rendered before'));
});

test('a file that is as it was written is written anew', () => {
  const before = recordText({ Makefile: hashOf('rendered before') });
  expect(written({ Makefile: 'rendered before', [RECORD]: before }).kept).toEqual([]);
});

test('what was laid beside a file is laid there anew', () => {
  const made = new Map([['Makefile.quayside-new', 'newer']]);
  const { kept } = besideUnseen(directoryOf(made), [...made.keys()], {
    there: () => 'new',
    made: path => made.get(path),
  });
  expect(kept).toEqual([]);
});
