/** What is kept, what goes first, and what a prune leaves alone because somebody uses it. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { engineStatus, prune } from '../../engine/index.js';
import { makePlace, openTestSession, type Place, type TestSession, withTestSession } from './support/session.js';

let place: Place;
beforeAll(async () => {
  place = await makePlace();
});
afterAll(() => place.remove());

const megabyte = 1024 * 1024;
/** A result of three megabytes that tells by its value whether it was made again. */
const large = ({ base }: TestSession, label: string) =>
  base().withExec(['sh', '-c', `head -c 3145728 /dev/urandom > /large; md5sum /large; : ${label}`]);
const ask = (label: string) => withTestSession(place, session => large(session, label).stdout());
const everything = () => prune({ stateDir: place.state });

it('counts what is kept', async () => {
  const empty = await engineStatus(place.state);
  expect(empty).toMatchObject({ stateDir: place.state, snapshots: 0, caches: 0, images: 0 });
  await withTestSession(place, session =>
    large(session, 'counted').withMountedCache('/c', session.client.cacheVolume('one')).withExec(['true']).sync(),
  );
  const full = await engineStatus(place.state);
  expect(full.snapshots).toBeGreaterThan(2);
  expect(full.caches).toBe(1);
  expect(full.bytes - empty.bytes).toBeGreaterThan(3 * megabyte);
});

it('keeps within the bound what was used last', async () => {
  await everything();
  const first = await ask('first');
  const second = await ask('second');
  const third = await ask('third');
  expect(await ask('first')).toBe(first);
  const before = await engineStatus(place.state);
  const maxBytes = before.bytes - 4 * megabyte;
  const { removed, bytes } = await prune({ stateDir: place.state, maxBytes });
  expect(removed).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(maxBytes);
  expect(await ask('first')).toBe(first);
  expect(await ask('second')).not.toBe(second);
  expect(await ask('third')).not.toBe(third);
});

it('keeps what a result was made of as long as that is used', async () => {
  await everything();
  const askBelow = (label: string) =>
    withTestSession(place, session => large(session, label).withExec(['true']).sync());
  const below = await ask('below');
  await askBelow('below');
  const beside = await ask('beside');
  await askBelow('below');
  const before = await engineStatus(place.state);
  await prune({ stateDir: place.state, maxBytes: before.bytes - 2 * megabyte });
  expect(await ask('below')).toBe(below);
  expect(await ask('beside')).not.toBe(beside);
});

it('removes all but what a live session has used', async () => {
  await everything();
  const idle = await ask('idle');
  const session = await openTestSession(place);
  const value = await large(session, 'used').stdout();
  const volume = session.client.cacheVolume('two');
  const withVolume = (label: string) =>
    session
      .base()
      .withMountedCache('/c', volume)
      .withExec(['sh', '-c', `echo ${label} >> /c/lines; cat /c/lines`])
      .stdout();
  await withVolume('before');
  await large(session, 'used').export(join(place.dir, 'before.tar'));
  const { removed } = await everything();
  expect(removed).toBeGreaterThan(0);
  const after = large(session, 'used').withExec(['sh', '-c', 'md5sum /large']);
  expect(await after.stdout()).toBe(value);
  expect(await withVolume('after')).toBe('before\nafter\n');
  expect(await after.export(join(place.dir, 'after.tar'))).toBe(join(place.dir, 'after.tar'));
  await session.close();
  expect(await ask('used')).toBe(value);
  expect(await ask('idle')).not.toBe(idle);
});

it('removes everything when nobody works, after which all works again', async () => {
  const value = await ask('last');
  const { bytes } = await everything();
  expect(bytes).toBeLessThan(megabyte);
  expect(await engineStatus(place.state)).toMatchObject({ snapshots: 0, caches: 0, images: 0 });
  expect(await ask('last')).not.toBe(value);
});

it('may happen while sessions start and work', async () => {
  const asked = [...Array(4).keys()].map(i => ask(`at the same time ${i}`));
  const pruned = [everything(), everything()];
  for (const text of await Promise.all(asked)) expect(text).toMatch(/^[0-9a-f]{32} {2}\/large\n$/);
  await Promise.all(pruned);
});

it('lets sessions start while it measures', async () => {
  await ask('measured');
  const bin = join(place.dir, 'bin');
  const [began, go] = [join(bin, 'began'), join(bin, 'go')];
  mkdirSync(bin);
  const slow = `#!/bin/sh\n: > ${began}\nwhile [ ! -e ${go} ]; do sleep 0.1; done\nPATH=\${PATH#*:} exec du "$@"\n`;
  writeFileSync(join(bin, 'du'), slow, { mode: 0o755 });
  vi.stubEnv('PATH', `${bin}${delimiter}${process.env.PATH}`);
  const pruned = everything();
  try {
    await vi.waitUntil(() => existsSync(began), { timeout: 20_000 });
    const started = openTestSession(place);
    const first = await Promise.race([
      started.then(() => 'session'),
      pruned.then(() => 'prune'),
      sleep(20_000, 'time'),
    ]);
    writeFileSync(go, '');
    await (await started).close();
    expect(first).toBe('session');
  } finally {
    writeFileSync(go, '');
    vi.unstubAllEnvs();
    await pruned;
  }
});
