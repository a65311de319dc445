/** An overlay layer directory as an OCI layer: a tar with whiteouts by name, kept as a blob under its digest. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { bytePath, type LayerEntry, readLayer } from '../fs/layers/layer-tree.js';
import { COMPRESSION, compressed } from './compress.js';
import { type BlobPlace, keepBlob, knownBlob, type LayerBlob } from './kept-blobs.js';
import { SETTLED_TIME, settledTime } from './settled-time.js';
import { TAR_END, type TarMember, tarHeader, tarPadding } from './tar-header.js';

export interface LayerTarOptions {
  /** `settled`: those that `settledTime` makes, for what is made here. `kept`: as they are, for layers that come from elsewhere. */
  readonly times: 'settled' | 'kept';
}

export interface LayerBlobOptions extends LayerTarOptions, BlobPlace {
  readonly layer: string;
  /** Names the layer's content: the same key is written once ever. Letters, digits, `.`, `_`, `-`. */
  readonly key: string;
}

/** Pieces smaller than this are joined before they go on, larger files are streamed. */
const CHUNK = 256 * 1024;

/**
 * Gives a layer directory as a blob, from the cache when its key was written before.
 * Fails when the layer cannot be read, holds a name that OCI reserves (`.wh.…`), or changes meanwhile.
 */
export async function layerBlob({ layer, key, times, ...place }: LayerBlobOptions): Promise<LayerBlob> {
  const name = `${key}.${times}.${COMPRESSION}`;
  const known = await knownBlob(place, name);
  if (known !== undefined) return known;

  const partial = place.records.scratch();
  try {
    const tar = createHash('sha256');
    const blob = createHash('sha256');
    let size = 0;
    await pipeline(
      layerTar(await readLayer(layer), layer, { times }),
      tap(chunk => tar.update(chunk)),
      compressed,
      tap(chunk => {
        blob.update(chunk);
        size += chunk.length;
      }),
      createWriteStream(partial),
    );
    const [digest, diffId] = [`sha256:${blob.digest('hex')}`, `sha256:${tar.digest('hex')}`];
    return await keepBlob(place, name, { compression: 'gzip', digest, diffId, size, path: partial });
  } finally {
    await rm(partial, { force: true });
  }
}

/**
 * Produces a layer's tar. The same entries give the same bytes.
 * @param entries as `readLayer` gives them
 * @param dir the directory they come from, for the files' content
 */
export async function* layerTar(
  entries: readonly LayerEntry[],
  dir: string,
  { times }: LayerTarOptions,
): AsyncGenerator<Buffer> {
  let pending: Buffer[] = [];
  let bytes = 0;
  const push = (...pieces: Buffer[]) => {
    for (const piece of pieces) {
      pending.push(piece);
      bytes += piece.length;
    }
  };
  const take = () => {
    const joined = Buffer.concat(pending, bytes);
    pending = [];
    bytes = 0;
    return joined;
  };
  const firstLinks: FirstLinks = new Map();
  for (const entry of entries) {
    const mtime = times === 'kept' ? entry.mtime : await settledTimeOf(entry, dir);
    for (const member of layerMembers(entry, firstLinks, mtime)) {
      push(tarHeader(member));
      if (member.size > 0) {
        const path = bytePath(dir, entry.path);
        let read = 0;
        for await (const chunk of fileContent(path, member.size)) {
          read += chunk.length;
          push(chunk);
          if (bytes >= CHUNK) yield take();
        }
        if (read !== member.size) throw new Error(`${path.toString()} changed while its layer was written`);
        push(tarPadding(member.size));
      }
      if (bytes >= CHUNK) yield take();
    }
  }
  push(TAR_END);
  yield take();
}

async function settledTimeOf(entry: LayerEntry, dir: string): Promise<number> {
  if (entry.kind !== 'file') return SETTLED_TIME;
  return settledTime(fileContent(bytePath(dir, entry.path), entry.size));
}

/** By inode, the first name of a file with several. */
export type FirstLinks = Map<string, string>;

/**
 * The tar members for one entry: none for an ordinary root, two for an opaque directory.
 * @param firstLinks remembers what came before; pass the same for a whole layer
 * @param mtime the entry's time in the layer, in seconds since 1970
 */
export function layerMembers(entry: LayerEntry, firstLinks: FirstLinks, mtime: number): TarMember[] {
  const slash = entry.path.lastIndexOf('/') + 1;
  const parent = entry.path.slice(0, slash);
  const name = entry.path.slice(slash);
  if (name.startsWith('.wh.')) {
    throw new Error(`an image layer cannot hold ${entry.path}: names that begin with .wh. mean removed files there`);
  }
  const { mode, uid, gid, xattrs } = entry;
  const common = { name: entry.path, mode, uid, gid, mtime, size: 0, xattrs };
  // Whiteouts carry no time or owner of their own: what the kernel put on the mark would differ from run to run.
  const mark = (path: string): TarMember => ({
    type: 'file',
    name: path,
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: 0,
    mtime: 0,
  });
  switch (entry.kind) {
    case 'whiteout':
      return [mark(`${parent}.wh.${name}`)];
    case 'directory': {
      const self: TarMember[] = entry.path === '' ? [] : [{ ...common, type: 'directory', name: `${entry.path}/` }];
      const prefix = entry.path === '' ? '' : `${entry.path}/`;
      return entry.opaque ? [...self, mark(`${prefix}.wh..wh..opq`)] : self;
    }
    case 'file':
    case 'symlink': {
      const first = entry.inode === undefined ? undefined : firstLinks.get(entry.inode);
      if (first !== undefined) return [{ ...common, type: 'link', linkname: first, xattrs: [] }];
      if (entry.inode !== undefined) firstLinks.set(entry.inode, entry.path);
      if (entry.kind === 'symlink') return [{ ...common, type: 'symlink', linkname: entry.target }];
      return [{ ...common, type: 'file', size: entry.size }];
    }
    case 'device':
      return [{ ...common, type: entry.type, major: entry.major, minor: entry.minor }];
    case 'fifo':
      return [{ ...common, type: 'fifo' }];
    default:
      return unreachable(entry);
  }
}

async function* fileContent(path: Buffer, size: number): AsyncGenerator<Buffer> {
  if (size <= CHUNK) yield await readFile(path);
  else yield* createReadStream(path, { highWaterMark: CHUNK });
}

function tap(see: (chunk: Buffer) => void) {
  return async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      see(chunk);
      yield chunk;
    }
  };
}

function unreachable(entry: never): never {
  throw new Error(`unknown kind of entry: ${JSON.stringify(entry)}`);
}
