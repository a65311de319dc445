/** The corpus: app skeletons in the shapes people write, one file each under test/corpus. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

const CORPUS = new URL('../../corpus/', import.meta.url);

/** What is expected of an app, and its files by path. */
export interface Skeleton {
  readonly expected: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
}

/** Names of all skeletons. */
export const SKELETONS: readonly string[] = readdirSync(CORPUS)
  .filter(file => file.endsWith('.txt'))
  .map(file => basename(file, '.txt'));

/** Reads a skeleton: a line about its shape, a table of what is expected, then files, each after its name. */
export function readSkeleton(name: string): Skeleton {
  const text = readFileSync(new URL(`${name}.txt`, CORPUS), 'utf8');
  const [head = '', ...parts] = text.split(/^-- (.+) --\n/m);
  const rows = [...head.matchAll(/^(\w+):\s+(.+)$/gm)].map(([, key, value]) => [key!, value!]);
  const files = parts.flatMap((part, index) => (index % 2 === 0 ? [[part, parts[index + 1] ?? '']] : []));
  return { expected: Object.fromEntries(rows), files: Object.fromEntries(files) };
}
