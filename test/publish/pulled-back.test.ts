/** What `publish` pushed, pulled back by others: skopeo, a real Docker Engine, and the clients of three other projects. */
import { spawn } from 'node:child_process';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeScratch } from '../e2e/support/example.js';
import { writeFiles } from '../e2e/support/files.js';
import { quayside } from '../e2e/support/quayside.js';
import { startRegistry, type TestRegistry } from '../engine/support/registry.js';
import { type OwnDockerEngine, startDocker } from '../support/docker-engine.js';
import { goTool } from '../support/go-tools.js';

const APP = `
import os
from http.server import BaseHTTPRequestHandler, HTTPServer


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"pulled back")


HTTPServer(("0.0.0.0", int(os.environ["PORT"])), Answer).serve_forever()
`;

interface ImageConfig {
  readonly config: Readonly<Record<string, unknown>>;
  readonly rootfs: { readonly diff_ids: readonly string[] };
}

const scratch = makeScratch();
const address = Object.values(networkInterfaces())
  .flatMap(list => list ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)!.address;
let registry: TestRegistry;
let local: string;
let built: ImageConfig;
let published: { images: readonly { digest: string; platforms: readonly { platform: string; digest: string }[] }[] };

/** What an image says of itself; of an archive or a registry. */
async function configOf(from: string): Promise<ImageConfig> {
  const { stdout } = await execa('skopeo', ['inspect', '--tls-verify=false', '--config', '--raw', from]);
  return JSON.parse(stdout);
}

beforeAll(async () => {
  registry = await startRegistry(join(scratch.dir, 'registry'), undefined, { address });
  local = registry.host.replace(address, '127.0.0.1');
  const app = join(scratch.dir, 'app');
  writeFiles(app, {
    'requirements.txt': '',
    'main.py': APP,
    'quayside.yaml': 'name: pulled\nserver: { command: [python, main.py], port: 8000 }\n',
  });
  const image = join(scratch.dir, 'image.tar');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = join(scratch.dir, 'key.pem');
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  expect(await quayside(['build', `--source=${app}`, `--output=${image}`])).toMatchObject({ code: 0 });
  built = await configOf(`oci-archive:${image}`);
  const words = [
    'publish',
    `--source=${app}`,
    `--address=${local}/acme/pulled`,
    '--tags=1.0.0',
    `--sign-key=file:${key}`,
  ];
  const outcome = await quayside(words);
  expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
  published = JSON.parse(outcome.stdout);
});
afterAll(async () => {
  await registry.stop();
  scratch.remove();
});

const settings = ({ config, rootfs }: ImageConfig) => {
  const { Labels: _, ...others } = config;
  return { config: others, layers: rootfs.diff_ids };
};

test('skopeo pulls what was built: configuration and layers, whose bytes are what they are called', async () => {
  const pulled = join(scratch.dir, 'pulled');
  const from = `docker://${local}/acme/pulled:1.0.0`;
  await execa('skopeo', ['copy', '--quiet', '--all', '--src-tls-verify=false', from, `oci:${pulled}:image`]);
  for (const name of readdirSync(join(pulled, 'blobs/sha256')))
    expect(
      createHash('sha256')
        .update(readFileSync(join(pulled, 'blobs/sha256', name)))
        .digest('hex'),
    ).toBe(name);
  expect(settings(await configOf(from))).toEqual(settings(built));
});

