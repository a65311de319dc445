/** Files and repositories on a machine that reaches others through a proxy alone, which knows hosts that nobody else does. */
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type GitServer, makeRepository, serveGit } from './support/git-server.js';
import { makePlace, type Place, withTestSession } from './support/session.js';

let place: Place;
let git: GitServer;
let proxy: Server;
let address: string;
const passed: string[] = [];

beforeAll(async () => {
  place = await makePlace();
  const root = join(place.dir, 'repositories');
  await (await makeRepository(join(root, 'app'))).commit('first', { 'a.txt': 'one\n' });
  git = await serveGit(root, () => true);
  const target = new URL(git.url);
  proxy = createServer((asked, answer) => {
    const url = new URL(asked.url!);
    passed.push(url.host);
    if (url.host === 'files.proxied.test') return void answer.end(`text of ${url.pathname}`);
    const { hostname, port } = target;
    const on = request({
      hostname,
      port,
      path: url.pathname + url.search,
      method: asked.method,
      headers: asked.headers,
    });
    on.on('response', from => {
      answer.writeHead(from.statusCode!, from.headers);
      from.pipe(answer);
    });
    asked.pipe(on);
  });
  await new Promise<void>(listening => proxy.listen(0, '127.0.0.1', () => listening()));
  address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
});
afterAll(async () => {
  proxy.closeAllConnections();
  proxy.close();
  git.close();
  await place.remove();
});

/** This process's environment with these proxies and no others. */
function through(proxies: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !/_proxy$/i.test(name));
  return { ...Object.fromEntries(others), ...proxies };
}

describe.each<[string, () => NodeJS.ProcessEnv]>([
  ['http_proxy', () => ({ http_proxy: address })],
  ['HTTP_PROXY', () => ({ HTTP_PROXY: address })],
  ['HTTP_PROXY beside an empty http_proxy', () => ({ HTTP_PROXY: address, http_proxy: '' })],
])('by %s', (name, proxies) => {
  const id = name.replaceAll(/\W+/g, '-');

  it('a file is got', async () => {
    await withTestSession(
      place,
      async ({ client }) => {
        const url = `http://files.proxied.test/${id}`;
        expect(await client.http(url).contents()).toBe(`text of /${id}`);
      },
      through(proxies()),
    );
    expect(passed).toContain('files.proxied.test');
  });

  it('a repository is got', async () => {
    passed.length = 0;
    await withTestSession(
      place,
      async ({ client }) => {
        const tree = client.git(`http://git-${id.toLowerCase()}.proxied.test/app`).branch('main').tree();
        expect(await tree.file('a.txt').contents()).toBe('one\n');
      },
      through(proxies()),
    );
    expect(passed).toContain(`git-${id.toLowerCase()}.proxied.test`);
  });
});

it('who needs no proxy is asked without', async () => {
  passed.length = 0;
  const env = through({ http_proxy: address, no_proxy: '127.0.0.1' });
  await withTestSession(
    place,
    async ({ client }) => {
      expect(await client.git(`${git.url}/app`).branch('main').tree().entries()).toContain('a.txt');
    },
    env,
  );
  expect(passed).toEqual([]);
});
