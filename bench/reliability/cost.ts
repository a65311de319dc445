/**
 * What it costs to keep results only when their bytes are on disk: a job on an empty state with sync(1) and with one that does nothing, in turn, on a
 * disk of its own: what others on this machine have not written yet is no cost of the job.
 */
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDisk } from '../../test/engine/support/disk.js';
import type { Part } from './part.js';
import { startJob } from './run-job.js';

const rounds = 12;
const ways = ['with', 'without'] as const;
type Way = (typeof ways)[number];

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const percent = (ratio: number): string => `${((ratio - 1) * 100).toFixed(1)} %`;

/** Puts a program of ours in sync(1)'s place; returns the PATH that it is found by. */
function withSync(bin: string, script: string): string {
  mkdirSync(bin);
  writeFileSync(join(bin, 'sync'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, 'sync'), 0o755);
  return `${bin}:${process.env.PATH}`;
}

export const cost: Part = async ({ dir, image, times = rounds, say }) => {
  const log = join(dir, 'syncs');
  const paths = {
    with: withSync(
      join(dir, 'bin-with'),
      `b=$(date +%s%N); command -p sync "$@"; c=$?; echo $(($(date +%s%N) - b)) >> ${log}; exit $c`,
    ),
    without: withSync(join(dir, 'bin-without'), 'exit 0'),
  };
  const disk = await makeDisk(dir, '400M');
  const took: Readonly<Record<Way, number[]>> = { with: [], without: [] };
  try {
    for (let i = 0; i < times; i += 1)
      // Whatever the first of a pair has of being first, each has in turn.
      for (const way of i % 2 === 0 ? ways : ways.toReversed()) {
        const state = join(disk.at, `${way}-${i}`);
        const began = Date.now();
        const order = { state, image, out: join(dir, 'out'), label: 'cost' };
        const env = { ...process.env, PATH: paths[way] };
        const { code, stderr } = await startJob(order, { env, first: true }).ended;
        if (code !== 0) throw new Error(`the job ended in ${code}: ${stderr}`);
        took[way].push(Date.now() - began);
        say(`${way} sync: ${took[way].at(-1)} ms`);
        rmSync(state, { recursive: true });
      }
  } finally {
    await disk.remove();
  }
  const [least, without] = ways.map(way => Math.min(...took[way])) as [number, number];
  const nanoseconds = readFileSync(log, 'utf8').trim().split('\n').map(Number);
  const synced = nanoseconds.reduce((a, b) => a + b, 0) / 1e6;
  const share = synced / took.with.reduce((a, b) => a + b, 0);
  const pairs = median(took.with.map((time, i) => time / took.without[i]!));
  const note = [
    `a small cold job, the least of each: ${least} ms, ${without} ms without, ${percent(least / without)}`,
    `the median of the pairs: ${percent(pairs)}`,
    `all its syncs together, at most of which it waits for: ${Math.round(synced / times)} ms, ${percent(1 + share)}`,
  ].join('; ');
  return [{ what: 'cost of keeping', tried: times, survived: times, note }];
};
