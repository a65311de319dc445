/** Every secret of a build and of a publication, looked for wherever a run leaves or shows something. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appValue, runValue } from '../../src/dagger/secrets.js';
import { writeFiles } from '../e2e/support/files.js';
import { type Outcome, quayside } from '../e2e/support/quayside.js';
import { startQuayside } from '../engine/cli/quayside-process.js';
import { makeAuthority } from '../engine/support/certificates.js';
import { bcrypt, freePort, startRegistry, type TestRegistry } from '../engine/support/registry.js';
import { MONEY_APP } from './support/apps.js';
import { NPM_VERSION, ownAddress, type PrivateIndexes, startIndexes } from './support/indexes.js';
import { filesWith, secretsIn, unpacked, watchArguments } from './support/traces.js';

const canary = (name: string) => `canary-${name}-${randomBytes(12).toString('hex')}`;
const signing = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** Of its own, so that the values that are made for its runs are nobody else's. */
const NAME = `canary-${randomBytes(6).toString('hex')}`;
const started = { app: NAME, label: 'smoke', profile: 'test' } as const;

const known = {
  service: runValue(started, 'postgres'),
  made: appValue(started, 'SECRET_KEY'),
  index: canary('index'),
  npm: canary('npm'),
  wrong: canary('wrong'),
  registry: canary('registry'),
  key: signing.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
};
/** All that is searched for: those of `serve` too, which are random and come to be known once it runs. */
const secrets: Record<string, string> = { ...known };

/** Where the secrets themselves lie: nobody searches there. */
const own = mkdtempSync(join(tmpdir(), 'canaries-'));
const dir = mkdtempSync(join(tmpdir(), 'quayside-canary-'));
const app = join(dir, 'app');
const begun = join(dir, 'begun');
const image = join(dir, 'image.tar');
const said: Record<string, Outcome> = {};
let inArguments: readonly string[];
let indexes: PrivateIndexes;
let registry: TestRegistry;

const PACKAGE = { scripts: { build: 'node build.js' }, dependencies: { '@corp/money': NPM_VERSION } };
const BUILD =
  "require('fs').mkdirSync('dist', { recursive: true });\nrequire('fs').writeFileSync('dist/index.html', 'x' + require('@corp/money'));\n";

beforeAll(async () => {
  indexes = await startIndexes(own, { user: 'corp-user', password: known.index }, [known.npm]);
  const authority = await makeAuthority(join(own, 'authority'));
  const tls = await authority.issue([`IP:${ownAddress()}`]);
  const user = { name: 'ali', bcrypt: await bcrypt(known.registry) };
  registry = await startRegistry(join(dir, 'registry'), user, { address: ownAddress(), tls });
  const host = indexes.host;
  const [address = ''] = host.split(':');
  writeFiles(app, {
    'requirements.txt': `--extra-index-url http://corp-user:\${CORP_TOKEN}@${host}/simple\n--trusted-host ${address}\ncorp-money==1.0\n`,
    'main.py': MONEY_APP.replace(
      'import os\n',
      "import json\nimport os\nSECRETS = os.environ['SECRET_KEY'], os.environ['DATABASE_URL']\n",
    ).replace('str(corp_money.RATE)', "(json.dumps(SECRETS) if self.path == '/secrets' else str(corp_money.RATE))"),
    'frontend/package.json': JSON.stringify(PACKAGE),
    'frontend/build.js': BUILD,
    'frontend/.npmrc': `@corp:registry=http://${host}/npm/\n//${host}/npm/:_authToken=\${NPM_TOKEN}\n`,
    'quayside.yaml': `name: ${NAME}\nserver: { command: [python, main.py], port: 8000 }\nservices: { postgres: { variable: DATABASE_URL, scheme: postgresql } }\nfrontend: { root: frontend, output: frontend/dist }\nsecrets: { CORP_TOKEN: env, NPM_TOKEN: env }\n`,
  });
  writeFileSync(begun, '');
  writeFileSync(join(own, 'key.pem'), known.key, { mode: 0o600 });
  const source = `--source=${app}`;
  const env = {
    CORP_TOKEN: known.index,
    MY_NPM: known.npm,
    REGISTRY_PASSWORD: known.registry,
    WRONG: known.wrong,
    SSL_CERT_FILE: authority.certificate,
    QUAYSIDE_REACH: host,
  };
  const given = [source, '--secret=NPM_TOKEN=env:MY_NPM'];
  const to = `--address=${registry.host}/acme/shop`;
  const publish = ['publish', ...given, to, '--tags=1.0.0', '--username=ali'];
  const calls: Readonly<Record<string, readonly string[]>> = {
    explain: ['explain', source],
    'explain for tools': ['explain', source, '--json'],
    plan: ['plan', source],
    // First, so that nothing is known yet of the step that the others find done.
    'a build that is refused': ['build', ...given, '--secret=CORP_TOKEN=env:WRONG'],
    build: ['build', ...given, `--output=${image}`],
    sbom: ['sbom', ...given, `--output=${join(dir, 'sbom.json')}`],
    'a publication that is refused': [...publish, '--password=env:WRONG'],
    publish: [...publish, '--password=env:REGISTRY_PASSWORD', `--sign-key=file:${join(own, 'key.pem')}`],
    eject: ['eject', '--yes', ...given, `--output=${join(dir, 'ejected')}`],
  };
  const watch = watchArguments(secrets);
  for (const [name, words] of Object.entries(calls)) said[name] = await quayside(words, { env });
  said.serve = await served(given, env);
  inArguments = await watch.stop();
});

