/** The state holds no more than it may, whatever the number of runs, and nothing that somebody needs goes. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineStatus } from '../../engine/index.js';
import { runQuayside } from './cli/quayside-process.js';
import { makePlace, openTestSession, type Place, type TestSession } from './support/session.js';

let place: Place;
beforeAll(async () => {
  place = await makePlace();
});
afterAll(() => place.remove());

const megabyte = 1e6;
const limited = (megabytes: number): NodeJS.ProcessEnv => ({
  ...process.env,
  QUAYSIDE_STATE_LIMIT: `${megabytes}MB`,
});
const held = async (): Promise<number> =>
  Number((await execa('du', ['--summarize', '--bytes', place.state])).stdout.split('\t')[0]);

/** One run after an edit: files taken in, a command over them, and an image of it. */
async function edit(i: number, env: NodeJS.ProcessEnv): Promise<void> {
  const source = join(place.dir, 'app.py');
  writeFileSync(source, `print(${i})\n`);
  const session = await openTestSession(place, env);
  try {
    const app = session
      .base()
      .withExec(['sh', '-c', 'head -c 1000000 /dev/urandom > /dependencies'])
      .withFile('/app.py', session.client.host().file(source))
      .withExec(['sh', '-c', `cp /app.py /built; head -c 200000 /dev/urandom > /cache`]);
    expect(await app.file('/built').contents()).toBe(`print(${i})\n`);
    if (i % 4 === 0) await app.export(join(place.dir, 'app.tar'));
  } finally {
    await session.close();
  }
}

const large = ({ base }: TestSession, label: string) =>
  base().withExec(['sh', '-c', `head -c 3000000 /dev/urandom > /large; md5sum /large; : ${label}`]);

describe('the state', () => {
  it('stays within its limit over many edits, and keeps what each of them needs', async () => {
    const env = limited(8);
    let dependencies: string | undefined;
    for (let i = 0; i < 12; i += 1) {
      await edit(i, env);
      expect(await held(), `after edit ${i}`).toBeLessThan(8 * megabyte);
      // What every run needs was used last, and is not made again.
      const found = readdirSync(join(place.state, 'l')).filter(id =>
        existsSync(join(place.state, 'l', id, 'dependencies')),
      );
      dependencies ??= found[0];
      expect(found).toEqual([dependencies]);
    }
  });

  it('is held to it when a session has ended, which is known before', async () => {
    const before = await openTestSession(place, limited(100));
    await large(before, 'more than may be').stdout();
    await large(before, 'much more').stdout();
    await before.close();
    const session = await openTestSession(place, limited(5));
    await large(session, 'than that').stdout();
    await session.end!();
    expect(await held()).toBeGreaterThan(5 * megabyte);
    await expect(session.client.version()).rejects.toThrow();
    await session.close();
    expect(await held()).toBeLessThan(5 * megabyte);
  });

  it('keeps what a live session uses, and lets go of what others made since it began', async () => {
    const watcher = await openTestSession(place, limited(12));
    const value = await large(watcher, 'watched').stdout();
    for (let i = 0; i < 5; i += 1) {
      const other = await openTestSession(place, limited(12));
      await large(other, `other ${i}`).stdout();
      await other.close();
      expect(await held()).toBeLessThan(14 * megabyte);
    }
    expect(await large(watcher, 'watched').withExec(['md5sum', '/large']).stdout()).toBe(value);
    await watcher.close();
    const after = await openTestSession(place, limited(30));
    expect(await large(after, 'watched').stdout()).toBe(value);
    await after.close();
  });

  it('keeps the data of services, and lets go of caches', async () => {
    const session = await openTestSession(place, limited(30));
    const volume = (name: string) => session.client.cacheVolume(name);
    const fill = 'head -c 4000000 /dev/urandom > /v/big';
    await session.base().withMountedCache('/v', volume('cache')).withExec(['sh', '-c', fill]).sync();
    const server = session
      .base()
      .withMountedCache('/v', volume('data'))
      .withExposedPort(80)
      .asService({ args: ['sh', '-c', `${fill}; httpd -f -p 80 -h /v`] });
    await session.base().withServiceBinding('web', server).withExec(['wget', '-qO/dev/null', 'http://web/big']).sync();
    await session.close();
    const big = () =>
      readdirSync(join(place.state, 'caches')).filter(name => existsSync(join(place.state, 'caches', name, 'big')));
    expect(big()).toHaveLength(2);
    for (let i = 0; i < 2; i += 1) {
      const other = await openTestSession(place, limited(8));
      await large(other, `beside volumes ${i}`).stdout();
      await other.close();
    }
    expect(big()).toHaveLength(1);
    const { parts, limit, sessions } = await engineStatus(place.state, limited(8));
    expect({ limit, sessions }).toEqual({ limit: 8e6, sessions: 0 });
    expect(parts.find(({ name }) => name === 'volumes')?.bytes).toBeGreaterThan(4e6);
  });

  it('is measured by who adds much to it, or finds the limit itself exceeded', async () => {
    const account = join(place.state, 'account.json');
    const thoughtAfter = async (bytes: number, megabytes: number): Promise<number> => {
      writeFileSync(account, JSON.stringify({ bytes, entries: 100, inPlace: {} }));
      const session = await openTestSession(place, limited(1000));
      await session
        .base()
        .withExec(['sh', '-c', `head -c ${megabytes}000000 /dev/urandom > /added; : ${bytes}`])
        .sync();
      await session.close();
      return JSON.parse(readFileSync(account, 'utf8')).bytes as number;
    };
    expect(await thoughtAfter(950 * megabyte, 1)).toBeGreaterThan(950 * megabyte);
    expect(await thoughtAfter(960 * megabyte, 20)).toBeLessThan(200 * megabyte);
    expect(await thoughtAfter(1001 * megabyte, 1)).toBeLessThan(200 * megabyte);
  });

  it('has a limit that can be read, or nothing runs', async () => {
    const env = { QUAYSIDE_STATE: place.state, QUAYSIDE_STATE_LIMIT: 'plenty' };
    for (const args of [
      ['session', '--engine=local'],
      ['engine', 'status'],
    ]) {
      const { code, stderr } = await runQuayside(args, { env });
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringContaining('QUAYSIDE_STATE_LIMIT=plenty: expected a size'),
      });
    }
    const { code, stdout } = await runQuayside(['engine', 'status'], {
      env: { QUAYSIDE_STATE: place.state, QUAYSIDE_STATE_LIMIT: '1GB' },
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^limit +1\.0 GB/m);
    expect(stdout).toMatch(/^ {2}layers of results +\S+ \S+, \d+$/m);
  });
});
