/**
 * Digests of files and directories as Dagger gives them, which are BuildKit's: of each entry the header that a tar archive has for it,
 * without name and time, then its contents; of a directory its own, then names and digests of what is in it, by their bytes.
 */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream, lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs';

/** What archives call the kinds of entries; whatever else there is counts as a file. */
const typeFlags: readonly (readonly [is: (stats: Stats) => boolean, flag: string])[] = [
  [stats => stats.isDirectory(), '5'],
  [stats => stats.isSymbolicLink(), '2'],
  [stats => stats.isCharacterDevice(), '3'],
  [stats => stats.isBlockDevice(), '4'],
  [stats => stats.isFIFO(), '6'],
];

const digestOf = (hash: Hash): string => `sha256:${hash.digest('hex')}`;

/** The number of a device apart, as Linux puts it together. */
const major = (device: number): number => (device >> 8) & 0xfff;
const minor = (device: number): number => (device & 0xff) | ((device >> 12) & 0xfff00);

function header(path: Buffer, stats: Stats): readonly (string | Buffer)[] {
  const isLink = stats.isSymbolicLink();
  const isDevice = stats.isCharacterDevice() || stats.isBlockDevice();
  const [, flag = '0'] = typeFlags.find(([is]) => is(stats)) ?? [];
  const mode = isLink ? 0o777 : stats.mode & 0o7777;
  const device = isDevice ? [major(stats.rdev), minor(stats.rdev)] : [0, 0];
  return [
    `namemode${mode}uid${stats.uid}gid${stats.gid}size${stats.isFile() ? stats.size : 0}typeflag${flag}linkname`,
    isLink ? readlinkSync(path, { encoding: 'buffer' }) : '',
    `unamegnamedevmajor${device[0]}devminor${device[1]}`,
  ];
}

/** The digest of one entry: of a directory, of itself alone. */
async function entryDigest(path: Buffer, stats: Stats): Promise<string> {
  const hash = createHash('sha256');
  for (const part of header(path, stats)) hash.update(part);
  if (stats.isFile() && stats.size > 0) for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return digestOf(hash);
}

async function digestAt(path: Buffer): Promise<string> {
  const stats = lstatSync(path);
  const own = await entryDigest(path, stats);
  if (!stats.isDirectory()) return own;
  const hash = createHash('sha256').update(`\0${own}`);
  for (const name of readdirSync(path, { encoding: 'buffer' }).sort(Buffer.compare)) {
    const inner = await digestAt(Buffer.concat([path, Buffer.from('/'), name]));
    hash.update('\0').update(name).update(inner);
  }
  return digestOf(hash);
}

/** The digest of a directory with all that is in it, or of a file; a link counts as a link. */
export function treeDigest(path: string): Promise<string> {
  return digestAt(Buffer.from(path));
}

/** The digest of a file's contents alone: Dagger's is that of their digest. */
export async function contentsDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return digestOf(createHash('sha256').update(hash.digest()));
}
