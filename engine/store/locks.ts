/** Locks between processes, held by a child `flock` that dies with its owner: a killed session leaves none behind. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { InfrastructureError } from '../errors.js';

/** Runs `work` while holding the named lock in `dir`, waiting for it as long as it takes or until the signal aborts. */
export async function withLock<T>(dir: string, name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const child = spawn('flock', ['--exclusive', join(dir, name), 'sh', '-c', 'echo held; cat >/dev/null'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const giveUp = () => void child.kill();
  signal?.addEventListener('abort', giveUp, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      child.stdout.once('data', () => resolve());
      child.once('error', error => reject(new InfrastructureError(`cannot take the lock ${name}`, { cause: error })));
      child.once('exit', () => reject(new InfrastructureError(`cannot take the lock ${name} in ${dir}`)));
      if (signal?.aborted) giveUp();
    });
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
  try {
    return await work();
  } finally {
    child.stdin.end();
  }
}
