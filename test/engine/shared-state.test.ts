/** Sessions that share a state and nothing else, as containers with one cache volume do, work side by side. */
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@dagger.io/dagger';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prune } from '../../engine/index.js';
import { openState } from '../../engine/store/layout.js';
import { isHeld, withLock } from '../../engine/store/locks.js';
import { clearDeadSessions, openSessionDir } from '../../engine/store/sessions.js';
import { startQuayside } from './cli/quayside-process.js';
import { clientOf, makePlace, openTestSession, type Place, withTestSession } from './support/session.js';

let place: Place;
beforeAll(async () => {
  place = await makePlace();
});
afterAll(() => place.remove());

describe('a session that another machine cannot see the process of', () => {
  it('keeps its work and all it used until it ends', async () => {
    const dirs = openState(join(place.dir, 'volume'));
    const roots = ['here', 'there'].map(name => join(place.dir, name)) as [string, string];
    for (const root of roots) mkdirSync(root);
    const session = await openSessionDir(roots[0], dirs);
    const work = join(dirs.work, `${session.id}-layer`);
    const volume = join(dirs.caches, 'volume');
    mkdirSync(work);
    mkdirSync(volume);
    await clearDeadSessions(roots[1], dirs, process.env);
    await prune({ stateDir: dirs.root });
    expect([existsSync(work), existsSync(volume)]).toEqual([true, true]);
    session.letGo();
    await clearDeadSessions(roots[1], dirs, process.env);
    expect([readdirSync(dirs.work), readdirSync(dirs.sessions)]).toEqual([[], []]);
    await prune({ stateDir: dirs.root });
    expect(existsSync(volume)).toBe(false);
    await clearDeadSessions(roots[0], dirs, process.env);
    expect(readdirSync(roots[0])).toEqual([]);
  });
});

it('what a session left is cleared away by one, while others start with states of their own', async () => {
  const root = join(place.dir, 'one-machine');
  mkdirSync(root);
  const [own, other] = ['own', 'other'].map(name => openState(join(place.dir, name)));
  const session = await openSessionDir(root, own!);
  for (let i = 0; i < 4000; i += 1) mkdirSync(join(session.dir, `left-${i}`, 'there'), { recursive: true });
  session.letGo();
  let clearing = true;
  const cleared = clearDeadSessions(root, own!, process.env).finally(() => {
    clearing = false;
  });
  while (clearing) await clearDeadSessions(root, other!, process.env);
  await cleared;
  expect(readdirSync(root)).toEqual([]);
});

it('a state in a directory that hands on its group has the one that whoever runs it has', async () => {
  const shared = join(place.dir, 'handed-on');
  mkdirSync(shared);
  chownSync(shared, 0, 1234);
  chmodSync(shared, 0o2775);
  await withTestSession({ ...place, state: join(shared, 'state') }, async ({ base }) => {
    const made = base().withExec(['sh', '-c', 'mkdir /made; : > /file; stat -c %g:%a / /made /file']);
    expect(await made.stdout()).toBe('0:755\n0:755\n0:644\n');
  });
});

describe('a lock', () => {
  it('keeps all out but one, and leaves no file', async () => {
    const dir = join(place.dir, 'locks');
    mkdirSync(dir);
    let inside = 0;
    let most = 0;
    const enter = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await sleep(5);
      inside -= 1;
    };
    await Promise.all([...Array(20)].map(() => withLock(dir, 'one', enter)));
    expect(most).toBe(1);
    expect(readdirSync(dir)).toEqual([]);
  });

  it('is let go of by a process that is killed', async () => {
    const file = join(place.dir, 'killed.lock');
    writeFileSync(file, '');
    const holder = execa('flock', [file, 'sleep', '100'], { reject: false, detached: true });
    while (!(await isHeld(file))) await sleep(10);
    process.kill(-holder.pid!, 'SIGKILL');
    await holder;
    expect(await isHeld(file)).toBe(false);
  });

  it('is waited for until the end of whoever waits', async () => {
    const end = new AbortController();
    await withLock(place.dir, 'held', async () => {
      const waiting = withLock(place.dir, 'held', async () => 'mine', end.signal);
      setTimeout(() => end.abort(), 100);
      await expect(waiting).rejects.toThrow('the session is ending');
    });
    expect(await withLock(place.dir, 'held', async () => 'mine')).toBe('mine');
  });
});

describe('two sessions that want the same result', () => {
  const busybox = (client: Client) => client.container().withDirectory('/', client.host().directory(place.busybox));
  /** Takes a while, and tells by a volume how often it was begun. */
  const slow = (client: Client, label: string) =>
    busybox(client)
      .withMountedCache('/runs', client.cacheVolume(`runs-${label}`))
      .withExec(['sh', '-c', 'echo run >> /runs/begun; sleep 3; cat /runs/begun']);

  it('make it once', async () => {
    const sessions = await Promise.all([openTestSession(place), openTestSession(place)]);
    const asked = sessions.map(({ client }) => slow(client, 'once').stdout());
    expect(await Promise.all(asked)).toEqual(['run\n', 'run\n']);
    await Promise.all(sessions.map(session => session.close()));
    expect(readdirSync(join(place.state, 'locks'))).toEqual([]);
  });

  it('get it all the same when the first is killed over it', async () => {
    const first = startQuayside(['session', '--engine=local'], { env: { QUAYSIDE_STATE: place.state } });
    const { port, session_token: token } = JSON.parse(await first.firstLine);
    const lost = slow(clientOf({ port, token }), 'killed')
      .stdout()
      .catch(error => error);
    await withTestSession(place, async ({ client }) => {
      const locks = join(place.state, 'locks');
      while (!readdirSync(locks).some(name => name.startsWith('result-'))) await sleep(20);
      const second = slow(client, 'killed').stdout();
      await sleep(1500);
      first.child.kill('SIGKILL');
      expect(await lost).toBeInstanceOf(Error);
      expect(await second).toMatch(/^(run\n){1,2}$/);
    });
    await withTestSession(place, async ({ client }) => {
      expect(await slow(client, 'killed').stdout()).toMatch(/^(run\n){1,2}$/);
    });
  });
});
