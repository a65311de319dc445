/** The answers recorded from a real Dagger engine, asked of the local engine: in order, again in another order, and twice at once. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../engine/contract.js';
import { startSession } from '../../engine/index.js';
import { at, expectedOf, FILES, type Outcome, outcomeOf, readVectors, type Vector } from './answers.js';

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

/** Asks the vectors in a file. */
async function ask(file: string): Promise<Outcome> {
  const { stdout } = await execa(process.execPath, [at('run.mjs'), file], {
    env: { DAGGER_SESSION_PORT: String(session.port), DAGGER_SESSION_TOKEN: session.token },
    reject: false,
  });
  return outcomeOf(stdout);
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

it.each([...FILES, 'more-vectors.json'])('%s asks by node what the next release of Dagger has no other words for', async file => {
  expect(await readFile(at(file), 'utf8')).not.toMatch(/load\w+FromID/);
});

describe.each(FILES)('%s', file => {
  let vectors: readonly Vector[];
  let expected: Outcome;
  beforeAll(async () => {
    vectors = await readVectors(file);
    expected = expectedOf(vectors);
  });

  it('all agree', async () => expect(await ask(at(file))).toEqual(expected));

  it('all agree again, in another order', async () => {
    const other = join(dir, file);
    await writeFile(other, JSON.stringify(shuffled(vectors)));
    expect(await ask(other)).toEqual(expected);
  });

  it('all agree when asked twice at the same time', async () => {
    expect(await Promise.all([ask(at(file)), ask(at(file))])).toEqual([expected, expected]);
  });
});
