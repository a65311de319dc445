/** Several sessions work with one state at once: on the same work, and each on its own. */
import { join } from 'node:path';
import { counter, type Part, type Row } from './part.js';
import { runsRight } from './run-job.js';

export const sessions: Part = async ({ dir, image, times = 10, say }) => {
  const rows: Row[] = [];
  for (const many of [2, 4]) {
    const count = counter(say);
    for (let i = 0; i < times; i += 1) {
      const same = i % 2 === 0;
      const jobs = [...Array(many).keys()].map(n =>
        runsRight({
          state: join(dir, `shared-${many}-${i}`),
          image,
          out: join(dir, `out-${n}`),
          label: same ? `same ${i}` : `own ${i} ${n}`,
        }),
      );
      for (const problem of await Promise.all(jobs))
        count.note(`${many} at once on ${same ? 'the same' : 'their own'}`, problem);
    }
    rows.push(count.row(`${many} sessions at once`, 'on an empty state, in turn on the same work and on their own'));
  }
  return rows;
};
