/** A package index that asks for a password: the installation gets it, and nothing that is left of the build has it. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeScratch } from './support/example.js';
import { writeFiles } from './support/files.js';
import { cached, type Outcome, quayside, ran } from './support/quayside.js';

const WHEEL = 'corp_money-1.0-py3-none-any.whl';

/** Makes a wheel of one module. */
const MAKE_WHEEL = `
import sys, zipfile
info = "corp_money-1.0.dist-info/"
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("corp_money.py", "RATE = 7\\n")
    wheel.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: corp-money\\nVersion: 1.0\\n")
    wheel.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    wheel.writestr(info + "RECORD", "corp_money.py,,\\n" + info + "METADATA,,\\n" + info + "WHEEL,,\\n" + info + "RECORD,,\\n")
`;

const APP = `
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

import corp_money


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(str(corp_money.RATE).encode())


HTTPServer(("0.0.0.0", int(os.environ["PORT"])), Answer).serve_forever()
`;

/** An address of this machine that containers find it by. */
function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap(list => list ?? []);
  return all.find(({ family, internal }) => family === 'IPv4' && !internal)!.address;
}

const scratch = makeScratch();
const started = join(scratch.dir, 'started');
const app = join(scratch.dir, 'app');
const image = join(scratch.dir, 'image.tar');
const user = 'corp-user';
const token = `canary-${randomBytes(12).toString('hex')}`;
const basic = Buffer.from(`${user}:${token}`).toString('base64');
const asked: { readonly path: string; readonly allowed: boolean }[] = [];
let server: Server;
let first: Outcome;

const build = (given: string) => {
  const { port } = server.address() as AddressInfo;
  const env = { CORP_USER: user, CORP_TOKEN: given, QUAYSIDE_REACH: `${ownAddress()}:${port}` };
  return quayside(['build', `--source=${app}`, `--output=${image}`], { env });
};

beforeAll(async () => {
  const wheel = join(scratch.dir, WHEEL);
  await execa('python3', ['-c', MAKE_WHEEL, wheel]);
  const bytes = readFileSync(wheel);
  const hash = createHash('sha256').update(bytes).digest('hex');
  server = createServer((request, response) => {
    const path = request.url ?? '';
    const allowed = request.headers.authorization === `Basic ${basic}`;
    asked.push({ path, allowed });
    if (!allowed) response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="corp"' }).end();
    else if (path.endsWith(WHEEL)) response.end(bytes);
    else if (path === '/simple/corp-money/')
      response.setHeader('Content-Type', 'text/html').end(`<a href="/files/${WHEEL}#sha256=${hash}">${WHEEL}</a>`);
    else response.writeHead(404).end();
  });
  await new Promise<void>(resolve => server.listen(0, '0.0.0.0', resolve));
  const { port } = server.address() as AddressInfo;
  const index = `http://\${CORP_USER}:\${CORP_TOKEN}@${ownAddress()}:${port}/simple`;
  writeFiles(app, {
    'requirements.txt': `--extra-index-url ${index}\n--trusted-host ${ownAddress()}\ncorp-money==1.0\n`,
    'main.py': APP,
    'quayside.yaml': 'server: { command: [python, main.py], port: 8000 }\n',
  });
  mkdirSync(scratch.dir, { recursive: true });
  writeFileSync(started, '');
  first = await build(token);
});
afterAll(() => {
  server.close();
  scratch.remove();
});

describe('an index with a password', () => {
  test('is asked with it, and the image starts with what it has', () => {
    expect(first).toMatchObject({ code: 0 });
    expect(asked.filter(({ allowed }) => allowed).map(({ path }) => path)).toContain(`/files/${WHEEL}`);
    expect(ran(first)).toContain('start the image');
  });

  test('leaves no trace of it: in what is printed, the image with its history, or the state', async () => {
    const patterns = ['-e', token, '-e', basic.slice(0, -4)];
    expect(first.stderr + first.stdout).not.toMatch(new RegExp(`${token}|${basic}`));
    const state =
      process.env.QUAYSIDE_STATE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'quayside');
    const unpacked = join(scratch.dir, 'unpacked');
    mkdirSync(unpacked);
    await execa('tar', ['-xf', image, '-C', unpacked]);
    // Layers may be compressed: each file is looked into as it is, or as what is packed in it.
    const inImage = `find ${unpacked} -type f -exec sh -c 'zcat -f "$1" 2>/dev/null | grep -q -a -F ${patterns.join(' ')} && echo "$1"' _ {} ';'`;
    const inState = `find ${state} -newer ${started} -type f -print0 | xargs -0 -r grep -l -a -F ${patterns.join(' ')}`;
    for (const search of [inImage, inState]) {
      const { stdout } = await execa('sh', ['-c', search], { reject: false });
      expect(stdout).toBe('');
    }
  });

  test('is no part of any key: with another one nothing is built anew', async () => {
    const again = await build(`other-${token}`);
    expect(again).toMatchObject({ code: 0 });
    expect(cached(again)).toContain('install Python dependencies');
    expect(ran(again)).not.toContain('install Python dependencies');
  });
});
