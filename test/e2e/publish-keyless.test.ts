/**
 * `publish --keyless` and `verify`, as a workflow runs them: a token is asked for as GitHub gives it, an authority and a log on this machine take it, and the image
 * in a real registry is verified by Quayside and by cosign.
 */
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Publication } from '../../src/publish/publication.js';
import { startRegistry, type TestRegistry } from '../engine/support/registry.js';
import { goTool } from '../support/go-tools.js';
import { identityToken, startSigstore, type TestSigstore } from '../support/sigstore.js';
import { makeScratch } from './support/example.js';
import { writeFiles } from './support/files.js';
import { type Outcome, quayside } from './support/quayside.js';

const IDENTITY = 'https://github.com/acme/tiny/.github/workflows/publish.yml@refs/tags/v1';
const ISSUER = 'https://token.actions.githubusercontent.com';
const ANSWER = `
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

HTTPServer(("0.0.0.0", int(os.environ["PORT"])), Answer).serve_forever()
`;

const scratch = makeScratch();
const app = join(scratch.dir, 'tiny');
const root = join(scratch.dir, 'trusted_root.json');
const token = identityToken(IDENTITY, ISSUER);
/** What a workflow asked for its token by. */
const asked: string[] = [];
let registry: TestRegistry;
let sigstore: TestSigstore;
let workflow: Server;
let published: Outcome;

const image = () => `${registry.host}/acme/tiny:1.0`;
const publish = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const where = [`--address=${registry.host}/acme/tiny`, `--fulcio-url=${sigstore.fulcioUrl}`];
  const call = ['publish', `--source=${app}`, '--tags=1.0', `--rekor-url=${sigstore.rekorUrl}`, ...where, ...args];
  return quayside(call, { env });
};
const verify = (...args: readonly string[]) => quayside(['verify', image(), `--source=${app}`, ...args]);
const by = (identity: string, issuer = ISSUER) => [
  `--certificate-identity=${identity}`,
  `--certificate-oidc-issuer=${issuer}`,
];

beforeAll(async () => {
  registry = await startRegistry(join(scratch.dir, 'registry'));
  sigstore = await startSigstore();
  workflow = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization}`);
    response.end(JSON.stringify({ value: token }));
  });
  await new Promise<void>(resolve => workflow.listen(0, '127.0.0.1', resolve));
  writeFileSync(root, sigstore.trustedRoot);
  const config = 'server: { command: [python, main.py], port: 8000 }\n';
  writeFiles(app, { 'requirements.txt': '', 'main.py': ANSWER, 'quayside.yaml': config });
  published = await publish(['--keyless'], {
    ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${(workflow.address() as AddressInfo).port}/token?api-version=2`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of-the-workflow',
  });
});
afterAll(async () => {
  await Promise.all([registry.stop(), sigstore.close()]);
  workflow.close();
  scratch.remove();
});

describe('publish --keyless', () => {
  test('asks the workflow for its token, signs the images and what is said of them, and shows no token', () => {
    expect(published).toMatchObject({ code: 0 });
    const { images }: Publication = JSON.parse(published.stdout);
    const [names, ...more] = images.map(({ attached }) => attached.map(({ name }) => name));
    expect(names).toEqual(['SBOM', 'attestations', 'signature', 'attestations', 'signature']);
    // Before anything is built, and for each signature: it ends after minutes.
    const signatures = [names!, ...more].flat().filter(name => name !== 'SBOM').length;
    expect(asked).toHaveLength(1 + signatures);
    expect([...new Set(asked)]).toEqual(['/token?api-version=2&audience=sigstore Bearer of-the-workflow']);
    expect(published.stdout + published.stderr).not.toContain(token);
  });

  test('as the same somebody once more signs and attaches nothing: the log has no line more', async () => {
    const before = sigstore.asked();
    const again = await publish(['--identity-token=env:TOKEN'], { TOKEN: identityToken(IDENTITY, ISSUER) });
    expect(again).toMatchObject({ code: 0 });
    const fates = (JSON.parse(again.stdout) as Publication).images.flatMap(({ attached }) => attached);
    expect(new Set(fates.map(({ fate }) => fate))).toEqual(new Set(['there']));
    expect(sigstore.asked()).toBe(before);
  });

  test('on trial signs nothing, for that would stay in the log', async () => {
    const before = sigstore.asked();
    const args = ['--identity-token=env:TOKEN', '--dry-run'];
    const trial = await publish(args, { TOKEN: identityToken(`${IDENTITY}-trial`, ISSUER) });
    expect(trial).toMatchObject({ code: 0 });
    expect(sigstore.asked()).toBe(before);
  });

  test('without a token ends before anything is built', async () => {
    const outcome = await publish(['--keyless']);
    expect(outcome).toMatchObject({ code: 2, stdout: '', steps: [] });
    expect(outcome.stderr).toContain('QS926: images are to be signed without a key, and there is no token');
  });
});

