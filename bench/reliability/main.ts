/**
 * `npm run bench:reliability [-- PART...] [--times=N] [--only=NAME] [--write]`: does to the local engine what happens to machines, and counts how often the next run is
 * right. Long, so no part of `npm test`. `--write` puts the rows into docs/reliability.md.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { startRegistry } from '../../test/engine/support/registry.js';
import { makePlace, withTestSession } from '../../test/engine/support/session.js';
import { cost } from './cost.js';
import { cuts } from './cuts.js';
import { edits } from './edits.js';
import { fullDisk } from './full-disk.js';
import { kills } from './kills.js';
import type { Bench, Part, Row } from './part.js';
import { bundleJob, removeJobBundle } from './run-job.js';
import { sessions } from './sessions.js';
import { steady } from './steady.js';

const parts: Readonly<Record<string, Part>> = { kills, cuts, sessions, 'full-disk': fullDisk, edits, cost, steady };
const document = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));

const line = ({ what, tried, survived, note }: Row): string => `| ${what} | ${tried} | ${survived} | ${note} |`;

/** Replaces the row of that name, or adds it to the table's end. */
function writeRow(row: Row): void {
  const lines = readFileSync(document, 'utf8').split('\n');
  const old = lines.findIndex(text => text.startsWith(`| ${row.what} |`));
  const end = lines.findLastIndex(text => text.startsWith('| '));
  if (old >= 0) lines[old] = line(row);
  else lines.splice(end + 1, 0, line(row));
  writeFileSync(document, lines.join('\n'));
}

async function main(args: readonly string[]): Promise<void> {
  const write = args.includes('--write');
  const option = (name: string): string | undefined =>
    args.find(arg => arg.startsWith(`--${name}=`))?.slice(`--${name}=`.length);
  const times = option('times');
  const named = args.filter(arg => !arg.startsWith('--'));
  for (const name of named)
    if (parts[name] === undefined) throw new Error(`no part ${name}: ${Object.keys(parts).join(', ')}`);
  const dir = mkdtempSync(join(tmpdir(), 'quayside-reliability-'));
  const place = await makePlace();
  const registry = await startRegistry(join(dir, 'registry'));
  const image = `${registry.host}/base:1`;
  try {
    await bundleJob();
    await withTestSession(place, ({ base }) =>
      base().withExec(['sh', '-c', 'head -c 3000000 /dev/urandom > /filling']).publish(image),
    );
    const bench: Bench = {
      dir,
      image,
      times: times === undefined ? undefined : Number(times),
      only: option('only'),
      say: text => void process.stderr.write(`${text}\n`),
    };
    for (const name of named.length > 0 ? named : Object.keys(parts))
      for (const row of await parts[name]!(bench)) {
        process.stdout.write(`${line(row)}\n`);
        if (write) writeRow(row);
      }
  } finally {
    removeJobBundle();
    await registry.stop();
    await place.remove();
    await execa('umount', ['--recursive', '--lazy', join(dir, 'state', 'images', 'root', 'overlay')], {
      reject: false,
    });
    rmSync(dir, { recursive: true, force: true });
  }
}

await main(process.argv.slice(2));
