/** Starts, once for all files of the project `docker`, the engine that they share. */
import type { TestProject } from 'vitest/node';
import { withoutDocker } from '../support/docker/programs.js';
import { startDocker } from '../support/docker-engine.js';

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const missing = await withoutDocker();
  if (missing !== undefined) {
    console.warn(`no Docker Engine can run here, its tests are skipped: ${missing}`);
    project.provide('docker', { missing });
    return undefined;
  }
  const { dir, pid, env, end } = await startDocker();
  project.provide('docker', { address: { dir, pid, env } });
  return end;
}
