/** Sources as machines have them: each odd file is worked with, left out and said, or refused in one sentence that names it. */
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { directoryTree } from '../../src/dagger/tree.js';
import { understand } from '../../src/understand.js';
import { runQuayside } from './cli/quayside-process.js';
import { ownSession } from './support/session.js';

const ours = ownSession();

let count = 0;

/** A source has to end well within 10 s: work is counted, not the wait for whatever else the machine does. */
const most = 10_000;
function working(): () => number {
  const start = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
}

/** A source with an app and what a script adds. */
async function source(script: string): Promise<string> {
  count += 1;
  const dir = join(ours.place.dir, `source-${count}`);
  mkdirSync(dir);
  const app =
    "echo 'flask==3.1.0' > requirements.txt; printf 'from flask import Flask\\napp = Flask(__name__)\\n' > app.py";
  await execa('python3', ['-c', `import os, socket\nos.chdir(os.sys.argv[1])\n${script}`, dir]);
  await execa('sh', ['-euc', app], { cwd: dir });
  return dir;
}

const notices = (): string[] => ours.session.events.flatMap(event => (event.kind === 'notice' ? [event.text] : []));
const deep = "path = '.'\nfor _ in range(1500):\n  os.mkdir('d'); os.chdir('d')\nopen('m.py', 'w').write('x = 1')";

/** Enough that the rest is only listed until something is made of it. */
const many = "os.mkdir('many')\nfor i in range(1000):\n  open(f'many/{i}', 'w')";
const few = (paths: readonly string[]): readonly string[] => paths.filter(path => !path.startsWith('many/'));

describe.each([
  ['a source', 'pass'],
  ['a large source', many],
])('%s', (_, others) => {
  it.each<readonly [string, string, string, string | undefined]>([
    ["an editor's lock", "os.symlink('kim@desk.4711:1700000000', '.#app.py')", '.#app.py', undefined],
    ['a link that leads nowhere', "os.symlink('gone', 'pyproject.toml')", 'pyproject.toml', undefined],
    ['a link out of it', "os.symlink('/etc/passwd', 'out.py')", 'out.py', undefined],
    ['a link to itself', "os.symlink('loop.py', 'loop.py')", 'loop.py', undefined],
    ['a link to a directory', "os.mkdir('d'); os.symlink('d', 'l.py')", 'l.py', undefined],
    ['a link to a file', "open('real.py', 'w').write('x = 1'); os.symlink('real.py', 'l.py')", 'l.py', 'x = 1'],
    ['1,500 directories', deep, `${'d/'.repeat(1500)}m.py`, 'x = 1'],
    ['a name with all that a name can have', "open('a\\n\"*?[x]\\\\.py', 'w').write('x')", 'a\n"*?[x]\\.py', 'x'],
    [
      'a link through a link',
      "os.mkdir('d'); open('d/f', 'w').write('x'); os.symlink('d', 'l'); os.symlink('l/f', 'f.py')",
      'f.py',
      'x',
    ],
    [
      'a link to what is ignored',
      "open('a.log', 'w'); os.symlink('a.log', 'f.py'); open('.gitignore', 'w').write('*.log')",
      'f.py',
      undefined,
    ],
    ['a link through a file', "open('a', 'w'); os.symlink('a/b', 'f.py')", 'f.py', undefined],
  ])('may have %s', async (_, script, path, contents) => {
    const dir = await source(`${others}\n${script}`);
    const worked = working();
    const tree = await directoryTree(ours.session.client.host().directory(dir).filter({ gitignore: true }));
    expect(tree.paths).toContain(path);
    expect(await tree.read(path)).toBe(contents);
    expect(await tree.read('app.py')).toContain('Flask');
    expect(worked()).toBeLessThan(most);
  });

  it.each([
    ['a pipe', "os.mkfifo('odd')"],
    ['a socket', "s = socket.socket(socket.AF_UNIX); s.bind('odd')"],
    ['a device', "os.mknod('odd', 0o20666, os.makedev(1, 3))"],
    ['a pipe for .gitignore', "os.mkfifo('.gitignore'); os.mkfifo('odd')"],
  ])('may have %s, which is left out', async (_, script) => {
    const before = notices().length;
    const tree = await directoryTree(
      ours.session.client.host().directory(await source(`${others}\n${script}`), { gitignore: true }),
    );
    expect(few(tree.paths)).toEqual(['app.py', 'requirements.txt']);
    expect(notices().slice(before).join('\n')).toMatch(
      /^left out: (odd|\.gitignore and 1 more): pipes, sockets and devices/,
    );
  });

  it.each(['quayside.yaml', 'quayside.lock', '.dockerignore'])(
    'is refused with a link that leads nowhere in place of %s, and with one out of it',
    async name => {
      for (const target of ['nowhere', '/etc/hostname', '.']) {
        const dir = await source(`${others}\nos.symlink('${target}', '${name}')`);
        const tree = await directoryTree(ours.session.client.host().directory(dir).filter({ gitignore: true }));
        const { diagnostics } = await understand(tree);
        expect(diagnostics).toMatchObject([{ code: 'QS120', data: { file: name, is: 'nothing' } }]);
      }
    },
  );

  it('is as it was listed when something is made of it', async () => {
    const dir = await source(`${others}\nos.mkdir('d'); open('d/f', 'w').write('x'); os.symlink('d', 'l')
open('.gitignore', 'w').write('*.log'); open('d/a.log', 'w').write('kept by git')`);
    const host = ours.session.client.host();
    const counted = host.directory(dir, { exclude: ['**/.gitignore'], gitignore: true });
    const kept = host.directory(dir, { include: ['d/a.log'], exclude: ['*.md'] });
    const all = counted.withDirectory('/', kept).filter({ gitignore: true });
    const listed = await directoryTree(all);
    expect(few(listed.paths)).toEqual(['app.py', 'd/a.log', 'd/f', 'l', 'requirements.txt']);
    const target = join(ours.place.dir, `made-${count}`);
    await all.export(target);
    const { stdout } = await execa('sh', ['-c', 'find . ! -type d | sed s,./,, | sort'], { cwd: target });
    expect(stdout.split('\n')).toEqual(listed.paths);
    expect(await directoryTree(all)).toMatchObject({ paths: listed.paths });
  });

  it('may be mounted into itself, and again', async () => {
    const dir = await source(`${others}\nos.mkdir('loop')`);
    const worked = working();
    try {
      await execa('mount', ['--bind', dir, join(dir, 'loop')]);
      await execa('mount', ['--bind', dir, join(dir, 'loop/loop')]);
      const tree = ours.session.client.host().directory(dir);
      const { paths } = await directoryTree(tree);
      const apps = ['app.py', 'loop/app.py', 'loop/loop/app.py'];
      expect(paths.filter(path => path.endsWith('app.py'))).toEqual(apps);
      const target = join(ours.place.dir, `looped-${count}`);
      await tree.export(target);
      const { stdout } = await execa('find', ['.', '-name', 'app.py'], { cwd: target });
      expect(stdout.split('\n').sort()).toEqual(apps.map(path => `./${path}`));
    } finally {
      await execa('umount', ['--recursive', join(dir, 'loop')], { reject: false });
    }
    expect(worked()).toBeLessThan(most);
  });

  it('may have a file of 3 GB of which nothing is on the disk, and keeps it so', async () => {
    const dir = await source("open('big', 'w').truncate(3 << 30)");
    const worked = working();
    const tree = await directoryTree(ours.session.client.host().directory(dir));
    expect(tree.paths).toContain('big');
    await expect(ours.session.client.host().directory(dir).file('big').contents()).rejects.toThrow(
      /^big: it has 3221225472 bytes, which are too many to be read as text/,
    );
    expect(worked()).toBeLessThan(most);
    const target = join(ours.place.dir, 'exported');
    await ours.session.client.host().directory(dir).export(target);
    const { size, blocks } = statSync(join(target, 'big'));
    expect(size).toBe(3 * 2 ** 30);
    expect(blocks).toBeLessThan(1000);
  });
});

