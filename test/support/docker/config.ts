/** What lies in the directory of a Docker Engine of the tests before it starts. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { readHostTrust } from '../../../engine/podman/host-trust.js';
import type { Programs } from './programs.js';

const RUNC = fileURLToPath(new URL('runc.sh', import.meta.url));

/** Where its socket is. */
export const socketOf = (dir: string): string => join(dir, 'docker.sock');

/**
 * Gives dockerd's command line. Its state is on the disk below `dir`, what it has in /run on the tmpfs there, and its containers are in
 * control groups named as `dir`, so that all of it can be found again.
 */
export function daemonCommand(dir: string, { init }: Programs): readonly string[] {
  // Without, a key is put into /etc/docker.
  writeFileSync(join(dir, 'daemon.json'), JSON.stringify({ 'deprecated-key-path': join(dir, 'key.json') }));
  return [
    'dockerd',
    `--config-file=${join(dir, 'daemon.json')}`,
    `--host=unix://${socketOf(dir)}`,
    `--data-root=${join(dir, 'data')}`,
    '--exec-root=/run/docker',
    '--pidfile=/run/docker.pid',
    '--exec-opt=native.cgroupdriver=cgroupfs',
    `--cgroup-parent=/${basename(dir)}`,
    `--init-path=${init}`,
  ];
}

/**
 * Writes the runc that dockerd, its builder included, finds first: one that lends every process the machine's own certificate authorities, as the
 * local engine does, so that builds and containers reach package registries and nothing of it is in an image. A machine without any gets none.
 */
export async function lendTrust(dir: string): Promise<void> {
  const { mounts, env } = readHostTrust(process.env);
  const [bundle] = mounts;
  if (bundle?.kind !== 'bind') return;
  const { stdout: runc } = await execa('sh', ['-c', 'command -v runc']);
  const variables = env.map(([name, value]) => JSON.stringify(`${name}=${value}`)).join();
  mkdirSync(join(dir, 'bin'));
  const script = `#!/bin/sh\nexec '${RUNC}' '${runc}' '${bundle.source}' '${bundle.target}' '${variables}' "$@"\n`;
  writeFileSync(join(dir, 'bin/runc'), script, { mode: 0o755 });
}

/** Environment of its client: nothing of what the user's own client is set to counts. */
export function clientEnv(dir: string, { directories, plugins }: Programs): Readonly<Record<string, string>> {
  const config = join(dir, 'client');
  mkdirSync(join(config, 'cli-plugins'), { recursive: true });
  for (const [name, program] of Object.entries(plugins)) symlinkSync(program, join(config, 'cli-plugins', name));
  return {
    DOCKER_HOST: `unix://${socketOf(dir)}`,
    DOCKER_CONFIG: config,
    DOCKER_BUILDKIT: '1',
    PATH: [...directories, process.env.PATH].join(':'),
  };
}
