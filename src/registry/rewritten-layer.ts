/** Blobs of an image written anew. */
import { createHash } from 'node:crypto';
import { createWriteStream, openAsBlob } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { createGunzip } from 'node:zlib';
import { bytesOf } from './byte-reader.js';
import { compressed } from './gzip.js';
import type { ArchivedImage } from './layout.js';
import { type OwnTimes, settledTimes, withTimes } from './settled-layer.js';
import { isZstd, unzstd } from './zstd.js';

export type ArchivedLayer = ArchivedImage['layers'][number];

/**
 * A layer in which times say nothing of when it was built: the same one where they are so already, else one that is written into a directory.
 * @param ownTimes where the times of files lie that have not the usual ones
 */
export async function settledLayer(
  layer: ArchivedLayer,
  ownTimes: OwnTimes,
  directory: string,
): Promise<ArchivedLayer> {
  const times = await settledTimes(tarOf(layer), ownTimes);
  if (times === undefined) return layer;
  const unfinished = join(directory, `unfinished-${layer.digest.slice(-64)}`);
  const [tar, blob] = [createHash('sha256'), createHash('sha256')];
  let size = 0;
  await pipeline(
    withTimes(tarOf(layer), times),
    seen(chunk => tar.update(chunk)),
    compressed,
    seen(chunk => {
      blob.update(chunk);
      size += chunk.length;
    }),
    createWriteStream(unfinished),
  );
  const hex = blob.digest('hex');
  const path = join(directory, `sha256-${hex}`);
  await rename(unfinished, path);
  return { digest: `sha256:${hex}`, size, diffId: `sha256:${tar.digest('hex')}`, open: () => openAsBlob(path) };
}

/**
 * The tar inside of a layer, whatever it is compressed with: its first bytes say that, as engines go by. Throws where it has more bytes than so many, as what is made to
 * unpack without end has.
 */
export async function* tarOf({ open }: Pick<ArchivedLayer, 'open'>, most = Infinity): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of unpacked(await open())) {
    size += chunk.length;
    if (size > most) throw new Error(`a layer unpacks to more than ${most} bytes`);
    yield chunk;
  }
}

async function* unpacked(blob: Blob): AsyncGenerator<Uint8Array> {
  const source = bytesOf(Readable.fromWeb(blob.stream() as ReadableStream));
  const start = await source.exactly(START);
  const whole = (async function* () {
    yield start;
    for (let piece = await source.some(PIECE); piece.length > 0; piece = await source.some(PIECE)) yield piece;
  })();
  if (isZstd(start)) yield* unzstd(whole);
  else if (isGzip(start)) yield* gunzip(whole);
  else yield* whole;
}

/** What compressions are told by. */
const START = 4;
const PIECE = 1024 * 1024;

const isGzip = (start: Buffer): boolean => start[0] === 0x1f && start[1] === 0x8b;

async function* gunzip(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const tar = createGunzip();
  const fed = pipeline(source, tar);
  // Who has seen enough leaves before the end; a failure is one of reading as well.
  fed.catch(() => undefined);
  yield* tar;
}

function seen(see: (chunk: Uint8Array) => void) {
  return async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      see(chunk);
      yield chunk;
    }
  };
}
