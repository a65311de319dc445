/** Where layers were last seen. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { knownLayers, rememberLayers } from '../../../src/registry/known-layers.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'quayside-known-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const env = () => ({ XDG_CACHE_HOME: dir });
const file = () => join(dir, 'quayside-registries/layers.json');
const shop = { registry: 'ghcr.io', name: 'acme/shop' };

it('is known of the registry that has them, and the last place counts', async () => {
  await rememberLayers(shop, ['a', 'b'], env());
  await rememberLayers({ ...shop, name: 'acme/board' }, ['b'], env());
  const known = await knownLayers('ghcr.io', env());
  expect(['a', 'b', 'c'].map(known)).toEqual(['acme/shop', 'acme/board', undefined]);
  expect((await knownLayers('docker.io', env()))('a')).toBeUndefined();
});

it('is known of the last 500 alone', async () => {
  const digests = Array.from({ length: 501 }, (_, at) => `${at}`);
  await rememberLayers(shop, digests, env());
  const known = await knownLayers('ghcr.io', env());
  expect(digests.filter(digest => known(digest) === undefined)).toEqual(['0']);
});

it.each(['', '{', '[]', '{"a":1}', '[["a",1]]', '[["a"]]'])(
  'is not known of a file with %j, which is written anew',
  async text => {
    await rememberLayers(shop, ['a'], env());
    writeFileSync(file(), text);
    expect((await knownLayers('ghcr.io', env()))('a')).toBeUndefined();
    await rememberLayers(shop, ['a'], env());
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual([['ghcr.io@a', 'acme/shop']]);
  },
);

it('is forgotten where nothing can be written', async () => {
  const nowhere = { XDG_CACHE_HOME: join(dir, 'file/below') };
  writeFileSync(join(dir, 'file'), '');
  chmodSync(join(dir, 'file'), 0o400);
  await rememberLayers(shop, ['a'], nowhere);
  expect((await knownLayers('ghcr.io', nowhere))('a')).toBeUndefined();
});
