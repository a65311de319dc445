/** The examples' own suites are run again and again: each has to pass every time, also where much else runs. */
import { appendFileSync, cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { counter, type Part } from './part.js';

const rounds = 20;
const root = fileURLToPath(new URL('../..', import.meta.url));
const testFiles = /(?:^|\/)(?:test_[^/]*|conftest)\.py$|\.(?:spec|test)\.[jt]sx?$/;

/** Changes every file of tests, since suites that passed are not run again. */
function edit(source: string, round: number): void {
  for (const file of (readdirSync(source, { recursive: true }) as string[]).filter(path => testFiles.test(path)))
    appendFileSync(join(source, file), `\n${file.endsWith('.py') ? '#' : '//'} round ${round}, ${Date.now()}\n`);
}

/** One run of an app's suites; returns what is wrong, with the whole of what was said in a file beside. */
async function run(source: string, round: number): Promise<string | undefined> {
  edit(source, round);
  const args = ['test', '--engine=local', '--progress=plain', `--source=${source}`];
  const { exitCode, all } = await execa(join(root, 'quayside'), args, { all: true, reject: false, stdin: 'ignore' });
  if (exitCode === 0) return undefined;
  const said = join(tmpdir(), `quayside-steady-${basename(source)}-${round}-${process.pid}.log`);
  writeFileSync(said, all ?? '');
  return `exit ${exitCode}, see ${said}`;
}

export const steady: Part = async ({ dir, times = rounds, only, say }) => {
  const names = readdirSync(join(root, 'examples')).filter(name => only === undefined || only === name);
  const kept = join(dir, 'steady');
  mkdirSync(kept);
  const counts = names.map(name => ({ name, source: join(kept, name), count: counter(say) }));
  for (const { name, source } of counts) cpSync(join(root, 'examples', name), source, { recursive: true });
  for (let round = 0; round < times; round += 1)
    for (const { name, source, count } of counts) count.note(`${name}, round ${round}`, await run(source, round));
  return counts.map(({ name, count }) => count.row(`suites of ${name}`, 'its tests were edited and run again'));
};
