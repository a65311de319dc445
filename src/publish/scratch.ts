/** Room on disk for images on their way, which are too large for memory. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const OWN = 'quayside-images-';

/**
 * Calls a function with a directory of its own, which is removed afterwards; and before it those that killed processes have left.
 * @returns what the function returns
 */
export async function withScratch<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const prefix = `${OWN}${ourWorld()}-`;
  await sweep(prefix);
  const directory = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    const made = await work(directory);
    await remove();
    return made;
  } catch (error) {
    // What was at work beside that which failed may write on: what it leaves goes with the next.
    await remove().catch(() => undefined);
    throw error;
  }
}

async function sweep(prefix: string): Promise<void> {
  const left = readdirSync(tmpdir()).filter(name => {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : undefined;
    return pid !== undefined && !isRunning(pid);
  });
  // What somebody else made, and what cannot be removed, is in nobody's way.
  for (const name of left) await rm(join(tmpdir(), name), { recursive: true, force: true }).catch(() => undefined);
}

/** Names the processes among which our number means us: those of this machine since it started, in this container. */
function ourWorld(): string {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
  return `${boot}-${/\d+/.exec(readlinkSync('/proc/self/ns/pid'))![0]}`;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
