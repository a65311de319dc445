/** Whatever became of the files in the state, the next run goes on, and so does a prune. */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../engine/contract.js';
import { lookUp } from '../../engine/images/lookup.js';
import { prune } from '../../engine/index.js';
import { parseReference } from '../../engine/oci/registry-reference.js';
import type { EngineContext } from '../../engine/solve/context.js';
import { openState } from '../../engine/store/layout.js';
import { openNotes } from '../../engine/store/session-notes.js';
import { recordsIn } from './support/records.js';
import { freePort, startRegistry } from './support/registry.js';
import { makePlace, type Place, withTestSession } from './support/session.js';

let place: Place;
beforeAll(async () => {
  place = await makePlace();
});
afterAll(() => place.remove());

const damages: readonly (readonly [name: string, damage: (file: string) => void])[] = [
  ['no bytes', file => writeFileSync(file, '')],
  ['half of them', file => writeFileSync(file, readFileSync(file).subarray(0, readFileSync(file).length / 2))],
  ['noise', file => writeFileSync(file, Buffer.from([0, 255, 254, 10, 0]))],
  ['another type', file => writeFileSync(file, '{"layers": 1, "at": "x", "digest": []}')],
  ['nothing', file => writeFileSync(file, 'null')],
  ['text after it', file => writeFileSync(file, `${readFileSync(file, 'utf8')}}]}`)],
  [
    'a directory in its place',
    file => {
      rmSync(file);
      mkdirSync(join(file, 'x'), { recursive: true });
    },
  ],
];

/** Descriptions of image layers are found by a layer's name: what is taken in from this machine gets its own again. */
const whatIsSaid = [
  'a content hash',
  "a registry's answer",
  'a result',
  "a table of this machine's files",
  "an image layer's description",
];

/** Every record in the place's state, by kind. */
function recordsOf(state: string): Readonly<Record<string, readonly string[]>> {
  const kinds = ['snapshots', 'hashes', 'references', 'blobs/layers'];
  const files = (kind: string) => readdirSync(join(state, kind)).map(name => join(state, kind, name));
  return Object.fromEntries(kinds.map(kind => [kind, files(kind)]));
}

/** Work that leaves a record of each kind. */
async function work(silent: string): Promise<{ text: string; notices: string[] }> {
  return withTestSession(place, async ({ base, client, events }) => {
    const container = base().withDirectory('/d', client.host().directory(place.busybox, { include: ['bin/sh'] }));
    const ran = container.withExec(['sh', '-c', 'echo right > /right; cat /right']);
    const text = await ran.stdout();
    await ran.export(join(place.dir, 'image.tar'));
    await expect(client.container().from(silent).sync()).rejects.toThrow('no registry answers');
    return { text, notices: events.flatMap(event => (event.kind === 'notice' ? [event.text] : [])) };
  });
}

describe('records of which is left', () => {
  let silent: string;
  beforeAll(async () => {
    silent = `127.0.0.1:${await freePort()}/nothing`;
    // What was written this moment is not remembered of the machine's files.
    await sleep(2100);
  });

  it.each(damages)('%s stop neither the next run nor a prune', async (_, damage) => {
    await work(silent);
    const records = recordsOf(place.state);
    for (const [kind, files] of Object.entries(records)) {
      expect(files, kind).not.toEqual([]);
      files.forEach(damage);
    }
    const { text, notices } = await work(silent);
    expect(text).toBe('right\n');
    const said = notices.map(notice => /^the state held (.*) that was damaged/.exec(notice)?.[1]);
    expect(said.filter(what => what !== undefined).sort()).toEqual(whatIsSaid);
    const second = await work(silent);
    expect(second.notices).toEqual([]);

    recordsOf(place.state).snapshots!.forEach(damage);
    const events: EngineEvent[] = [];
    await prune({ stateDir: place.state, maxBytes: 1e12, onEvent: event => events.push(event) });
    expect(events).toMatchObject([{ kind: 'notice', text: expect.stringContaining('a result that was damaged') }]);
    expect(recordsOf(place.state).snapshots).toEqual([]);
  });
});

/** All files of that name below a directory. */
const files = (directory: string, name: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true }).flatMap(entry =>
    entry.isFile() && entry.name === name ? [join(entry.parentPath, entry.name)] : [],
  );

