/**
 * The same without root: a plain user made for it runs the main job, `serve`, recorded questions, and sessions that end in every way. Where
 * the kernel does not let a plain user have containers, each test is skipped and says what `./quayside setup` says is missing.
 */
import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { imageDifferences } from '../../src/publish/differences.js';
import { readArchive } from '../../src/registry/layout.js';
import { expectedOf, FILES, outcomeOf, readVectors } from '../conformance/answers.js';
import { type PlainUser, plainUserWithContainers } from '../e2e/support/plain-user.js';
import { stepLines } from '../e2e/support/quayside.js';
import { ROOT, runQuayside } from '../engine/cli/quayside-process.js';
import { busyboxStack } from '../engine/support/overlay.js';
import { freePort } from '../engine/support/registry.js';
import { clientOf } from '../engine/support/session.js';

let user: PlainUser;
let scratch: string;
let source: string;
/** What this machine lacks, as the user is told; nothing: it has all. */
let missing = '';

beforeAll(async () => {
  const made = await plainUserWithContainers();
  missing = made.missing;
  if (made.user === undefined) return;
  user = made.user;
  scratch = join(user.home, 'scratch');
  rmSync(user.outside(scratch), { recursive: true, force: true });
  source = join(scratch, 'board');
  cpSync(join(ROOT, 'examples/django-board'), user.outside(source), { recursive: true });
  // What no run before can have had: nothing after it comes from the cache.
  const views = user.outside(join(source, 'board/views.py'));
  writeFileSync(views, `${readFileSync(views, 'utf8')}\n# ${randomUUID()}\n`);
  await user.own(scratch);
});
afterAll(() => user?.remove());
beforeEach(({ skip }) => skip(missing !== '', missing));

/** Nothing of a session is left: no process, no mount, no directory. */
function nothingLeft(): void {
  expect(user.processes()).toEqual([]);
  expect(user.mounts().filter(line => line.includes('quayside-70000'))).toEqual([]);
}

test('setup finds all that is needed, and says nothing when asked again', async () => {
  expect(await user.quayside(['setup'])).toEqual({ code: 0, stdout: '', stderr: '' });
});

describe('setup names what is missing', () => {
  const range = (file: string) => `${file} has no range for quayside-plain`;
  test.each([
    ['no range of ids', { mounts: 'mount --bind /dev/null /etc/subuid' }, range('/etc/subuid')],
    ['no range of groups', { mounts: 'mount --bind /dev/null /etc/subgid' }, range('/etc/subgid')],
    ['no tunnel', { mounts: 'mount -t tmpfs tmpfs /dev/net' }, '/dev/net/tun is not there'],
    [
      'a tunnel of root alone',
      { mounts: 'mount -t tmpfs tmpfs /dev/net; mknod -m 600 /dev/net/tun c 10 200' },
      '/dev/net/tun cannot be opened by you',
    ],
    ['no right to become somebody else', { noNewPrivileges: true }, 'may gain no privileges'],
    [
      'newuidmap without its right',
      {
        mounts:
          'cp /usr/bin/newuidmap /dev/shm/; chmod 755 /dev/shm/newuidmap; mount --bind /dev/shm/newuidmap /usr/bin/newuidmap',
      },
      '/usr/bin/newuidmap is not setuid',
    ],
    ['a state that is not theirs', { env: { QUAYSIDE_STATE: '/proc' } }, '/proc cannot be written to'],
    ['a package', { mounts: 'mount --bind /dev/null /usr/bin/skopeo' }, 'Install them as root: apt-get install skopeo'],
  ] as const)('%s', async (_, options, words) => {
    const { code, stderr } = await user.quayside(['setup'], options);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(words) });
  });

  test.each([
    [
      'installs packages with a sudo that lets it',
      'exit 0',
      { code: 0, words: 'installing packages of the local engine: skopeo' },
    ],
    ['says so of a sudo that does not', 'exit 1', { code: 2, words: 'sudo does not let you' }],
  ])('%s', async (_, script, { code, words }) => {
    const bin = join(scratch, 'bin');
    mkdirSync(user.outside(bin), { recursive: true });
    writeFileSync(user.outside(join(bin, 'sudo')), `#!/bin/sh\necho "$@" >&2\n${script}\n`, { mode: 0o755 });
    const env = { PATH: `${bin}:${process.env.PATH}` };
    const run = await user.quayside(['setup'], { env, mounts: 'mount --bind /dev/null /usr/bin/skopeo' });
    expect(run).toMatchObject({ code, stderr: expect.stringContaining(words) });
    if (code === 0) expect(run.stderr).toMatch(/apt-get install .* skopeo$/m);
  });
});

test('the main job passes, in a database and in a browser', async () => {
  const run = await user.quayside(['test', `--source=${source}`]);
  expect(run).toMatchObject({ code: 0, stdout: expect.stringMatching(/^unit: 38 passed .*\ne2e: 6 passed .*\n$/) });
  const ran = stepLines(run.stderr).filter(({ state }) => state === 'done');
  expect(ran.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['service postgres', 'service web', 'pytest tests/unit', 'pytest tests/e2e']),
  );
  nothingLeft();
});

