/**
 * Locks between processes, on files of the state itself: whoever sees the state sees them, in whatever container. The kernel keeps a lock with
 * the open file of its holder, and lets go of it when the holder ends, however that happens.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InfrastructureError } from '../errors.js';

/** A lock that is held, until it is let go of or the process ends. */
export interface HeldLock {
  release(): void;
}

/** What flock(1) answers when somebody else has the lock. */
const conflict = 1;

/** Has flock(1) lock our open file: the lock belongs to the open file, not to the process that asked for it. Returns whether it is ours. */
async function flock(fd: number, flags: readonly string[], signal?: AbortSignal): Promise<boolean> {
  // A group of its own: Ctrl-C is ours to hear.
  const child = spawn('flock', [...flags, '3'], { stdio: ['ignore', 'ignore', 'ignore', fd], detached: true });
  const giveUp = () => void child.kill();
  signal?.addEventListener('abort', giveUp, { once: true });
  if (signal?.aborted) giveUp();
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    if (code !== 0 && code !== conflict) throw new Error(signal?.aborted ? 'the session is ending' : 'flock failed');
    return code === 0;
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
}

const inodeOf = (file: string): number | undefined => statSync(file, { throwIfNoEntry: false })?.ino;

/** Makes a lock file and holds it. The file must be nobody else's. */
export async function holdNew(file: string): Promise<HeldLock> {
  const fd = openSync(file, 'wx', 0o600);
  try {
    await flock(fd, ['--exclusive', '--nonblock']);
  } catch (error) {
    closeSync(fd);
    throw new InfrastructureError(`cannot take the lock ${file}`, { cause: error });
  }
  return { release: () => closeSync(fd) };
}

function openIfThere(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whether somebody holds a lock file; nobody holds one that is not there. */
export async function isHeld(file: string): Promise<boolean> {
  const fd = openIfThere(file);
  if (fd === undefined) return false;
  try {
    return !(await flock(fd, ['--shared', '--nonblock']));
  } finally {
    closeSync(fd);
  }
}

/** Takes a lock file that nobody holds. Undefined when somebody does, or when it is gone. */
export async function takeFree(file: string): Promise<HeldLock | undefined> {
  const fd = openIfThere(file);
  if (fd === undefined) return undefined;
  const ours = await flock(fd, ['--exclusive', '--nonblock']).catch(() => false);
  if (ours && inodeOf(file) === fstatSync(fd).ino) return { release: () => closeSync(fd) };
  closeSync(fd);
  return undefined;
}

/** Opens and locks the file of that name; one that was removed while we waited is another's no more. */
async function take(file: string, signal: AbortSignal | undefined): Promise<number> {
  for (;;) {
    const fd = openSync(file, 'a', 0o600);
    try {
      await flock(fd, ['--exclusive'], signal);
      if (inodeOf(file) === fstatSync(fd).ino) return fd;
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    closeSync(fd);
  }
}

/** Runs `work` while holding the named lock in `dir`, waiting for it as long as it takes or until the signal aborts. Leaves no file. */
export async function withLock<T>(dir: string, name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const file = join(dir, name);
  const fd = await take(file, signal).catch(error => {
    throw new InfrastructureError(`cannot take the lock ${name} in ${dir}: ${error.message}`, { cause: error });
  });
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
    closeSync(fd);
  }
}
