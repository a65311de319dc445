/** Files that somebody publishes, from a server that the tests start. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makePlace, openTestSession, type Place, type TestSession, withTestSession } from './support/session.js';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let place: Place;
let session: TestSession;
let base: string;
const asked: { path: string; headers: IncomingMessage['headers'] }[] = [];
let handle: Handler;
const server = createServer((request, response) => {
  asked.push({ path: request.url ?? '', headers: request.headers });
  handle(request, response);
});
/** Another one, by another name. */
const elsewhere = createServer((request, response) => {
  asked.push({ path: `elsewhere${request.url}`, headers: request.headers });
  response.end('from elsewhere');
});

beforeAll(async () => {
  place = await makePlace();
  session = await openTestSession(place, { ...process.env, http_proxy: '', HTTP_PROXY: '' });
  for (const one of [server, elsewhere])
    await new Promise<void>(listening => one.listen(0, '127.0.0.1', () => listening()));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  for (const one of [server, elsewhere]) {
    one.closeAllConnections();
    one.close();
  }
  await session.close();
  await place.remove();
});
beforeEach(() => {
  asked.length = 0;
  handle = (request, response) => response.end(`text of ${request.url}`);
});

const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const text = (path: string, options = {}) => session.client.http(`${base}${path}`, options).contents();

describe('a download', () => {
  it('has the last part of its address for a name, or the one that it is given', async () => {
    const name = (path: string, options = {}) => session.client.http(`${base}${path}`, options).name();
    expect(await name('/a/README.md?x=1#y')).toBe('README.md');
    expect(await name('/a/b%20c')).toBe('b c');
    expect(await name('/')).toBe('index');
    expect(await name('/x', { name: 'other.txt' })).toBe('other.txt');
    for (const bad of ['../x', 'a/b', '..']) await expect(name('/x', { name: bad })).rejects.toThrow(/name/);
    expect(await name('/%2e%2e%2f')).toBe('index');
  });

  it('is its owner’s alone, or as it is said, and of the time that the server says', async () => {
    handle = (_, response) => response.setHeader('last-modified', 'Sat, 29 Oct 1994 19:43:31 GMT').end('old');
    const at = async (options: { permissions?: number }) =>
      session
        .base()
        .withMountedFile('/f', session.client.http(`${base}/dated`, options))
        .withExec(['stat', '-c', '%a %Y %s', '/f'])
        .stdout();
    expect(await at({})).toBe('600 783459811 3\n');
    expect(await at({ permissions: 0o764 })).toBe('764 783459811 3\n');
  });

  it('is asked for once a session, by each way to ask', async () => {
    expect(await text('/once')).toBe('text of /once');
    expect(await text('/once')).toBe('text of /once');
    expect(await Promise.all([text('/two'), text('/two')])).toEqual(['text of /two', 'text of /two']);
    expect(asked.map(({ path }) => path)).toEqual(['/once', '/two']);
    expect(asked[0]!.headers).toMatchObject({ 'accept-encoding': 'identity' });
  });

  it('is compared with its checksum', async () => {
    expect(await text('/sum', { checksum: sha256('text of /sum') })).toBe('text of /sum');
    await expect(text('/sum', { checksum: sha256('other') })).rejects.toThrow(
      `http checksum mismatch: expected ${sha256('other')}, got ${sha256('text of /sum')}`,
    );
    asked.length = 0;
    await expect(text('/sum', { checksum: 'not-a-digest' })).rejects.toThrow('invalid checksum "not-a-digest"');
    expect(asked).toEqual([]);
  });

  it('makes what is made of it anew when its content is another, and only then', async () => {
    let content = 'one';
    handle = (_, response) => response.end(content);
    const run = (path: string) =>
      session
        .base()
        .withMountedFile('/f', session.client.http(`${base}${path}`, { name: 'f' }))
        .withExec(['sh', '-c', 'cat /f; cat /proc/sys/kernel/random/uuid'])
        .stdout();
    const first = await run('/content?1');
    expect(await run('/content?2')).toBe(first);
    content = 'two';
    expect(await run('/content?3')).toMatch(/^two/);
  });

  it('of many megabytes arrives whole', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    handle = (_, response) => {
      for (let count = 0; count < 24; count += 1) response.write(chunk);
      response.end();
    };
    expect(await session.client.http(`${base}/large`).size()).toBe(24 * 1024 * 1024);
  });
});

