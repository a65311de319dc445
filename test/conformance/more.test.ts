/** Questions whose answers Dagger's source and its own tests make certain, asked of the local engine: in order, and then backwards. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Session } from '../../engine/contract.js';
import { startSession } from '../../engine/index.js';

const at = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const questions: readonly unknown[] = JSON.parse(await readFile(at('more-vectors.json'), 'utf8'));

let session: Session;
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'quayside-conformance-'));
  session = await startSession({});
});
afterAll(async () => {
  await session.close();
  await rm(dir, { recursive: true });
});

it.each([
  ['in order', questions],
  ['backwards', questions.toReversed()],
])('all agree %s', async (order, list) => {
  const file = join(dir, `${order}.json`);
  await writeFile(file, JSON.stringify(list));
  const { stdout } = await execa(process.execPath, [at('run.mjs'), file], {
    env: { DAGGER_SESSION_PORT: String(session.port), DAGGER_SESSION_TOKEN: session.token },
    reject: false,
  });
  expect(stdout.replace(/^ok .*\n/gm, '')).toBe(`${questions.length} passed, 0 failed`);
});
