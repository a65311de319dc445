/**
 * What a plain user's own script asks of a session beside what the main job does: files over HTTP, repositories of git, sockets of the machine, builds
 * of a Dockerfile, changes and searches; and the questions whose answers Dagger's source makes certain.
 */
import { once } from 'node:events';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client, Container } from '@dagger.io/dagger';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectedOf, outcomeOf, readVectors } from '../conformance/answers.js';
import { type PlainUser, plainUserWithContainers } from '../e2e/support/plain-user.js';
import type { Running } from '../engine/cli/quayside-process.js';
import { type GitServer, makeRepository, serveGit } from '../engine/support/git-server.js';
import { busyboxStack } from '../engine/support/overlay.js';
import { clientOf } from '../engine/support/session.js';

let user: PlainUser;
/** What this machine lacks, as the user is told; nothing: it has all. */
let missing = '';
let scratch: string;
let elsewhere = '';
let client: Client;
let session: Running;
let busybox: string;
let gitServer: GitServer;
const commits: string[] = [];
const webServer = createHttpServer((request, response) => {
  response.setHeader('last-modified', 'Sat, 29 Oct 1994 19:43:31 GMT').end(`text of ${request.url}`);
});
const servers: Server[] = [webServer];
const token = 'gitpass-token-789';

