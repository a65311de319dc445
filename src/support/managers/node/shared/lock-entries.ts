/** What lock files of all package managers have in common: many entries may be of one package. */
import type { LockEntry } from '../definition.js';

/**
 * One entry for each version of each package, sorted. What one of its entries needs at run time is needed at run time; what one of them
 * says of its archive holds for all.
 */
export function eachOnce(entries: readonly LockEntry[]): readonly LockEntry[] {
  const once = new Map<string, LockEntry>();
  for (const entry of entries) {
    const key = `${entry.name}@${entry.version}`;
    const known = once.get(key);
    once.set(key, known === undefined ? entry : merged(known, entry));
  }
  return [...once].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
}

function merged(first: LockEntry, second: LockEntry): LockEntry {
  const { dev, optional, ...rest } = { ...second, ...first };
  return {
    ...rest,
    ...(first.dev && second.dev && { dev: true as const }),
    ...(first.optional && second.optional && { optional: true as const }),
  };
}
