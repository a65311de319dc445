/**
 * Each image of each example is built two times, from empty states, at other times, in other directories, and is the same to the byte.
 * `EXAMPLE=flask-shop npm run test:reproducible` does so for one. Takes about ten minutes for each, and 2 GB of disk.
 */
import { cpSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { appImages } from '../../src/plan/look-up.js';
import { imageDifferences } from '../../src/publish/differences.js';
import { type ArchivedImage, readArchive } from '../../src/registry/layout.js';
import { ROOT, runQuayside } from '../engine/cli/quayside-process.js';

const examples = readdirSync(join(ROOT, 'examples')).filter(name => (process.env.EXAMPLE ?? name) === name);
/** Places to build in: how deep they lie says nothing, and neither does what time files have. */
const PLACES = ['one', 'another/and/deeper'];

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'quayside-reproducible-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe.each(examples)('%s', example => {
  test('is the same from two empty states', async () => {
    const found: Map<string, ArchivedImage>[] = [];
    for (const [at, place] of PLACES.entries()) {
      const source = join(dir, place, example);
      cpSync(join(ROOT, 'examples', example), source, { recursive: true });
      for (const name of readdirSync(source)) utimesSync(join(source, name), 1_000_000_000 + at, 1_000_000_000 + at);
      found.push(await imagesOf(source, join(dir, `state-${at}`), join(dir, `images-${at}`)));
      rmSync(join(dir, `state-${at}`), { recursive: true, force: true });
    }
    const [one, other] = found;
    expect([...one!.keys()].length).toBeGreaterThan(0);
    for (const [component, image] of one!) {
      const differences = await imageDifferences(image, other!.get(component)!, 20);
      expect({ component, differences }).toEqual({ component, differences: [] });
      expect(image.layers.map(({ diffId }) => diffId)).toEqual(
        other!.get(component)!.layers.map(layer => layer.diffId),
      );
      expect(image.manifest.digest).toBe(other!.get(component)!.manifest.digest);
    }
  });
});

async function imagesOf(source: string, state: string, directory: string): Promise<Map<string, ArchivedImage>> {
  const call = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runQuayside(['--engine=local', ...args, `--source=${source}`], {
      env: { QUAYSIDE_STATE: state },
    });
    expect(code, stderr).toBe(0);
    return stdout;
  };
  const images = new Map<string, ArchivedImage>();
  for (const { component } of appImages(JSON.parse(await call('plan')))) {
    const archive = `${directory}-${component}.tar`;
    await call('build', `--component=${component}`, '--format=oci', `--output=${archive}`);
    images.set(component, await readArchive(archive, `${directory}-${component}`));
    rmSync(archive);
  }
  return images;
}
