/** A package index and an npm registry that ask for a password, on this machine's own address. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

export interface PrivateIndexes {
  /** `ADDRESS:PORT`, as containers find it. */
  readonly host: string;
  /** What was asked for with the right credentials. */
  readonly allowed: readonly string[];
  readonly close: () => Promise<void>;
}

/** Who may read them. */
export interface Reader {
  readonly user: string;
  readonly password: string;
}

const WHEEL = 'corp_money-1.0-py3-none-any.whl';

/** Version of @corp/money: one that no cache has of an earlier run. */
export const NPM_VERSION = `1.0.${Date.now()}`;

/** Makes a wheel of one module. */
const MAKE_WHEEL = `
import sys, zipfile
info = "corp_money-1.0.dist-info/"
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("corp_money.py", "RATE = 7\\n")
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: corp-money\\nVersion: 1.0\\nRequires-Python: >=3.8\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "RECORD", "corp_money.py,,\\n" + info + "METADATA,,\\n" + info + "WHEEL,,\\n" + info + "RECORD,,\\n")
`;

/** An address of this machine that containers find it by. */
export function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap(list => list ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)!.address;
}

/** Starts both behind one port: `/simple` has corp-money, `/npm` has @corp/money. Tokens let in as the password does. */
export async function startIndexes(
  dir: string,
  { user, password }: Reader,
  tokens: readonly string[] = [],
): Promise<PrivateIndexes> {
  await execa('python3', ['-c', MAKE_WHEEL, join(dir, WHEEL)]);
  const wheel = readFileSync(join(dir, WHEEL));
  const archive = await npmArchive(dir);
  const allowed: string[] = [];
  const basic = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const path = decodeURIComponent(request.url ?? '');
    const bearers = [password, ...tokens].map(token => `Bearer ${token}`);
    const known = [basic, ...bearers].includes(request.headers.authorization ?? '');
    if (!known) return response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="corp"' }).end('who are you?');
    allowed.push(path);
    if (path.endsWith(WHEEL)) return response.end(wheel);
    if (path.endsWith('.tgz')) return response.end(archive);
    if (path === '/simple/corp-money/') {
      const link = `<a href="/files/${WHEEL}#sha256=${createHash('sha256').update(wheel).digest('hex')}">${WHEEL}</a>`;
      return response.setHeader('Content-Type', 'text/html').end(`<!DOCTYPE html><html><body>${link}</body></html>`);
    }
    if (path === '/npm/@corp/money')
      return response
        .setHeader('Content-Type', 'application/json')
        .end(npmDocument(archive, request.headers.host ?? ''));
    return response.writeHead(404).end();
  };
  const server = createServer(answer);
  await new Promise<void>(resolve => server.listen(0, '0.0.0.0', resolve));
  return {
    host: `${ownAddress()}:${(server.address() as AddressInfo).port}`,
    allowed,
    close: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

async function npmArchive(dir: string): Promise<Buffer> {
  const script = `mkdir -p package && echo '{"name":"@corp/money","version":"${NPM_VERSION}","main":"index.js"}' > package/package.json && echo 'module.exports = 7;' > package/index.js && tar -czf money.tgz package`;
  await execa('sh', ['-ec', script], { cwd: dir });
  return readFileSync(join(dir, 'money.tgz'));
}

function npmDocument(archive: Buffer, host: string): string {
  const dist = {
    tarball: `http://${host}/npm/@corp/money/-/money-${NPM_VERSION}.tgz`,
    shasum: createHash('sha1').update(archive).digest('hex'),
    integrity: `sha512-${createHash('sha512').update(archive).digest('base64')}`,
  };
  const version = { name: '@corp/money', version: NPM_VERSION, main: 'index.js', dist };
  // Some managers take no version that is younger than some days.
  const time = { [NPM_VERSION]: '2020-01-01T00:00:00.000Z' };
  return JSON.stringify({
    name: '@corp/money',
    time,
    'dist-tags': { latest: NPM_VERSION },
    versions: { [NPM_VERSION]: version },
  });
}
