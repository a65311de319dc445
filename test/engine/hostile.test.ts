/** What containers leave and what lies in the way, made to lead out: nothing is written, changed or removed but what was asked for. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Directory } from '@dagger.io/dagger';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { documented } from './support/documented.js';
import { ownSession } from './support/session.js';

const ours = ownSession();

let count = 0;
interface Ground {
  /** Where the tree is exported to. */
  readonly target: string;
  /** What nobody may touch. */
  readonly outside: string;
  readonly host: (script: string) => Promise<string>;
}

/** A target and something beside it that is not to change. */
async function ground(): Promise<Ground> {
  count += 1;
  const [target, outside] = [join(ours.place.dir, `target-${count}`), join(ours.place.dir, `outside-${count}`)];
  for (const dir of [target, outside]) mkdirSync(dir);
  const host = async (script: string) =>
    (await execa('sh', ['-euc', script], { cwd: target, env: { OUT: outside }, stdin: 'ignore' })).stdout;
  await host('cd $OUT; echo kept > kept; chmod 640 kept; mkdir empty; : > mtab; : > hostname; mkdir lock');
  return { target, outside, host };
}

/** Everything about a directory that a write, a change or a removal would show. */
const listing = async (dir: string): Promise<string> =>
  (await execa('sh', ['-c', 'find . -printf "%p %y %m %U:%G %s %T@ %C@ %n %l\\n" | sort; cat kept'], { cwd: dir }))
    .stdout;

/** The tree that a script of a container leaves in /tree. */
const treeOf = (script: string, outside: string): Directory =>
  ours.session
    .base()
    .withEnvVariable('OUT', outside)
    .withExec(['sh', '-euc', `mkdir /tree; cd /tree; ${script}`])
    .directory('/tree');

const text = (path: string): string => readFileSync(path, 'utf8').trim();
const file = (path: string, contents: string) => (target: string) => {
  expect(lstatSync(join(target, path)).isFile()).toBe(true);
  expect(text(join(target, path))).toBe(contents);
};
const link = (path: string, to: string) => (target: string) => expect(readlinkSync(join(target, path))).toBe(to);
const absent = (path: string) => (target: string) =>
  expect(lstatSync(join(target, path), { throwIfNoEntry: false })).toBeUndefined();

interface Case {
  /** What lies in the target before. */
  readonly before?: string;
  readonly leaves: string;
  readonly wipe?: boolean;
  /** What is in the target afterwards. */
  readonly holds: readonly ((target: string) => void)[];
}

const below = { leaves: 'mkdir l; echo new > l/kept', holds: [file('l/kept', 'new')] };
const oneFile = { leaves: 'echo new > l', holds: [file('l', 'new')] };

