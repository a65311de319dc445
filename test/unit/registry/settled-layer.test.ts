/** Times in layers: what they are made of, and that nothing but them changes. */
import { execFileSync } from 'node:child_process';
import { buffer } from 'node:stream/consumers';
import { extract, type Header, pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { type OwnTimes, SETTLED_TIME, settledTimes, withTimes } from '../../../src/registry/settled-layer.js';

type Member = Partial<Header> & { readonly name: string; readonly content?: string };

/** A layer as other engines write it: with the times of its files, the finer ones as records of their own. */
async function layer(members: readonly Member[]): Promise<Buffer> {
  const tar = pack();
  for (const { content, ...header } of members) tar.entry(header, content ?? '');
  tar.finalize();
  return buffer(tar);
}

async function* inChunks(bytes: Buffer, size = 700): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const NONE: OwnTimes = () => undefined;

async function settled(tar: Buffer, ownTime = NONE): Promise<Buffer> {
  const times = await settledTimes(inChunks(tar), ownTime);
  return times === undefined ? tar : buffer(withTimes(inChunks(tar), times));
}

/** What another reader finds: each member's header and content. */
async function found(tar: Buffer) {
  const parser = extract();
  parser.end(tar);
  const members: Record<string, { mtime: number; content: string; header: Omit<Header, 'mtime'> }> = {};
  for await (const entry of parser) {
    const content = (await buffer(entry)).toString();
    const { mtime, ...header } = entry.header;
    members[entry.header.name] = { mtime: mtime!.getTime() / 1000, content, header };
  }
  return members;
}

const at = (seconds: number) => new Date(seconds * 1000);
const LONG = `deep/${'n'.repeat(180)}/é`;

const members = (time: number, content = 'one'): readonly Member[] => [
  { name: 'app/', type: 'directory', mtime: at(time), uid: 12 },
  { name: 'app/a', content, mtime: at(time), mode: 0o4755 },
  { name: 'app/again', type: 'link', linkname: 'app/a', mtime: at(time) },
  { name: 'app/.wh.gone', mtime: at(time) },
  { name: 'app/link', type: 'symlink', linkname: 'a', mtime: at(time) },
  {
    name: LONG,
    content: 'x'.repeat(70_000),
    mtime: at(time),
    pax: { mtime: `${time}.25`, 'SCHILY.xattr.user.a': 'b' },
  },
  { name: 'etc/fine', content: 'y', mtime: at(time), pax: { mtime: `${time}.5`, atime: `${time}.5` } },
];

describe('a settled layer', () => {
  it('is the same whenever its files were made', async () => {
    const first = await settled(await layer(members(1_700_000_000)));
    expect((await settled(await layer(members(1_800_000_001)))).equals(first)).toBe(true);
    expect(await settledTimes(inChunks(first), NONE)).toBeUndefined();
  });

  it('holds what it held but for the times, also for tar', async () => {
    const before = await layer(members(1_700_000_000));
    const after = await settled(before);
    const was = await found(before);
    const is = await found(after);
    expect(Object.keys(is)).toEqual(Object.keys(was));
    for (const [name, { content, header }] of Object.entries(is)) {
      expect(content).toBe(was[name]!.content);
      const { pax, ...rest } = was[name]!.header;
      const { mtime: _, atime: __, ...records } = (pax ?? {}) as Record<string, string>;
      expect({ ...header, pax: header.pax ?? {} }).toEqual({ ...rest, pax: records });
    }
    const listed = execFileSync('tar', ['-tf', '-'], { input: after, encoding: 'utf8', env: { LC_ALL: 'C.UTF-8' } });
    expect(listed.trim().split('\n')).toHaveLength(members(0).length);
  });

  it('has one time for what is no file, and one made of its content for what is', async () => {
    const one = await found(await settled(await layer(members(1_700_000_000))));
    const two = await found(await settled(await layer(members(1_700_000_000, 'two'))));
    for (const name of ['app/', 'app/link']) expect(one[name]!.mtime).toBe(SETTLED_TIME);
    expect(one['app/again']!.mtime).toBe(one['app/a']!.mtime);
    expect(one['app/a']!.mtime).not.toBe(two['app/a']!.mtime);
    expect(one['etc/fine']!.mtime).toBe(two['etc/fine']!.mtime);
    expect(one['app/.wh.gone']!.mtime).toBe(0);
  });

  it('has the time that a file has of its own', async () => {
    const own: OwnTimes = path => (path.startsWith('app/') ? { from: 1_750_000_000, span: 1 } : undefined);
    const first = await settled(await layer(members(1_700_000_000)));
    const again = await found(await settled(first, own));
    expect(again['app/a']!.mtime).toBe(1_750_000_000);
    expect(again['app/again']!.mtime).toBe(1_750_000_000);
    expect(again['etc/fine']!.mtime).toBe((await found(first))['etc/fine']!.mtime);
    const other: OwnTimes = path => (path.startsWith('app/') ? { from: 1_760_000_000, span: 1 } : undefined);
    expect((await found(await settled(await settled(first, own), other)))['app/a']!.mtime).toBe(1_760_000_000);
  });

  it('cannot be one that is cut off', async () => {
    const whole = await layer(members(1_700_000_000));
    await expect(settled(whole.subarray(0, 40_000))).rejects.toThrow('ends within');
  });
});
