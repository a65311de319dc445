/**
 * Weighs the images of the examples against the least that they can consist of: `npm run bench:sizes -- [--only=EXAMPLE]`. Needs root, and about
 * 10 GB in the local engine's state (QUAYSIDE_STATE). Ends in 1 when an image is heavier than the goal allows.
 */
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { dag } from '@dagger.io/dagger';
import { execa } from 'execa';
import { withClient } from '../cli/client.js';
import { startSession } from '../engine/index.js';
import { table } from './figures.js';
import { FLOORS, type Floor } from './floors.js';
import { type Weighed, weighImage, weighParts } from './weigh.js';

/** Most that an image may weigh, as a multiple of its floor. */
const GOAL = 1.1;
const HEAD = ['image', 'base', 'system', 'dependencies', 'app', 'floor', 'on disk', 'ratio', 'push after an edit'];
const ROOT = fileURLToPath(new URL('..', import.meta.url));

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const dir = mkdtempSync(join(tmpdir(), 'quayside-sizes-'));

/** Builds an image as users do, of an example or of a copy of it. */
async function build({ component }: Floor, source: string): Promise<Weighed> {
  const archive = join(dir, 'image.tar');
  const args = [`--source=${source}`, `--output=${archive}`, '--engine=local'];
  await execa(join(ROOT, 'quayside'), ['build', ...args, ...(component ? [`--component=${component}`] : [])], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return weighImage(archive);
}

/** Bytes that a push sends after one line was added, to a registry that has the image as it was. */
async function sentAfterEdit(floor: Floor, edited: string, { blobs: known }: Weighed): Promise<number> {
  const copy = mkdtempSync(join(dir, 'app-'));
  cpSync(join(ROOT, 'examples', floor.example), copy, { recursive: true });
  appendFileSync(join(copy, edited), '# one line more\n');
  const { blobs } = await build(floor, copy);
  return [...blobs].reduce((sum, [digest, size]) => sum + (known.has(digest) ? 0 : size), 0);
}

async function weigh(floor: Floor): Promise<{ readonly cells: readonly string[]; readonly ratio: number }> {
  const { example, component, edited } = floor;
  const path = join(ROOT, 'examples', example);
  const image = await build(floor, path);
  const sent = edited === undefined ? '' : kilobytes(await sentAfterEdit(floor, edited, image));
  const source = dag.host().directory(path, { exclude: ['**/node_modules', '**/.next'] });
  const { base, system, dependencies, app } = await weighParts(floor, source, join(dir, 'base.tar'));
  const least = base + system + dependencies + app;
  const ratio = image.bytes / least;
  const sizes = [base, system, dependencies, app, least, image.bytes].map(megabytes);
  return { cells: [[example, component].join(' ').trim(), ...sizes, ratio.toFixed(3), sent], ratio };
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1e3).toFixed(1)} kB`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

const session = await startSession();
try {
  const weighed = await withClient(session, {}, async () => {
    const found: Awaited<ReturnType<typeof weigh>>[] = [];
    for (const floor of FLOORS)
      if (values.only === undefined || values.only === floor.example) found.push(await weigh(floor));
    return found;
  });
  process.stdout.write(
    table(
      HEAD,
      weighed.map(({ cells }) => cells),
    ),
  );
  if (weighed.some(({ ratio }) => ratio > GOAL)) process.exitCode = 1;
} finally {
  await session.close();
  rmSync(dir, { recursive: true, force: true });
}