beforeAll(async () => {
  const made = await plainUserWithContainers();
  missing = made.missing;
  if (made.user === undefined) return;
  user = made.user;
  if (missing !== '') return;
  // git wants to know where it is, which nobody outside the user's mounts does.
  elsewhere = mkdtempSync(join(tmpdir(), 'quayside-rootless-'));
  scratch = join(user.home, 'api');
  rmSync(user.outside(scratch), { recursive: true, force: true });
  busybox = join(scratch, 'store/layer-0');
  await busyboxStack(user.outside(join(scratch, 'store')));
  const repository = await makeRepository(join(elsewhere, 'app'));
  commits.push(await repository.commit('first', { 'a.txt': 'one\n', 'sub/b': 'b\n' }));
  await repository.git('tag', 'v1.0.0');
  commits.push(await repository.commit('second', { 'a.txt': 'two\n' }));
  await makeRepository(join(elsewhere, 'private')).then(one => one.commit('c', { secret: 's\n' }));
  cpSync(elsewhere, user.outside(join(scratch, 'repositories')), { recursive: true });
  await user.own(scratch);
  const basic = `basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;
  gitServer = await serveGit(
    elsewhere,
    (path, who) => !path.startsWith('/private') || who?.toLowerCase() === basic.toLowerCase(),
  );
  webServer.listen(0, '127.0.0.1');
  await once(webServer, 'listening');
  session = user.start(join(user.repository, 'quayside'), ['session', '--engine=local'], {
    env: { http_proxy: '', HTTP_PROXY: '' },
  });
  const { port, session_token } = JSON.parse(await session.firstLine);
  client = clientOf({ port, token: session_token });
});
afterAll(async () => {
  session?.child.stdin?.end();
  await session?.finished;
  gitServer?.close();
  webServer.closeAllConnections();
  for (const server of servers) server.close();
  await user?.remove();
  if (elsewhere !== '') rmSync(elsewhere, { recursive: true });
});
beforeEach(({ skip }) => skip(missing !== '', missing));

const base = (): Container => client.container().withDirectory('/', client.host().directory(busybox));
const web = (path: string, options = {}) =>
  client.http(`http://127.0.0.1:${(webServer.address() as AddressInfo).port}${path}`, options);

describe('a download', () => {
  it('is its owner’s alone, or as it is said, and of the time that the server says', async () => {
    const seen = (options: { permissions?: number }) =>
      base().withMountedFile('/f', web('/dated', options)).withExec(['stat', '-c', '%a %Y %s %u', '/f']).stdout();
    expect(await seen({})).toBe('600 783459811 14 0\n');
    expect(await seen({ permissions: 0o764 })).toBe('764 783459811 14 0\n');
  });

  it('is a file as any other', async () => {
    expect(await web('/one').contents()).toBe('text of /one');
    const to = join(scratch, 'downloaded');
    await web('/one').export(to);
    const { uid, size } = statSync(user.outside(to));
    expect({ uid, size }).toEqual({ uid: 70_000, size: 12 });
    await expect(web('/two', { checksum: `sha256:${'0'.repeat(64)}` }).contents()).rejects.toThrow('checksum mismatch');
  });
});

describe('a repository', () => {
  const remote = (name: string, options = {}) => client.git(`${gitServer.url}/${name}/.git`, options);
  it.each([
    ['at an address', () => remote('app')],
    ['in a directory', () => client.host().directory(join(scratch, 'repositories/app')).asGit()],
  ])('%s has branches, tags and trees', async (_, open) => {
    expect([await open().branches(), await open().tags()]).toEqual([['main'], ['v1.0.0']]);
    expect(await open().head().commit()).toBe(commits[1]);
    const tree = open().tag('v1.0.0').tree();
    expect(await tree.entries()).toEqual(['.git/', 'a.txt', 'sub/']);
    expect(await tree.file('a.txt').contents()).toBe('one\n');
    const owner = base().withMountedDirectory('/r', tree).withExec(['stat', '-c', '%u:%g', '/r/a.txt', '/r/.git']);
    expect(await owner.stdout()).toBe('0:0\n0:0\n');
    const place = join(scratch, 'checkout');
    rmSync(user.outside(place), { recursive: true, force: true });
    await open().branch('main').tree().export(place);
    const copy = mkdtempSync(join(elsewhere, 'checkout-'));
    cpSync(user.outside(place), copy, { recursive: true, verbatimSymlinks: true });
    const git = await execa('git', ['-c', 'safe.directory=*', 'status', '--porcelain'], { cwd: copy });
    expect(git.stdout).toBe('');
  });

  it('that is not for everybody is for who has its token', async () => {
    const secret = client.setSecret('rootless-token', token);
    const tree = remote('private', { httpAuthToken: secret }).branch('main').tree();
    expect(await tree.file('secret').contents()).toBe('s\n');
    await expect(remote('private').branch('main').commit()).rejects.toThrow();
  });

  it('says what is uncommitted', async () => {
    const changed = client.host().directory(join(scratch, 'repositories/app')).withNewFile('new', 'n').asGit();
    expect(await changed.uncommitted().addedPaths()).toEqual(['new']);
  });
});

describe('a socket of this machine', () => {
  const ask = `use Socket; socket(S, PF_UNIX, SOCK_STREAM, 0); connect(S, sockaddr_un($ARGV[0])) or die "cannot connect: $!\\n";
syswrite S, $ARGV[1]; shutdown(S, 1); print while <S>;`;
  const asking = (path: string, text: string): string[] => ['perl', '-e', ask, path, text];
  const debian = (): Container => client.container().from('debian:bookworm-slim');

  async function listening(name: string): Promise<string> {
    const path = join(scratch, name);
    const server = createServer({ allowHalfOpen: true }, peer => {
      let said = '';
      peer.on('data', data => {
        said += data;
      });
      peer.on('end', () => peer.end(`heard ${said}`));
    }).listen(user.outside(path));
    servers.push(server);
    await once(server, 'listening');
    return path;
  }

  it('of the user’s own is talked to by a command, and is its owner’s alone', async () => {
    const path = await listening('own.sock');
    chownSync(user.outside(path), 70_000, 70_000);
    chmodSync(user.outside(path), 0o600);
    const socket = client.host().unixSocket(path);
    const container = debian().withUnixSocket('/run/s', socket);
    expect(await container.withExec(asking('/run/s', 'one')).stdout()).toBe('heard one');
    const owned = debian().withUnixSocket('/run/s', socket, { owner: '12:34' });
    expect(await owned.withExec(['stat', '-c', '%F %a %u:%g', '/run/s']).stdout()).toBe('socket 600 12:34\n');
    expect(await owned.withUser('12').withExec(asking('/run/s', 'two')).stdout()).toBe('heard two');
    await expect(owned.withUser('13').withExec(asking('/run/s', 'three')).stdout()).rejects.toMatchObject({
      stderr: expect.stringContaining('cannot connect: Permission denied'),
    });
  });

  it('that is not theirs stays closed', async () => {
    const path = await listening('root.sock');
    chmodSync(user.outside(path), 0o600);
    const container = debian().withUnixSocket('/run/s', client.host().unixSocket(path));
    const answer = await container.withExec(asking('/run/s', 'one')).stdout().catch(String);
    expect(answer).not.toContain('heard');
  });
});

describe('a Dockerfile', () => {
  it('is built, with a secret, arguments, a cache and files of other owners', async () => {
    const dockerfile = [
      'FROM debian:bookworm-slim AS first',
      'ARG SAID=nothing',
      'RUN --mount=type=secret,id=key --mount=type=cache,target=/kept wc -c < /run/secrets/key > /size; echo "$SAID" > /said',
      'FROM debian:bookworm-slim',
      'COPY --from=first --chown=12:34 /said /size /',
      'COPY --chmod=755 . /app',
      'RUN chown 33:33 /app/f && touch /made',
      'USER 33',
    ].join('\n');
    const source = client.directory().withNewFile('Dockerfile', dockerfile).withNewFile('f', 'f');
    const built = source.dockerBuild({
      buildArgs: [{ name: 'SAID', value: 'this' }],
      secrets: [client.setSecret('key', '12345')],
    });
    const stat = ['stat', '-c', '%n %a %u:%g', '/said', '/app/f', '/made'];
    expect(await built.withExec(stat).stdout()).toBe('/said 644 12:34\n/app/f 755 33:33\n/made 644 0:0\n');
    expect([await built.file('/said').contents(), await built.file('/size').contents()]).toEqual(['this\n', '5\n']);
    expect(await built.withExec(['id', '-u']).stdout()).toBe('33\n');
  });
});

describe('changes of files of many owners', () => {
  it('are found, and go onto other files and onto this machine', async () => {
    const before = base().withExec([
      'sh',
      '-c',
      'mkdir /d && cd /d && echo 1 > mod && echo 1 > gone && chown -R 12:34 .',
    ]);
    const after = before.withExec([
      'sh',
      '-c',
      'cd /d && rm gone && echo 2 > mod && mkdir n && echo 3 > n/f && chown 56 n/f',
    ]);
    const changes = after.directory('/d').changes(before.directory('/d'));
    expect([await changes.addedPaths(), await changes.modifiedPaths(), await changes.removedPaths()]).toEqual([
      ['n/', 'n/f'],
      ['mod'],
      ['gone'],
    ]);
    expect(await changes.asPatch().contents()).toMatch(/^-1\n\+2$/m);
    const place = join(scratch, 'changed');
    mkdirSync(user.outside(place));
    await user.own(place);
    await before.directory('/d').export(place);
    await changes.export(place);
    expect(readFileSync(user.outside(join(place, 'mod')), 'utf8')).toBe('2\n');
    const { stdout } = await execa('find', ['.', '-type', 'f'], { cwd: user.outside(place) });
    expect(stdout.split('\n').toSorted()).toEqual(['./mod', './n/f']);
  });
});

it('a search reads what belongs to other ids', async () => {
  const made = base().withExec([
    'sh',
    '-c',
    'mkdir /d && echo needle > /d/f && chown -R 12:34 /d && chmod 700 /d && chmod 600 /d/f',
  ]);
  const found = await made.directory('/d').search({ pattern: 'need' });
  expect(await Promise.all(found.map(one => one.filePath()))).toEqual(['f']);
});

it('the answers that Dagger’s source makes certain are the same', async () => {
  const file = join(user.repository, 'test/conformance/more-vectors.json');
  const script = join(user.repository, 'test/conformance/run.mjs');
  const { stdout } = await user.quayside(['run', '--', 'node', script, file]);
  expect(outcomeOf(stdout)).toEqual(expectedOf(await readVectors('more-vectors.json')));
});
