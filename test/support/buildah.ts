/** Buildah with a storage of its own, for builds of rendered Dockerfiles beside those of a Docker Engine of the tests, whose images it takes. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { DockerEngine } from './docker-engine.js';
import type { Builder } from './equal-images.js';

export interface Buildah {
  /** Builds with images that the engine has by these names. */
  builds(bases: readonly string[]): Builder;
  /** Unmounts and removes what it keeps. */
  end(): Promise<void>;
}

/**
 * Prepares it.
 * @param dir what it keeps lies below
 */
export async function startBuildah(dir: string, docker: DockerEngine): Promise<Buildah> {
  const configuration = join(dir, 'containers.conf');
  // As the local engine's own: the default runtime works on no machine with cgroup v1.
  const engine = ['[engine]', 'runtime = "runc"', 'cgroup_manager = "cgroupfs"', 'events_logger = "none"'];
  const limits = ['[containers]', 'default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]'];
  writeFileSync(configuration, [...limits, ...engine, ''].join('\n'));
  const storage = [`--root=${join(dir, 'root')}`, `--runroot=${join(dir, 'run')}`, '--storage-driver=overlay'];
  const run = async (...args: readonly string[]): Promise<string> => {
    for (let attempt = 1; ; attempt += 1) {
      const env = { CONTAINERS_CONF: configuration };
      const call = await execa('buildah', [...storage, ...args], { env, stdin: 'ignore', reject: false, all: true });
      // Buildah runs a sealed copy of itself, and the kernel refuses the seal while it moves the copy's pages.
      if (call.failed && attempt < 5 && call.stderr.includes('sealing memfd copy')) continue;
      if (call.failed) throw call;
      return call.stdout;
    }
  };
  // The one that lends the machine's certificate authorities, where there are any.
  const runtime = [join(docker.dir, 'bin/runc')].filter(existsSync).map(path => `--runtime=${path}`);
  const taken = new Set<string>();
  const take = async (base: string): Promise<void> => {
    if (taken.has(base)) return;
    const archive = join(dir, 'base.tar');
    await docker.run(['save', `--output=${archive}`, base]);
    const id = (await run('pull', '--quiet', `docker-archive:${archive}`)).trim().split('\n').at(-1)!;
    await run('tag', id, base);
    rmSync(archive);
    taken.add(base);
  };
  return {
    builds:
      bases =>
      async (app, { id, target }) => {
        for (const base of bases) await take(base);
        const archive = join(app.dir, `buildah-${id}.tar`);
        const image = `localhost/equal-${id}:latest`;
        const options = ['--format=docker', '--pull-never', '--network=host', `--target=${target}`, `--tag=${image}`];
        await run('build', ...runtime, ...options, app.path);
        await run('push', '--quiet', image, `docker-archive:${archive}`);
        await run('rmi', '--force', image);
        return archive;
      },
    end: async () => {
      await run('rm', '--all');
      await run('rmi', '--all', '--force');
    },
  };
}