describe('a real Docker Engine', () => {
  let engine: OwnDockerEngine;
  beforeAll(async () => {
    engine = await startDocker();
  });
  afterAll(() => engine.end());

  test('pulls it, sees what was built, and runs it until it is healthy', async () => {
    // Its loopback is not this machine's; and only there it speaks plain HTTP.
    const port = local.split(':')[1]!;
    const script = `require('net').createServer(s => { const to = require('net').connect(${port}, '${address}'); s.pipe(to).pipe(s); s.on('error', () => {}); to.on('error', () => s.destroy()); }).listen(${port}, '127.0.0.1', () => console.log('ready'))`;
    const proxy = spawn('nsenter', [`--target=${engine.pid}`, '--net', '--', process.execPath, '-e', script]);
    await once(proxy.stdout, 'data');
    try {
      await engine.run(['pull', '--quiet', `${local}/acme/pulled:1.0.0`]);
    } finally {
      proxy.kill();
    }
    const { stdout } = await engine.run(['image', 'inspect', `${local}/acme/pulled:1.0.0`]);
    const [seen] = JSON.parse(stdout);
    expect(seen.RootFS.Layers).toEqual(built.rootfs.diff_ids);
    for (const name of ['Env', 'Entrypoint', 'Cmd', 'User', 'WorkingDir', 'ExposedPorts', 'StopSignal'])
      expect([name, seen.Config[name] ?? null]).toEqual([name, built.config[name] ?? null]);
    const { stdout: id } = await engine.run([
      'run',
      '--detach',
      '--read-only',
      '--tmpfs=/tmp',
      `${local}/acme/pulled:1.0.0`,
    ]);
    const ask = [
      'exec',
      id,
      'python',
      '-c',
      "import urllib.request as u; print(u.urlopen('http://127.0.0.1:8000/').read().decode())",
    ];
    await expect
      .poll(async () => (await engine.run(ask, { reject: false })).stdout, { timeout: 60_000, interval: 500 })
      .toBe('pulled back');
  });
});

describe('clients of other projects', () => {
  const [crane, oras, regctl] = [goTool('crane'), goTool('oras'), goTool('regctl')];
  const json = async (program: string, ...words: readonly string[]) =>
    JSON.parse((await execa(program, words, { env: { HOME: scratch.dir } })).stdout);
  const image = () => published.images[0]!;

  // Skipped where there is no Go: `./quayside setup --for-tests` compiles them.
  test.skipIf(crane === undefined)('crane finds index and images whole', async () => {
    const index = await json(crane!, 'manifest', `${local}/acme/pulled:1.0.0`);
    expect(index.manifests.map(({ digest }: { digest: string }) => digest)).toEqual(
      image().platforms.map(one => one.digest),
    );
    for (const { digest } of image().platforms)
      await execa(crane!, ['validate', `--remote=${local}/acme/pulled@${digest}`], { env: { HOME: scratch.dir } });
    expect((await execa(crane!, ['digest', `${local}/acme/pulled:1.0.0`])).stdout).toBe(image().digest);
  });

  // Skipped where there is no Go, which compiles it.
  test.skipIf(regctl === undefined)(
    'regctl inspects image and artifacts, and copies them to where they verify',
    async () => {
      const env = { HOME: scratch.dir, REGCTL_CONFIG: join(scratch.dir, 'regctl.json') };
      await execa(regctl!, ['registry', 'set', '--tls=disabled', local], { env });
      const reference = `${local}/acme/pulled:1.0.0`;
      const { stdout } = await execa(regctl!, ['image', 'inspect', reference], { env });
      expect(settings(JSON.parse(stdout))).toEqual(settings(built));
      const to = `ocidir://${join(scratch.dir, 'copied')}:1.0.0`;
      await execa(regctl!, ['image', 'copy', '--referrers', '--digest-tags', reference, to], { env });
      const copied = await execa(
        regctl!,
        ['artifact', 'list', '--format={{range .Descriptors}}{{println .ArtifactType}}{{end}}', to],
        { env },
      );
      expect(copied.stdout.trim().split('\n').length).toBeGreaterThan(0);
    },
  );

  // Skipped where there is no Go, which compiles it.
  test.skipIf(oras === undefined)('oras discovers what is attached to each image, and fetches it', async () => {
    const [one] = image().platforms;
    const discovered = await json(
      oras!,
      'discover',
      '--plain-http',
      '--format=json',
      `${local}/acme/pulled@${one!.digest}`,
    );
    const referrers: readonly { artifactType: string; digest: string }[] = discovered.referrers ?? discovered.manifests;
    const types = referrers.map(({ artifactType }) => artifactType);
    expect(types).toContain('application/vnd.cyclonedx+json');
    const sbom = referrers.find(({ artifactType }) => artifactType === 'application/vnd.cyclonedx+json')!;
    const repository = `${local}/acme/pulled`;
    const manifest = await json(oras!, 'manifest', 'fetch', '--plain-http', `${repository}@${sbom.digest}`);
    const document = await json(
      oras!,
      'blob',
      'fetch',
      '--plain-http',
      '--output=-',
      `${repository}@${manifest.layers[0].digest}`,
    );
    expect(document.bomFormat).toBe('CycloneDX');
  });
});
