/** `publish`, killed at any moment: every tag of the registry can be pulled, whole, and the next run ends well. */
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Checkout, makeScratch } from '../e2e/support/example.js';
import { startQuayside } from '../engine/cli/quayside-process.js';
import { type FaultyProxy, faultyProxy } from '../engine/support/faulty-proxy.js';
import { startRegistry, type TestRegistry } from '../engine/support/registry.js';

const TIMES = 30;
const scratch = makeScratch();
let registry: TestRegistry;
let proxy: FaultyProxy;
let app: Checkout;

beforeAll(async () => {
  registry = await startRegistry(join(scratch.dir, 'registry'));
  proxy = await faultyProxy(registry.host);
  app = scratch.example('app');
});
afterAll(async () => {
  await proxy.stop();
  await registry.stop();
  scratch.remove();
});

const NAMES = ['acme/stream', 'acme/stream-proxy'];

/** Publishes a version; killed after so many requests to the registry, if any. */
async function publish(version: string, killAfter?: number): Promise<number | null> {
  const args = ['--engine=local', 'publish', `--source=${app.path}`, `--address=${proxy.host}/acme/stream`];
  const running = startQuayside([...args, `--tags=${version},latest`]);
  running.child.stdin?.end();
  // Whatever it has started goes with the machine, or is cleared by the next start: only the one that pushes is killed.
  if (killAfter !== undefined) proxy.after(killAfter, () => running.child.kill('SIGKILL'));
  return (await running.finished).code;
}

/** Pulls whatever tags there are, into one layout that keeps the blobs. */
async function pullAll(): Promise<readonly string[]> {
  const pulled: string[] = [];
  for (const name of NAMES) {
    const answer = await fetch(`http://${registry.host}/v2/${name}/tags/list`);
    const { tags } = answer.ok ? ((await answer.json()) as { tags: readonly string[] | null }) : { tags: [] };
    // Of a digest there is the list of what is attached, which is no image.
    for (const tag of (tags ?? []).filter(name => !name.startsWith('sha256-'))) {
      const to = `oci:${join(scratch.dir, 'pulled')}:${pulled.length}`;
      await execa('skopeo', [
        'copy',
        '--all',
        '--quiet',
        '--src-tls-verify=false',
        `docker://${registry.host}/${name}:${tag}`,
        to,
      ]);
      pulled.push(`${name}:${tag}`);
    }
  }
  return pulled;
}

test(`${TIMES} times, at moments that are spread over all of its requests`, async () => {
  const before = proxy.seen.length;
  expect(await publish('0.1.0')).toBe(0);
  const all = proxy.seen.length - before;
  let killed = 0;
  for (let time = 1; time <= TIMES; time++) {
    app.append('flask_stream/__init__.py', `\n# Line ${time}.\n`);
    // After the first publication only what an edit changes is sent: the first requests of all are those of a new repository.
    const moment = 1 + Math.floor(((time - 1) / TIMES) * Math.min(all, 60));
    if ((await publish(`1.0.${time}`, moment)) !== 0) killed += 1;
    const tags = await pullAll();
    expect(tags).toContain('acme/stream:latest');
  }
  expect(killed).toBeGreaterThan(TIMES / 2);
  app.append('flask_stream/__init__.py', '\n# The last line.\n');
  expect(await publish('2.0.0')).toBe(0);
  expect(await pullAll()).toEqual(expect.arrayContaining(NAMES.map(name => `${name}:2.0.0`)));
});
