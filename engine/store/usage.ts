/** How much lies where. */
import { relative } from 'node:path';
import { execa } from 'execa';
import type { Amount } from './state-limit.js';

const kibibyte = 1024;

async function perDirectory(
  flags: readonly string[],
  paths: readonly string[],
  patience: number,
): Promise<Map<string, number>> {
  const { stdout, timedOut } = await execa('du', [...flags, '--one-file-system', '--', ...paths], {
    reject: false,
    stderr: 'ignore',
    detached: true,
    timeout: patience,
  });
  // Half of it would be taken for all.
  if (timedOut) return new Map();
  const lines = stdout.split('\n').map(line => line.split('\t') as [string, string?]);
  return new Map(lines.flatMap(([number, path]) => (path === undefined ? [] : [[path, Number(number)] as const])));
}

async function amounts(
  flags: readonly string[],
  paths: readonly string[],
  patience = 0,
): Promise<ReadonlyMap<string, Amount>> {
  const [sizes, counts] = await Promise.all([
    perDirectory([...flags, '--block-size=1K'], paths, patience),
    perDirectory([...flags, '--inodes'], paths, patience),
  ]);
  return new Map(
    [...sizes].flatMap(([path, size]) => {
      const entries = counts.get(path);
      return entries === undefined ? [] : [[path, { bytes: size * kibibyte, entries }] as const];
    }),
  );
}

/** What directories hold, each for itself; those that are not there are left out. A file with two names counts once. */
export const measure = (paths: readonly string[]): Promise<ReadonlyMap<string, Amount>> =>
  paths.length === 0 ? Promise.resolve(new Map()) : amounts(['--summarize'], paths);

/** The same of as many as can be measured in so many milliseconds. */
export async function measureWithin(paths: readonly string[], patience: number): Promise<ReadonlyMap<string, Amount>> {
  const end = Date.now() + patience;
  const found = new Map<string, Amount>();
  for (const path of paths) {
    const left = end - Date.now();
    if (left <= 0) break;
    for (const [at, amount] of await amounts(['--summarize'], [path], left)) found.set(at, amount);
  }
  return found;
}

/** Says what is held. */
export interface Gauge {
  /** Altogether. */
  total(): Promise<Amount>;
  /** Below directories, of which it may not know all. */
  of(paths: readonly string[]): Promise<ReadonlyMap<string, Amount>>;
}

/** As exactly as the disk says it, which takes as long as there is much. */
export const gaugeOfDisk = (root: string): Gauge => ({
  total: async () => (await measure([root])).get(root) ?? { bytes: 0, entries: 0 },
  of: measure,
});

/** What a directory holds, and what of it lies in each directory in it and in those, by their names in it. */
export interface Measured {
  readonly total: Amount;
  readonly parts: ReadonlyMap<string, Amount>;
}

export async function measureParts(root: string): Promise<Measured> {
  const all = await amounts(['--max-depth=2'], [root]);
  const parts = new Map(
    [...all].filter(([path]) => path !== root).map(([path, amount]) => [relative(root, path), amount] as const),
  );
  return { total: all.get(root) ?? { bytes: 0, entries: 0 }, parts };
}
