import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { run } from '../../../cli/run.js';

async function runHere(argv: string[], { env = {}, cwd = '/' }: { env?: NodeJS.ProcessEnv; cwd?: string } = {}) {
  const written = { stdout: '', stderr: '' };
  const code = await run(argv, {
    stdin: Readable.from([]),
    stdout: { write: text => (written.stdout += text) },
    stderr: { write: text => (written.stderr += text) },
    env,
    cwd,
    signal: new AbortController().signal,
  });
  return { code, ...written };
}

/** A session that nobody listens on: what has to be refused before anything is asked of an engine is refused all the same. */
const session = { DAGGER_SESSION_PORT: '1', DAGGER_SESSION_TOKEN: 'x' };

describe('the command line', () => {
  test('prints help to standard output', async () => {
    const { code, stdout, stderr } = await runHere(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('--source');
  });

  test.each<[string[], NodeJS.ProcessEnv, RegExp]>([
    [['nonsense'], {}, /unknown command 'nonsense'/],
    [['reports'], session, /reports returns a directory: say where to write it with --output=PATH/],
    [['build'], session, /build returns an image: say where to write it with --output=PATH/],
    [['shell'], session, /shell needs a terminal/],
    [['test', '--source=nowhere'], session, /--source: no such directory: \/nowhere/],
    [['test', '--engine=dagger'], {}, /no session in DAGGER_SESSION_PORT/],
    [['test'], { DAGGER_SESSION_PORT: '1' }, /set both or neither/],
    [['run', '--', '/no/such/command'], session, /no such command: \/no\/such\/command/],
  ])('%j ends in 2', async (argv, env, message) => {
    const { code, stdout, stderr } = await runHere(argv, { env });
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  test('a session that does not answer ends in 75', async () => {
    const { code, stderr } = await runHere(['explain'], { env: session, cwd: import.meta.dirname });
    expect(stderr).toMatch(/^error: /m);
    expect(code).toBe(75);
  });
});
