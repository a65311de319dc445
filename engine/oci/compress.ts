/** gzip with the same bytes on every machine: what zlib makes differs by its version, and by the processor where it is Chromium's. */
import { Gzip } from 'fflate';

/** What is compressed at a time: the bytes depend on it. */
const PIECE = 1024 * 1024;
/** fflate's own default. */
const LEVEL = 6;

/**
 * Names the compression in records: other bytes for the same content need another name.
 */
export const COMPRESSION = 'fflate6';

/** Compresses what comes, in however many chunks it comes. */
export async function* compressed(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let out: Buffer[] = [];
  const gzip = new Gzip({ level: LEVEL, mtime: 0 }, chunk => out.push(Buffer.from(chunk)));
  for await (const { piece, last } of pieces(source)) {
    gzip.push(piece, last);
    yield Buffer.concat(out);
    out = [];
    // It computes on the thread that answers questions as well.
    await new Promise<void>(resolve => setImmediate(resolve));
  }
}

/** Cuts what comes into pieces of one size; the last may be smaller, or empty. */
async function* pieces(source: AsyncIterable<Buffer>): AsyncGenerator<{ piece: Buffer; last: boolean }> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    held.push(chunk);
    bytes += chunk.length;
    if (bytes <= PIECE) continue;
    const joined = Buffer.concat(held, bytes);
    let at = 0;
    for (; joined.length - at > PIECE; at += PIECE) yield { piece: joined.subarray(at, at + PIECE), last: false };
    held = [joined.subarray(at)];
    bytes = joined.length - at;
  }
  yield { piece: Buffer.concat(held, bytes), last: true };
}
