/**
 * Publishes examples to Debian's registry, for this machine's platform alone and for another one as well, which take turns; then the same again, and once more
 * after one line of Python was added: `npm run bench:publish -- [--only=EXAMPLE] [--other=linux/arm64|none] [--rounds=N] [--dir=DIR] [--bases=STATE]`. Nothing is
 * kept from one to the next but base images, which are made before, in STATE where it is named, which stays. Needs root, what
 * `./quayside setup --platform=linux/arm64` installs, and some GB below DIR (default: /var/tmp). Ends in 1 when something is sent that need not be.
 */
import { appendFileSync, cpSync, mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { dag, type Platform } from '@dagger.io/dagger';
import { execa } from 'execa';
import { withClient } from '../cli/client.js';
import { startSession } from '../engine/index.js';
import { parsePlan } from '../src/plan/json.js';
import { appImages, imageBehind } from '../src/plan/look-up.js';
import type { Publication } from '../src/publish/publication.js';
import { startRegistry } from '../test/engine/support/registry.js';
import { median, table } from './figures.js';
import { FLOORS } from './floors.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const QUAYSIDE = join(ROOT, 'quayside');
const HEAD = ['app', 'one platform', 'two', 'ratio', 'again', 'sent again', 'sent after an edit'];
/** Most bytes that a push may send after an edit. */
const EDIT = 100_000;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    other: { type: 'string', default: 'linux/arm64' },
    rounds: { type: 'string', default: '1' },
    dir: { type: 'string', default: '/var/tmp' },
    bases: { type: 'string' },
  },
});
const dir = mkdtempSync(join(values.dir, 'quayside-publish-'));
const registry = await startRegistry(join(dir, 'registry'));

interface Attempt {
  readonly source: string;
  readonly state: string;
  readonly repository: string;
  readonly platforms: readonly string[];
}

interface Published {
  readonly seconds: number;
  readonly sent: number;
}

/** One publication, under the same tag each time. */
async function publish({ source, state, repository, platforms }: Attempt): Promise<Published> {
  const output = join(dir, 'published.json');
  const begin = performance.now();
  await execa(
    QUAYSIDE,
    [
      'publish',
      '--engine=local',
      `--source=${source}`,
      `--address=${registry.host}/${repository}`,
      `--platforms=${platforms.join(',')}`,
      '--tags=latest',
      `--output=${output}`,
    ],
    { env: { QUAYSIDE_STATE: state }, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const seconds = (performance.now() - begin) / 1000;
  return { seconds, sent: (JSON.parse(readFileSync(output, 'utf8')) as Publication).sent };
}

/** Makes the images that an app starts from, those of what is published for all platforms, in a state that others are copied from. */
async function makeBases(source: string, stateDir: string, other: Platform | undefined): Promise<Platform> {
  const { stdout } = await execa(QUAYSIDE, ['plan', `--source=${source}`, '--engine=local']);
  const plan = parsePlan(stdout);
  const session = await startSession({ stateDir });
  try {
    return await withClient(session, {}, async () => {
      const bases = new Set(appImages(plan).map(({ stage }) => imageBehind(plan, stage)!));
      // What tests start from is no part of it, and some of that is large.
      const builders = plan.stages.flatMap(({ base, platform }) =>
        base.kind === 'image' && platform !== 'target' ? [base.reference] : [],
      );
      const own = await dag.defaultPlatform();
      for (const reference of new Set([...builders, ...plan.services.map(({ image }) => image)]))
        await dag.container().from(reference).sync();
      // A registry has them compressed, once for all; here that is done with the first archive.
      for (const platform of other === undefined ? [own] : [own, other])
        for (const reference of bases) await dag.container({ platform }).from(reference).asTarball().sync();
      return own;
    });
  } finally {
    await session.close();
  }
}

async function remove(path: string): Promise<void> {
  await execa('rm', ['-rf', '--one-file-system', path]);
}

async function row(
  example: string,
  edited: string,
): Promise<{ readonly cells: readonly string[]; readonly ok: boolean }> {
  const source = join(dir, example);
  const bases = values.bases ?? join(dir, 'bases');
  const state = join(dir, 'state');
  cpSync(join(ROOT, 'examples', example), source, { recursive: true });
  const other = values.other === 'none' ? undefined : (values.other as Platform);
  const own = await makeBases(source, bases, other);
  const cold = async (repository: string, platforms: readonly string[]): Promise<Published> => {
    await remove(state);
    // Hard links: layers are never written to again.
    await execa('cp', ['--archive', '--link', bases, state]);
    return publish({ source, state, repository, platforms });
  };
  const all = other === undefined ? [own] : [own, other];
  const one: number[] = [];
  const two: number[] = [];
  let repository = '';
  for (let round = 0; round < Number(values.rounds); round += 1) {
    repository = `${example}-one-${round}`;
    one.push((await cold(repository, [own])).seconds);
    if (other === undefined) continue;
    repository = `${example}-two-${round}`;
    two.push((await cold(repository, all)).seconds);
  }
  const again = await publish({ source, state, repository, platforms: all });
  appendFileSync(join(source, edited), '# one line more\n');
  const edit = await publish({ source, state, repository, platforms: all });
  await remove(state);
  if (values.bases === undefined) await remove(bases);
  const cells = [
    example,
    `${median(one).toFixed(1)} s`,
    ...(other === undefined ? ['', ''] : [`${median(two).toFixed(1)} s`, (median(two) / median(one)).toFixed(2)]),
    `${again.seconds.toFixed(1)} s`,
    `${again.sent} B`,
    `${(edit.sent / 1e3).toFixed(1)} kB`,
  ];
  return { cells, ok: again.sent === 0 && edit.sent <= EDIT * all.length };
}

try {
  const rows: Awaited<ReturnType<typeof row>>[] = [];
  for (const { example, component, edited } of FLOORS)
    if (component === undefined && edited !== undefined && [undefined, example].includes(values.only))
      rows.push(await row(example, edited));
  process.stdout.write(
    table(
      HEAD,
      rows.map(({ cells }) => cells),
    ),
  );
  if (rows.some(({ ok }) => !ok)) process.exitCode = 1;
} finally {
  await registry.stop();
  await remove(dir);
}
