/** How much lies where. */
import { basename } from 'node:path';
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

/**
 * What directories hold, each for itself; those that are not there are left out. A file with two names counts once.
 * @param patience milliseconds, after which nothing is known; 0 for as long as it takes
 */
export const measure = (paths: readonly string[], patience = 0): Promise<ReadonlyMap<string, Amount>> =>
  paths.length === 0 ? Promise.resolve(new Map()) : amounts(['--summarize'], paths, patience);

/** What a directory holds, and what of it lies in each directory in it. */
export async function measureParts(
  root: string,
): Promise<{ readonly total: Amount; readonly parts: ReadonlyMap<string, Amount> }> {
  const all = await amounts(['--max-depth=1'], [root]);
  const parts = new Map([...all].filter(([path]) => path !== root).map(([path, amount]) => [basename(path), amount]));
  return { total: all.get(root) ?? { bytes: 0, entries: 0 }, parts };
}
