/** However a session ends, nothing of it is left: at once, or when the next one starts. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@dagger.io/dagger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Running, startQuayside } from './cli/quayside-process.js';
import { clientOf, makePlace, openTestSession, type Place, withTestSession } from './support/session.js';
import { NO_TRACES, sessionsOf, type Traces, tracesOf } from './support/traces.js';

let place: Place;
beforeAll(async () => {
  place = await makePlace();
});
afterAll(() => place.remove());

const busybox = (client: Client) => client.container().withDirectory('/', client.host().directory(place.busybox));
const web = (client: Client) =>
  busybox(client)
    .withNewFile('/www/index.html', 'served')
    .withExposedPort(80)
    .asService({ args: ['httpd', '-f', '-p', '80', '-h', '/www'] });

/** Waits until something is so; a test that waits in vain runs into its own time limit. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(50);
}

/** Starts a service and an exec that does not end, with mounts and a volume; returns once both run. */
async function keepBusy(client: Client, ids: readonly string[]): Promise<{ ended: Promise<unknown> }> {
  const long = busybox(client)
    .withServiceBinding('web', web(client))
    .withMountedDirectory('/mounted', client.directory().withNewFile('a', 'a'))
    .withMountedCache('/cache', client.cacheVolume('endings'))
    .withExec(['sh', '-c', 'wget -qO- http://web/ > /got; while :; do sleep 1; done'])
    .sync();
  const ended = long.then(
    () => undefined,
    error => error,
  );
  await until(async () => (await tracesOf(place, ids)).processes.filter(argv => argv.includes('conmon')).length === 2);
  return { ended };
}

function busyTraces(traces: Traces): void {
  for (const [kind, found] of Object.entries(traces)) expect(found, kind).not.toEqual([]);
}

/** A `session` command in a process of its own, on the place's state. */
async function sessionProcess(): Promise<Running & { client: Client; ids: string[] }> {
  const running = startQuayside(['session', '--engine=local'], { env: { QUAYSIDE_STATE: place.state } });
  const { port, session_token: token } = JSON.parse(await running.firstLine);
  return { ...running, client: clientOf({ port, token }), ids: await sessionsOf(place) };
}

describe('a session that is closed', () => {
  it('leaves nothing after work that succeeded and work that failed', async () => {
    const session = await openTestSession(place);
    const ids = await sessionsOf(place);
    const ran = session.base().withServiceBinding('web', web(session.client));
    expect(await ran.withExec(['wget', '-qO-', 'http://web/']).stdout()).toBe('served');
    await expect(ran.withExec(['false']).sync()).rejects.toThrow('exit code: 1');
    expect((await tracesOf(place, ids)).processes).not.toEqual([]);
    await session.close();
    expect(await tracesOf(place, ids)).toEqual(NO_TRACES);
  });

  it('leaves nothing of what was still running, whose errors arrive or not', async () => {
    const session = await openTestSession(place);
    const ids = await sessionsOf(place);
    const { ended } = await keepBusy(session.client, ids);
    busyTraces(await tracesOf(place, ids));
    await session.close();
    await session.close();
    expect(await ended).toBeInstanceOf(Error);
    expect(await tracesOf(place, ids)).toEqual(NO_TRACES);
  });

  it('tells of what it ends as cancelled, and of what failed before as that', async () => {
    const session = await openTestSession(place);
    const long = session
      .base()
      .withExec(['sh', '-c', 'echo begun; sleep 100'])
      .sync()
      .catch(() => undefined);
    await until(async () => session.events.some(event => event.kind === 'output' && event.lines.includes('begun')));
    await expect(session.base().withExec(['sh', '-c', 'exit 3']).sync()).rejects.toThrow('exit code: 3');
    await session.close();
    await long;
    const ends = session.events.flatMap(event => (event.kind === 'step' && event.seconds !== undefined ? [event] : []));
    expect(ends.map(({ name, status }) => [name, status])).toEqual([
      ['exec sh -c exit 3', 'failed'],
      ['exec sh -c echo begun; sleep 100', 'cancelled'],
    ]);
  });

  it('lets nothing start while it ends', async () => {
    const session = await openTestSession(place);
    const ids = await sessionsOf(place);
    // At every moment of their preparation when the end comes.
    const begun = [...Array(12).keys()].map(async i => {
      await sleep(i * 30);
      return session
        .base()
        .withExec(['sh', '-c', `sleep 100; : ${i}`])
        .sync();
    });
    const outcomes = Promise.allSettled(begun);
    await sleep(400);
    await session.close();
    expect((await outcomes).map(o => o.status)).not.toContain('fulfilled');
    expect(await tracesOf(place, ids)).toEqual(NO_TRACES);
  });
});

describe('a session of a process', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('that gets %s leaves nothing', async (signal, code) => {
    const { client, ids, child, finished } = await sessionProcess();
    const { ended } = await keepBusy(client, ids);
    busyTraces(await tracesOf(place, ids));
    child.kill(signal);
    expect((await finished).code).toBe(code);
    expect(await ended).toBeInstanceOf(Error);
    expect(await tracesOf(place, ids)).toEqual(NO_TRACES);
  });

  it('that is killed is cleared away by the next', async () => {
    const { client, ids, child, finished } = await sessionProcess();
    const { ended } = await keepBusy(client, ids);
    child.kill('SIGKILL');
    await finished;
    expect(await ended).toBeInstanceOf(Error);
    busyTraces(await tracesOf(place, ids));
    await withTestSession(place, async () => {
      expect(await tracesOf(place, ids)).toEqual(NO_TRACES);
    });
  });
});

describe('two sessions at once', () => {
  it('do not disturb each other', async () => {
    const [first, second] = await Promise.all([openTestSession(place), openTestSession(place)]);
    const ask = (client: Client, label: string) =>
      busybox(client)
        .withServiceBinding('web', web(client))
        .withExec(['sh', '-c', `wget -qO- http://web/; : ${label}`])
        .stdout();
    expect(await Promise.all([ask(first.client, 'first'), ask(second.client, 'second')])).toEqual(['served', 'served']);
    const ids = await sessionsOf(place);
    await first.close();
    const left = (await sessionsOf(place)) as [string];
    expect(left).toHaveLength(1);
    expect(
      await tracesOf(
        place,
        ids.filter(id => id !== left[0]),
      ),
    ).toMatchObject({
      sessions: [],
      bridges: [],
      processes: [],
    });
    expect(await ask(second.client, 'after the other has ended')).toBe('served');
    await withTestSession(place, third => ask(third.client, 'beside'));
    expect(await ask(second.client, 'after a third has come and gone')).toBe('served');
    await second.close();
    expect(await tracesOf(place, ids)).toEqual(NO_TRACES);
  });
});
