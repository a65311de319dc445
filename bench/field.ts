/**
 * Tries Quayside on other people's apps: `npm run bench:field -- DIR [NAME…] [--logs=DIR] [--minutes=N]`. DIR holds a checkout of one app in each
 * folder; NAMEs are those to try, default all. Writes a Markdown table: what explain asks, whether the image is built, starts and answers, and what
 * its suites say. What was printed on the way is kept with the logs.
 */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Attempt, answerOf, quayside } from './field-attempts.js';
import { table } from './figures.js';

const { values, positionals } = parseArgs({
  options: { logs: { type: 'string', default: '/tmp/quayside-field' }, minutes: { type: 'string', default: '20' } },
  allowPositionals: true,
});
const [directory, ...names] = positionals;
if (directory === undefined) throw new Error('give the directory that holds the checkouts');
const root = resolve(directory);
const logs = resolve(values.logs);
const limit = Number(values.minutes) * 60_000;

const HEAD = ['app', 'explain', 'built', 'starts', 'answers', 'suites'];

/** One app, in the cells of its row: what comes after something that failed is not tried. */
async function rowOf(name: string): Promise<readonly string[]> {
  const source = join(root, name);
  const attempt = async (what: string, args: readonly string[]): Promise<Attempt> => {
    process.stderr.write(`${name}: ${what}\n`);
    const done = await quayside([...args, `--source=${source}`], limit);
    writeFileSync(join(logs, `${name}.${what}.txt`), `${done.stdout}\n${done.stderr}`);
    return done;
  };
  const explained = await attempt('explain', ['explain', '--json']);
  if (explained.code !== 0) return [name, verdictOf(explained), '', '', '', ''];
  const built = await attempt('build', ['build', `--output=${join(logs, `${name}.tar`)}`]);
  if (built.code !== 0) return [name, 'understood', endOf(built), '', '', ''];
  const answer = await answerOf(source, join(logs, `${name}.serve.txt`), limit);
  const tested = await attempt('test', ['test']);
  const starts = answer.status === undefined ? answer.why : 'yes';
  return [name, 'understood', 'yes', starts, answer.status?.toString() ?? '', suitesOf(tested)];
}

/** What explain asks or refuses, by code and place. */
function verdictOf(attempt: Attempt): string {
  try {
    const { diagnostics } = JSON.parse(attempt.stdout) as { diagnostics: readonly { code: string; problem: string }[] };
    return diagnostics.map(({ code, problem }) => `${code} ${problem.split('\n')[0]}`).join('; ');
  } catch {
    return endOf(attempt);
  }
}

/** How an attempt ended: its exit code, and the first line of its message. */
function endOf({ code, stderr }: Attempt): string {
  const message = /^error: (.*)$/m.exec(stderr)?.[1] ?? '';
  return `${code === undefined ? 'no end' : `exit ${code}`}: ${message.slice(0, 160)}`;
}

function suitesOf(attempt: Attempt): string {
  const counts = attempt.stdout.match(/^\S+: .*(passed|failed).*$/gm) ?? attempt.stderr.match(/^\S+: \d+ passed.*$/gm);
  const told = (counts ?? []).join('; ');
  if (attempt.code === 0) return told || attempt.stdout.trim();
  return [told, endOf(attempt)].filter(text => text !== '').join('; ');
}

mkdirSync(logs, { recursive: true });
const all = readdirSync(root, { withFileTypes: true }).flatMap(entry => (entry.isDirectory() ? [entry.name] : []));
const rows: (readonly string[])[] = [];
for (const name of names.length > 0 ? names : all.sort()) {
  const row = await rowOf(name);
  rows.push(row.map(cell => cell.replaceAll('|', '\\|')));
  process.stderr.write(`${row.join(' | ')}\n`);
}
process.stdout.write(table(HEAD, rows));
