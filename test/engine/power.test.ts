/** A power cut leaves the state as the disk had it: what it then tells of is there. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openState } from '../../engine/store/layout.js';
import { clearDeadSessions, openSessionDir } from '../../engine/store/sessions.js';
import { openVolumes } from '../../engine/store/volumes.js';
import { type Disk, makeDisk, mountImage } from './support/disk.js';
import { recordsIn } from './support/records.js';
import { makePlace, type Place, type TestSession, withTestSession } from './support/session.js';

/** Containers without privileges have none: there the power cannot be cut. */
const loops = existsSync('/dev/loop-control');

let place: Place;
let disk: Disk;
beforeAll(async () => {
  place = await makePlace();
  if (!loops) return;
  disk = await makeDisk(place.dir, '300M');
});
afterAll(async () => {
  if (loops) await disk.remove();
  await place.remove();
});

const steps = 6;
const words = (i: number): string => `written in step ${i}\n`.repeat(2000);
/** A chain of results, each with files of its own. */
const chain = ({ base }: TestSession) =>
  [...Array(steps).keys()].reduce(
    (container, i) => container.withNewFile(`/files/${i}`, words(i)).withExec(['cp', `/files/${i}`, `/copied-${i}`]),
    base(),
  );
const check = async (session: TestSession): Promise<void> => {
  for (let i = 0; i < steps; i += 1) expect(await chain(session).file(`/copied-${i}`).contents()).toBe(words(i));
};

/** Every file that the results in a state tell of, with what it should hold. */
function told(state: string): readonly (readonly [file: string, content: string])[] {
  const records = join(state, 'snapshots');
  return (existsSync(records) ? readdirSync(records) : []).flatMap(name => {
    const { layers } = JSON.parse(readFileSync(join(records, name), 'utf8')) as { layers: string[] };
    return layers.flatMap(layer => {
      const names = readdirSync(join(state, 'l', layer)).filter(entry => entry.startsWith('copied-'));
      return names.map(
        entry => [join(state, 'l', layer, entry), words(Number(entry.slice('copied-'.length)))] as const,
      );
    });
  });
}

/** A session that writes to a cache and to the data of a service, and then lives no more; what of both is there afterwards. */
async function endedSession(name: string, seenFrom: 'its own machine' | 'elsewhere'): Promise<Record<string, boolean>> {
  const dirs = openState(join(place.dir, name, 'state'));
  const roots = { 'its own machine': join(place.dir, name, 'a'), elsewhere: join(place.dir, name, 'b') };
  for (const root of Object.values(roots)) mkdirSync(root);
  const { notes, letGo } = await openSessionDir(roots['its own machine'], dirs);
  const records = recordsIn(dirs.work);
  const volumes = openVolumes({ dirs, records, onWrite: volume => notes.writeTo(`cache ${volume}`) });
  const { signal } = new AbortController();
  const request = {
    sharing: 'SHARED',
    source: undefined,
    fill: async () => undefined,
    owner: undefined,
    signal,
  } as const;
  const cache = await volumes.take({ ...request, key: 'cache', purpose: 'cache' });
  const data = await volumes.take({ ...request, key: 'data', purpose: 'data' });
  await volumes.take({ ...request, key: 'data', purpose: 'cache' });
  await notes.writeTo('images');
  const image = join(dirs.images, 'layer');
  writeFileSync(image, '');
  letGo();
  await clearDeadSessions(roots[seenFrom], dirs, process.env);
  // Who begins has these already, and writes there.
  for (const directory of Object.values(dirs)) expect(existsSync(directory), directory).toBe(true);
  return { cache: existsSync(cache.directory), data: existsSync(data.directory), image: existsSync(image) };
}

describe('what a session wrote to in place', () => {
  it('is not trusted when the session ended with its machine, but for what nobody can make again', async () => {
    expect(await endedSession('lost', 'elsewhere')).toEqual({ cache: false, data: true, image: false });
  });
  it('stays when the session was killed', async () => {
    expect(await endedSession('killed', 'its own machine')).toEqual({ cache: true, data: true, image: true });
  });
});

// Skipped where the machine gives no loop devices: what is cut off is a disk in a file.
it.skipIf(!loops)('at any moment, the next run is right', { timeout: 300_000 }, async () => {
  const cuts: string[] = [];
  let working = true;
  const cutting = (async () => {
    while (working) {
      cuts.push(await disk.cut());
      await sleep(200);
    }
  })();
  await withTestSession({ ...place, state: join(disk.at, 'state') }, check).finally(() => {
    working = false;
  });
  await cutting;
  expect(cuts.length).toBeGreaterThan(3);

  const kept: number[] = [];
  const wrong: string[] = [];
  for (const [i, cut] of cuts.entries()) {
    const at = join(place.dir, 'cut');
    const unmount = await mountImage(cut, at);
    try {
      const files = told(join(at, 'state'));
      kept.push(files.length);
      wrong.push(...files.flatMap(([file, content]) => (readFileSync(file, 'utf8') === content ? [] : [file])));
      // Whoever starts again at each of them takes minutes.
      if (i % Math.ceil(cuts.length / 3) === 1) await withTestSession({ ...place, state: join(at, 'state') }, check);
    } finally {
      await unmount();
    }
  }
  expect(wrong).toEqual([]);
  expect(Math.max(...kept)).toBeGreaterThan(0);
});
