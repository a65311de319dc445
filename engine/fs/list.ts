/** What is in a directory, and where something is. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The names in a directory in the order of their bytes, those of directories with a slash at the end. */
export function listDirectory(path: string): string[] {
  return readdirSync(path, { withFileTypes: true })
    .map(entry => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort((a, b) => Buffer.compare(Buffer.from(a.replace(/\/$/, '')), Buffer.from(b.replace(/\/$/, ''))));
}

/** The first file of a directory whose name ends so; undefined when there is none. */
export function findByEnding(directory: string, ending: string): string | undefined {
  const name = readdirSync(directory).find(candidate => candidate.endsWith(ending));
  return name === undefined ? undefined : join(directory, name);
}

/** The nearest of a directory and those above it that has something of this name; undefined when none has. */
export function findAbove(path: string, name: string): string | undefined {
  for (let at = path; ; at = dirname(at)) {
    if (existsSync(join(at, name))) return at;
    if (at === dirname(at)) return undefined;
  }
}
