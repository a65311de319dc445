/** The power is cut while a job works; the state is then what the disk had, and the same job is run on it. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeDisk, mountImage } from '../../test/engine/support/disk.js';
import { counter, type Part } from './part.js';
import { runsRight, startJob } from './run-job.js';

const moments = 20;

export const cuts: Part = async ({ dir, image, times = moments, say }) => {
  const disk = await makeDisk(dir, '400M');
  const count = counter(say);
  const images: string[] = [];
  try {
    // As many jobs as it takes, each with work of its own, on one state.
    for (let i = 0; images.length < times; i += 1) {
      const job = startJob({ state: join(disk.at, 'state'), image, out: join(dir, 'out'), label: `cut ${i}` });
      let working = true;
      job.child.once('close', () => {
        working = false;
      });
      while (working && images.length < times) {
        await sleep(100 + Math.random() * 900);
        images.push(await disk.cut());
      }
      await job.ended;
    }
    for (const [i, cut] of images.entries()) {
      const at = join(dir, 'cut');
      const unmount = await mountImage(cut, at);
      const state = join(at, 'state');
      count.note(`cut ${i}`, await runsRight({ state, image, out: join(dir, 'out'), label: 'cut 0' }));
      await unmount();
    }
  } finally {
    await disk.remove();
  }
  return [count.row('power cut', 'ext4 on a loop device, copied at random moments; the next run on each copy')];
};
