/** What the end of a session reads of a large state: its records, and nothing of what they tell of. */
import fs, { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { treeSums } from '../../engine/fs/tree-sum.js';
import { engineStatus, prune } from '../../engine/index.js';
import { keepWithin, type StateWork } from '../../engine/store/keep-within.js';
import { openState, type StateDirs } from '../../engine/store/layout.js';
import { openRecords, type Records } from '../../engine/store/records.js';
import { snapshotRecord } from '../../engine/store/snapshots.js';

let place: string;
let dirs: StateDirs;
let records: Records;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'state-account-'));
  dirs = openState(join(place, 'state'));
  records = openRecords({ work: dirs.work, session: 'test', notice: () => undefined });
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(place, { recursive: true });
});

const layerId = (i: number): string => i.toString(16).padStart(16, '0');
const layerBytes = 100_000;

/** Results of one layer each, the first of them used longest ago. */
async function fill(count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const [layer, key] = [join(dirs.layers, layerId(i)), `key-${i}`];
    mkdirSync(join(layer, 'inner'), { recursive: true });
    writeFileSync(join(layer, 'inner', 'file'), Buffer.alloc(layerBytes));
    const sum = (await treeSums([layer])).get(layer)!;
    const file = join(dirs.snapshots, `${key}.json`);
    await records.write(snapshotRecord, file, { key, layers: [layerId(i)], sums: { [layerId(i)]: sum } });
    utimesSync(file, 1000 + i, 1000 + i);
  }
}

/** What is read of layers, volumes and pulled images meanwhile, by this process, and what is measured by another. */
async function readBy(work: () => Promise<void>): Promise<readonly string[]> {
  const bin = join(place, 'bin');
  const log = join(bin, 'log');
  mkdirSync(bin);
  for (const tool of ['du', 'find'])
    writeFileSync(join(bin, tool), `#!/bin/sh\necho "${tool} $*" >> ${log}\nPATH=\${PATH#*:} exec ${tool} "$@"\n`, {
      mode: 0o755,
    });
  vi.stubEnv('PATH', `${bin}${delimiter}${process.env.PATH}`);
  const looked: string[] = [];
  const real = { readdirSync: fs.readdirSync, lstatSync: fs.lstatSync, statSync: fs.statSync };
  for (const name of ['readdirSync', 'lstatSync', 'statSync'] as const)
    (fs as unknown as Record<string, unknown>)[name] = (path: string, ...rest: []) => {
      if (/\/(?:l|caches|images)\/./.test(String(path).slice(dirs.root.length))) looked.push(`${name} ${path}`);
      return (real[name] as (path: string, ...rest: []) => unknown)(path, ...rest);
    };
  syncBuiltinESMExports();
  try {
    await work();
  } finally {
    Object.assign(fs, real);
    syncBuiltinESMExports();
  }
  return [...looked, ...(existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [])];
}

const account = () => JSON.parse(readFileSync(join(dirs.root, 'account.json'), 'utf8'));
const work = (limit: number, more: Partial<StateWork> = {}): StateWork => ({
  dirs,
  records,
  env: { QUAYSIDE_STATE_LIMIT: `${limit}` },
  added: { bytes: layerBytes, entries: 3 },
  inPlace: [],
  ...more,
});

it('is no layer, no volume and no image, when the state is near its limit or above it', async () => {
  await fill(40);
  mkdirSync(join(dirs.caches, 'ab', 'inner'), { recursive: true });
  const { bytes } = await engineStatus(dirs.root);
  const layer = join(dirs.layers, layerId(0));
  const seen = await readBy(async () => void (await treeSums([layer])));
  expect(seen).toContain(`lstatSync ${join(layer, 'inner', 'file')}`);
  rmSync(join(place, 'bin'), { recursive: true });
  for (const limit of [bytes * 1.05, bytes * 0.98]) {
    expect(await readBy(() => keepWithin(work(limit)))).toEqual([]);
    rmSync(join(place, 'bin'), { recursive: true });
    expect(account().bytes).toBeLessThan(limit);
  }
  // What was used longest ago went, and no more than the session pays for.
  const left = [...Array(40).keys()].filter(i => existsSync(join(dirs.layers, layerId(i))));
  expect(left).toEqual([...Array(left.length).keys()].map(i => i + 40 - left.length));
  expect(left.length).toBeGreaterThan(28);
  expect(left.length).toBeLessThan(40);
});

it('is what was written to in place, and that alone', async () => {
  await fill(3);
  for (const name of ['ab', 'cd']) {
    mkdirSync(join(dirs.caches, name));
    writeFileSync(join(dirs.caches, name, 'file'), Buffer.alloc(10_000));
  }
  const { bytes } = await engineStatus(dirs.root);
  writeFileSync(join(dirs.caches, 'cd', 'more'), Buffer.alloc(200_000));
  const nothing = { bytes: 0, entries: 0 };
  const read = await readBy(() => keepWithin(work(bytes * 10, { added: nothing, inPlace: ['cache cd'] })));
  expect(read.map(line => line.split(' ').at(-1))).toEqual(Array(2).fill(join(dirs.caches, 'cd')));
  expect(account().bytes - bytes).toBeGreaterThan(200_000 - 1);
  expect(account().bytes - bytes).toBeLessThan(300_000);
});

it('comes to what the disk says, holes in files and all', async () => {
  await fill(20);
  const sparse = join(dirs.layers, layerId(20));
  mkdirSync(sparse);
  writeFileSync(join(sparse, 'file'), '');
  fs.truncateSync(join(sparse, 'file'), 3e9);
  const sum = (await treeSums([sparse])).get(sparse)!;
  expect(sum).toMatchObject({ entries: 2, bytes: 3e9 });
  const key = 'sparse';
  await records.write(snapshotRecord, join(dirs.snapshots, `${key}.json`), {
    key,
    layers: [layerId(20)],
    sums: { [layerId(20)]: sum },
  });
  await keepWithin(work(1e9));
  const counted = account();
  const { bytes, files } = await engineStatus(dirs.root);
  expect(Math.abs(counted.bytes - bytes) / bytes).toBeLessThan(0.05);
  expect(Math.abs(counted.entries - files)).toBeLessThan(20);
  await prune({ stateDir: dirs.root });
  expect(account()).toMatchObject({ inPlace: {} });
  expect(account().bytes).toBeLessThan(100_000);
});
