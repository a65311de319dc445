/** The disk of the state is full at some moment of a job; with room again, the same job is run. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { counter, type Part } from './part.js';
import { runsRight, startJob } from './run-job.js';

const points = 20;
/** Kibibytes, more than the job needs. */
const enough = 64 * 1024;

export const fullDisk: Part = async ({ dir, image, times = points, say }) => {
  const count = counter(say);
  const at = join(dir, 'small');
  mkdirSync(at);
  let failed = 0;
  for (let i = 0; i < times; i += 1) {
    const size = Math.round(256 + ((24 * 1024 - 256) * i) / Math.max(1, times - 1));
    await execa('mount', ['-t', 'tmpfs', '-o', `size=${size}k`, 'tmpfs', at]);
    const order = { state: join(at, 'state'), image, out: join(dir, 'out'), label: `full ${i}` };
    const { code, stderr } = await startJob(order).ended;
    if (code !== 0) failed += 1;
    const problem = code === 0 || code === 75 ? undefined : `exit ${code}: ${stderr.slice(-300)}`;
    await execa('mount', ['-o', `remount,size=${enough}k`, at]);
    count.note(`full at ${size} kB (exit ${code})`, problem ?? (await runsRight(order)));
    await execa('umount', ['--recursive', '--lazy', at]);
  }
  return [
    count.row(
      'disk full',
      `a state of 0.25 to 24 MB on tmpfs: ${failed} jobs ended in 75, the others had room; then the same with room`,
    ),
  ];
};
