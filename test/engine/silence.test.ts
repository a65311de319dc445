/** Packets that are dropped on their way give no error for minutes: what asks in vain is ended, and what is slow is not. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSession } from '../../engine/index.js';
import { pullImage } from '../../engine/oci/pull.js';
import { answered } from '../../engine/podman/silence.js';
import { blackHole } from './support/black-hole.js';
import { clientOf, makePlace, type Place } from './support/session.js';

const hole = blackHole();

let place: Place;
beforeAll(async () => {
  place = await makePlace();
});
afterAll(() => place.remove());

/** Runs a program of Node on this machine and waits with little patience. */
const watched = (program: string, ...args: readonly string[]) =>
  answered(execa(process.execPath, ['-e', program, ...args], { reject: false, timeout: 12_000 }), 2000);

const CONNECT = `const [host, port] = process.argv.slice(1);
const socket = require('node:net').connect(Number(port), host, () => socket.write('please'));
socket.on('data', data => process.stdout.write(data)).on('end', () => process.exit(0));`;

async function sendSlowly(socket: Socket): Promise<void> {
  for (let sent = 0; sent < 4; sent++) {
    await sleep(1000);
    socket.write('.');
  }
  socket.end();
}

describe('a command of this machine', () => {
  it('is ended when nobody answers it, and its children with it', async () => {
    const { result, silence } = await watched(
      `require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(CONNECT)}, ...process.argv.slice(1)])`,
      hole.address,
      '443',
    );
    expect(silence).toBe(`no answer from ${hole.address}:443 within 2 s`);
    expect(result.signal).toBe('SIGKILL');
  });

  it('is ended when its name server does not answer', async () => {
    const ask = `const { Resolver } = require('node:dns');
      const resolver = new Resolver({ timeout: 30000, tries: 1 });
      resolver.setServers([process.argv[1]]);
      resolver.resolve4('name.test', () => undefined);`;
    const { silence } = await watched(ask, hole.address);
    expect(silence).toBe(`no answer from the name server ${hole.address} within 2 s`);
  });

  it.each<[string, (socket: Socket) => void, string]>([
    ['a server that takes its time', socket => void setTimeout(() => socket.end('late'), 4000), 'late'],
    ['one that sends little by little', socket => void sendSlowly(socket), '....'],
  ])('is not ended by %s', async (_, serve, expected) => {
    // Not on loopback, which no network can drop.
    const server = createServer(socket => void socket.once('data', () => serve(socket))).listen(
      0,
      hole.address.replace('198.51.100', '192.0.2'),
    );
    await once(server, 'listening');
    const { address, port } = server.address() as { address: string; port: number };
    const { result, silence } = await watched(CONNECT, address, String(port));
    server.close();
    expect({ said: result.stdout, silence }).toEqual({ said: expected, silence: undefined });
  });

  it('is not ended while it waits for nobody', async () => {
    const { result, silence } = await watched(`setTimeout(() => console.log('done'), 3500)`);
    expect({ said: result.stdout, silence }).toEqual({ said: 'done', silence: undefined });
  });
});

it('a registry that drops packets is not there', async () => {
  const began = Date.now();
  const options = { storageDir: join(place.dir, 'images'), platform: { os: 'linux', architecture: 'amd64' } };
  expect(await pullImage(`${hole.address}/team/ours:1`, options)).toEqual({
    kind: 'unreachable',
    reason: `no answer from ${hole.address}:443 within 2 s`,
  });
  expect(Date.now() - began).toBeLessThan(8000);
});

it('a command in a container that fetches is ended when nobody answers, and neither is a slow one nor one that does not fetch', async () => {
  const session = await startSession({
    stateDir: place.state,
    fetches: command => command.includes('# fetches'),
  });
  try {
    const client = clientOf(session);
    const base = client.container().withDirectory('/', client.host().directory(place.busybox));
    const run = (script: string, ...more: string[]) => base.withExec(['sh', '-c', script, ...more]).sync();
    const error = await run(`wget -O - http://${hole.address}/simple/`, '# fetches').catch(e => e);
    expect(error).toMatchObject({
      exitCode: 124,
      stderr: expect.stringMatching(new RegExp(`^E: no answer from ${hole.address}:80 within 8 s$`, 'm')),
    });
    const patient = `timeout 12 wget -O - http://${hole.address}/simple/; echo ended $?`;
    const slow = base
      .withExposedPort(80)
      .asService({ args: ['sh', '-c', 'while :; do (sleep 12; echo late) | nc -l -p 80; done'] });
    const [plain, late] = await Promise.all([
      base.withExec(['sh', '-c', patient]).stdout(),
      base.withServiceBinding('slow', slow).withExec(['sh', '-c', 'sleep 14 | nc slow 80', '# fetches']).stdout(),
    ]);
    expect({ plain, late }).toEqual({ plain: 'ended 143\n', late: 'late\n' });
  } finally {
    await session.close();
  }
});
