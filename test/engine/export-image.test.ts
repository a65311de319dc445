/** Containers among the images of this machine, as people's own podman has them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePlace, openTestSession, type Place, type TestSession } from './support/session.js';

let place: Place;
let session: TestSession;
let env: NodeJS.ProcessEnv;
const podman = async (...args: string[]) => (await execa('podman', args, { env })).stdout;
/** A file of an image, which need not run for that. */
async function contentsIn(image: string, path: string): Promise<string> {
  const archive = join(place.dir, 'exported.tar');
  await podman('export', '--output', archive, await podman('create', '--network=none', image));
  return (await execa('tar', ['-xOf', archive, path])).stdout;
}

beforeAll(async () => {
  place = await makePlace();
  const conf = join(place.dir, 'storage.conf');
  const at = (name: string) => JSON.stringify(join(place.dir, name));
  writeFileSync(conf, `[storage]\ndriver = "vfs"\ngraphroot = ${at('graph')}\nrunroot = ${at('run')}\n`);
  // A storage and a Docker of its own, neither this machine's.
  env = { ...process.env, CONTAINERS_STORAGE_CONF: conf, DOCKER_HOST: `unix://${place.dir}/none.sock` };
  session = await openTestSession(place, env);
});
afterAll(async () => {
  await session.close();
  await place.remove();
});

describe('exportImage', () => {
  it('gives an image with its files and all that it says of itself', async () => {
    const container = session
      .base()
      .withNewFile('/said', 'by the image')
      .withEnvVariable('COLOUR', 'red')
      .withDockerHealthcheck(['true'], { interval: '7s' })
      .withDefaultArgs(['cat', '/said']);
    await container.exportImage('ours/it:1');
    expect(await contentsIn('docker.io/ours/it:1', 'said')).toBe('by the image');
    const [{ Config: config, Healthcheck: check }] = JSON.parse(
      await podman('image', 'inspect', 'docker.io/ours/it:1'),
    );
    expect(config.Cmd).toEqual(['cat', '/said']);
    expect(config.Env).toContain('COLOUR=red');
    expect(check).toMatchObject({ Test: ['CMD', 'true'], Interval: 7_000_000_000 });
    expect(session.events).toContainEqual({
      kind: 'notice',
      text: 'docker.io/ours/it:1 is among the images of podman',
    });
  });

  it('puts a later one in place of an earlier one', async () => {
    for (const text of ['first', 'second'])
      await session.base().withNewFile('/said', text).withDefaultArgs(['cat', '/said']).exportImage('ours/again');
    expect(await contentsIn('docker.io/ours/again:latest', 'said')).toBe('second');
  });

  it('refuses names that no image can get, and several platforms', async () => {
    const digest = `ours/it@sha256:${'0'.repeat(64)}`;
    await expect(session.base().exportImage(digest)).rejects.toThrow('name a tag');
    await expect(session.base().exportImage('OURS/it')).rejects.toThrow(/OURS/);
    const variants = [session.client.container({ platform: 'linux/arm64' as never }).withNewFile('/a', '')];
    await expect(session.base().exportImage('ours/both', { platformVariants: variants })).rejects.toThrow(
      'one platform only',
    );
    expect(await podman('images', '--format', '{{.Repository}}')).not.toMatch(/both/);
  });
});
