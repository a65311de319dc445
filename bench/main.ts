/**
 * Compares the main job with the same done by hand (bench/by-hand): `npm run bench -- [--rounds=N] [--dir=DIR] [--only=CASE]`. The two take turns, so
 * that what else the machine does falls on both. Needs root, about 12 GB below DIR (default: /var/tmp) and some minutes a round.
 */
import { appendFileSync, cpSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Contestant, prepare, RunFailed, type Timing } from './contestants.js';
import { cellsOf, median, TIMES, table } from './figures.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    dir: { type: 'string', default: '/var/tmp' },
    only: { type: 'string' },
  },
});
const dir = mkdtempSync(join(values.dir, 'quayside-bench-'));
const app = join(dir, 'app');
cpSync(fileURLToPath(new URL('../examples/flask-stream', import.meta.url)), app, { recursive: true });

/** What happens before each run of a case. Edits count up, so that none was seen before. */
let edits = 0;
const CASES: Readonly<Record<string, (contestant: Contestant) => unknown>> = {
  cold: contestant => contestant.chill(),
  unchanged: () => undefined,
  'one line of Python': () => appendFileSync(join(app, 'flask_stream/errors.py'), `# ${edits++}\n`),
  'one line of the frontend': () => appendFileSync(join(app, 'frontend/src/style.css'), `/* ${edits++} */\n`),
};

/** Most runs of one case that may fail before the comparison is given up. */
const ATTEMPTS = 3;

/** The first run that passes; those before it are told and not counted. */
async function passing(contestant: Contestant, before: (contestant: Contestant) => unknown): Promise<Timing> {
  for (let attempt = 1; ; attempt += 1) {
    await before(contestant);
    try {
      return await contestant.run(app);
    } catch (error) {
      if (!(error instanceof RunFailed) || attempt === ATTEMPTS) throw error;
      say(`not counted: ${error.message}`);
    }
  }
}

const say = (text: string): void => void process.stderr.write(`${text}\n`);
say('preparing: base images, made once for both and in no time below');
const contest = await prepare(dir);
// Ctrl-C has reached the run under way as well.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void contest.remove().finally(() => process.exit(130)));
try {
  const found = new Map<string, { readonly quayside: Timing[]; readonly byHand: Timing[] }>();
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    for (const [name, before] of Object.entries(CASES)) {
      if (values.only !== undefined && values.only !== name) continue;
      const timings = found.get(name) ?? { quayside: [], byHand: [] };
      found.set(name, timings);
      for (const who of ['quayside', 'byHand'] as const) {
        const timing = await passing(contest[who], before);
        timings[who].push(timing);
        say(
          `round ${round}, ${name}, ${who}: ${timing.seconds.toFixed(1)} s, its suites ${timing.suites.toFixed(1)} s`,
        );
      }
    }
  }
  const overhead = median(await contest.cachedOperations());
  const rows = [...found].map(([name, { quayside, byHand }]) => cellsOf(name, quayside, byHand));
  process.stdout.write(table(TIMES, rows));
  process.stdout.write(`\na cached operation: ${overhead.toFixed(1)} ms\n`);
} finally {
  await contest.remove();
}