const exports: Readonly<Record<string, Case>> = {
  'a link to a directory, where a directory goes': { before: 'ln -s $OUT l', ...below },
  'a relative link that climbs': { before: 'ln -s ../$(basename $OUT) l', ...below },
  'a chain of links': { before: 'ln -s $OUT a; ln -s a l', ...below },
  'a link to a link outside': { before: 'ln -s $OUT/empty l', leaves: below.leaves, holds: below.holds },
  'a link to the root': { before: 'ln -s / l', ...below },
  'a link to /proc/self/cwd': { before: 'ln -s /proc/self/cwd l', ...below },
  'a link that leads to itself': { before: 'ln -s l l', ...below },
  'a dangling link, where a directory goes': { before: 'ln -s $OUT/new l', ...below },
  'a link deep below': {
    before: 'mkdir -p a/b; ln -s $OUT a/b/c',
    leaves: 'mkdir -p a/b/c/empty; echo new > a/b/c/empty/x; echo new > a/b/c/kept',
    holds: [file('a/b/c/empty/x', 'new'), file('a/b/c/kept', 'new')],
  },
  'a file, where a directory goes': { before: 'echo old > l', ...below },
  'a link to a file, where a file goes': { before: 'ln -s $OUT/kept l', ...oneFile },
  'a dangling link, where a file goes': { before: 'ln -s $OUT/new l', ...oneFile },
  'another name of a file outside': { before: 'ln $OUT/empty/../mtab l 2>/dev/null || ln $OUT/mtab l', ...oneFile },
  'a link to a device': { before: 'ln -s /dev/null l', ...oneFile },
  'a pipe that nobody reads': { before: 'mkfifo l', ...oneFile },
  'a directory that is full, where a file goes': {
    before: 'mkdir -p l/a; ln -s $OUT l/a/b; echo x > l/a/c',
    ...oneFile,
  },
  'a link to a directory, where a link goes': {
    before: 'ln -s $OUT l',
    leaves: 'ln -s elsewhere l',
    holds: [link('l', 'elsewhere')],
  },
  'a link, where a pipe goes': {
    before: 'ln -s $OUT/kept l',
    leaves: 'mkfifo l',
    holds: [target => expect(lstatSync(join(target, 'l')).isFIFO()).toBe(true)],
  },
  'links, with all that is there wiped': {
    before: 'ln -s $OUT l; mkdir -p a/b; ln -s $OUT a/b/c; ln -s $OUT/kept d',
    leaves: 'echo new > n',
    wipe: true,
    holds: [file('n', 'new'), absent('l'), absent('a'), absent('d')],
  },
  'a link that leads out, in the tree itself': {
    leaves: 'ln -s $OUT l; ln -s $OUT/kept k; mkdir -p a; ln -s ../../../../../../etc/passwd a/p',
    holds: [link('a/p', '../../../../../../etc/passwd')],
  },
  'a file of two names, of which the first is in the way': {
    before: 'ln -s $OUT/kept a; ln -s $OUT d',
    leaves: 'echo new > a; mkdir d; ln a d/kept',
    holds: [
      file('a', 'new'),
      file('d/kept', 'new'),
      target => expect(lstatSync(join(target, 'a')).ino).toBe(lstatSync(join(target, 'd/kept')).ino),
    ],
  },
  'a file that runs as its owner': {
    leaves: 'cp /bin/busybox l; chmod 6755 l',
    holds: [target => expect(lstatSync(join(target, 'l')).mode & 0o7777).toBe(0o755)],
  },
  'a device': {
    leaves: 'mknod l c 1 3; mknod b b 7 0; echo new > n',
    holds: [absent('l'), absent('b'), file('n', 'new')],
  },
  'a pipe': {
    leaves: 'mkfifo l',
    holds: [target => expect(lstatSync(join(target, 'l')).isFIFO()).toBe(true)],
  },
  'names that look like something else': {
    leaves:
      "echo 1 > '..x'; echo 2 > '-rf'; echo 3 > 'a\\b'; echo 4 > \"$(printf 'n\\nl')\"; mkdir '...'; echo 5 > '.../*'",
    holds: [file('..x', '1'), file('-rf', '2'), file('a\\b', '3'), file('n\nl', '4'), file('.../*', '5')],
  },
  'a directory that nobody may enter': {
    leaves: 'mkdir -p l/m; echo new > l/m/n; chmod 000 l/m l',
    holds: [file('l/m/n', 'new'), target => expect(lstatSync(join(target, 'l')).mode & 0o777).toBe(0)],
  },
};

describe('export to this machine', () => {
  it.each(Object.entries(exports))('stays inside: %s', async (_, { before = '', leaves, wipe, holds }) => {
    const { target, outside, host } = await ground();
    await host(before);
    const untouched = await listing(outside);
    await treeOf(leaves, outside).export(target, { wipe: wipe === true });
    for (const check of holds) check(target);
    // The count of names and the time of a change are the file's own, whichever name goes.
    const comparable = (of: string) => (before.includes('ln $OUT') ? of.replaceAll(/^\.\/mtab .*$/gm, './mtab') : of);
    expect(comparable(await listing(outside))).toBe(comparable(untouched));
    expect(text(join(outside, 'kept'))).toBe('kept');
    expect(text(join(outside, 'mtab'))).toBe('');
  });

  it('stays inside when the run before has left the link', async () => {
    const { target, outside } = await ground();
    await treeOf('ln -s $OUT l', outside).export(target);
    const untouched = await listing(outside);
    await treeOf(below.leaves, outside).export(target);
    file('l/kept', 'new')(target);
    expect(await listing(outside)).toBe(untouched);
  });

  it('stays inside while someone swaps directories for links', async () => {
    const { target, outside } = await ground();
    const tree = treeOf('mkdir l; for i in $(seq 400); do mkdir l/$i; echo $i > l/$i/f; done', outside);
    await tree.sync();
    const untouched = await listing(outside);
    const swap =
      'cd "$1"; while :; do for i in 1 9 50 200 399; do rm -rf l/$i; ln -s $OUT l/$i; done 2>/dev/null; done';
    const swapping = spawn('sh', ['-c', swap, 'sh', target], {
      env: { ...process.env, OUT: outside },
      stdio: 'ignore',
    });
    for (let round = 0; round < 8; round += 1) await tree.export(target).catch(() => undefined);
    swapping.kill('SIGKILL');
    await once(swapping, 'exit');
    expect(await listing(outside)).toBe(untouched);
  });

  it('says in a sentence that a file cannot take a tree', async () => {
    const { target, outside, host } = await ground();
    await host('echo mine > f');
    await expect(treeOf('echo x > x', outside).export(join(target, 'f'))).rejects.toThrow(
      `cannot export to ${join(target, 'f')}: a file is there, and a directory is wanted`,
    );
    file('f', 'mine')(target);
  });
});

