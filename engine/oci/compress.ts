/** gzip with the same bytes on every machine: what zlib makes differs by its version, and by the processor where it is Chromium's. */
import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Gzip } from 'fflate';

/** What is compressed at a time: the bytes depend on it. */
const PIECE = 1024 * 1024;
/** The level is fflate's own default. */
const OPTIONS = { level: 6, mtime: 0 } as const;
const THREAD = new URL('gzip-thread.mjs', import.meta.url);

/**
 * Names the compression in records: other bytes for the same content need another name.
 */
export const COMPRESSION = 'fflate6';

interface Piece {
  readonly piece: Buffer;
  readonly last: boolean;
}

/** Compresses what comes, in however many chunks it comes; what is more than one piece in a thread of its own, so that layers are compressed side by side. */
export async function* compressed(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const cut = pieces(source);
  const { value: first } = await cut.next();
  if (first === undefined || first.last) yield atOnce(first?.piece ?? Buffer.alloc(0));
  else yield* inThread(first, cut);
}

function atOnce(piece: Buffer): Buffer {
  const out: Uint8Array[] = [];
  new Gzip(OPTIONS, chunk => out.push(chunk)).push(piece, true);
  return Buffer.concat(out);
}

/** One piece is compressed while the next is read. */
async function* inThread(first: Piece, rest: AsyncIterable<Piece>): AsyncGenerator<Buffer> {
  const thread = new Worker(THREAD, { workerData: OPTIONS, execArgv: [] });
  const answers = on(thread, 'message');
  const next = async (): Promise<Buffer> => {
    const [bytes] = (await answers.next()).value as [Uint8Array];
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  };
  try {
    thread.postMessage(first);
    for await (const piece of rest) {
      thread.postMessage(piece);
      yield await next();
    }
    yield await next();
  } finally {
    await thread.terminate();
  }
}

/** Cuts what comes into pieces of one size; the last may be smaller, or empty. */
async function* pieces(source: AsyncIterable<Buffer>): AsyncGenerator<Piece> {
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
