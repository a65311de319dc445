/** Looks whether a result can be put where it is wanted, before the work that makes it. */
import { lstatSync, mkdtempSync, rmdirSync, type Stats, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

export type Wanted = 'file' | 'directory';
type Seen = Wanted | 'device' | 'dangling' | 'missing';

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

function kindOf(stats: Stats): Seen {
  if (stats.isDirectory()) return 'directory';
  return stats.isFile() ? 'file' : 'device';
}

function lookAt(path: string): Seen {
  try {
    return kindOf(statSync(path));
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return 'missing';
    if (!['ENOENT', 'ELOOP'].includes(codeOf(error))) throw error;
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? 'dangling' : 'missing';
  }
}

const words: Readonly<Record<Exclude<Seen, 'missing'>, string>> = {
  file: 'a file',
  directory: 'a directory',
  device: 'something that is no file',
  dangling: 'a link that leads nowhere',
};

/** The directory in which what is missing would be made. */
function nearestParent(path: string): string {
  for (let parent = dirname(path); ; parent = dirname(parent)) {
    const there = lookAt(parent);
    if (there === 'directory') return parent;
    if (there !== 'missing') throw new Error(`${parent} is no directory but ${words[there]}`);
  }
}

/** Makes something in the directory and takes it away again: permissions alone do not say whether that is possible. */
function probe(directory: string): void {
  rmdirSync(mkdtempSync(join(directory, '.quayside-')));
}

/**
 * Checks that a file or a directory can be written at an absolute path; parents that are missing may be made.
 * @throws Error that says why not, without naming the path itself; the file system's own, which has a code, where that says why
 */
export function checkTarget(path: string, wanted: Wanted): void {
  const there = lookAt(path);
  if (there !== 'missing' && there !== wanted)
    throw new Error(`${words[there]} is there, and ${words[wanted]} is wanted`);
  probe(there === 'missing' ? nearestParent(path) : there === 'directory' ? path : dirname(path));
}
