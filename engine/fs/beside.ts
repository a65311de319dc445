/** Names for what is written beside its place until it is whole. They tell whose it is, so that what a killed process left is removed by the next. */
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, constants, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { removeWithin } from './held.js';

/** Names the processes among which our number means us: those of this machine since it started, in this container. */
function ourWorld(): string {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
  return createHash('sha256')
    .update(`${boot} ${readlinkSync('/proc/self/ns/pid')}`)
    .digest('hex')
    .slice(0, 8);
}

/** A name that nothing has. */
export const besideName = (): string => `.quayside-${ourWorld()}-${process.pid}-${randomBytes(6).toString('hex')}`;

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Removes from a directory what processes wrote beside its place that have ended since. What cannot be removed stays. */
export function sweep(directory: string): void {
  const ours = new RegExp(`^\\.quayside-${ourWorld()}-(\\d+)-[0-9a-f]{12}$`);
  const fd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    for (const name of readdirSync(directory)) {
      const pid = ours.exec(name)?.[1];
      if (pid !== undefined && !isRunning(Number(pid))) removeWithin(fd, name);
    }
  } catch {
    // It is in nobody's way.
  } finally {
    closeSync(fd);
  }
}