/** Each leaves in a container what the engine itself then meets as root. */
const inside: Readonly<Record<string, (outside: string) => Promise<unknown>>> = {
  'a stream that is redirected to a file which becomes a link': outside =>
    ours.session
      .base()
      .withExec(
        [
          'sh',
          '-c',
          `rm -f /out /err; ln -s ${outside}/kept /out; ln -s ${outside}/new /err; echo written; echo too >&2`,
        ],
        {
          redirectStdout: '/out',
          redirectStderr: '/err',
        },
      )
      .sync(),
  'a stream that is redirected below a directory which becomes a link': outside =>
    ours.session
      .base()
      .withDirectory('/d', ours.session.client.directory())
      .withExec(['sh', '-c', `mv /d /e; ln -s ${outside} /d; echo written`], { redirectStdout: '/d/kept' })
      .sync(),
  'mount points whose directory becomes a link': outside =>
    ours.session
      .base()
      .withExec(['sh', '-c', `mv /etc /etc2; ln -s ${outside} /etc; mv /run /run2; ln -s ${outside} /run; true`])
      .sync(),
  'a link in the way of new files': outside =>
    ours.session
      .base()
      .withExec(['ln', '-s', outside, '/l'])
      .withExec(['ln', '-s', `../../../../../../../../../..${outside}`, '/m'])
      .withNewFile('/l/kept', 'new')
      .withNewFile('/m/kept', 'new')
      .withDirectory('/l/empty', ours.session.client.directory().withNewFile('f', 'new'))
      .withFile('/m/new', ours.session.client.file('f', 'new'))
      .sync(),
  'links below what is removed': outside =>
    ours.session
      .base()
      .withExec(['sh', '-c', `mkdir /d; ln -s ${outside} /d/l; ln -s ${outside} /l; ln -s ${outside}/kept /k`])
      .withoutDirectory('/d')
      .withoutFile('/l/kept')
      .withoutFile('/k')
      .withoutFile('/l/k*')
      .sync()
      .catch((error: Error) => expect(error.message).toMatch(/no such file/)),
  'links below what gets another owner and time': outside =>
    ours.session.client
      .directory()
      .withDirectory('/', treeOf('ln -s $OUT l; ln -s $OUT/kept k; mkdir d; ln -s $OUT d/l', outside))
      .withTimestamps(1)
      .chown('/', '7:7')
      .sync(),
  'patches of files that lie outside': outside =>
    Promise.all(
      [`../../../../../../../../..${outside}/kept`, `${outside}/kept`, 'l/kept', 'k'].map(path =>
        expect(
          treeOf('ln -s $OUT l; ln -s $OUT/kept k', outside)
            .withPatch(`--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-kept\n+new\n`)
            .sync(),
        ).rejects.toThrow('git apply'),
      ),
    ),
  'a difference to a tree with a link where the other has a directory': outside =>
    treeOf('ln -s $OUT l', outside)
      .diff(treeOf('mkdir -p l/empty; echo kept > l/kept; chmod 640 l/kept', outside))
      .file('l/kept')
      .contents()
      .then(contents => expect(contents).toBe('kept\n')),
};

describe('work on trees of containers', () => {
  it.each(Object.entries(inside))('stays inside: %s', async (_, work) => {
    const { outside } = await ground();
    const untouched = await listing(outside);
    await work(outside);
    expect(await listing(outside)).toBe(untouched);
  });

  it('reads nothing of this machine through a link', async () => {
    const { outside, host, target } = await ground();
    await host('ln -s $OUT/kept k; ln -s $OUT d');
    const taken = ours.session.client.host().directory(target);
    await expect(taken.file('k').contents()).rejects.toThrow('no such file');
    await expect(taken.file('d/kept').contents()).rejects.toThrow('no such file');
    await expect(ours.session.client.host().file(join(target, 'k')).contents()).rejects.toThrow('no such file');
    const container = ours.session.base().withExec(['ln', '-s', join(outside, 'kept'), '/k']);
    await expect(container.file('/k').contents()).rejects.toThrow('no such file');
  });

  it.each(['contents', 'redirectStdin'])('does not wait for a pipe: %s', async how => {
    const piped = ours.session.base().withExec(['mkfifo', '/pipe']);
    const asked =
      how === 'contents' ? piped.file('/pipe').contents() : piped.withExec(['cat'], { redirectStdin: '/pipe' }).sync();
    await expect(asked).rejects.toThrow(/not a (regular )?file/);
  });
});

it('are as many as is said', () => {
  expect(documented('hostile trees')).toBe(Object.keys(exports).length + Object.keys(inside).length);
});
