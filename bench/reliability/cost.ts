/** What it costs to keep results only when their bytes are on disk: a job on an empty state with sync(1) and with one that does nothing, in turn. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Part } from './part.js';
import { startJob } from './run-job.js';

const rounds = 6;

export const cost: Part = async ({ dir, image, times = rounds, say }) => {
  const bin = join(dir, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'sync'), '#!/bin/sh\n');
  chmodSync(join(bin, 'sync'), 0o755);
  const paths = { with: process.env.PATH, without: `${bin}:${process.env.PATH}` };
  const least = { with: Number.POSITIVE_INFINITY, without: Number.POSITIVE_INFINITY };
  for (let i = 0; i < times; i += 1)
    for (const way of ['with', 'without'] as const) {
      const order = { state: join(dir, `cost-${way}-${i}`), image, out: join(dir, 'out'), label: 'cost' };
      const began = Date.now();
      await startJob(order, { env: { ...process.env, PATH: paths[way] } }).ended;
      const took = Date.now() - began;
      least[way] = Math.min(least[way], took);
      say(`${way} sync: ${took} ms`);
    }
  const percent = ((least.with / least.without - 1) * 100).toFixed(1);
  const note = `a small cold job, the least of each: ${least.with} ms, ${least.without} ms without, ${percent} %`;
  return [{ what: 'cost of keeping', tried: times, survived: times, note }];
};
