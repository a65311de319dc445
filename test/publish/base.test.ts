/** Apps on a base image that a registry has, locked by its digest: what they are published with are its layers, and they are sent once at the most. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dag, ImageMediaTypes } from '@dagger.io/dagger';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withClient } from '../../cli/client.js';
import { startSession } from '../../engine/index.js';
import type { Publication } from '../../src/publish/publication.js';
import { makeScratch } from '../e2e/support/example.js';
import { writeFiles } from '../e2e/support/files.js';
import { type Outcome, quayside } from '../e2e/support/quayside.js';
import { startRegistry, type TestRegistry } from '../engine/support/registry.js';

const PYTHON = 'docker.io/library/python:3.13-slim';
const APP = (words: string) => `
import os
from http.server import BaseHTTPRequestHandler, HTTPServer

class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"${words}")

HTTPServer(("0.0.0.0", int(os.environ["PORT"])), Answer).serve_forever()
`;

const scratch = makeScratch();
const state = join(scratch.dir, 'state');
let registry: TestRegistry;
/** The base as it lies in the registry, which stands for docker.io. */
let base: string;

const raw = async (reference: string) => {
  const { stdout } = await execa('skopeo', ['inspect', '--raw', '--tls-verify=false', `docker://${reference}`]);
  return JSON.parse(stdout);
};
const layersOf = async (reference: string): Promise<readonly string[]> =>
  (await raw(reference)).layers.map(({ digest }: { digest: string }) => digest);

function app(name: string): string {
  const source = join(scratch.dir, name);
  writeFiles(source, {
    'requirements.txt': '',
    '.python-version': '3.13\n',
    'main.py': APP(name),
    'quayside.yaml': `name: ${name}\nserver: { command: [python, main.py], port: 8000 }\n`,
  });
  return source;
}

const env = () => ({
  QUAYSIDE_STATE: state,
  QUAYSIDE_REGISTRIES_CONF: join(scratch.dir, 'registries.conf'),
  XDG_CACHE_HOME: join(scratch.dir, 'cache'),
});
const run = (...args: readonly string[]): Promise<Outcome> => quayside(args, { env: env() });
const done = ({ code, stderr }: Outcome) => expect(code, stderr).toBe(0);
const publish = async (name: string): Promise<Publication['images'][number]> => {
  const where = `--address=${registry.host}/team/${name}`;
  const outcome = await run(
    'publish',
    `--source=${join(scratch.dir, name)}`,
    '--frozen',
    '--component=web',
    where,
    '--tags=1.0',
  );
  done(outcome);
  return (JSON.parse(outcome.stdout) as Publication).images[0]!;
};

beforeAll(async () => {
  registry = await startRegistry(join(scratch.dir, 'registry'));
  base = `${registry.host}/library/python:3.13-slim`;
  const archive = join(scratch.dir, 'base.tar');
  const session = await startSession({});
  try {
    await withClient(session, {}, () =>
      dag.container().from(PYTHON).export(archive, { mediaTypes: ImageMediaTypes.Docker }),
    );
  } finally {
    await session.close();
  }
  // By way of a form without compression, so that the registry's layers are compressed as another program does it.
  const plain = `docker-archive:${join(scratch.dir, 'plain.tar')}`;
  await execa('skopeo', ['copy', '--quiet', `oci-archive:${archive}`, plain]);
  // The other image is in the plan, is locked with it, and is not built on here.
  for (const to of [base, `${registry.host}/nginxinc/nginx-unprivileged:1.26`])
    await execa('skopeo', ['copy', '--quiet', '--dest-tls-verify=false', plain, `docker://${to}`]);
  await execa('rm', [archive, join(scratch.dir, 'plain.tar')]);
  mkdirSync(state);
  writeFileSync(
    join(scratch.dir, 'registries.conf'),
    `[[registry]]\nprefix = "docker.io"\nlocation = "${registry.host}"\ninsecure = true\n`,
  );
  for (const name of ['first', 'second']) app(name);
});
afterAll(async () => {
  await registry.stop();
  await execa('rm', ['-rf', '--one-file-system', state]);
  scratch.remove();
});

describe('a base that a registry has', () => {
  test('is locked by its digest, without which nothing frozen is built', async () => {
    const source = `--source=${join(scratch.dir, 'first')}`;
    const unlocked = await run('build', source, '--frozen', `--output=${join(scratch.dir, 'none.tar')}`);
    expect(unlocked).toMatchObject({ code: 2 });
    expect(unlocked.stderr).toContain(`QS107: quayside.lock does not say which ${PYTHON} is meant`);
    for (const name of ['first', 'second']) done(await run('lock', `--source=${join(scratch.dir, name)}`));
    const { images } = JSON.parse(readFileSync(join(scratch.dir, 'first/quayside.lock'), 'utf8'));
    const { stdout } = await execa('skopeo', [
      'inspect',
      '--format={{.Digest}}',
      '--tls-verify=false',
      `docker://${base}`,
    ]);
    expect(images[PYTHON]).toBe(stdout);
  });

  test('gives an app its layers as they are, and the next one on it sends none of them', async () => {
    const below = await layersOf(base);
    const first = await publish('first');
    const [platform] = first.platforms as [(typeof first.platforms)[number]];
    const layers = await layersOf(`${registry.host}/team/first@${platform.digest}`);
    expect(layers.slice(0, below.length)).toEqual(below);
    const second = await publish('second');
    const own = layers.length - below.length;
    // The steps that both apps have in common are layers of the first one; what they are is not told apart from others.
    expect(second.platforms[0]!.layers).toEqual({ there: 0, mounted: below.length, pushed: own });
    expect(second.platforms[0]!.sent).toBeLessThan(platform.sent / 4);
    const again = await publish('second');
    expect(again.platforms[0]).toMatchObject({ sent: 0, layers: { mounted: 0, pushed: 0 } });
  });

  test('is asked for by digest alone: what is frozen is not built on what the tag has become', async () => {
    const before = readFileSync(join(scratch.dir, 'second/quayside.lock'), 'utf8');
    writeFileSync(
      join(scratch.dir, 'second/quayside.lock'),
      before.replace(/sha256:[0-9a-f]{64}/, `sha256:${'0'.repeat(64)}`),
    );
    const source = `--source=${join(scratch.dir, 'second')}`;
    const outcome = await run(
      'publish',
      source,
      '--frozen',
      '--component=web',
      `--address=${registry.host}/team/second`,
      '--tags=2.0',
    );
    writeFileSync(join(scratch.dir, 'second/quayside.lock'), before);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toContain(`sha256:${'0'.repeat(64)}`);
  });
});