/** Opens the app as a person does, which has random passwords of its own, and asks it for these. */
async function served(given: readonly string[], env: Readonly<Record<string, string>>): Promise<Outcome> {
  const port = await freePort();
  const { child, firstLine, finished } = startQuayside(['serve', ...given, `--port=${port}`, '--engine=local'], {
    env,
  });
  try {
    await firstLine;
    const answer = await fetch(`http://127.0.0.1:${port}/secrets`);
    const [key, database] = (await answer.json()) as readonly [string, string];
    secrets['key of serve'] = key;
    secrets['database of serve'] = new URL(database).password;
  } finally {
    child.kill('SIGINT');
  }
  return { ...(await finished), steps: [] };
}

afterAll(async () => {
  await indexes?.close();
  await registry?.stop();
  rmSync(own, { recursive: true, force: true });
  rmSync(dir, { recursive: true, force: true });
});

describe('no secret', () => {
  test('is missed because nothing was done', () => {
    expect(Object.fromEntries(Object.entries(said).map(([name, { code }]) => [name, code]))).toEqual({
      explain: 0,
      'explain for tools': 0,
      plan: 0,
      'a build that is refused': 2,
      build: 0,
      sbom: 0,
      'a publication that is refused': 2,
      publish: 0,
      eject: 0,
      // Ended by Ctrl-C.
      serve: 130,
    });
    expect(secrets['key of serve']).not.toBe(known.made);
    expect(secrets['database of serve']).toMatch(/^[\w-]{32}$/);
    expect(indexes.allowed.some(path => path.endsWith('.whl'))).toBe(true);
    expect(indexes.allowed.some(path => path.endsWith('.tgz'))).toBe(true);
  });

  test('is said, in results, progress and errors', () => {
    const found = Object.entries(said).flatMap(([name, { stdout, stderr }]) =>
      secretsIn(stdout + stderr, secrets).map(secret => `${secret} in ${name}`),
    );
    expect(found).toEqual([]);
  });

  test('is an argument of any process', () => {
    expect(inArguments).toEqual([]);
  });

  test('is in the image, its configuration and history, or in the files that were written', async () => {
    await unpacked(image, join(dir, 'image'));
    const written = [join(dir, 'image'), join(dir, 'sbom.json'), join(dir, 'ejected'), app];
    expect(await filesWith(secrets, written, { patterns: join(own, 'patterns') })).toEqual([]);
  });

  test('is in what the registry was given: layers, provenance, SBOM, signatures', async () => {
    const data = join(dir, 'registry/data');
    expect((await execa('find', [data, '-name', 'data'])).stdout.split('\n').length).toBeGreaterThan(5);
    expect(await filesWith(secrets, [data], { patterns: join(own, 'patterns') })).toEqual([]);
  });

  test('stays in the state of the engine, or in what lies about for a while', async () => {
    const state =
      process.env.QUAYSIDE_STATE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'quayside');
    const places = [state, '/run/quayside', '/dev/shm'];
    expect(await filesWith(secrets, places, { patterns: join(own, 'patterns'), newer: begun })).toEqual([]);
  });

  test('is overlooked by the search itself', async () => {
    const place = join(dir, 'planted');
    mkdirSync(place);
    writeFileSync(join(place, 'plain'), `before ${known.npm} behind`);
    writeFileSync(join(place, 'in-base64'), Buffer.from(`corp-user:${known.index}`).toString('base64'));
    writeFileSync(join(place, 'in-layer'), known.registry);
    await execa('tar', ['-czf', join(place, 'layer.tar.gz'), '-C', place, 'in-layer', '--remove-files']);
    cpSync(join(own, 'key.pem'), join(place, 'key'));
    const found = await filesWith(secrets, [place], { patterns: join(own, 'patterns') });
    expect(found.map(path => path.slice(place.length + 1)).sort()).toEqual([
      'in-base64',
      'key',
      'layer.tar.gz',
      'plain',
    ]);
  });
});