describe('a source', () => {
  it('is refused by name where a name cannot be told', async () => {
    const dir = await source("open(b'caf\\xe9.txt', 'w')");
    await expect(ours.session.client.host().directory(dir).sync()).rejects.toThrow(
      'caf\ufffd.txt: its name is not UTF-8: rename it, or leave it out',
    );
    const { code, stderr } = await runQuayside(['explain', `--source=${dir}`], {
      env: { QUAYSIDE_STATE: ours.place.state },
    });
    expect(stderr).toMatch(/^error: caf\ufffd\.txt: its name is not UTF-8: rename it, or leave it out$/m);
    expect(code).toBe(2);
    // What is left out has no need of a name.
    await execa('sh', ['-c', "echo '*.txt' > .gitignore; echo '!requirements.txt' >> .gitignore"], { cwd: dir });
    const tree = await directoryTree(ours.session.client.host().directory(dir, { gitignore: true, noCache: true }));
    expect(tree.paths).toEqual(['.gitignore', 'app.py', 'requirements.txt']);
  });

  it('is refused by name where a path is longer than the machine takes', async () => {
    const long = "for _ in range(60):\n  os.mkdir('d' * 100); os.chdir('d' * 100)";
    await expect(
      ours.session.client
        .host()
        .directory(await source(long))
        .sync(),
    ).rejects.toThrow(/its path is longer than this machine takes: leave it out$/);
  });

  it('is taken in once a session, unless it is asked for anew', async () => {
    const dir = await source('pass');
    const { client } = ours.session;
    const text = (noCache: boolean) => client.host().directory(dir, { noCache }).file('app.py').contents();
    const first = await text(false);
    await execa('sh', ['-c', 'echo other > app.py'], { cwd: dir });
    expect(await text(false)).toBe(first);
    expect(await text(true)).toBe('other\n');
  });
});