test('the image is the one that root builds elsewhere, but for the root that is made in place of a base of a registry', async () => {
  const build = (from: string, to: string) => [
    ...['build', '--engine=local', '--component=web', '--format=oci', `--source=${from}`, `--output=${to}`],
  ];
  const own = join(scratch, 'image.tar');
  expect(await user.quayside(build(source, own))).toMatchObject({ code: 0 });
  const elsewhere = mkdtempSync(join(tmpdir(), 'quayside-elsewhere-'));
  try {
    cpSync(user.outside(source), join(elsewhere, 'deep/board'), { recursive: true });
    const archive = join(elsewhere, 'root.tar');
    expect(await runQuayside(build(join(elsewhere, 'deep/board'), archive))).toMatchObject({ code: 0 });
    const plain = await readArchive(user.outside(own), join(elsewhere, 'plain'));
    const root = await readArchive(archive, join(elsewhere, 'root'));
    // A plain user's mmdebstrap works in another mode, which leaves other rights and settings; what is pulled is the same for both.
    const differences = await imageDifferences(plain, root, 500);
    const ofRoot = differences.filter(({ place }) => place === 'layer 1').map(({ path }) => path);
    const others = differences.filter(({ place, path }) => place !== 'configuration' && !ofRoot.includes(path));
    expect(others).toEqual([]);
    expect(ofRoot.length).toBeLessThan(50);
  } finally {
    rmSync(elsewhere, { recursive: true, force: true });
  }
});

test('serve answers on the port, and Ctrl-C ends it in order and leaves nothing', async () => {
  const port = await freePort();
  const args = ['serve', '--engine=local', `--source=${source}`, `--port=${port}`];
  const { child, firstLine, finished } = user.start(join(user.repository, 'quayside'), args);
  expect(await firstLine).toBe(`http://localhost:${port}`);
  const health = await fetch(`http://127.0.0.1:${port}/health`);
  expect(await health.json()).toEqual({ status: 'ok', database: 'ok' });
  child.kill('SIGINT');
  const ended = await finished;
  expect(ended.code).toBe(130);
  expect(ended.stderr).not.toMatch(/^error/m);
  nothingLeft();
});

describe('a session', () => {
  let busybox: string;
  beforeAll(async () => {
    if (missing !== '') return;
    const store = join(scratch, 'store');
    busybox = join(store, 'layer-0');
    await busyboxStack(user.outside(store));
    await user.own(store);
  });
  // A state of its own, to be pruned at the end.
  const env = { QUAYSIDE_STATE: '/run/quayside-plain/home/scratch/state' };

  /** A session with a service and an exec that does not end, once both run. */
  async function busySession() {
    const running = user.start(join(user.repository, 'quayside'), ['session', '--engine=local'], { env });
    const { port, session_token: token } = JSON.parse(await running.firstLine);
    const client = clientOf({ port, token });
    const base = client.container().withDirectory('/', client.host().directory(busybox));
    const web = base
      .withNewFile('/www/index.html', 'served')
      .withExposedPort(80)
      .asService({ args: ['httpd', '-f', '-p', '80', '-h', '/www'] });
    const ended = base
      .withServiceBinding('web', web)
      .withMountedCache('/cache', client.cacheVolume('endings'))
      .withExec(['sh', '-c', 'wget -qO- http://web/ > /got; while :; do sleep 1; done'])
      .sync()
      .then(
        () => undefined,
        error => error,
      );
    while (user.processes().filter(line => line.includes('conmon')).length < 2) await sleep(50);
    return { ...running, ended };
  }

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('that gets %s leaves nothing', async (signal, code) => {
    const { child, finished, ended } = await busySession();
    child.kill(signal);
    expect((await finished).code).toBe(code);
    expect(await ended).toBeInstanceOf(Error);
    nothingLeft();
  });

  test('that is killed is cleared away by the next, and all that it left can be pruned', async () => {
    const { child, finished, ended } = await busySession();
    child.kill('SIGKILL');
    await finished;
    expect(await ended).toBeInstanceOf(Error);
    expect(user.processes()).not.toEqual([]);
    expect(user.mounts().filter(line => line.includes('quayside-70000'))).not.toEqual([]);
    const next = user.start(join(user.repository, 'quayside'), ['session', '--engine=local'], { env });
    await next.firstLine;
    next.child.stdin?.end();
    expect(await next.finished).toMatchObject({ code: 0 });
    nothingLeft();
    // What containers wrote belongs to ids that only the user's namespace has.
    expect(await user.quayside(['engine', 'prune'], { env })).toMatchObject({ code: 0, stderr: '' });
    const { stdout } = await user.quayside(['engine', 'status', '--json'], { env });
    expect(JSON.parse(stdout)).toMatchObject({ snapshots: 0, caches: 0 });
  });
});

test('a state that was made in another group is refused in one sentence', async () => {
  const state = join(scratch, 'state-of-another-group');
  mkdirSync(user.outside(join(state, 'l/layer')), { recursive: true });
  await user.own(state);
  await execa('chgrp', ['-R', '1234', user.outside(state)]);
  const { code, stderr } = await user.quayside(['engine', 'prune'], { env: { QUAYSIDE_STATE: state } });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('your group was another one') });
});

test('the recorded answers are the same', async () => {
  const asked = join(user.repository, 'test/conformance');
  // Side by side: most of it is waiting.
  const ask = async (file: string) => {
    const { stdout } = await user.quayside(['run', '--', 'node', join(asked, 'run.mjs'), join(asked, file)]);
    return outcomeOf(stdout);
  };
  const vectors = await Promise.all(FILES.map(readVectors));
  expect(await Promise.all(FILES.map(ask))).toEqual(vectors.map(expectedOf));
  nothingLeft();
});
