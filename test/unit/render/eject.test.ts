/** What an eject writes over what is there: nothing that somebody changed is lost. */
import { describe, expect, it } from 'vitest';
import { decide, type Fate } from '../../../src/render/eject.js';
import { BESIDE, type EjectRecord, RECORD, readRecord } from '../../../src/render/record.js';

const NEW = { path: 'Dockerfile', text: 'FROM new\n' };
const OLD = 'FROM old\n';
const MINE = 'FROM old\nRUN mine\n';

function recordOf(text: string | undefined): EjectRecord {
  if (text === undefined) return {};
  const { files } = decide([{ path: NEW.path, text }], new Map(), {});
  return readRecord(files.find(({ path }) => path === RECORD)?.text);
}

describe('a file', () => {
  it.each<readonly [string, string | undefined, string | undefined, Fate, readonly string[]]>([
    ['that is not there is written', undefined, undefined, 'written', [NEW.path]],
    ['that was written and not changed is written anew', OLD, OLD, 'written', [NEW.path]],
    ['that is the same already stays', NEW.text, OLD, 'there', []],
    ['that is the same and was never recorded counts as written', NEW.text, undefined, 'there', []],
    ['that was changed stays, with the new one beside it', MINE, OLD, 'changed by hand', [`${NEW.path}${BESIDE}`]],
    ['that was changed stays alone while there is nothing new', MINE, NEW.text, 'changed by hand', []],
    ['that was removed stays away', undefined, OLD, 'removed by hand', []],
    ['of somebody else stays, with the new one beside it', MINE, undefined, 'not ours', [`${NEW.path}${BESIDE}`]],
  ])('%s', (_, there, before, fate, written) => {
    const present = new Map(there === undefined ? [] : [[NEW.path, there]]);
    const { files, fates } = decide([NEW], present, recordOf(before));
    expect(fates).toEqual({ [NEW.path]: fate });
    expect(files.map(({ path }) => path).filter(path => path !== RECORD)).toEqual(written);
  });

  it.each([[OLD], [MINE], [undefined]])('is replaced by force, whatever is there: %j', there => {
    const present = new Map(there === undefined ? [] : [[NEW.path, there]]);
    const { files } = decide([NEW], present, recordOf(OLD), { force: true });
    expect(files).toContainEqual(NEW);
  });

  it('that was changed is still known to be when it is rendered again', () => {
    const first = decide([NEW], new Map([[NEW.path, MINE]]), recordOf(OLD));
    const record = readRecord(first.files.find(({ path }) => path === RECORD)?.text);
    expect(decide([NEW], new Map([[NEW.path, MINE]]), record).fates).toEqual({ [NEW.path]: 'changed by hand' });
  });
});

describe('what is not rendered any more', () => {
  const record = { ...recordOf(OLD), ...readRecord(JSON.stringify({ files: { gone: 'of something else' } })) };

  it('can go when nobody has changed it', () => {
    const { outdated, files } = decide([], new Map([[NEW.path, OLD]]), record);
    expect(outdated).toEqual([NEW.path]);
    expect(readRecord(files[0]?.text)).toEqual({});
  });

  it('stays when somebody has, and when only some formats were asked for', () => {
    expect(decide([], new Map([[NEW.path, MINE]]), record).outdated).toEqual([]);
    const partial = decide([], new Map([[NEW.path, OLD]]), record, { partial: true });
    expect(partial.outdated).toEqual([]);
    expect(readRecord(partial.files[0]?.text)).toEqual(record);
  });
});

describe('a record', () => {
  it.each([
    ['nothing', undefined],
    ['no JSON', '{'],
    ['another document', '[]'],
    ['files of another kind', '{"files":["a"]}'],
  ])('of %s is empty', (_, text) => {
    expect(Object.keys(readRecord(text))).toEqual([]);
  });

  it('names nothing outside of the source', () => {
    const files = { '/etc/passwd': 'x', '../up': 'x', 'a/../../up': 'x', 'a//b': 'x', '': 'x', fine: 'x', number: 1 };
    expect(readRecord(JSON.stringify({ files }))).toEqual({ fine: 'x' });
  });
});
