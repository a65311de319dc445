/**
 * The members of a layer's tar file, with the bytes that they are written as: what is not understood stays as it is. Own code, since the tar packages
 * for Node lose binary attribute values (file capabilities) and names that are not UTF-8.
 */

import { bytesOf } from './byte-reader.js';

/** A member. Strings are byte strings (latin1). */
export interface TarMember {
  /** Without slashes around it. */
  readonly path: string;
  /** As the header has it: `0` for a file, `1` for another name of one, `5` for a directory. */
  readonly type: string;
  readonly linkname: string;
  /** Seconds since 1970. */
  readonly mtime: number;
  /** Bytes of content. */
  readonly size: number;
  /** What stands before its header: long names, attributes. */
  readonly extensions: readonly TarExtension[];
  readonly header: Buffer;
  /** The content with what fills it up to whole blocks; what is not read is passed over. */
  readonly blocks: AsyncIterable<Buffer>;
}

/** A header of its own about the member that follows, and its data without padding. */
export interface TarExtension {
  readonly type: string;
  readonly header: Buffer;
  readonly data: Buffer;
}

export const BLOCK = 512;
/** Paths of a machine have 4096 bytes, its attributes 64 kB each. */
const LONGEST = 1024 * 1024;
/** Long names, attributes, and what holds for all that follows. */
const MOST_EXTENSIONS = 16;
const EXTENSIONS = new Set(['x', 'g', 'L', 'K']);

/** Reads the members one after the other. Throws where the file ends within one. */
export async function* tarMembers(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarMember> {
  const bytes = bytesOf(source);
  let extensions: TarExtension[] = [];
  for (;;) {
    const header = await bytes.exactly(BLOCK);
    if (header.length < BLOCK || header.every(byte => byte === 0)) return;
    const size = numberAt(header, 124, 12);
    const type = String.fromCharCode(header[156] || 0x30);
    if (EXTENSIONS.has(type)) {
      if (!(size >= 0 && size <= LONGEST))
        throw new Error('a layer has a header that is longer than any path or attribute');
      const data = (await bytes.exactly(padded(size))).subarray(0, size);
      extensions.push({ type, header, data });
      if (extensions.length > MOST_EXTENSIONS) throw new Error('a layer has headers about nothing');
      continue;
    }
    const member = memberOf({ header, type, extensions });
    if (!Number.isSafeInteger(member.size) || member.size < 0) throw new Error(`a layer has ${member.path} of no size`);
    let left = padded(member.size);
    const blocks = async function* () {
      while (left > 0) {
        const piece = await bytes.some(left);
        if (piece.length === 0) throw new Error(`a layer ends within ${member.path}`);
        left -= piece.length;
        yield piece;
      }
    };
    yield { ...member, blocks: blocks() };
    for await (const _ of blocks());
    extensions = [];
  }
}

/** The records of a pax header, in their order. */
export function paxRecords(data: Buffer): readonly (readonly [key: string, value: Buffer])[] {
  const records: [string, Buffer][] = [];
  for (let at = 0; at < data.length; ) {
    const space = data.indexOf(0x20, at);
    const length = Number(data.toString('latin1', at, space));
    if (space < 0 || !(length > 0)) break;
    const equals = data.indexOf(0x3d, space);
    records.push([data.toString('latin1', space + 1, equals), data.subarray(equals + 1, at + length - 1)]);
    at += length;
  }
  return records;
}

/** Bytes up to the end of a block. */
export function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

function memberOf({ header, type, extensions }: Pick<TarMember, 'header' | 'type' | 'extensions'>) {
  const said = new Map<string, string>();
  for (const extension of extensions) {
    if (extension.type === 'L') said.set('path', textOf(extension.data));
    if (extension.type === 'K') said.set('linkpath', textOf(extension.data));
    if (extension.type === 'x')
      for (const [key, value] of paxRecords(extension.data)) said.set(key, value.toString('latin1'));
  }
  const prefix = header.toString('latin1', 257, 262) === 'ustar' ? textOf(header.subarray(345, 500)) : '';
  const name = textOf(header.subarray(0, 100));
  const path = said.get('path') ?? (prefix === '' ? name : `${prefix}/${name}`);
  return {
    header,
    type,
    extensions,
    path: trimmed(path),
    linkname: trimmed(said.get('linkpath') ?? textOf(header.subarray(157, 257))),
    mtime: Number(said.get('mtime') ?? numberAt(header, 136, 12)),
    size: Number(said.get('size') ?? numberAt(header, 124, 12)),
  };
}

const trimmed = (path: string): string => path.replace(/^(?:\.?\/)+/, '').replace(/\/+$/, '');

function textOf(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
}

/** A number in octal digits, or in GNU's binary form, whose first bit is set. */
function numberAt(header: Buffer, at: number, width: number): number {
  if ((header[at]! & 0x80) !== 0) return Number(header.readBigUInt64BE(at + width - 8));
  return Number.parseInt(textOf(header.subarray(at, at + width)).trim() || '0', 8);
}