describe('what is kept', () => {
  const once = <T>(use: (s: TestSession) => Promise<T>) => withTestSession(place, use);
  const contents = (path: string) => once(s => s.client.http(`${base}${path}`).contents());

  it('is asked after by its tag, and taken as long as that is the same', async () => {
    let tag = 'W/"v1"';
    handle = (request, response) => {
      response.setHeader('etag', tag);
      if (request.headers['if-none-match'] === tag.replace('W/', '')) response.writeHead(304).end();
      else response.end(`tagged ${tag}`);
    };
    expect(await contents('/tag')).toBe('tagged W/"v1"');
    expect(await contents('/tag')).toBe('tagged W/"v1"');
    tag = '"v2"';
    expect(await contents('/tag')).toBe('tagged "v2"');
    expect(asked.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, '"v1"', '"v1"']);
  });

  it('is asked after by its time where there is no tag', async () => {
    const time = 'Sat, 29 Oct 1994 19:43:31 GMT';
    handle = (request, response) => {
      response.setHeader('last-modified', time);
      if (request.headers['if-modified-since'] === time) response.writeHead(304).end();
      else response.end('timed');
    };
    expect(await contents('/time')).toBe('timed');
    expect(await contents('/time')).toBe('timed');
    expect(asked.map(({ headers }) => headers['if-modified-since'])).toEqual([undefined, time]);
  });

  it('is got again where what was kept is gone', async () => {
    handle = (request, response) => response.setHeader('etag', '"t"').end(request.headers['if-none-match'] ?? 'whole');
    expect(await contents('/gone')).toBe('whole');
    const records = (await readdir(join(place.state, 'hashes'))).filter(name => name.startsWith('http-'));
    expect(records.length).toBeGreaterThan(0);
    await execa('rm', ['-rf', join(place.state, 'snapshots')]);
    await execa('mkdir', [join(place.state, 'snapshots')]);
    expect(await contents('/gone')).toBe('whole');
  });

  it('is nobody’s who is let in by a secret', async () => {
    handle = (request, response) => {
      if (request.headers.authorization !== 'Bearer sesame-open-123') response.writeHead(401).end('no');
      else response.setHeader('etag', '"private"').end('private text');
    };
    await once(async s => {
      const authHeader = s.client.setSecret('header', 'Bearer sesame-open-123');
      expect(await s.client.http(`${base}/private`, { authHeader }).contents()).toBe('private text');
      await expect(s.client.http(`${base}/private`).contents()).rejects.toThrow(
        'invalid response status 401 Unauthorized',
      );
      expect(JSON.stringify(s.events)).not.toContain('sesame-open-123');
    });
    expect((await execa('grep', ['-rl', 'sesame-open-123', place.state], { reject: false })).stdout).toBe('');
    expect(asked.map(({ headers }) => headers['if-none-match'])).toEqual([undefined, undefined]);
  });
});

