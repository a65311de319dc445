/** What Docker Engines of tests leave on the machine when nobody ended them: a directory, and empty control groups. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';

/** What the names of their directories begin with. */
export const PREFIX = 'quayside-docker-';

const CGROUPS = '/sys/fs/cgroup';

/** Control groups of an engine's containers. */
function cgroupsOf(dir: string): readonly string[] {
  return ['.', ...readdirSync(CGROUPS)].map(at => join(CGROUPS, at, basename(dir))).filter(existsSync);
}

/** Removes what an engine left, whose processes are no more. */
export async function removeLeftover(dir: string): Promise<void> {
  // A process is gone from its control group only a moment after it ended.
  for (let tries = 0; tries < 50 && cgroupsOf(dir).length > 0; tries += 1) {
    await execa('find', [...cgroupsOf(dir), '-depth', '-type', 'd', '-delete'], { reject: false });
    await sleep(20);
  }
  await execa('rm', ['-rf', '--one-file-system', dir]);
}

/** Removes what is left of engines that ended without their owner, however that was. */
export async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter(name => name.startsWith(PREFIX))) {
    const dir = join(tmpdir(), name);
    if (await isLeft(dir)) await removeLeftover(dir);
  }
}

/** All that belongs to an engine holds its lock; one that has none yet may be starting. */
async function isLeft(dir: string): Promise<boolean> {
  const lock = join(dir, 'lock');
  if (existsSync(lock)) return !(await execa('flock', ['-n', lock, 'true'], { reject: false })).failed;
  return Date.now() - statSync(dir).mtimeMs > 60_000;
}
