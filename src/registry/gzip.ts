/** gzip with the same bytes on every machine: what zlib makes differs by its version, and by the processor where it is Chromium's. */
import { Gzip } from 'fflate';

/** What is compressed at a time: the bytes depend on it. */
const PIECE = 1024 * 1024;
const LEVEL = 6;

/** Compresses what comes, in however many chunks it comes. */
export async function* compressed(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let out: Uint8Array[] = [];
  const gzip = new Gzip({ level: LEVEL, mtime: 0 }, chunk => out.push(chunk));
  for await (const { piece, isLast } of pieces(source)) {
    gzip.push(piece, isLast);
    yield* out;
    out = [];
  }
}

/** Cuts what comes into pieces of one size; the last may be smaller, or empty. */
async function* pieces(source: AsyncIterable<Uint8Array>): AsyncGenerator<{ piece: Uint8Array; isLast: boolean }> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    held.push(chunk);
    bytes += chunk.length;
    if (bytes <= PIECE) continue;
    const joined = Buffer.concat(held, bytes);
    let at = 0;
    for (; joined.length - at > PIECE; at += PIECE) yield { piece: joined.subarray(at, at + PIECE), isLast: false };
    held = [joined.subarray(at)];
    bytes = joined.length - at;
  }
  yield { piece: Buffer.concat(held, bytes), isLast: true };
}
