/** Repositories of git: of directories, and from a server that the tests start. */
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GitServer, makeRepository, serveGit, type TestRepository } from './support/git-server.js';
import { ownSession, withTestSession } from './support/session.js';

const own = ownSession();
const token = 'gitpass-token-789';
const basic = (user: string) => `basic ${Buffer.from(`${user}:${token}`).toString('base64')}`;

let root: string;
let server: GitServer;
let repository: TestRepository;
const commits: Record<string, string> = {};

beforeAll(async () => {
  root = join(own.place.dir, 'repositories');
  repository = await makeRepository(join(root, 'app'));
  commits.first = await repository.commit('first', { 'a.txt': 'one\n', 'sub/b': 'b\n' });
  await repository.git('tag', 'v1.0.0');
  commits.second = await repository.commit('second', { 'a.txt': 'two\n' });
  await repository.git('tag', '-a', '-m', 'noted', 'v1.10.0');
  await repository.git('tag', 'v1.10.0-rc.1');
  await repository.git('tag', 'v1.9.0', 'v1.0.0');
  await repository.git('tag', 'vague');
  await repository.git('checkout', '-q', '-b', 'feature/x', 'v1.0.0');
  commits.feature = await repository.commit('feature', { 'f.txt': 'f\n' });
  await repository.git('checkout', '-q', 'main');
  await makeRepository(join(root, 'private')).then(one => one.commit('c', { secret: 's\n' }));
  server = await serveGit(
    root,
    (path, who) =>
      !path.startsWith('/private') ||
      who?.toLowerCase() === basic('x-access-token').toLowerCase() ||
      who === basic('me') ||
      who === 'Bearer header-value-123',
  );
});
afterAll(() => server.close());

const remote = (name = 'app', options = {}) => own.session.client.git(`${server.url}/${name}/.git`, options);
const local = () => own.session.client.host().directory(join(root, 'app')).asGit();

describe.each([
  ['at an address', () => remote()],
  ['in a directory', () => local()],
])('a repository %s', (_, open) => {
  it('says what it offers', async () => {
    expect(await open().branches()).toEqual(['feature/x', 'main']);
    expect(await open().tags()).toEqual(['v1.0.0', 'v1.10.0', 'v1.10.0-rc.1', 'v1.9.0', 'vague']);
    expect(await open().tags({ patterns: ['v1.1*', 'refs/tags/v1.0.?'] })).toEqual([
      'v1.0.0',
      'v1.10.0',
      'v1.10.0-rc.1',
    ]);
    expect(await open().branches({ patterns: ['x'] })).toEqual(['feature/x']);
    expect(await open().latestVersion().ref()).toBe('refs/tags/v1.10.0');
  });

  it('finds commits by every name', async () => {
    const both = async (ref: ReturnType<ReturnType<typeof open>['head']>) => [await ref.ref(), await ref.commit()];
    expect(await both(open().head())).toEqual(['refs/heads/main', commits.second]);
    expect(await both(open().branch('feature/x'))).toEqual(['refs/heads/feature/x', commits.feature]);
    expect(await both(open().tag('v1.10.0'))).toEqual(['refs/tags/v1.10.0', commits.second]);
    expect(await both(open().ref('v1.0.0'))).toEqual(['refs/tags/v1.0.0', commits.first]);
    expect(await both(open().ref('refs/heads/main'))).toEqual(['refs/heads/main', commits.second]);
    expect(await both(open().commit(commits.first!))).toEqual([commits.first, commits.first]);
    await expect(open().branch('v1.0.0').commit()).rejects.toThrow(
      'repository does not contain ref "refs/heads/v1.0.0"',
    );
    await expect(open().ref('nope').commit()).rejects.toThrow('does not contain ref');
    await expect(open().commit('main').commit()).rejects.toThrow('invalid commit SHA: "main"');
    expect(await open().branch('main').commonAncestor(open().branch('feature/x')).commit()).toBe(commits.first);
  });

  it('gives the files of a commit, and what git keeps unless that is not wanted', async () => {
    const tree = open().tag('v1.0.0').tree();
    expect(await tree.entries()).toEqual(['.git/', 'a.txt', 'sub/']);
    expect(await tree.file('a.txt').contents()).toBe('one\n');
    expect(await open().commit(commits.second!).tree({ discardGitDir: true }).entries()).toEqual(['a.txt', 'sub/']);
    const log = async (depth?: number) => {
      const directory = open()
        .branch('main')
        .tree(depth === undefined ? {} : { depth });
      const place = join(own.place.dir, `checkout-${Math.random()}`);
      await directory.export(place);
      const git = (...args: string[]) => execa('git', ['-c', 'safe.directory=*', ...args], { cwd: place });
      expect((await git('status', '--porcelain')).stdout).toBe('');
      expect((await git('rev-parse', '--abbrev-ref', 'HEAD')).stdout).toBe('main');
      return (await git('rev-list', '--count', 'HEAD')).stdout;
    };
    expect([await log(), await log(2), await log(0)]).toEqual(['1', '2', '2']);
  });
});

