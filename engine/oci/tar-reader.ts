/**
 * Reads tar files that nobody vouches for, one member after the other. Own code, since the tar packages for Node read a header that is as long as
 * somebody claims into memory, and take names that are not UTF-8 for others.
 */

/** A member's header. Strings are byte strings (latin1). */
export interface TarHead {
  readonly name: string;
  /** The type as the header has it: `0` for a file, `1` and `2` for links. */
  readonly flag: string;
  /** Bytes of content. */
  readonly size: number;
  readonly linkname: string;
}

export interface TarEntry extends TarHead {
  /** The content; what is not read of it is passed over. */
  readonly content: AsyncIterable<Buffer>;
}

const block = 512;
/** What a name and the other records of a header may take: paths of this machine have 4096 bytes. */
const longestHeader = 1024 * 1024;

const empty: Buffer = Buffer.alloc(0);

/** Bytes of a source, so many at a time as are asked for. */
interface Bytes {
  /** Some bytes, `most` at the most; none at the end. */
  some(most: number): Promise<Buffer>;
  /** So many bytes, or as many as there are. */
  exactly(count: number): Promise<Buffer>;
}

function bytesOf(source: AsyncIterable<Buffer>): Bytes {
  const chunks = source[Symbol.asyncIterator]();
  let held = empty;
  const some = async (most: number): Promise<Buffer> => {
    while (held.length === 0) {
      const next = await chunks.next();
      if (next.done === true) return empty;
      held = next.value;
    }
    const piece = held.subarray(0, most);
    held = held.subarray(piece.length);
    return piece;
  };
  const exactly = async (count: number): Promise<Buffer> => {
    const pieces: Buffer[] = [];
    for (let left = count; left > 0; ) {
      const piece = await some(left);
      if (piece.length === 0) break;
      pieces.push(piece);
      left -= piece.length;
    }
    return Buffer.concat(pieces);
  };
  return { some, exactly };
}

const text = (header: Buffer, start: number, length: number): string => {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.toString('latin1', 0, end === -1 ? length : end);
};

/** A number in octal digits, or in binary where the first bit says so. */
function number(header: Buffer, start: number, length: number): number {
  const field = header.subarray(start, start + length);
  if (field[0]! >= 0x80) {
    const bytes = Buffer.from(field);
    bytes[0]! &= 0x7f;
    return field[0]! >= 0xc0 ? Number.NaN : Number(BigInt(`0x${bytes.toString('hex')}`));
  }
  const digits = field.toString('latin1').replaceAll('\0', ' ').trim();
  return digits === '' ? 0 : /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

/** @throws Error for what is no header, or has a size that is none */
function parseHeader(header: Buffer): TarHead {
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  if (header.length < block || number(header, 148, 8) !== sum) throw new Error('it is no tar file, or a damaged one');
  const prefix = text(header, 257, 6) === 'ustar' ? text(header, 345, 155) : '';
  const name = text(header, 0, 100);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    flag: text(header, 156, 1) || '0',
    size: number(header, 124, 12),
    linkname: text(header, 157, 100),
  };
}

/** The records of a pax header, "length key=value\n" each. @throws Error for what is none */
function paxRecords(body: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(0x20, at);
    const digits = body.toString('latin1', at, Math.max(at, space));
    const end = at + Number(digits);
    const record = body.toString('latin1', space + 1, end - 1);
    if (!/^[0-9]{1,7}$/.test(digits) || end > body.length || end <= space + 1 || !record.includes('='))
      throw new Error('it has a header that is damaged');
    const equals = record.indexOf('=');
    records.set(record.slice(0, equals), record.slice(equals + 1));
    at = end;
  }
  return records;
}

/** What headers before a member say of it. */
type Said = Partial<Record<'path' | 'linkpath' | 'size', string>>;

function say(head: TarHead, said: Said): TarHead {
  const size = said.size === undefined ? head.size : /^\d+$/.test(said.size) ? Number(said.size) : Number.NaN;
  return { ...head, name: said.path ?? head.name, linkname: said.linkpath ?? head.linkname, size };
}

const padding = (size: number): number => (block - (size % block)) % block;
const untilNul = (body: Buffer): string => text(body, 0, body.length);

async function readHeader(bytes: Bytes, head: TarHead, said: Said): Promise<Said> {
  if (!(head.size <= longestHeader)) throw new Error(`it has a header of ${head.size} bytes: more than names need`);
  const body = (await bytes.exactly(head.size + padding(head.size))).subarray(0, head.size);
  if (head.flag === 'L') return { ...said, path: untilNul(body) };
  if (head.flag === 'K') return { ...said, linkpath: untilNul(body) };
  const records = paxRecords(body);
  // What is said of all members at once tells nothing that is needed here.
  return head.flag === 'g' ? said : { ...said, ...(Object.fromEntries(records) as Said) };
}

async function* contentOf(bytes: Bytes, { name, size }: TarHead): AsyncGenerator<Buffer> {
  for (let left = size; left > 0; ) {
    const piece = await bytes.some(left);
    if (piece.length === 0) throw new Error(`it ends in the middle of ${printable(name)}`);
    left -= piece.length;
    yield piece;
  }
  await bytes.exactly(padding(size));
}

/** Reads the members of a tar file up to its end mark. @throws Error that says what is wrong with it, as "it …" */
export async function* readTar(source: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const bytes = bytesOf(source);
  let said: Said = {};
  for (;;) {
    const header = await bytes.exactly(block);
    if (header.length === 0 || header.every(byte => byte === 0)) return;
    const own = parseHeader(header);
    if ('xgLK'.includes(own.flag)) {
      said = await readHeader(bytes, own, said);
      continue;
    }
    const head = say(own, said);
    said = {};
    if (!Number.isSafeInteger(head.size)) throw new Error(`it has a member of no size: ${printable(head.name)}`);
    const content = contentOf(bytes, head);
    yield { ...head, content };
    // Whatever its reader left.
    while (!(await content.next()).done);
  }
}

/** A name as it can be put into a sentence. */
export const printable = (name: string): string =>
  Buffer.from(name, 'latin1')
    .toString('utf8')
    .replaceAll(/[\p{Cc}\u2028\u2029]/gu, '?')
    .slice(0, 200);
