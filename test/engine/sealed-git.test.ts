/** What git is shut in with, and that nothing of this machine is changed by that. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sealedGit } from '../../engine/podman/sealed-git.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'quayside-sealed-'));
});
afterAll(async () => void (await execa('rm', ['-rf', '--one-file-system', dir])));

let made = 0;
async function sealed(
  script: string,
  options: { network?: boolean; tree?: string; writable?: boolean; env?: NodeJS.ProcessEnv } = {},
) {
  made += 1;
  const work = join(dir, `work-${made}`);
  await mkdir(work);
  const { network = true, env = process.env, ...more } = options;
  return sealedGit({ script, work, network, env, signal: new AbortController().signal, ...more });
}

const places = [
  '/',
  '/usr',
  '/usr/bin',
  '/usr/lib',
  '/bin',
  '/etc/ssl',
  '/etc/ssl/certs',
  '/etc/hosts',
  '/etc/resolv.conf',
  '/repo',
];

it.each([[true], [false]])('nothing that is seen may be written, with a network: %s', async network => {
  const tree = join(dir, `tree-${network}`);
  await mkdir(tree);
  const script = `for at in ${places.join(' ')}; do if [ "$at" != / ] && [ -w "$at" ]; then echo "$at"; fi; done; [ -w /work ] && echo work`;
  expect(await sealed(script, { network, tree })).toBe('work\n');
  expect(await sealed('touch /repo/x && echo wrote', { network, tree, writable: true })).toBe('wrote\n');
});

it('nothing of people is seen, and no rights are left', async () => {
  const seen = await sealed('ls /; ls /etc; ls -A /root /home /var /run /proc /sys 2>/dev/null || :; id -u');
  expect(seen.split('\n')).not.toContain('shadow');
  expect(seen).not.toMatch(/^(?:root|home|var|run|srv|opt)$/m);
  await expect(sealed('mount -t tmpfs tmpfs /tmp')).rejects.toThrow(/permitted|denied|must be superuser/);
  await expect(sealed('mknod /work/disk b 8 0')).rejects.toThrow(/permitted|denied/);
});

it.each([
  ['where the machine has its own', '/etc/ssl/certs/ca-certificates.crt'],
  ['elsewhere', undefined],
  ['behind a link', 'link'],
])('a bundle of certificates %s is read, and stays as it is', async (_, where) => {
  const own = join(dir, 'bundle.crt');
  await writeFile(own, 'of our own\n');
  const link = join(dir, `link-${made}.crt`);
  if (where === 'link') await symlink(own, link);
  const path = where === undefined ? own : where === 'link' ? link : where;
  if (!existsSync(path)) return;
  const before = [await readFile(path, 'utf8'), (await stat(path)).mtimeMs];
  const sum = createHash('sha256')
    .update(before[0] as string)
    .digest('hex');
  const env = { ...process.env, SSL_CERT_FILE: path, NODE_EXTRA_CA_CERTS: path, GIT_SSL_CAINFO: path };
  expect(await sealed('sha256sum < "$GIT_SSL_CAINFO"', { env })).toBe(`${sum}  -\n`);
  expect([await readFile(path, 'utf8'), (await stat(path)).mtimeMs]).toEqual(before);
});