describe('verify', () => {
  test('believes whom the certificate names', async () => {
    const same = await verify(...by(IDENTITY), `--trusted-root=${root}`);
    expect(same).toMatchObject({ code: 0 });
    expect(same.stdout).toContain(`signed by ${IDENTITY}, whom ${ISSUER} knows, and so is where it comes from`);
    expect(same.stdout).toMatch(/built again from this source, it is the same/);
  });

  test.each<[string, readonly string[], number, RegExp]>([
    ['nobody else', by(`${IDENTITY}0`), 1, /QS731: \S+ is not signed by https:\S+v10, whom/],
    ['nobody by half a name', by(IDENTITY).slice(0, 1), 2, /QS935: --certificate-identity is given, and nothing says/],
  ])('believes %s', async (_, who, code, words) => {
    const outcome = await verify(...who, `--trusted-root=${root}`);
    expect(outcome).toMatchObject({ code, stdout: '' });
    expect(outcome.stderr).toMatch(words);
  });
});

// Skipped where there is no cosign: `./quayside setup --for-tests` compiles it where Go is.
describe.skipIf(goTool('cosign') === undefined)('cosign, where Go has compiled it', () => {
  // It takes the roots as one file only for what is not kept in annotations.
  const roots = () => {
    const { certificateAuthorities, tlogs, ctlogs } = JSON.parse(sigstore.trustedRoot);
    const pem = (name: string, kind: string, base64: string) => {
      const path = join(scratch.dir, name);
      writeFileSync(path, `-----BEGIN ${kind}-----\n${base64}\n-----END ${kind}-----\n`);
      return path;
    };
    const [{ rawBytes }] = certificateAuthorities[0].certChain.certificates;
    return {
      SIGSTORE_ROOT_FILE: pem('root.pem', 'CERTIFICATE', rawBytes),
      SIGSTORE_REKOR_PUBLIC_KEY: pem('rekor.pem', 'PUBLIC KEY', tlogs[0].publicKey.rawBytes),
      SIGSTORE_CT_LOG_PUBLIC_KEY_FILE: pem('ct.pem', 'PUBLIC KEY', ctlogs[0].publicKey.rawBytes),
    };
  };
  const check = (verb: string, identity: string, ...more: readonly string[]) =>
    execa(goTool('cosign')!, [verb, ...by(identity), ...more, image()], {
      env: { HOME: scratch.dir, TUF_ROOT: join(scratch.dir, 'tuf'), ...roots() },
      reject: false,
      all: true,
    });

  test('believes the same of the image, and of where it comes from', async () => {
    const [index] = (JSON.parse(published.stdout) as Publication).images;
    expect((await check('verify', IDENTITY)).all).toContain(index!.digest);
    expect(await check('verify', `${IDENTITY}0`)).toMatchObject({ failed: true });
    const attested = await check('verify-attestation', IDENTITY, '--type=slsaprovenance1');
    expect(attested).toMatchObject({ failed: false });
    expect(await check('verify-attestation', `${IDENTITY}0`, '--type=slsaprovenance1')).toMatchObject({ failed: true });
  });
});