describe('who asks', () => {
  it('is said where the address says so, and shown to nobody', async () => {
    handle = (request, response) => response.end(request.headers.authorization ?? 'nobody');
    const withUser = base.replace('http://', 'http://me:pa%20ss@');
    expect(await session.client.http(`${withUser}/user`).contents()).toBe(
      `Basic ${Buffer.from('me:pa ss').toString('base64')}`,
    );
    handle = (_, response) => response.writeHead(404).end();
    const failure = await session.client.http(`${withUser}/user2`).contents().catch(String);
    expect(failure).toContain('/user2: invalid response status 404 Not Found');
    expect(String(failure).replace(/query.*/s, '')).not.toContain('pa%20ss');
    expect(JSON.stringify(session.events)).not.toContain('pa%20ss');
  });

  it('is told to no other server that the answer leads to', async () => {
    const other = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/there`;
    handle = (request, response) => {
      if (request.url === '/away') response.writeHead(302, { location: other }).end();
      else if (request.url === '/near') response.writeHead(307, { location: '/target' }).end();
      else if (request.url?.startsWith('/loop')) response.writeHead(302, { location: '/loop' }).end();
      else if (request.url === '/file') response.writeHead(302, { location: 'file:///etc/passwd' }).end();
      else response.end(request.headers.authorization);
    };
    const authHeader = session.client.setSecret('redirected', 'Bearer redirect-me-456');
    expect(await text('/near', { authHeader })).toBe('Bearer redirect-me-456');
    expect(await text('/away', { authHeader })).toBe('from elsewhere');
    expect(asked.at(-1)).toMatchObject({ path: 'elsewhere/there', headers: { host: new URL(other).host } });
    expect(asked.at(-1)!.headers.authorization).toBeUndefined();
    await expect(text('/loop')).rejects.toThrow('stopped after 10 redirects');
    await expect(text('/file')).rejects.toThrow('unsupported protocol scheme "file"');
    await expect(session.client.http('file:///etc/passwd').contents()).rejects.toThrow(
      'unsupported protocol scheme "file"',
    );
    await expect(session.client.http('no address').contents()).rejects.toThrow('is no address');
  });
});

/** The extensions of the error that a question ends with. */
async function extensionsOf(url: string): Promise<{ message: string; kind: unknown }> {
  const answer = await fetch(`http://127.0.0.1:${session.port}/query`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${session.token}:`)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: `{ http(url: ${JSON.stringify(url)}) { name } }` }),
  });
  const { errors } = (await answer.json()) as { errors: { message: string; extensions?: { _type?: string } }[] };
  return { message: errors[0]!.message, kind: errors[0]!.extensions?._type };
}

describe('what fails', () => {
  it('for the moment is tried again', async () => {
    const answers: Handler[] = [
      (_, response) => response.writeHead(503).end(),
      request => request.socket.destroy(),
      (_, response) => response.end('at last'),
    ];
    handle = (request, response) => answers.shift()!(request, response);
    expect(await text('/flaky')).toBe('at last');
  });

  it('in the middle is tried from the beginning', async () => {
    let count = 0;
    handle = (_, response) => {
      count += 1;
      response.writeHead(200, { 'content-length': '10' });
      if (count > 1) response.end('0123456789');
      else response.write('01234', () => response.destroy());
    };
    expect(await text('/cut')).toBe('0123456789');
  });

  it('all the time is the machine’s or the network’s failure, and names the address', async () => {
    handle = (_, response) => response.writeHead(502).end();
    expect(await extensionsOf(`${base}/down`)).toEqual({
      message: `${base}/down cannot be had: invalid response status 502 Bad Gateway`,
      kind: 'INFRASTRUCTURE',
    });
    expect(asked).toHaveLength(3);
    const closed = await extensionsOf('http://127.0.0.1:9/x');
    expect(closed.kind).toBe('INFRASTRUCTURE');
    expect(closed.message).toMatch(/^http:\/\/127\.0\.0\.1:9\/x cannot be had: .*ECONNREFUSED/);
    const begun = performance.now();
    const nobody = await extensionsOf('http://192.0.2.1/x');
    expect(nobody).toMatchObject({
      kind: 'INFRASTRUCTURE',
      message: expect.stringContaining('http://192.0.2.1/x cannot be had'),
    });
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  it('by its answer is told at once', async () => {
    handle = (_, response) => response.writeHead(404).end('nothing');
    expect(await extensionsOf(`${base}/missing`)).toEqual({
      message: `${base}/missing: invalid response status 404 Not Found`,
      kind: undefined,
    });
    expect(asked).toHaveLength(1);
  });

  it('leaves nothing behind', async () => {
    expect((await readdir(join(place.state, 'work'))).filter(name => !name.includes('.'))).toEqual([]);
  });
});

it('a session that ends waits for no answer', async () => {
  handle = () => undefined;
  const begun = performance.now();
  const own = await openTestSession(place);
  const never = own.client.http(`${base}/never`).contents();
  never.catch(() => undefined);
  await expect.poll(() => asked.length).toBe(1);
  await own.close();
  expect(performance.now() - begun).toBeLessThan(9_000);
  await expect(never).rejects.toThrow();
});

it('comes from a service of the session', async () => {
  const service = session
    .base()
    .withNewFile('/www/index.html', 'served inside')
    .withExposedPort(8080)
    .withDefaultArgs(['httpd', '-f', '-p', '8080', '-h', '/www'])
    .asService();
  const url = `http://${await service.hostname()}:8080/index.html`;
  expect(await session.client.http(url, { experimentalServiceHost: service }).contents()).toBe('served inside');
  await expect(
    session.client.http('http://other.invalid/', { experimentalServiceHost: service }).contents(),
  ).rejects.toThrow();
  expect(await readFile('/etc/hosts', 'utf8')).not.toContain(await service.hostname());
});
