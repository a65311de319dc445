/**
 * What Zstandard has compressed (RFC 8878). The library decodes blocks; frames are read here, since it takes windows of any size, and what somebody else has
 * published decides how large they are. Node has a decoder of its own from 22.15 on.
 */
import { Decompress } from 'fzstd';
import { type ByteReader, bytesOf } from './byte-reader.js';

const MAGIC = 0xfd2fb528;
/** Of frames that hold nothing: the last digit is free. */
const SKIPPED = 0x184d2a50;
/** What zstd itself makes goes up to that, but for --ultra and --long; the library computes longer distances with 32 bits, which are too few. */
const LARGEST_WINDOW = 2 ** 25;
const DICTIONARY_BYTES = [0, 1, 2, 4] as const;
const SIZE_BYTES = [0, 2, 4, 8] as const;
const REPEATED = 1;
const RESERVED = 3;

/** Whether bytes begin as a frame does, be it one that holds nothing. */
export function isZstd(start: Buffer): boolean {
  if (start.length < 4) return false;
  const magic = start.readUInt32LE();
  return magic === MAGIC || isSkipped(magic);
}

/** Decompresses what comes, frame by frame; throws where it is none, ends before its end, or needs more memory than a layer should. */
export async function* unzstd(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const bytes = bytesOf(source);
  for (;;) {
    const start = await bytes.exactly(4);
    if (start.length === 0) return;
    if (!isZstd(start)) throw new Error('what zstd has compressed ends in something else');
    if (isSkipped(start.readUInt32LE())) await skip(bytes);
    else yield* frame(start, bytes);
  }
}

// `>>> 0`: operators on bits make negative numbers of large ones.
const isSkipped = (magic: number): boolean => (magic & 0xfffffff0) >>> 0 === SKIPPED;

async function skip(bytes: ByteReader): Promise<void> {
  for (let left = (await whole(bytes, 4)).readUInt32LE(); left > 0; ) {
    const piece = await bytes.some(left);
    if (piece.length === 0) throw cut();
    left -= piece.length;
  }
}

async function* frame(start: Buffer, bytes: ByteReader): AsyncGenerator<Uint8Array> {
  const out: Uint8Array[] = [];
  const decoder = new Decompress(chunk => out.push(chunk));
  const { header, hasSum } = await frameHeader(bytes);
  decoder.push(Buffer.concat([start, header]));
  for (let isLast = false; !isLast; ) {
    const head = await whole(bytes, 3);
    const [kind, size] = [(head[0]! >> 1) & 3, head.readUIntLE(0, 3) >> 3];
    if (kind === RESERVED) throw new Error('what zstd has compressed has a block of no known kind');
    isLast = (head[0]! & 1) === 1;
    // It waits for more than the shortest frames have, unless it is told that nothing follows.
    decoder.push(Buffer.concat([head, await whole(bytes, kind === REPEATED ? 1 : size)]), isLast);
    yield* out.splice(0);
  }
  if (hasSum) await whole(bytes, 4);
}

/** A flag: a sum over the content follows it. Digests make it needless, and the library would wait for it. */
const SUM = 4;

/** What follows the magic number: flags, and by these the size of the window, a dictionary's number, the size of the content. Without the flag of a sum. */
async function frameHeader(bytes: ByteReader): Promise<{ readonly header: Buffer; readonly hasSum: boolean }> {
  const flags = (await whole(bytes, 1))[0]!;
  const isOnePiece = (flags & 0x20) !== 0;
  const sizeField = flags >> 6;
  const sizeBytes = sizeField === 0 && isOnePiece ? 1 : SIZE_BYTES[sizeField]!;
  const dictionaryBytes = DICTIONARY_BYTES[flags & 3]!;
  const rest = await whole(bytes, (isOnePiece ? 0 : 1) + dictionaryBytes + sizeBytes);
  const window = isOnePiece ? contentSize(rest.subarray(dictionaryBytes)) : windowSize(rest[0]!);
  if (window > LARGEST_WINDOW) throw new Error(`what zstd has compressed needs a window of ${window} bytes`);
  return { header: Buffer.concat([Buffer.of(flags & ~SUM), rest]), hasSum: (flags & SUM) !== 0 };
}

function windowSize(byte: number): number {
  const base = 2 ** (10 + (byte >> 3));
  return base + (base / 8) * (byte & 7);
}

function contentSize(field: Buffer): number {
  if (field.length === 8) return Number(field.readBigUInt64LE());
  return field.readUIntLE(0, field.length) + (field.length === 2 ? 256 : 0);
}

async function whole(bytes: ByteReader, count: number): Promise<Buffer> {
  const read = await bytes.exactly(count);
  if (read.length < count) throw cut();
  return read;
}

const cut = (): Error => new Error('what zstd has compressed ends before its end');
