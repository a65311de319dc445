import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/**
 * Downloads a Debian package with apt and unpacks it, without installing it: tests must not change the machine or start its services.
 * Kept between runs. Returns the directory with the package's files.
 */
export async function debianPackage(name: string): Promise<string> {
  const cache = join(tmpdir(), 'quayside-test-packages');
  const dir = join(cache, name);
  if (existsSync(dir)) return dir;
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'partial-'));
  // A machine that was never updated knows no packages.
  await execa('sh', ['-c', 'apt-get download "$1" || { apt-get update -qq && apt-get download "$1"; }', 'sh', name], {
    cwd: work,
  });
  const archive = (await readdir(work)).find(file => file.endsWith('.deb'));
  if (archive === undefined) throw new Error(`apt-get download ${name} left no .deb`);
  const unpacked = join(work, 'files');
  await execa('dpkg-deb', ['-x', join(work, archive), unpacked]);
  // Another test run may have been first.
  await rename(unpacked, dir).catch(error => {
    if (!existsSync(dir)) throw error;
  });
  await rm(work, { recursive: true, force: true });
  return dir;
}
