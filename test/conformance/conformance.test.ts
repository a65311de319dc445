/** The answers recorded from a real Dagger engine, asked of the local engine: in order, again in another order, and twice at once. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Session } from '../../engine/contract.js';
import { startSession } from '../../engine/index.js';

const at = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Recorded answers that the local engine does not give, and why. One that it comes to give has to leave this list. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  'real-docker-build-simple': 'Dockerfiles are not built here: dockerBuild is refused by name',
  'real-digest-of-equal-directories':
    'equal directories have one digest here too, but not the number that BuildKit gives them',
};

const FILES = ['vectors.json', 'vectors-2.json'] as const;

interface Vector {
  readonly name: string;
}
const read = async (file: string): Promise<readonly Vector[]> => JSON.parse(await readFile(at(file), 'utf8'));

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

interface Outcome {
  readonly passed: number;
  /** Names of those that were expected to fail. */
  readonly differing: readonly string[];
  /** What is said of all others that failed. */
  readonly failures: string;
}

/** Asks the vectors in a file. */
async function ask(file: string): Promise<Outcome> {
  const { stdout } = await execa(process.execPath, [at('run.mjs'), file], {
    env: { DAGGER_SESSION_PORT: String(session.port), DAGGER_SESSION_TOKEN: session.token },
    reject: false,
  });
  const failed = stdout
    .split(/^(?=ok |FAIL |\d+ passed)/m)
    .flatMap(said => (said.startsWith('FAIL ') ? [{ said, name: /^FAIL [^/]*\/(\S+)/.exec(said)?.[1] ?? '' }] : []));
  return {
    passed: Number(/^(\d+) passed, \d+ failed$/m.exec(stdout)?.[1]),
    differing: failed.flatMap(({ name }) => (name in DIFFERENCES ? [name] : [])).sort(),
    failures: failed.flatMap(({ name, said }) => (name in DIFFERENCES ? [] : [said])).join(''),
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

it.each([...FILES, 'more-vectors.json'])('%s asks by node what the next release of Dagger has no other words for', async file => {
  expect(await readFile(at(file), 'utf8')).not.toMatch(/load\w+FromID/);
});

describe.each(FILES)('%s', file => {
  let vectors: readonly Vector[];
  let expected: Outcome;
  beforeAll(async () => {
    vectors = await read(file);
    const differing = vectors.map(({ name }) => name).filter(name => name in DIFFERENCES);
    expected = { passed: vectors.length - differing.length, differing: differing.sort(), failures: '' };
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
