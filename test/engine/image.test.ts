/** Containers as images: what other tools read in an exported archive, what podman runs, what a registry serves. */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRegistry } from './support/registry.js';
import { makePlace, openTestSession, type Place, type TestSession } from './support/session.js';
import { containerTools, type Tools } from './support/tools.js';

let place: Place;
let session: TestSession;
let tools: Tools;
beforeAll(async () => {
  place = await makePlace();
  session = await openTestSession(place);
  tools = await containerTools(join(place.dir, 'tools'));
});
afterAll(async () => {
  await session.close();
  await tools.close();
  await place.remove();
});

/** Files written, replaced and removed in steps, and every setting that an image keeps. */
const app = () =>
  session
    .base()
    .withNewFile('/app/kept', 'kept')
    .withNewFile('/app/removed', 'removed')
    .withNewFile('/app/sub/deep', 'deep')
    .withNewFile('/etc/passwd', 'root:x:0:0::/root:/bin/sh\nwww:x:1000:1000::/app:/bin/sh\n')
    .withExec([
      'sh',
      '-c',
      'rm /app/removed; rm -r /app/sub; mkdir /app/sub; echo new > /app/sub/new; chown -R 1000 /app',
    ])
    .withoutFile('/app/sub/gone')
    .withMountedDirectory('/mounted', session.client.directory().withNewFile('of-the-build', ''))
    .withEnvVariable('GREETING', 'hello there')
    .withLabel('org.opencontainers.image.title', 'sample')
    .withUser('www')
    .withWorkdir('/app')
    .withExposedPort(8000)
    .withExposedPort(5353, { protocol: 'UDP' as never })
    .withDockerHealthcheck(['true'], { interval: '5s', timeout: '2s', startPeriod: '1s', retries: 4 })
    .withEntrypoint(['/bin/sh', '-c'])
    .withDefaultArgs(['echo "$GREETING"; id -u; pwd; find . | sort; ls / | grep mounted; cat sub/new']);

const expected = {
  User: 'www',
  WorkingDir: '/app',
  Entrypoint: ['/bin/sh', '-c'],
  Labels: { 'org.opencontainers.image.title': 'sample' },
  ExposedPorts: { '8000/tcp': {}, '5353/udp': {} },
  Healthcheck: { Test: ['CMD', 'true'], Interval: 5e9, Timeout: 2e9, StartPeriod: 1e9, Retries: 4 },
};
const printed = ['hello there', '1000', '/app', '.', './kept', './sub', './sub/new', 'new'].join('\n');

const inspect = async (...args: string[]) => JSON.parse((await execa('skopeo', ['inspect', ...args])).stdout);

describe('an exported image', () => {
  it('has the settings, runs with podman, and holds what the container held', async () => {
    const file = join(place.dir, 'app.tar');
    expect(await app().export(file)).toBe(file);
    const { config, architecture, os } = await inspect('--config', '--raw', `oci-archive:${file}`);
    expect(config).toMatchObject(expected);
    expect(config.Env).toContain('GREETING=hello there');
    expect([os, architecture]).toEqual(['linux', process.arch === 'x64' ? 'amd64' : process.arch]);
    const pulled = await tools.podman('pull', '-q', `oci-archive:${file}`);
    expect(await tools.podman('run', '--rm', '--network=none', pulled.trim().split('\n').at(-1)!)).toBe(printed);
  });

  it('says with whiteouts what a step removed', async () => {
    const file = join(place.dir, 'whiteouts.tar');
    await app().export(file);
    const dir = join(place.dir, 'whiteouts');
    await mkdir(dir);
    await execa('tar', ['-C', dir, '-xf', file]);
    const names: string[] = [];
    for (const digest of (await inspect(`oci-archive:${file}`)).Layers as string[]) {
      const blob = join(dir, 'blobs', digest.replace(':', '/'));
      names.push(...(await execa('tar', ['-tzf', blob])).stdout.split('\n'));
    }
    const marks = names.filter(name => name.includes('.wh.'));
    expect(marks.map(name => name.replace(/^\.?\//, ''))).toEqual(
      expect.arrayContaining(['app/.wh.removed', 'app/sub/.wh..wh..opq']),
    );
    expect(names.some(name => name.includes('of-the-build'))).toBe(false);
  });

  it('is the same, byte by byte, when written twice, and as a tarball of a File', async () => {
    const files = ['one.tar', 'two.tar', 'three.tar'].map(name => join(place.dir, name)) as [string, string, string];
    await app().export(files[0]);
    await app().export(files[1]);
    await app().asTarball().export(files[2]);
    const digests = await Promise.all(files.map(async file => (await inspect(`oci-archive:${file}`)).Digest as string));
    expect(new Set(digests).size).toBe(1);
  });

  it('leaves no unfinished work behind', async () => {
    expect(await readdir(join(place.state, 'work'))).toEqual([]);
  });
});

describe('a published image', () => {
  it('is served under the digest that publish returns, and used by from', async () => {
    const registry = await startRegistry(join(place.dir, 'registry'));
    try {
      const reference = await app().publish(`${registry.host}/team/app:1`);
      const remote = await inspect('--tls-verify=false', `docker://${registry.host}/team/app:1`);
      expect(reference).toBe(`${registry.host}/team/app:1@${remote.Digest}`);
      expect(
        (await inspect('--config', '--raw', '--tls-verify=false', `docker://${registry.host}/team/app:1`)).config,
      ).toMatchObject(expected);
      const again = session.client.container().from(`${registry.host}/team/app:1`);
      expect(await again.withExec([], { useEntrypoint: true }).stdout()).toBe(`${printed}\n`);
      expect([await again.user(), await again.workdir(), await again.envVariable('GREETING')]).toEqual([
        'www',
        '/app',
        'hello there',
      ]);
      expect(await again.withNewFile('/app/kept', 'changed').publish(`${registry.host}/team/app:2`)).toContain(
        '@sha256:',
      );
    } finally {
      await registry.stop();
    }
  });
});
