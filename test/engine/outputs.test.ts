/** What is written to this machine replaces what was there, or leaves it as it was. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
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
    ['a directory', (session, path) => large(session, 3).directory('/').export(dirname(path))],
    [
      'a directory, all before it wiped,',
      (session, path) => large(session, 3).directory('/').export(dirname(path), { wipe: true }),
    ],
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
      await expect(session.base().export(device)).rejects.toThrow('something that is no file is there');
      await expect(session.base().file('/bin/busybox').export(device)).rejects.toThrow(
        'something that is no file is there',
      );
    });
    expect(statSync(device).isCharacterDevice()).toBe(true);
  });
});

/** What lies in a directory, with what is in it. */
const contents = async (dir: string): Promise<string> =>
  (
    await execa(
      'sh',
      ['-c', 'find . -mindepth 1 -printf "%P %y %m %l\\n" | sort; find . -type f | sort | xargs -r cat'],
      { cwd: dir },
    )
  ).stdout;

describe('a directory', () => {
  const tree = ({ base }: TestSession, text: string, files = 400) =>
    base()
      .withExec([
        'sh',
        '-c',
        `mkdir /t; cd /t; for i in $(seq ${files}); do mkdir -p d$((i % 9)); echo ${text} > d$((i % 9))/$i; done`,
      ])
      .directory('/t');

  it('is as it was when the export is interrupted, and nothing else is left', async () => {
    const dir = join(place.dir, 'half');
    mkdirSync(dir);
    await withTestSession(place, session => tree(session, 'old').export(dir));
    const before = await contents(dir);
    const session = await openTestSession(place);
    const ready = await tree(session, 'new').withFile('large', large(session, 120).file('/large')).sync();
    const written = ready.export(dir).catch(error => error);
    while (readdirSync(dir).length === 9) await sleep(2);
    await session.close();
    expect(await written).toBeInstanceOf(Error);
    expect(await contents(dir)).toBe(before);
  });

  it('has each file old or new when the machine dies, and the next export removes what was begun', async () => {
    const dir = join(place.dir, 'killed');
    mkdirSync(dir);
    await withTestSession(place, session => tree(session, 'old', 1200).export(dir));
    const file = join(place.dir, 'export.mjs');
    const [from, at] = [join(place.dir, 'from'), new URL('../../engine/fs/export.ts', import.meta.url).href];
    await withTestSession(place, session => tree(session, 'new', 1200).export(from));
    writeFileSync(
      file,
      `import { exportDirectory } from ${JSON.stringify(at)};\nawait exportDirectory(${JSON.stringify(from)}, ${JSON.stringify(dir)}, { wipe: false });\n`,
    );
    for (const after of [0, 150, 400]) {
      const child = execa('node', ['--import', 'tsx', file], {
        reject: false,
        ipc: false,
        stdout: 'ignore',
        stderr: 'inherit',
      });
      await untilWriting(dir, child.pid!);
      await sleep(after);
      child.kill('SIGKILL');
      await child;
      const seen = new Set((await execa('sh', ['-c', 'cat d*/*'], { cwd: dir })).stdout.split('\n'));
      expect([...seen].filter(line => !['old', 'new'].includes(line))).toEqual([]);
      expect((await execa('sh', ['-c', 'ls d*/* | wc -l'], { cwd: dir })).stdout).toBe('1200');
    }
    await withTestSession(place, session => tree(session, 'new', 1200).export(dir));
    expect(readdirSync(dir).sort()).toEqual(Array.from({ length: 9 }, (_, i) => `d${i}`));
    expect(await contents(dir)).toBe(await contents(from));
  });
});

/** Waits until an export has begun to write beside its place, or is over. */
async function untilWriting(dir: string, pid: number): Promise<void> {
  while (!readdirSync(dir).some(name => name.startsWith('.quayside-') && name.includes(`-${pid}-`))) {
    if (!existsSync(`/proc/${pid}`)) return;
    await sleep(2);
  }
}

describe('a place that nothing can be written to', () => {
  const places: Readonly<
    Record<string, readonly ['file' | 'directory' | 'both', setUp: string, path: string, words: RegExp]>
  > = {
    'a directory': ['file', 'mkdir p', 'p', /is a directory|a directory is there, and a file is wanted/],
    'a file': ['directory', 'echo > p', 'p', /a file is there, and a directory is wanted/],
    'a parent that is a file': ['both', 'echo > f', 'f/p', /f is no directory but a file/],
    'a grandparent that is a file': ['both', 'echo > f', 'f/far/p', /f is no directory but a file/],
    'a link that leads nowhere': ['both', 'ln -s gone/far p', 'p', /a link that leads nowhere is there/],
    'a link to itself': ['both', 'ln -s p p', 'p', /a link that leads nowhere is there/],
    'a parent that is a link that leads nowhere': [
      'both',
      'ln -s gone l',
      'l/p',
      /l is no directory but a link that leads nowhere/,
    ],
    'a device': ['both', 'mknod p c 1 3', 'p', /something that is no file is there/],
    'a pipe': ['both', 'mkfifo p', 'p', /something that is no file is there/],
    'a disk that may only be read': ['both', 'mkdir m; mount -t tmpfs -o ro none m', 'm/p', /read-only/],
    'a name that is too long': ['both', ':', 'x'.repeat(300), /ENAMETOOLONG/],
    '/proc': ['both', ':', '/proc/new', /cannot export to \/proc\/new/],
    'no path at all': ['both', ':', '', /an export needs a path: it is empty/],
  };
  const cases = Object.entries(places).flatMap(([what, [wanted, ...rest]]) =>
    (['an image', 'a file', 'a directory'] as const)
      .filter(result => wanted === 'both' || (result === 'a directory') === (wanted === 'directory'))
      .map(result => [what, result, ...rest] as const),
  );
  let session: TestSession;
  beforeAll(async () => {
    session = await openTestSession(place);
  });
  afterAll(() => session.close());

  it.each(cases)('is said before anything is built: %s for %s', async (what, result, setUp, path, words) => {
    const dir = join(place.dir, `${what} ${result}`.replaceAll(/[ /]/g, '-'));
    mkdirSync(dir);
    await execa('sh', ['-euc', setUp], { cwd: dir });
    const at = path === '' ? '' : path.startsWith('/') ? path : join(dir, path);
    const before = await contents(dir);
    const events = session.events.length;
    // Fails when it is run, with other words.
    const built = session.base().withExec(['false']);
    const exported = {
      'an image': built,
      'a file': built.file('/bin/busybox'),
      'a directory': built.directory('/bin'),
    };
    await expect(exported[result].export(at)).rejects.toThrow(words);
    expect(session.events.slice(events).filter(({ kind }) => kind === 'step')).toEqual([]);
    expect(await contents(dir)).toBe(before);
    if (setUp.includes('mount')) await execa('umount', [join(dir, 'm')]);
  });
});
