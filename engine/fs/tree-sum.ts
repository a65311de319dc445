/** What is quickly seen of a tree, and changes when files of it are lost or cut short. */
import { type Dirent, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

/** How many entries a tree has, itself included, and the bytes of its files together. */
export interface TreeSum {
  readonly entries: number;
  readonly bytes: number;
}

/** Nothing at all: what is not there. */
export const noTree: TreeSum = { entries: 0, bytes: 0 };

/** Whether two trees look alike. */
export const sameSum = (a: TreeSum, b: TreeSum): boolean => a.entries === b.entries && a.bytes === b.bytes;

/** Above that, a process of its own is quicker than we are, and leaves us free. */
const fewEntries = 300;

/** Takes a tree's sum, and gives up above that many entries. */
function quickSum(path: string, most: number): TreeSum | undefined {
  let entries = 1;
  let bytes = 0;
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
      if (entry.isDirectory()) pending.push(join(at, entry.name));
      else if (entry.isFile()) bytes += lstatSync(join(at, entry.name), { throwIfNoEntry: false })?.size ?? 0;
    }
  }
  return { entries, bytes };
}

/** What find(1) is to print of each entry: where it looked, the type, the size. */
const format = '%H\\t%y\\t%s\\n';

async function sumsByFind(paths: readonly string[]): Promise<ReadonlyMap<string, TreeSum>> {
  const sums = new Map<string, { entries: number; bytes: number }>();
  // With a slash, links to directories are followed, where a tree begins.
  const starts = new Map(paths.map(path => [`${path}/`, path]));
  const find = execa('find', [...starts.keys(), '-printf', format], {
    reject: false,
    stderr: 'ignore',
    buffer: false,
    detached: true,
  });
  for await (const line of find) {
    const [start = '', type, size] = line.split('\t');
    const path = starts.get(start);
    if (path === undefined) continue;
    const sum = sums.get(path) ?? { entries: 0, bytes: 0 };
    sums.set(path, sum);
    sum.entries += 1;
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
