/** The times of what is in a layer, made such that they say nothing of when it was built. */
import { createHash } from 'node:crypto';
import { BLOCK, padded, paxRecords, type TarExtension, type TarMember, tarMembers } from './tar-members.js';

/** 1980-01-01T00:00:01Z, the time of everything in a layer of Cloud Native Buildpacks; ZIP archives know none before that year. */
export const SETTLED_TIME = 315_532_801;

/** Where the time of a file lies, in seconds since 1970: which of the seconds it is, its content decides. */
export interface Times {
  readonly from: number;
  /** How many seconds. */
  readonly span: number;
}

/** About 17 years. The local engine writes its layers with the same times. */
const USUAL: Times = { from: SETTLED_TIME, span: 2 ** 29 };

/** Where the time of a file lies that has not the usual one, by its path without a leading slash. */
export type OwnTimes = (path: string) => Times | undefined;

/**
 * The times that the members of a layer shall have, in their order. A file's is made of its content: web servers tell browsers by time and
 * size whether what they have is still right. All else has one time.
 * @returns undefined when all have them already
 */
export async function settledTimes(
  tar: AsyncIterable<Uint8Array>,
  ownTimes: OwnTimes,
): Promise<readonly number[] | undefined> {
  const times: number[] = [];
  const byPath = new Map<string, number>();
  let isSettled = true;
  for await (const member of tarMembers(tar)) {
    const time = await timeOf(member, ownTimes, byPath);
    byPath.set(member.path, time);
    times.push(time);
    isSettled &&= time === member.mtime;
  }
  return isSettled ? undefined : times;
}

/** Writes a layer's tar with other times, given in the order of its members; all else keeps its bytes. */
export async function* withTimes(tar: AsyncIterable<Uint8Array>, times: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for await (const { extensions, header, blocks } of tarMembers(tar)) {
    for (const extension of extensions) yield* withoutTimes(extension);
    yield withTime(header, times[at]!);
    yield* blocks;
    at += 1;
  }
  yield Buffer.alloc(2 * BLOCK);
}

async function timeOf(
  { path, type, linkname, mtime, size, blocks }: TarMember,
  ownTimes: OwnTimes,
  byPath: ReadonlyMap<string, number>,
): Promise<number> {
  // The mark of something that a layer takes away.
  if (path.slice(path.lastIndexOf('/') + 1).startsWith('.wh.')) return 0;
  if (type === '1') return byPath.get(linkname) ?? SETTLED_TIME;
  if (type !== '0') return SETTLED_TIME;
  const times = ownTimes(path) ?? USUAL;
  const isSettled = times === USUAL && mtime >= times.from && mtime < times.from + times.span;
  return isSettled ? mtime : timeOfContent(blocks, size, times);
}

async function timeOfContent(blocks: AsyncIterable<Buffer>, size: number, { from, span }: Times): Promise<number> {
  const hash = createHash('sha256');
  let left = size;
  for await (const block of blocks) {
    hash.update(block.subarray(0, left));
    left = Math.max(0, left - block.length);
  }
  return from + (hash.digest().readUInt32BE() % span);
}

function withTime(header: Buffer, time: number): Buffer {
  const written = Buffer.from(header);
  written.write(`${time.toString(8).padStart(11, '0')}\0`, 136, 'latin1');
  return withSum(written);
}

/** Gives a header the sum of its bytes, for which the sum itself counts as spaces. */
function withSum(header: Buffer): Buffer {
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

const TIMES = new Set(['mtime', 'atime', 'ctime']);

function* withoutTimes(extension: TarExtension): Generator<Buffer> {
  const { type, header, data } = extension;
  const kept = type === 'x' ? paxRecords(data).filter(([key]) => !TIMES.has(key)) : [];
  if (type === 'x' && kept.length === 0) return;
  const isSame = type !== 'x' || kept.length === paxRecords(data).length;
  const body = isSame ? data : Buffer.concat(kept.map(([key, value]) => paxRecord(key, value)));
  const sized = Buffer.from(header);
  sized.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  // Its own time is of no use to anybody.
  yield withTime(sized, 0);
  yield Buffer.concat([body, Buffer.alloc(padded(body.length) - body.length)]);
}

/** A record is "length key=value\n" where the length counts its own digits. */
function paxRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`, 'latin1'), value, Buffer.from('\n')]);
  let length = rest.length + `${rest.length}`.length;
  if (`${length}`.length > `${rest.length}`.length) length += 1;
  return Buffer.concat([Buffer.from(`${length}`), rest]);
}
