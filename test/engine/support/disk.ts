/** A disk of its own for a state, whose power can be cut. */
import { readFileSync } from 'node:fs';
import { mkdir, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';

/** A disk with ext4 on it, mounted. */
export interface Disk {
  readonly at: string;
  /** What is on the disk at this moment, written or not what lies in memory, as an image to be mounted with `mountImage`. */
  cut(): Promise<string>;
  remove(): Promise<void>;
}

/** Mounts a disk's image; returns how to take it down. */
export async function mountImage(image: string, at: string): Promise<() => Promise<void>> {
  await mkdir(at, { recursive: true });
  await execa('mount', ['-o', 'loop', image, at]);
  return async () => void (await execa('umount', [at]));
}

/** Writes that have reached a block device, and whether any are under way. */
function writesOf(device: string): string {
  const block = `/sys/block/${basename(device)}`;
  return `${readFileSync(`${block}/stat`, 'utf8').trim().split(/\s+/).slice(4, 7)} ${readFileSync(`${block}/inflight`, 'utf8')}`;
}

/** Copies an image between two writes: one that is written to meanwhile would be of no moment at all. */
async function copyBetweenWrites(image: string, copy: string, device: string): Promise<void> {
  for (;;) {
    const before = writesOf(device);
    await execa('cp', ['--sparse=always', image, copy]);
    if (before === writesOf(device) && / 0\s+0\s*$/.test(before)) return;
    await sleep(1);
  }
}

/**
 * Makes a disk in a directory. With btrfs the cut comes at any moment, otherwise between two writes.
 * @param size as truncate(1) takes it
 */
export async function makeDisk(dir: string, size: string): Promise<Disk> {
  const shelf = join(dir, 'shelf');
  await mkdir(shelf, { recursive: true });
  const undo: (() => Promise<void>)[] = [];
  const clones = (await execa('mkfs.btrfs', ['--version'], { reject: false })).exitCode === 0;
  if (clones) {
    await execa('truncate', ['--size=4G', `${shelf}.img`]);
    await execa('mkfs.btrfs', ['--quiet', `${shelf}.img`]);
    undo.unshift(await mountImage(`${shelf}.img`, shelf));
  }
  const image = join(shelf, 'disk.img');
  await execa('truncate', [`--size=${size}`, image]);
  await execa('mkfs.ext4', ['-q', image]);
  const at = join(dir, 'disk');
  undo.unshift(await mountImage(image, at));
  const device = (await execa('findmnt', ['--noheadings', '--output=SOURCE', at])).stdout;
  let cuts = 0;
  return {
    at,
    async cut() {
      cuts += 1;
      const copy = join(shelf, `cut-${cuts}.img`);
      if (clones) await execa('cp', ['--reflink=always', image, copy]);
      else await copyBetweenWrites(image, copy, await readlink(device).catch(() => device));
      return copy;
    },
    async remove() {
      for (const step of undo) await step();
    },
  };
}
