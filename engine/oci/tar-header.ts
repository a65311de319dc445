/**
 * Tar headers as layers need them (POSIX pax). Own code, since the tar packages for Node lose what a layer must keep: binary attribute
 * values (file capabilities), names that are not UTF-8, and user ids above 262143.
 */

export type TarType = 'file' | 'link' | 'symlink' | 'char' | 'block' | 'directory' | 'fifo';

/** One member. Strings are byte strings (latin1). */
export interface TarMember {
  readonly type: TarType;
  /** A directory's name ends in a slash. */
  readonly name: string;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of content; 0 for all but files. */
  readonly size: number;
  /** Seconds since 1970; a fraction is cut off, a time before 1970 becomes 0. */
  readonly mtime: number;
  readonly linkname?: string;
  readonly major?: number;
  readonly minor?: number;
  readonly xattrs?: readonly { readonly name: string; readonly value: Buffer }[];
}

const BLOCK = 512;
const FLAG = {
  file: '0',
  link: '1',
  symlink: '2',
  char: '3',
  block: '4',
  directory: '5',
  fifo: '6',
} as const satisfies Record<TarType, string>;
const MAX_NAME = 100;
/** The biggest numbers that seven and eleven octal digits hold. */
const MAX_SEVEN = 0o7777777;
const MAX_ELEVEN = 0o77777777777;

/** The two empty blocks that end an archive. */
export const TAR_END: Buffer = Buffer.alloc(2 * BLOCK);

/**
 * Encodes a member's header, with a pax header before it when the plain one cannot say everything.
 * The same member always gives the same bytes.
 */
export function tarHeader(member: TarMember): Buffer {
  const records = paxRecords(member);
  const plain = ustarBlock(member, FLAG[member.type]);
  if (records.length === 0) return plain;
  const body = Buffer.concat(records);
  const pax: TarMember = { type: 'file', name: 'PaxHeaders', mode: 0o644, uid: 0, gid: 0, size: body.length, mtime: 0 };
  return Buffer.concat([ustarBlock(pax, 'x'), body, tarPadding(body.length), plain]);
}

/** The zero bytes that fill a member's content up to a whole block. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

function paxRecords(member: TarMember): Buffer[] {
  const records: Buffer[] = [];
  const add = (key: string, value: Buffer | string) => records.push(paxRecord(key, value));
  if (!fitsPlain(member.name)) add('path', member.name);
  if (member.linkname !== undefined && !fitsPlain(member.linkname)) add('linkpath', member.linkname);
  if (member.uid > MAX_SEVEN) add('uid', String(member.uid));
  if (member.gid > MAX_SEVEN) add('gid', String(member.gid));
  if (member.size > MAX_ELEVEN) add('size', String(member.size));
  const xattrs = [...(member.xattrs ?? [])].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name, value } of xattrs) add(`SCHILY.xattr.${name}`, value);
  return records;
}

/** A record is "length key=value\n" where the length counts its own digits. */
function paxRecord(key: string, value: Buffer | string): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  const rest = Buffer.concat([Buffer.from(` ${key}=`, 'latin1'), bytes, Buffer.from('\n')]);
  let length = rest.length + String(rest.length).length;
  if (String(length).length > String(rest.length).length) length += 1;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

function ustarBlock(member: TarMember, flag: string): Buffer {
  const block = Buffer.alloc(BLOCK);
  const text = (value: string, offset: number, width: number) => block.write(value.slice(0, width), offset, 'latin1');
  const octal = (value: number, offset: number, digits: number, max: number) =>
    block.write((value > max ? 0 : value).toString(8).padStart(digits, '0'), offset, 'latin1');
  text(member.name, 0, MAX_NAME);
  octal(member.mode & 0o7777, 100, 7, MAX_SEVEN);
  octal(member.uid, 108, 7, MAX_SEVEN);
  octal(member.gid, 116, 7, MAX_SEVEN);
  octal(member.size, 124, 11, MAX_ELEVEN);
  octal(Math.max(0, Math.floor(member.mtime)), 136, 11, MAX_ELEVEN);
  block.fill(' ', 148, 156);
  text(flag, 156, 1);
  text(member.linkname ?? '', 157, MAX_NAME);
  text('ustar\u000000', 257, 8);
  if (member.type === 'char' || member.type === 'block') {
    octal(member.major ?? 0, 329, 7, MAX_SEVEN);
    octal(member.minor ?? 0, 337, 7, MAX_SEVEN);
  }
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** Plain names hold 100 bytes; anything but ASCII goes into a pax record, whose encoding is defined. */
function fitsPlain(name: string): boolean {
  return name.length <= MAX_NAME && /^[\x20-\x7e]*$/.test(name);
}
