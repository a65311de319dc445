/** The answers recorded from a real Dagger engine, asked of the local engine: in order, again, in another order, and twice at once. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Session } from '../../engine/contract.js';
import { startSession } from '../../engine/index.js';

const at = (name: string) => fileURLToPath(new URL(name, import.meta.url));

let session: Session;
let dir: string;
let count: number;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'quayside-conformance-'));
  count = JSON.parse(await readFile(at('vectors.json'), 'utf8')).length;
  session = await startSession({});
});
afterAll(async () => {
  await session.close();
  await rm(dir, { recursive: true });
});

/** Asks the vectors in a file; returns those that failed, and how many passed. */
async function ask(file: string): Promise<{ failures: string; passed: string | undefined }> {
  const { stdout } = await execa(process.execPath, [at('run.mjs'), file], {
    env: { DAGGER_SESSION_PORT: String(session.port), DAGGER_SESSION_TOKEN: session.token },
    reject: false,
  });
  return {
    failures: stdout.replace(/^ok .*\n/gm, '').replace(/\d+ passed, \d+ failed$/, ''),
    passed: /(\d+) passed, 0 failed$/.exec(stdout)?.[1],
  };
}

/** The same order at every run, unlike the file's: a failure can be repeated. */
function shuffled<T>(items: readonly T[]): T[] {
  const rest = [...items];
  let seed = 20240229;
  const draw = (below: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) % below;
  };
  return items.map(() => rest.splice(draw(rest.length), 1)[0]!);
}

const all = () => ({ failures: '', passed: String(count) });

it('all agree', async () => expect(await ask(at('vectors.json'))).toEqual(all()));

it('all agree again, in another order', async () => {
  const file = join(dir, 'shuffled.json');
  await writeFile(file, JSON.stringify(shuffled(JSON.parse(await readFile(at('vectors.json'), 'utf8')))));
  expect(await ask(file)).toEqual(all());
});

it('all agree when asked twice at the same time', async () => {
  expect(await Promise.all([ask(at('vectors.json')), ask(at('vectors.json'))])).toEqual([all(), all()]);
});
