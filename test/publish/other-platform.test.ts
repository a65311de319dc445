/**
 * The image for linux/arm64 of a machine with another processor, pulled back by its tag: file by file what `build` makes, with the source's files as they are there, and it
 * answers. A first run makes the base image by QEMU, which takes long.
 */
import { createHash } from 'node:crypto';
import { chmodSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostPlatform } from '../../engine/objects/platform.js';
import { whyNotRun } from '../../engine/podman/emulation.js';
import { layerContents, type MemberFacts, memberDifferences } from '../../src/registry/layer-contents.js';
import { type ArchivedImage, readArchive } from '../../src/registry/layout.js';
import { tarOf } from '../../src/registry/rewritten-layer.js';
import { makeScratch } from '../e2e/support/example.js';
import { writeFiles } from '../e2e/support/files.js';
import { quayside } from '../e2e/support/quayside.js';
import { startRegistry, type TestRegistry } from '../engine/support/registry.js';
import { containerTools } from '../engine/support/tools.js';

const PLATFORM = 'linux/arm64';
const without = hostPlatform === PLATFORM ? 'it is the machine’s own' : whyNotRun(PLATFORM);
if (without !== undefined) console.warn(`images for ${PLATFORM} are not pulled back: ${without}`);

const APP = `
import os
import platform
from http.server import BaseHTTPRequestHandler, HTTPServer

import markupsafe._speedups


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(platform.machine().encode())


HTTPServer(("0.0.0.0", int(os.environ["PORT"])), Answer).serve_forever()
`;

const scratch = makeScratch();
afterAll(() => scratch.remove());

/** The layers of an image as `layerContents` reads each. */
async function filesOf({ layers }: ArchivedImage): Promise<readonly ReadonlyMap<string, MemberFacts>[]> {
  return Promise.all(layers.map(layer => layerContents(tarOf(layer))));
}

async function configOf({ config }: ArchivedImage): Promise<Readonly<Record<string, unknown>>> {
  return JSON.parse(await (await config.open()).text());
}

// Skipped where this machine cannot run programs for arm64: `./quayside setup --platform=linux/arm64` brings QEMU.
describe.skipIf(without !== undefined)('the image for arm64', () => {
  const app = join(scratch.dir, 'app');
  const archive = join(scratch.dir, 'pulled.tar');
  let registry: TestRegistry;
  let built: ArchivedImage;
  let pulled: ArchivedImage;

  beforeAll(async () => {
    registry = await startRegistry(join(scratch.dir, 'registry'));
    writeFiles(app, {
      'requirements.txt': 'markupsafe==3.0.2\n',
      '.python-version': '3.13\n',
      'main.py': APP,
      'bin/greet': '#!/bin/sh\necho hello\n',
      'data/größe.txt': 'ß\n',
      'quayside.yaml': 'name: pulled-arm\nserver: { command: [python, main.py], port: 8000 }\n',
    });
    chmodSync(join(app, 'bin/greet'), 0o755);
    symlinkSync('../bin/greet', join(app, 'data/greet'));
    const file = join(scratch.dir, 'built.tar');
    const words = [`--source=${app}`];
    const outcome = await quayside(['build', ...words, `--platform=${PLATFORM}`, '--format=oci', `--output=${file}`]);
    expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
    built = await readArchive(file, join(scratch.dir, 'built'));
    const to = [`--address=${registry.host}/acme/pulled`, '--tags=1.0.0', `--platforms=${hostPlatform},${PLATFORM}`];
    const published = await quayside(['publish', ...words, ...to]);
    expect(published, published.stderr).toMatchObject({ code: 0 });
    const from = `docker://${registry.host}/acme/pulled:1.0.0`;
    const choose = ['--override-os=linux', '--override-arch=arm64', '--src-tls-verify=false'];
    await execa('skopeo', ['copy', '--quiet', ...choose, from, `oci-archive:${archive}`]);
    pulled = await readArchive(archive, join(scratch.dir, 'pulled'));
  });
  afterAll(() => registry?.stop());

  test('has the layers that were built, file by file, and says the same of itself but for its labels', async () => {
    expect(pulled.layers.map(({ diffId }) => diffId)).toEqual(built.layers.map(({ diffId }) => diffId));
    const [one, other] = [await filesOf(pulled), await filesOf(built)];
    for (const [at, files] of one.entries()) expect(memberDifferences(files, other[at]!)).toEqual([]);
    const settings = ({ config, os, architecture, variant }: Readonly<Record<string, unknown>>) => {
      const { Labels: _, ...others } = config as Readonly<Record<string, unknown>>;
      return { config: others, os, architecture, variant };
    };
    expect(settings(await configOf(pulled))).toEqual(settings(await configOf(built)));
    expect(await configOf(pulled)).toMatchObject({ os: 'linux', architecture: 'arm64', variant: 'v8' });
  });

  test('has the files of the source with their bytes and rights', async () => {
    const files = new Map((await filesOf(pulled)).flatMap(layer => [...layer]));
    for (const path of ['main.py', 'bin/greet', 'data/größe.txt']) {
      const facts = files.get(Buffer.from(`app/${path}`).toString('latin1'));
      const content = createHash('sha256')
        .update(readFileSync(join(app, path)))
        .digest('hex');
      expect([path, facts?.content]).toEqual([path, content]);
      // Whoever the source's files belong to: the app's user reads them.
      const mode = Number.parseInt(facts!.mode, 8);
      expect([path, mode & 0o111]).toEqual([path, statSync(join(app, path)).mode & 0o111]);
      expect([path, mode & 0o444]).toEqual([path, 0o444]);
    }
    expect(files.get('app/data/greet')).toMatchObject({ kind: '2', link: '../bin/greet' });
  });

  test('starts by Podman and answers from its own processor, with what a wheel brought for it', async () => {
    const tools = await containerTools(join(scratch.dir, 'podman'));
    try {
      const id = await tools.podman('pull', '--quiet', '--platform', PLATFORM, `oci-archive:${archive}`);
      const how = ['--detach', '--network=none', '--read-only', '--tmpfs=/tmp'];
      const container = await tools.podman('run', ...how, id);
      const ask = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:8000/', timeout=60).read().decode())";
      const answer = () => tools.podman('exec', container, 'python', '-c', ask).catch(() => '');
      await expect.poll(answer, { timeout: 300_000, interval: 1000 }).toBe('aarch64');
      await tools.podman('rm', '--force', '--time=0', container);
    } finally {
      await tools.close();
    }
  });
});
