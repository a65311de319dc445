/**
 * Tries Quayside on other people's apps: `npm run bench:field -- DIR [NAME…] [--logs=DIR] [--minutes=N] [--only-explain] [--write=FILE]`.
 * DIR holds a checkout of one app in each folder; NAMEs are those to try, default all. Writes a Markdown table: what explain asks, whether the
 * image is built, starts and answers, and what its suites say; into the table of a FILE such as docs/field-trial.md, where one is named. What was
 * printed on the way is kept with the logs.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Attempt, answerOf, quayside } from './field-attempts.js';
import { FIELD_HEAD, NOT_TRIED, UNDERSTOOD, withRows } from './field-table.js';
import { table } from './figures.js';

const { values, positionals } = parseArgs({
  options: {
    logs: { type: 'string', default: '/tmp/quayside-field' },
    minutes: { type: 'string', default: '20' },
    'only-explain': { type: 'boolean', default: false },
    write: { type: 'string' },
  },
  allowPositionals: true,
});
const [directory, ...names] = positionals;
if (directory === undefined) throw new Error('give the directory that holds the checkouts');
const root = resolve(directory);
const logs = resolve(values.logs);
const limit = Number(values.minutes) * 60_000;

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
  if (values['only-explain']) return [name, UNDERSTOOD, NOT_TRIED, '', '', ''];
  const image = join(logs, `${name}.tar`);
  const built = await attempt('build', ['build', `--output=${image}`]);
  rmSync(image, { force: true });
  if (built.code !== 0) return [name, UNDERSTOOD, endOf(built), '', '', ''];
  const answer = await answerOf(source, join(logs, `${name}.serve.txt`), limit);
  const tested = await attempt('test', ['test']);
  const starts = answer.status === undefined ? answer.why : 'yes';
  return [name, UNDERSTOOD, 'yes', starts, answer.status?.toString() ?? '', suitesOf(tested)];
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
  if (code === undefined) return `no end in ${values.minutes} minutes`;
  const message = /^error: (.*)$/m.exec(stderr)?.[1] ?? '';
  return `exit ${code}: ${message.slice(0, 160)}`;
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
process.stdout.write(table(FIELD_HEAD.slice(0, -1), rows));
if (values.write !== undefined) writeFileSync(values.write, withRows(readFileSync(values.write, 'utf8'), rows));
