/** A job is ended at a random moment of each phase; then the same job is run again. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type JobOrder, PHASES, type Phase } from './order.js';
import { counter, type Part, type Row } from './part.js';
import { killTree, runsRight, startJob, wholeOrAbsent } from './run-job.js';

const perPhase = 30;
const ways = ['SIGKILL', 'SIGTERM', 'SIGINT'] as const;
const words: Readonly<Record<Phase, string>> = {
  base: 'base images',
  build: 'builds',
  service: 'services',
  export: 'exports',
};

/** How long each phase takes here. */
async function lengths(order: JobOrder): Promise<ReadonlyMap<Phase, number>> {
  const { phases } = await startJob(order).ended;
  const began = [...phases.values(), Date.now()];
  return new Map(PHASES.map((phase, i) => [phase, Math.max(50, (began[i + 1] ?? 0) - (began[i] ?? 0))]));
}

async function endWithin(order: JobOrder, phase: Phase, { way, after }: { way: (typeof ways)[number]; after: number }) {
  const onPhase = async (begun: Phase): Promise<void> => {
    if (begun !== phase) return;
    await sleep(after);
    if (way === 'SIGKILL') killTree(job.child.pid!);
    else job.child.kill(way);
  };
  const job = startJob(order, { onPhase });
  const { code } = await job.ended;
  return code;
}

export const kills: Part = async ({ dir, image, times = perPhase, say }) => {
  const rows: Row[] = [];
  const order = (label: string): JobOrder => ({ state: join(dir, 'state'), image, out: join(dir, 'out'), label });
  const length = await lengths(order('first'));
  for (const phase of PHASES) {
    const count = counter(say);
    let ended = 0;
    for (let i = 0; i < times; i += 1) {
      const way = ways[i % ways.length]!;
      const own = order(`${phase} ${i}`);
      // A base image is pulled once for all: here each try has a state of its own.
      const killed = phase === 'base' ? { ...own, state: join(dir, `state-${i}`) } : own;
      const after = Math.random() * length.get(phase)!;
      const code = await endWithin(killed, phase, { way, after });
      if (code !== 0) ended += 1;
      const stump = await wholeOrAbsent(killed);
      count.note(
        `${way} ${Math.round(after)} ms into ${words[phase]} (exit ${code})`,
        stump ?? (await runsRight(killed)),
      );
    }
    rows.push(
      count.row(
        `killed in ${words[phase]}`,
        `SIGKILL of the whole tree, SIGTERM and SIGINT in turn; ${ended} before the job's end`,
      ),
    );
  }
  return rows;
};
