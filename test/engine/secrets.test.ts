/** A secret's value is looked for wherever a run leaves something. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Container, ExecError } from '@dagger.io/dagger';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePlace, openTestSession, type Place, type TestSession } from './support/session.js';
import { sessionsOf } from './support/traces.js';

let place: Place;
beforeAll(async () => {
  place = await makePlace();
});
afterAll(() => place.remove());

/** Two secrets of random value, as a variable and as a file of the container. */
function canaries({ client, base }: TestSession) {
  const values = [`canary-${randomBytes(12).toString('hex')}`, `canary-${randomBytes(12).toString('hex')}`] as const;
  const container = base()
    .withSecretVariable('IN_VARIABLE', client.setSecret('variable', values[0]))
    .withMountedSecret('/run/in-file', client.setSecret('file', values[1]), { owner: '1000', mode: 0o440 });
  return { values, container };
}

const sessions = '/run/quayside';

/** Files below the directories that hold one of the values. */
async function filesWith(values: readonly string[], ...directories: readonly string[]): Promise<string> {
  const patterns = values.flatMap(value => ['-e', value, '-e', Buffer.from(value).toString('base64').slice(0, -4)]);
  const found = await execa('grep', ['-r', '-l', '-a', '-F', ...patterns, ...directories], { reject: false });
  // 1 is grep's word for nothing found; 2 says that it could not look, as when another session of this machine ends meanwhile.
  expect(directories.includes(sessions) ? [0, 1, 2] : [0, 1]).toContain(found.exitCode);
  return found.stdout;
}

async function argumentsOfAllProcesses(): Promise<string> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  return (await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))).join('\n');
}

const show = 'test "$(cat /run/in-file)"; echo "variable $IN_VARIABLE"; cat /run/in-file >&2';

describe('secrets', () => {
  it('reach processes, and nothing that is printed, kept, exported or shown', async () => {
    const session = await openTestSession(place);
    const { values, container } = canaries(session);
    const run = (script: string, from: Container = container) => from.withExec(['sh', '-c', script]);

    // The processes have them: whoever prints them reversed gets past the mask.
    const reversed = await run('echo "$IN_VARIABLE" | rev; rev /run/in-file').stdout();
    expect(reversed.trim().split('\n')).toEqual(values.map(v => [...v].reverse().join('')));
    expect(await run('ls -ln /run/in-file | cut -c1-10; id -u', container.withUser('1000')).stdout()).toBe(
      '-r--r-----\n1000\n',
    );

    const succeeded = run(show);
    expect(await succeeded.stdout()).toBe('variable ***\n');
    expect(await succeeded.stderr()).toBe('***');
    expect(await succeeded.combinedOutput()).toContain('***');

    const failure: ExecError = await run(`${show}; exit 9`)
      .sync()
      .catch(error => error);
    expect(failure).toBeInstanceOf(ExecError);
    expect([failure.exitCode, failure.stdout, failure.stderr]).toEqual([9, 'variable ***', '***']);

    const service = (script: string) =>
      container.withExposedPort(80).asService({ args: ['sh', '-c', `${show}; ${script}`] });
    const ids = await sessionsOf(place);
    const bound = session.base().withServiceBinding('svc', service('exec httpd -f -p 80'));
    await run('true', bound).sync();
    const endless = run('while :; do sleep 1; done');
    const killed = endless.sync().catch(error => error);
    let seen = '';
    while (!/podman[^\n]*--env\0IN_VARIABLE[^\n]*while :/.test(seen)) seen = await argumentsOfAllProcesses();
    expect(seen).toContain('conmon');
    const unhealthy: Error = await run('true', session.base().withServiceBinding('svc', service('exit 4')))
      .sync()
      .catch(error => error);
    expect(unhealthy).toBeInstanceOf(ExecError);

    await mkdir(join(place.dir, 'out'), { recursive: true });
    await succeeded.export(join(place.dir, 'out/image.tar'));
    await execa('tar', ['-C', join(place.dir, 'out'), '-xf', join(place.dir, 'out/image.tar')]);
    const blobs = join(place.dir, 'out/blobs/sha256');
    for (const blob of await readdir(blobs)) {
      const { stdout } = await execa('sh', ['-c', 'zcat -f -- "$1" > "$1.plain"', 'sh', join(blobs, blob)]);
      expect(stdout).toBe('');
    }

    const said = JSON.stringify([
      session.events,
      ...[failure, unhealthy].map(e => [e.message, { ...e }, String(e.cause), JSON.stringify(e.cause)]),
    ]);
    for (const value of values) {
      expect(said).not.toContain(value);
      expect(seen).not.toContain(value);
    }
    expect(said).toContain('***');
    await session.close();
    expect(await killed).toBeInstanceOf(Error);
    expect(ids).toHaveLength(1);
    // What may be found is found.
    expect(await filesWith(reversed.trim().split('\n'), place.state)).not.toBe('');
    expect(await filesWith(values, place.state, join(place.dir, 'out'))).toBe('');
    expect(await filesWith(values, sessions)).toBe('');
  });

  it('that come from the environment or a file of this machine are hidden as well', async () => {
    const value = `canary-${randomBytes(12).toString('hex')}`;
    const session = await openTestSession(place, { ...process.env, CANARY: value });
    const secret = session.client.secret('env://CANARY');
    const ran = session.base().withSecretVariable('S', secret).withExec(['sh', '-c', 'echo "$S"; echo "$S" | rev']);
    expect(await ran.stdout()).toBe(`***\n${[...value].reverse().join('')}\n`);
    await session.close();
    expect(await filesWith([value], place.state)).toBe('');
    expect(await filesWith([value], sessions)).toBe('');
  });

  it('whose value is part of a command are hidden in its error and its step', async () => {
    const session = await openTestSession(place);
    const value = `canary-${randomBytes(12).toString('hex')}`;
    session.client.setSecret('known', value);
    const error: ExecError = await session
      .base()
      .withSecretVariable('S', session.client.setSecret('known', value))
      .withExec(['sh', '-c', `false ${value}`])
      .sync()
      .catch(e => e);
    expect(error.cmd.join(' ')).toBe('sh -c false ***');
    expect(JSON.stringify([session.events, error.message, { ...error }])).not.toContain(value);
    await session.close();
  });
});
