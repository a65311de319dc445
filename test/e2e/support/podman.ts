/** Podman for the tests of one file. */
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { containerTools, type Tools } from '../../engine/support/tools.js';
import { makeScratch, type Scratch } from './example.js';

/** Registers, for the file that calls it, a scratch directory and podman with a storage in it; podman is there once tests run. */
export function usePodman(): { readonly scratch: Scratch; readonly tools: () => Tools } {
  const scratch = makeScratch();
  let tools: Tools;
  beforeAll(async () => {
    tools = await containerTools(join(scratch.dir, 'podman'));
  });
  afterAll(async () => {
    await tools.close();
    scratch.remove();
  });
  return { scratch, tools: () => tools };
}
