/** What an archive of an image holds, taken out of it without a name of its own ever being used on this machine. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { SourceError } from '../errors.js';
import { printable, readTar, type TarEntry } from './tar-reader.js';

/** A file of the archive, under a name of ours. */
export interface Member {
  readonly path: string;
  readonly size: number;
  /** Of its bytes, as hex. */
  readonly sha256: string;
}

export interface Members {
  /** The file that a name in the archive stands for, links in the archive followed; undefined when there is none. */
  find(name: string): Member | undefined;
}

/** Where what is taken out goes, and how much of it there may be. */
export interface Intake {
  readonly dir: string;
  /** Bytes. */
  readonly room: number;
}

/** Images have a few dozen. */
const mostMembers = 20_000;
const mostLinks = 16;
const gzipMagic = Buffer.from([0x1f, 0x8b]);

async function beginsWith(path: string, magic: Buffer): Promise<boolean> {
  const handle = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(magic.length), 0, magic.length, 0);
    return bytesRead === magic.length && buffer.equals(magic);
  } finally {
    await handle.close();
  }
}

/** Reads a file, out of gzip where it is in it. */
async function unpackedStream(path: string): Promise<AsyncIterable<Buffer>> {
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  if (!(await beginsWith(path, gzipMagic))) return file;
  const unzipped = createGunzip({ chunkSize: 256 * 1024 });
  // What goes wrong is met by who reads the end of it.
  void pipeline(file, unzipped).catch(() => undefined);
  return unzipped;
}

const tooMuch = (room: number): SourceError =>
  new SourceError(`it unpacks to more than ${Math.floor(room / 1e6)} MB, which is all that the state has room for`);

/** The sha256 of what a file holds once it is unpacked, and its size. @throws SourceError when that is more than `room` */
export async function unpackedSum(
  path: string,
  room: number,
): Promise<{ readonly sha256: string; readonly size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of await unpackedStream(path)) {
    size += chunk.length;
    if (size > room) throw tooMuch(room);
    hash.update(chunk);
  }
  return { sha256: hash.digest('hex'), size };
}

/** A name as the archive's own root sees it: what climbs ends there. */
const keyOf = (...names: string[]): string => posix.resolve('/', ...names.map(name => `./${name}`));

async function keepMember(entry: TarEntry, path: string): Promise<Member> {
  const hash = createHash('sha256');
  await pipeline(
    entry.content,
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(path, { flags: 'wx', mode: 0o600 }),
  );
  return { path, size: entry.size, sha256: hash.digest('hex') };
}

/** Takes all files out of an archive. Links stay within it; devices, pipes and whatever else there is are passed over. @throws Error that says what is wrong, as "it …" */
export async function takeMembers(archive: string, { dir, room }: Intake): Promise<Members> {
  const files = new Map<string, Member>();
  const links = new Map<string, string>();
  let [count, bytes] = [0, 0];
  for await (const entry of readTar(await unpackedStream(archive))) {
    count += 1;
    if (count > mostMembers) throw new SourceError(`it has more than ${mostMembers} members: no image has`);
    const key = keyOf(entry.name);
    // The last one of a name counts, as it does for tar.
    if (entry.flag === '2') links.set(key, keyOf(posix.dirname(key), entry.linkname));
    else if (entry.flag === '1') links.set(key, keyOf(entry.linkname));
    else if (entry.flag === 'S')
      throw new SourceError(`it has a sparse file, which no image has: ${printable(entry.name)}`);
    if (!['0', '7'].includes(entry.flag)) continue;
    bytes += entry.size;
    if (bytes > room) throw tooMuch(room);
    files.set(key, await keepMember(entry, join(dir, `member-${count}`)));
    links.delete(key);
  }
  return {
    find(name) {
      let key = keyOf(name);
      for (let hops = 0; hops < mostLinks; hops += 1) {
        const next = links.get(key);
        if (next === undefined) return files.get(key);
        key = next;
      }
      return undefined;
    },
  };
}

/** What a document of an image may have, says its specification. */
const largestDocument = 4 * 1024 * 1024;

/** Reads a member as JSON. @throws SourceError when it is none, or larger than documents of images are */
export async function readDocument(member: Member, what: string): Promise<unknown> {
  if (member.size > largestDocument) throw new SourceError(`${what} has ${member.size} bytes: no image has that many`);
  const text = await readFile(member.path, 'utf8');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SourceError(`${what} is not JSON`, { cause: error });
  }
}
