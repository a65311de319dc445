/** The Python that a lock was written with, where nothing but the lock says which. */
import type { Sourced } from '../../source/sourced.js';
import { isTomlFile } from '../../source/toml-file.js';
import { lockingManagers } from '../../support/python-managers.js';
import type { Project } from '../project.js';

/** Finds the version in the first lock that has one. */
export async function lockedPython({ locked }: Project): Promise<Sourced<string> | undefined> {
  for (const manager of lockingManagers()) {
    const { lock, name } = manager;
    const text = manager.lockedWith && locked.paths.includes(lock.path) ? await locked.read(lock.path) : undefined;
    const file = text === undefined ? undefined : manager.readLock(lock.path, text);
    const value = file && isTomlFile(file) ? manager.lockedWith?.(file) : undefined;
    if (value !== undefined) {
      const why = `${name} locked with it, and takes the lock with no other: the project has no range of its own`;
      return { value, place: { file: lock.path }, why };
    }
  }
  return undefined;
}
