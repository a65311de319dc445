import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LAUNCHER, runQuayside, startQuayside } from './quayside-process.js';

const LOCAL = '--engine=local';
const ECHO_SESSION = 'echo "port=$DAGGER_SESSION_PORT token=$DAGGER_SESSION_TOKEN"';

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'quayside-cli-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A directory for PATH with a `dagger` that runs this script. */
function pathWithDagger(script: string): string {
  const dir = mkdtempSync(join(scratch, 'path-'));
  writeFileSync(join(dir, 'dagger'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(dir, 'dagger'), 0o755);
  return `${dir}:${process.env.PATH}`;
}

async function ask(port: number, user: string): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`http://127.0.0.1:${port}/query`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(`${user}:`).toString('base64')}`,
    },
    body: JSON.stringify({ query: '{ version }' }),
  });
  return { status: answer.status, body: answer.status === 200 ? await answer.json() : undefined };
}

describe('session', () => {
  test('prints where it listens, answers with the token alone, and ends with standard input', async () => {
    const { child, firstLine, finished } = startQuayside(['session', LOCAL]);
    const { port, session_token: token } = JSON.parse(await firstLine);
    expect(await ask(port, token)).toMatchObject({ status: 200, body: { data: { version: expect.any(String) } } });
    expect(await ask(port, 'wrong')).toMatchObject({ status: 401 });
    child.stdin?.end();
    expect(await finished).toMatchObject({ code: 0 });
    await expect(ask(port, token)).rejects.toThrow();
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('%s closes it and ends in %d', async (signal, code) => {
    const { child, firstLine, finished } = startQuayside(['session', LOCAL]);
    const { port, session_token: token } = JSON.parse(await firstLine);
    child.kill(signal);
    expect((await finished).code).toBe(code);
    await expect(ask(port, token)).rejects.toThrow();
  });
});

describe('run', () => {
  test('gives the command a session, its arguments as they are, and returns its exit code', async () => {
    const { code, stdout } = await runQuayside([
      'run',
      LOCAL,
      '--',
      'sh',
      '-c',
      `${ECHO_SESSION}; echo "$1"; exit 7`,
      'sh',
      '--a b',
    ]);
    expect(stdout).toMatch(/^port=\d+ token=\S{16,}\n--a b\n$/);
    expect(code).toBe(7);
  });

  test('a signal reaches the command, and the session closes after it', async () => {
    const script = 'trap "echo bye; exit 5" TERM; echo ready; while :; do sleep 0.1; done';
    const { child, firstLine, finished } = startQuayside(['run', LOCAL, '--', 'sh', '-c', script]);
    expect(await firstLine).toBe('ready');
    child.kill('SIGTERM');
    expect(await finished).toMatchObject({ code: 5, stdout: 'ready\nbye\n' });
  });

  test('a command that a signal ended returns 128 and the signal', async () => {
    expect((await runQuayside(['run', LOCAL, '--', 'sh', '-c', 'kill -9 $$'])).code).toBe(137);
  });

  test('a session in the environment is used as it is', async () => {
    const inner = [LAUNCHER, 'run', '--', 'sh', '-c', ECHO_SESSION];
    const { stdout } = await runQuayside(['run', LOCAL, '--', 'sh', '-c', `${ECHO_SESSION}; "$@"`, 'sh', ...inner]);
    const [outer, nested] = stdout.trim().split('\n');
    expect(nested).toBe(outer);
  });
});

describe('a dagger binary', () => {
  test('is asked for the session, and told to end it', async () => {
    const ended = join(scratch, 'ended');
    const PATH = pathWithDagger(`"${LAUNCHER}" "$@" ${LOCAL}; echo "$?" > "${ended}"`);
    const { code, stdout, stderr } = await runQuayside(
      ['run', '--engine=dagger', '--', 'sh', '-c', `${ECHO_SESSION}; cat "${ended}" || true`],
      {
        env: { PATH },
      },
    );
    expect(stderr).toMatch(/running on Dagger's engine through .*\/dagger/);
    expect(stdout).toMatch(/^port=\d+ token=\S+\n$/);
    expect(code).toBe(0);
    expect((await runQuayside(['run', LOCAL, '--', 'cat', ended])).stdout).toBe('0\n');
  });

  test('that reaches no engine gives way to the local engine, with a notice', async () => {
    const PATH = pathWithDagger('echo "no driver for image docker" >&2; exit 1');
    const { code, stdout, stderr } = await runQuayside(['run', '--', 'sh', '-c', ECHO_SESSION], { env: { PATH } });
    expect(stderr).toMatch(
      /reaches no engine: it ended with exit code 1 \(no driver for image docker\); the local engine takes over/,
    );
    expect(stdout).toMatch(/^port=\d+/);
    expect(code).toBe(0);
  });

  test('that reaches no engine ends in 75 when nothing else will do', async () => {
    const PATH = pathWithDagger('echo nonsense; exit 0');
    const { code, stderr } = await runQuayside(['run', '--engine=dagger', '--', 'true'], { env: { PATH } });
    expect(stderr).toMatch(/^error: .* reaches no engine: it answered "nonsense"/m);
    expect(code).toBe(75);
  });
});

describe('the launcher', () => {
  test('ends as ever when nobody reads what it says', async () => {
    const script = `"$0" plan ${LOCAL} --source=examples/flask-stream | head -c 1; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await runQuayside(['-c', script, LAUNCHER], { program: 'bash' });
    expect({ stdout, stderr }).toEqual({ stdout: '{0\n', stderr: expect.not.stringMatching(/EPIPE|at \S+ \(node:/) });
  });

  test('works from anywhere and through symbolic links', async () => {
    const deep = join(scratch, 'deep/er');
    mkdirSync(deep, { recursive: true });
    symlinkSync(LAUNCHER, join(scratch, 'absolute'));
    symlinkSync('../../absolute', join(deep, 'relative'));
    const { code, stdout } = await runQuayside(['--version'], { cwd: deep, program: join(deep, 'relative') });
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  test('has nothing to set up the second time, and says nothing', async () => {
    await runQuayside(['setup', LOCAL]);
    const started = performance.now();
    expect(await runQuayside(['setup', LOCAL])).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test('takes an old node for what it is', async () => {
    const dir = mkdtempSync(join(scratch, 'node-'));
    writeFileSync(join(dir, 'node'), '#!/bin/sh\n[ "$1" = --version ] && echo v18.19.0 && exit 0\nexit 1\n');
    chmodSync(join(dir, 'node'), 0o755);
    const { code, stderr } = await runQuayside(['--version'], { env: { PATH: `${dir}:/usr/bin:/bin` } });
    expect(stderr).toMatch(/Node\.js 20\.19 or newer is needed; .*\/node is v18\.19\.0/);
    expect(code).toBe(2);
  });
});
