/** The commands around the functions: `run` and `engine`. */
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { ROOT } from '../engine/cli/quayside-process.js';
import { makeScratch } from './support/example.js';
import { quayside } from './support/quayside.js';

const scratch = makeScratch();
afterAll(() => scratch.remove());

/** A program of a user's own, with the published client. */
const PROGRAM = `
import { connection, dag } from '@dagger.io/dagger';
await connection(async () => {
  const text = await dag.directory().withNewFile('log/harbour.txt', process.argv[1]).file('log/harbour.txt').contents();
  console.log(text);
});
process.exit(4);
`;

describe('run and engine, on a state of their own', () => {
  const QUAYSIDE_STATE = join(scratch.dir, 'state');
  const env = { QUAYSIDE_STATE };
  const status = async (): Promise<Record<string, number | string>> =>
    JSON.parse((await quayside(['engine', 'status', '--json'], { env })).stdout);

  test('run gives a program a session, and its output and exit code back', async () => {
    const run = await quayside(['run', '--', 'node', '--input-type=module', '-e', PROGRAM, 'ships'], {
      env,
      cwd: ROOT,
    });
    expect(run).toMatchObject({ code: 4, stdout: 'ships\n' });
  });

  test('engine status counts what that left', async () => {
    const before = await status();
    expect(before).toMatchObject({ stateDir: QUAYSIDE_STATE });
    expect(before.snapshots).toBeGreaterThan(0);
    const { code, stdout } = await quayside(['engine', 'status'], { env });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      new RegExp(`^state +${QUAYSIDE_STATE}\\nsize +[\\d.]+ \\w+, \\d+ files[^]*\\nsnapshots +${before.snapshots}\\n`),
    );
  });

  test('engine prune keeps what is within the bound, and without one removes all', async () => {
    const before = await status();
    const kept = await quayside(['engine', 'prune', '--max-bytes=10GB'], { env });
    expect(kept).toMatchObject({ code: 0, stdout: expect.stringMatching(/^removed 0 results, /) });
    expect(await status()).toMatchObject({ snapshots: before.snapshots });
    const removed = await quayside(['engine', 'prune'], { env });
    expect(removed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^removed [1-9]\d* results?, /) });
    expect(await status()).toMatchObject({ snapshots: 0, caches: 0, images: 0 });
  });
});
