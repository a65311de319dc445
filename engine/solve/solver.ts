/** Finds the result of an operation, or makes it: lazily, once per key, independent ones at the same time. */

import type { Locate } from '../fs/file-ops.js';
import { rootPath } from '../fs/root-path.js';
import type { Op } from '../objects/op.js';
import { requireRunnable } from '../podman/emulation.js';
import { remembered } from '../remembered.js';
import type { Snapshot } from '../store/snapshots.js';
import type { Engine, Solver } from './context.js';
import { inputsOf } from './inputs.js';
import { openKeys } from './keys.js';
import { makeResult } from './make.js';
import { stepName } from './name.js';
import { madeOnce } from './once.js';
import { type Endings, reportCached, reportStep, type Step } from './steps.js';

/** Opens the solver of a session. It uses the engine's other parts when it works, not before. */
export function openSolver(engine: Engine): Solver {
  const { context } = engine;
  const results = new Map<string, Promise<Snapshot>>();
  const locate: Locate = async ref => rootPath(await context.overlays.view((await solve(ref.op)).layers), ref.path);
  const keys = openKeys(context.store, { locate, solve: op => solve(op), take: op => engine.seen.take(op) });
  const announced = new Set<string>();

  const find = async (key: string, step: Step | undefined): Promise<Snapshot | undefined> => {
    const stored = await context.store.get(key);
    if (stored === undefined) return undefined;
    if (step !== undefined && !announced.has(key)) reportCached(context, step);
    announced.add(key);
    return stored;
  };
  const makeAndKeep = async (op: Op, key: string): Promise<Snapshot> => {
    const made = await makeResult(engine, op, key);
    return isKept(op) ? context.store.put({ key, ...made, madeOf: await keptInputs(op) }) : { key, ...made };
  };
  /** The keys of the results that an operation is made of. */
  const keptInputs = async (op: Op): Promise<readonly string[]> => {
    const inputs = inputsOf(op).map(async input => (isKept(input) ? [(await solve(input)).key] : keptInputs(input)));
    return [...new Set((await Promise.all(inputs)).flat())];
  };
  const make = async (op: Op, key: string, step: Step | undefined): Promise<Snapshot> => {
    // Before what it needs is made, which may take minutes.
    const platform = platformOfRun(op);
    if (platform !== undefined) requireRunnable(platform);
    // Inputs have lines of their own, and their time is not this step's.
    await Promise.all(inputsOf(op).map(solve));
    const work = (): Promise<Snapshot> => madeOnce(context, op, key, () => makeAndKeep(op, key));
    return step === undefined ? work() : reportStep(context, step, work, endings(op));
  };
  const findOrMake = async (op: Op, key: string): Promise<Snapshot> => {
    const step = stepOf(op, key);
    return (await find(key, step)) ?? make(op, key, step);
  };
  const solve = async (op: Op): Promise<Snapshot> => {
    if (op.kind === 'host') return solve(await engine.seen.take(op));
    const key = await keys.key(op);
    return remembered(results, key, () => context.activity.track(findOrMake(op, key)));
  };
  const isStored = async (op: Op): Promise<boolean> => (await context.store.get(await keys.key(op))) !== undefined;
  return { serviceKey: keys.serviceKey, solve, isStored, locate };
}

/** Whether the result is written down: nothing is not, nor is a directory that a process has left, which is in the result of the process. */
const isKept = ({ kind }: Op): boolean => kind !== 'empty' && kind !== 'mounted';

/** The platform whose programs an operation runs; undefined for one that runs none. */
function platformOfRun(op: Op): string | undefined {
  if (op.kind === 'exec') return op.platform;
  return op.kind === 'bootstrap' && op.architecture !== undefined ? `linux/${op.architecture}` : undefined;
}

/** The step that an operation is to whoever watches; undefined for one that does not deserve a line. */
function stepOf(op: Op, id: string): Step | undefined {
  const name = stepName(op);
  if (name === undefined) return undefined;
  return op.kind === 'exec' ? { id, name, command: op.args } : { id, name };
}

/** What to show of a failed operation: what its process printed, else the message. */
function endings(op: Op): Endings<Snapshot> {
  return {
    ofError(error) {
      const { stdout, stderr } = (error as { extensions?: { stdout?: string; stderr?: string } }).extensions ?? {};
      return [stdout, stderr].filter(Boolean).join('\n') || String(error.message);
    },
    // Whoever expects any exit code goes on; whoever watches wants to see what went wrong all the same.
    ofResult: ({ exec }) =>
      op.kind === 'exec' && op.expect === 'ANY' && exec?.exitCode !== 0 ? exec?.combined : undefined,
  };
}
