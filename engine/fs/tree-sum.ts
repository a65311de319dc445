/** What is quickly seen of a tree, and changes when files of it are lost or cut short. */
import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

/** How many entries a tree has, itself included, and the bytes of its files together. */
export interface TreeSum {
  readonly entries: number;
  readonly bytes: number;
  /** What they take on the disk: a file with holes less than it has, one byte a block. Older versions did not write it down. */
  readonly disk?: number;
}

/** Nothing at all: what is not there. */
export const noTree: TreeSum = { entries: 0, bytes: 0 };

/** Whether two trees look alike. */
export const sameSum = (a: TreeSum, b: TreeSum): boolean => a.entries === b.entries && a.bytes === b.bytes;

/** Above that, a process of its own is quicker than we are, and leaves us free. */
const fewEntries = 300;

/** What a directory takes at the least, and what blocks are counted in, whatever the file system has. */
const block = 4096;
const unit = 512;

/** Takes a tree's sum, and gives up above that many entries. */
function quickSum(path: string, most: number): TreeSum | undefined {
  let entries = 1;
  let bytes = 0;
  let disk = block;
  const pending = [path];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    let inside: Dirent[];
    try {
      inside = readdirSync(at, { withFileTypes: true });
    } catch (error) {
      // Gone, or no directory any more: damaged, whatever the rest is.
      if (['ENOENT', 'ENOTDIR', 'EIO', 'EUCLEAN'].includes((error as NodeJS.ErrnoException).code ?? '')) return noTree;
      throw error;
    }
    entries += inside.length;
    if (entries > most) return undefined;
    for (const entry of inside) {
      if (entry.isDirectory()) {
        pending.push(join(at, entry.name));
        disk += block;
      } else if (entry.isFile()) {
        const stats = lstatSync(join(at, entry.name), { throwIfNoEntry: false });
        bytes += stats?.size ?? 0;
        disk += (stats?.blocks ?? 0) * unit;
      }
    }
  }
  return { entries, bytes, disk };
}

/** What find(1) is to print of each entry: where it looked, the type, the size, the blocks. */
const format = '%H\\t%y\\t%s\\t%b\\n';

async function sumsByFind(paths: readonly string[]): Promise<ReadonlyMap<string, TreeSum>> {
  const sums = new Map<string, { entries: number; bytes: number; disk: number }>();
  // With a slash, links to directories are followed, where a tree begins.
  const starts = new Map(paths.map(path => [`${path}/`, path]));
  const find = execa('find', [...starts.keys(), '-printf', format], {
    reject: false,
    stderr: 'ignore',
    buffer: false,
    detached: true,
  });
  for await (const line of find) {
    const [start = '', type, size, blocks] = line.split('\t');
    const path = starts.get(start);
    if (path === undefined) continue;
    const sum = sums.get(path) ?? { entries: 0, bytes: 0, disk: 0 };
    sums.set(path, sum);
    sum.entries += 1;
    sum.disk += Number(blocks) * unit;
    if (type === 'f') sum.bytes += Number(size);
  }
  return sums;
}

/**
 * Takes the sums of trees; of one that is not there it is `noTree`.
 * @param expected how many entries there should be, if that is known: it says how to look best
 */
export async function treeSums(
  paths: readonly string[],
  expected: (path: string) => number | undefined = () => undefined,
): Promise<ReadonlyMap<string, TreeSum>> {
  const sums = new Map<string, TreeSum>();
  for (const path of paths) {
    const most = Math.min(fewEntries, (expected(path) ?? fewEntries) * 2);
    const sum = (expected(path) ?? 0) > fewEntries ? undefined : quickSum(path, most);
    if (sum !== undefined) sums.set(path, sum);
  }
  const large = paths.filter(path => !sums.has(path));
  const found = large.length === 0 ? undefined : await sumsByFind(large);
  for (const path of large) sums.set(path, found?.get(path) ?? noTree);
  return sums;
}
