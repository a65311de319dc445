/**
 * Names in a directory that is held open. Whatever others do to the paths that lead to it, the directory stays the same one, and a link in place
 * of a name is met as a link.
 */
import { closeSync, constants, mkdirSync, openSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';

const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;
/** Whoever puts things in the way all the time ends the work, not the machine. */
const attempts = 20;

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

/** A path without links below a directory of this machine. */
export interface RealPlace {
  readonly root: string;
  readonly path: string;
}

/** The path of a name in an open directory, for this process and for those that it starts. */
export const within = (directory: number, name: string): string => `/proc/${process.pid}/fd/${directory}/${name}`;

/** Opens the directory called `name`. @throws Error with code ENOENT or ENOTDIR when there is none; a link is none */
export function openWithin(directory: number, name: string): number {
  return openSync(within(directory, name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

/**
 * Opens a file by a path without links below `root`, as rootPath resolves it: a link that has come to be on the way is refused.
 * @param mode of a file that is made, when the flags say so
 */
export function openBelow(root: string, path: string, flags: number, mode?: number): number {
  let directory = openSync(root, O_RDONLY | O_DIRECTORY);
  try {
    const steps = path.split('/').filter(Boolean);
    for (const step of steps.slice(0, -1)) {
      const next = openWithin(directory, step);
      closeSync(directory);
      directory = next;
    }
    return openSync(within(directory, steps.at(-1) ?? '.'), flags | O_NOFOLLOW, mode);
  } finally {
    closeSync(directory);
  }
}

/** Removes a name and all below it, when it is there. */
export function removeWithin(directory: number, name: string): void {
  const at = within(directory, name);
  try {
    unlinkSync(at);
    return;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    if (!['EISDIR', 'EPERM'].includes(codeOf(error))) throw error;
  }
  const fd = openWithin(directory, name);
  try {
    for (const inner of readdirSync(within(fd, '.'))) removeWithin(fd, inner);
  } finally {
    closeSync(fd);
  }
  rmdirSync(at);
}

/** Does `put` once nothing is in its way any more. */
export function replaceWithin<T>(directory: number, name: string, put: (at: string) => T): T {
  for (let attempt = 1; ; attempt += 1) {
    removeWithin(directory, name);
    try {
      return put(within(directory, name));
    } catch (error) {
      if (codeOf(error) !== 'EEXIST' || attempt === attempts) throw error;
    }
  }
}

/** Opens the directory called `name` as it is, or makes it, in place of what is no directory. */
export function makeWithin(directory: number, name: string): number {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return openWithin(directory, name);
    } catch (error) {
      if (!['ENOENT', 'ENOTDIR', 'ELOOP'].includes(codeOf(error)) || attempt === attempts) throw error;
    }
    replaceWithin(directory, name, at => mkdirSync(at, { mode: 0o700 }));
  }
}
