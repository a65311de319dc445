/** What is written to this machine replaces what was there, or leaves it as it was. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makePlace, openTestSession, type Place, type TestSession, withTestSession } from './support/session.js';

let place: Place;
beforeAll(async () => {
  place = await makePlace();
});
afterAll(() => place.remove());

const large = ({ base }: TestSession, megabytes: number) =>
  base().withExec(['sh', '-c', `head -c ${megabytes * 1024 * 1024} /dev/urandom > /large`]);

describe('where there is no room', () => {
  let full: string;
  beforeEach(async () => {
    full = join(place.dir, 'full');
    mkdirSync(full, { recursive: true });
    await execa('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', full]);
  });
  afterEach(async () => void (await execa('umount', [full])));

  it.each<[string, (session: TestSession, path: string) => Promise<string>]>([
    ['an image', (session, path) => large(session, 3).export(path)],
    ['a file', (session, path) => large(session, 3).file('/large').export(path)],
  ])('%s leaves the old file and nothing else, and says that the machine failed', async (_, write) => {
    const path = join(full, 'out');
    writeFileSync(path, 'old');
    await withTestSession(place, async session => {
      const error = await write(session, path).then(
        () => undefined,
        failure => failure as { message: string; extensions?: unknown },
      );
      expect(error?.message).toMatch(/no space left on device/i);
      expect(error?.extensions).toMatchObject({ _type: 'INFRASTRUCTURE' });
      expect(readFileSync(path, 'utf8')).toBe('old');
      expect(readdirSync(full)).toEqual(['out']);
    });
  });
});

describe('an archive', () => {
  it('that is interrupted leaves the old file and nothing else', async () => {
    const dir = join(place.dir, 'interrupted');
    mkdirSync(dir);
    writeFileSync(join(dir, 'image.tar'), 'old');
    const session = await openTestSession(place);
    const ready = await large(session, 100).sync();
    const written = ready.export(join(dir, 'image.tar')).catch(error => error);
    while (readdirSync(dir).length === 1) await sleep(5);
    await session.close();
    expect(await written).toBeInstanceOf(Error);
    expect(readdirSync(dir)).toEqual(['image.tar']);
    expect(readFileSync(join(dir, 'image.tar'), 'utf8')).toBe('old');
  });

  it('takes the place of what a link leads to, with its mode', async () => {
    const dir = join(place.dir, 'linked');
    mkdirSync(dir);
    writeFileSync(join(dir, 'real.tar'), 'old');
    chmodSync(join(dir, 'real.tar'), 0o640);
    symlinkSync('real.tar', join(dir, 'image.tar'));
    await withTestSession(place, session => session.base().export(join(dir, 'image.tar')));
    expect(readdirSync(dir)).toEqual(['image.tar', 'real.tar']);
    const { mode, size } = statSync(join(dir, 'real.tar'));
    expect(mode & 0o777).toBe(0o640);
    expect(size).toBeGreaterThan(1000);
  });

  it('does not take the place of a device', async () => {
    const device = join(place.dir, 'null');
    await execa('mknod', [device, 'c', '1', '3']);
    await withTestSession(place, async session => {
      await expect(session.base().export(device)).rejects.toThrow('is not a regular file');
      await expect(session.base().file('/bin/busybox').export(device)).rejects.toThrow('is not a regular file');
    });
    expect(statSync(device).isCharacterDevice()).toBe(true);
  });
});