describe('an address', () => {
  it('may name a ref and a path as well', async () => {
    const address = (text: string) => own.session.client.address(text);
    const url = `${server.url}/app/.git`;
    expect(await address(`${url}#v1.0.0:sub`).directory().entries()).toEqual(['b']);
    expect(await address(url).directory().file('a.txt').contents()).toBe('two\n');
    expect(await address(`${url}#v1.0.0:a.txt`).file().contents()).toBe('one\n');
    expect(await address(`${url}#feature/x`).gitRef().commit()).toBe(commits.feature);
    expect(await address(url).gitRepository().branches()).toEqual(['feature/x', 'main']);
    expect(
      await address(`${join(root, 'app')}#v1.0.0`)
        .gitRef()
        .commit(),
    ).toBe(commits.first);
    expect(await address(join(root, 'app')).gitRepository().branches()).toEqual(['feature/x', 'main']);
    await expect(address(`${url}#v1.0.0:sub`).gitRef().commit()).rejects.toThrow('cannot contain subdir');
    await expect(address('git@example.com:a/b').directory().entries()).rejects.toThrow('does not serve ssh');
  });

  it('is kept as it was given, and asked once a session', async () => {
    expect(await remote().url()).toBe(`${server.url}/app/.git`);
    server.requests.length = 0;
    await withTestSession(own.place, async ({ client }) => {
      const git = () => client.git(`${server.url}/app/.git`);
      await Promise.all([git().head().commit(), git().tags(), git().branch('main').ref()]);
      expect(server.requests.filter(({ path }) => path.endsWith('/info/refs'))).toHaveLength(1);
      // The commit was checked out before, by another session.
      server.requests.length = 0;
      expect(await git().tag('v1.0.0').tree().file('a.txt').contents()).toBe('one\n');
      expect(server.requests).toEqual([]);
    });
  });

  it('is let in by a token or a header, which are shown to nobody and kept nowhere', async () => {
    const { client, events } = own.session;
    await expect(remote('private').head().commit()).rejects.toThrow(/Authentication failed|could not read|401/);
    const httpAuthToken = client.setSecret('token', token);
    const tree = await remote('private', { httpAuthToken }).head().tree().sync();
    expect(await tree.file('secret').contents()).toBe('s\n');
    expect(await remote('private', { httpAuthToken, httpAuthUsername: 'me' }).branches()).toEqual(['main']);
    const httpAuthHeader = client.setSecret('header', 'Bearer header-value-123');
    expect(await remote('private', { httpAuthHeader }).tags()).toEqual([]);
    const encoded = Buffer.from(`x-access-token:${token}`).toString('base64');
    for (const value of [token, encoded]) {
      expect(JSON.stringify(events)).not.toContain(value);
      expect((await execa('grep', ['-rlF', value, own.place.state], { reject: false })).stdout).toBe('');
    }
  });

  it('is refused by name where it is not served', async () => {
    const open = (url: string, options = {}) => own.session.client.git(url, options).head().commit();
    await expect(open(`file://${root}/app`)).rejects.toThrow('invalid protocol "file"');
    await expect(open(`${root}/app`)).rejects.toThrow('unknown protocol');
    for (const url of ['git@example.com:owner/app', 'ssh://git@example.com/app'])
      await expect(open(url)).rejects.toThrow('does not serve ssh');
    await expect(open('ext::sh -c touch')).rejects.toThrow();
    await expect(open(`${server.url}/app/.git`, { sshKnownHosts: 'x' })).rejects.toThrow('sshKnownHosts');
    await expect(open(`${server.url}/nothing/.git`)).rejects.toThrow(`${server.url}/nothing/.git: `);
  });

  it('that nobody answers at is named, in time, as the network’s failure', async () => {
    const begun = performance.now();
    const answer = await fetch(`http://127.0.0.1:${own.session.port}/query`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${own.session.token}:`)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ git(url: "http://127.0.0.1:9/x.git") { url } }' }),
    });
    const { errors } = (await answer.json()) as { errors: { message: string; extensions: object }[] };
    expect(errors[0]).toMatchObject({
      extensions: { _type: 'INFRASTRUCTURE' },
      message: expect.stringMatching(/^http:\/\/127\.0\.0\.1:9\/x\.git: .*onnect/s),
    });
    expect(performance.now() - begun).toBeLessThan(15_000);
  });
});

describe('a directory', () => {
  it('may lie below the top of its repository', async () => {
    const below = own.session.client.host().directory(join(root, 'app')).directory('sub').asGit();
    expect(await below.head().commit()).toBe(commits.second);
  });

  it('without a repository is none, also where this machine has one around it', async () => {
    await expect(own.session.client.directory().withNewFile('a', '').asGit().head().commit()).rejects.toThrow(
      'not a git repository',
    );
    const inside = join(root, 'app/inside');
    await mkdir(inside, { recursive: true });
    await writeFile(join(inside, 'x'), '');
    await expect(own.session.client.host().directory(inside).asGit().head().commit()).rejects.toThrow(
      'not a git repository',
    );
    await execa('rm', ['-r', inside]);
  });

  it('says what nobody has committed', async () => {
    const clean = own.session.client.host().directory(join(root, 'app'));
    expect(await clean.asGit().uncommitted().isEmpty()).toBe(true);
    const dirty = clean.withNewFile('a.txt', 'changed\n').withNewFile('new', 'n').withoutFile('sub/b');
    const changes = dirty.asGit().uncommitted();
    expect([await changes.addedPaths(), await changes.modifiedPaths(), await changes.removedPaths()]).toEqual([
      ['new'],
      ['a.txt'],
      ['sub/b'],
    ]);
    expect(await remote().uncommitted().isEmpty()).toBe(true);
  });
});

describe('a hostile repository', () => {
  it('runs nothing on this machine, and reaches nothing of it', async () => {
    const trap = await makeRepository(join(own.place.dir, 'trap'));
    const sha = await trap.commit('c', { 'f.txt': 'f\n', '.gitattributes': '*.txt filter=evil\n' });
    const mark = join(own.place.dir, 'owned');
    const program = join(own.place.dir, 'program');
    await writeFile(program, `#!/bin/sh\ntouch ${mark}\n`);
    await chmod(program, 0o755);
    const settings = [
      'core.fsmonitor',
      'core.sshCommand',
      'core.pager',
      'uploadpack.packObjectsHook',
      'filter.evil.smudge',
      'filter.evil.clean',
      'filter.evil.process',
      'core.alternateRefsCommand',
      'core.editor',
      'diff.external',
    ];
    for (const setting of settings) await trap.git('config', setting, program);
    await mkdir(join(trap.dir, '.git/hooks'), { recursive: true });
    for (const hook of ['post-checkout', 'pre-commit', 'reference-transaction', 'fsmonitor-watchman'])
      await execa('cp', [program, join(trap.dir, '.git/hooks', hook)]);
    const host = own.session.client.host().directory(trap.dir);
    expect(await host.asGit().head().commit()).toBe(sha);
    await host.asGit().head().tree().sync();
    await host
      .withNewFile('f.txt', 'g\n')
      .asGit()
      .uncommitted()
      .isEmpty()
      .catch(() => undefined);
    expect((await readdir(own.place.dir)).includes('owned')).toBe(false);

    // Objects of another repository of this machine.
    const thief = await makeRepository(join(own.place.dir, 'thief'));
    await thief.commit('c', { x: 'x\n' });
    await writeFile(join(thief.dir, '.git/objects/info/alternates'), `${join(root, 'app/.git/objects')}\n`);
    await writeFile(join(thief.dir, '.git/refs/heads/stolen'), `${commits.second}\n`);
    const stolen = own.session.client.host().directory(thief.dir).asGit().commit(commits.second!).tree();
    await expect(stolen.sync()).rejects.toThrow();
    const elsewhere = own.session.client.directory().withNewFile('.git', `gitdir: ${join(root, 'app/.git')}\n`);
    await expect(elsewhere.asGit().head().commit()).rejects.toThrow('not a git repository');
  });

  it('has no submodule of this machine’s files', async () => {
    const outer = await makeRepository(join(root, 'outer'));
    await execa('git', ['-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', join(root, 'app'), 'inner'], {
      cwd: outer.dir,
      env: { GIT_CONFIG_GLOBAL: '/dev/null' },
    });
    await outer.commit('c', { x: 'x\n' });
    await expect(remote('outer').head().tree().sync()).rejects.toThrow(/not allowed|does not exist|submodule/);
    await execa('git', ['config', '-f', '.gitmodules', 'submodule.inner.url', `${server.url}/app/.git`], {
      cwd: outer.dir,
    });
    await outer.commit('d', {});
    expect(await remote('outer', { httpAuthUsername: 'again' }).head().tree().file('inner/a.txt').contents()).toBe(
      'two\n',
    );
  });
});
