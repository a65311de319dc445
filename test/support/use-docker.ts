/**
 * The Docker Engine that all files of the project `docker` (test/docker) share. It is empty when it starts but for what earlier files left: whoever starts containers
 * removes them, or calls `empty`.
 *
 *     const docker = useDocker();
 *     test('…', async () => {
 *       await docker().provide('python:3.11-slim', 'redis:7');
 *       await docker().run(['build', '--tag=app', dir]);
 *       await docker().run(['compose', 'up', '--wait'], { cwd: dir });
 *       const { stdout } = await docker().inside('curl', ['-sS', 'http://127.0.0.1:8000/']);
 *     });
 */
import { beforeEach, inject } from 'vitest';
import { type DockerAddress, type DockerEngine, dockerAt } from './docker-engine.js';

declare module 'vitest' {
  interface ProvidedContext {
    docker: SharedDocker;
  }
}

/** The shared engine, or why there is none. */
export type SharedDocker = { readonly address: DockerAddress } | { readonly missing: string };

/** For the file that calls it: the shared engine, once tests run. Where there is none each test is skipped, and says why. */
export function useDocker(): () => DockerEngine {
  const shared = inject('docker');
  beforeEach(({ skip }) => {
    if ('missing' in shared) skip(shared.missing);
  });
  return () => {
    if ('missing' in shared) throw new Error(shared.missing);
    return dockerAt(shared.address);
  };
}
