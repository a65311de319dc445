/** What is looked at of this machine's own files before they are taken in. */
import { lstatSync, type Stats, statSync } from 'node:fs';

/** @throws Error when the path is no directory, links followed */
export function requireHostDirectory(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new Error(`${path}: no such file or directory on this machine`);
  if (!stats.isDirectory()) throw new Error(`${path}: not a directory`);
}

/** The stats of a file. A link is no file: it would be taken in as one, alone, without what it leads to. @throws Error when there is none */
export function requireHostFile(path: string): Stats {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile()) throw new Error(`${path}: no such file on this machine`);
  return stats;
}