describe('layers of which', () => {
  const layerOf = (state: string, file: string): string =>
    join(state, 'l', file.slice(join(state, 'l').length + 1).split('/')[0]!);

  const damagesOfLayers: readonly (readonly [name: string, file: string, damage: (path: string) => void])[] = [
    ['a made file is emptied', 'right', path => truncateSync(path)],
    ['a made file is cut short', 'right', path => truncateSync(path, 3)],
    ['a made file is lost', 'right', path => rmSync(path)],
    ['nothing is left', 'right', path => rmSync(layerOf(place.state, path), { recursive: true })],
    ['a file taken in is emptied', 'taken', path => truncateSync(path)],
    ['a file taken in is lost', 'taken', path => rmSync(path)],
    ['a mounted directory lost a file', 'mounted', path => rmSync(path)],
    ['a written file is emptied', 'written', path => truncateSync(path)],
  ];

  it.each(damagesOfLayers)('%s are made again', async (_, name, damage) => {
    const source = join(place.dir, 'source');
    mkdirSync(source, { recursive: true });
    writeFileSync(join(source, 'taken'), 'taken');
    const run = () =>
      withTestSession(place, async ({ base, client, events }) => {
        const ran = base()
          .withNewFile('/written', 'written')
          .withDirectory('/source', client.host().directory(source))
          .withMountedDirectory('/m', client.directory())
          .withExec(['sh', '-c', 'echo right > /right; echo mounted > /m/mounted']);
        const all = ran.withExec(['sh', '-c', 'cat /written /source/taken /right /m/mounted']);
        const text = await all.stdout();
        const mounted = await ran.directory('/m').file('mounted').contents();
        return { text, mounted, notices: events.flatMap(event => (event.kind === 'notice' ? [event.text] : [])) };
      });
    const right = { text: 'writtentakenright\nmounted\n', mounted: 'mounted\n' };
    expect(await run()).toEqual({ ...right, notices: [] });
    const found = files(join(place.state, 'l'), name);
    expect(found).not.toEqual([]);
    found.forEach(damage);
    await prune({ stateDir: place.state, maxBytes: 1e12 });
    const { notices, ...second } = await run();
    expect(second).toEqual(right);
    expect(notices.length).toBeLessThanOrEqual(1);
    expect(await run()).toEqual({ ...right, notices: [] });
    for (const path of files(join(place.state, 'l'), name)) expect(statSync(path).size).toBeGreaterThan(4);
  });
});

describe('a pulled image', () => {
  it('whose layers are damaged is pulled again', async () => {
    const registry = await startRegistry(join(place.dir, 'registry'));
    try {
      const address = `${registry.host}/app:1`;
      await withTestSession(place, ({ base }) => base().withNewFile('/pulled', 'pulled').publish(address));
      const run = () =>
        withTestSession(place, ({ client }) => client.container().from(address).withExec(['cat', '/pulled']).stdout());
      expect(await run()).toBe('pulled');
      for (const file of files(join(place.state, 'images'), 'pulled')) truncateSync(file);
      // Its result is known without it.
      const ask = () =>
        withTestSession(place, ({ client }) =>
          client.container().from(address).withExec(['sh', '-c', 'cat /pulled; : again']).stdout(),
        );
      expect(await ask()).toBe('pulled');
      expect(await run()).toBe('pulled');
    } finally {
      await registry.stop();
    }
  });
});

describe('many look-ups of one reference at once', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'quayside-lookups-'));
  });
  afterAll(() => rm(dir, { recursive: true }));

  it('leave a record that is whole', { timeout: 120_000 }, async () => {
    const dirs = openState(join(dir, 'state'));
    const records = recordsIn(dirs.work);
    const reference = parseReference(`127.0.0.1:${await freePort()}/nothing`);
    const { signal } = new AbortController();
    const notes = openNotes(join(dirs.sessions, 'test'));
    const context = { sessionId: 'test', sessionDir: dir, dirs, records, notes, activity: { signal } };
    for (let round = 0; round < 4; round += 1) {
      const results = [...Array(20).keys()].map(i =>
        lookUp(context as unknown as EngineContext, {
          reference,
          platform: i % 2 === 0 ? 'linux/amd64' : 'linux/arm64',
        }),
      );
      for (const { kind } of await Promise.all(results)) expect(kind).toBe('unreachable');
      for (const name of readdirSync(dirs.references)) rmSync(join(dirs.references, name));
    }
    expect(records.notices).toEqual([]);
    expect(readdirSync(dirs.work)).toEqual([]);
  });
});
