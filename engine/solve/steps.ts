/** Tells whoever watches a session of its steps: that one began, and how it ended. */
import type { EngineEvent } from '../contract.js';
import { defined } from '../defined.js';
import type { EngineContext } from './context.js';

type StepEvent = Extract<EngineEvent, { kind: 'step' }>;

/** What a step is known by. */
export type Step = Pick<StepEvent, 'id' | 'name' | 'command'>;

/** What there is to show at the end of a step. */
export interface Endings<T> {
  readonly ofError: (error: Error) => string;
  /** Set for a result that is a failure to whoever watches, though not to whoever asked. */
  readonly ofResult?: (result: T) => string | undefined;
}

type Watched = Pick<EngineContext, 'emit' | 'secrets' | 'activity'>;

/** Failures that were told already, each with the step that it was told of: whoever waited for that step ends in the same. */
const told = new WeakMap<Error, string>();

/** Tells that a step's result was there already. */
export function reportCached(context: Watched, step: Step): void {
  context.emit({ kind: 'step', ...scrubbed(context, step), status: 'cached' });
}

/** Does the work of a step and tells of it. */
export async function reportStep<T>(
  context: Watched,
  step: Step,
  work: () => Promise<T>,
  { ofError, ofResult }: Endings<T>,
): Promise<T> {
  const common = { kind: 'step', ...scrubbed(context, step) } as const;
  const begin = performance.now();
  const seconds = (): number => (performance.now() - begin) / 1000;
  const fail = (output: string): void =>
    context.emit({ ...common, status: 'failed', seconds: seconds(), output: context.secrets.scrub(output) });
  context.emit({ ...common, status: 'started' });
  try {
    const result = await work();
    const output = ofResult?.(result);
    if (output === undefined) context.emit({ ...common, status: 'done', seconds: seconds() });
    else fail(output);
    return result;
  } catch (thrown) {
    const error = thrown as Error;
    const because = told.get(error);
    // What the end of a session kills would look as if it had failed by itself.
    if (because !== undefined || context.activity.signal.aborted)
      context.emit({ ...common, status: 'cancelled', seconds: seconds(), ...defined({ because }) });
    else fail(ofError(error));
    if (because === undefined) told.set(error, step.id);
    throw error;
  }
}

let doings = 0;

/** Does what takes time and is no step, and tells of it meanwhile. */
export async function whileDoing<T>(
  { emit }: Pick<EngineContext, 'emit'>,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  doings += 1;
  const id = `doing-${doings}`;
  emit({ kind: 'doing', id, what });
  try {
    return await work();
  } finally {
    emit({ kind: 'doing', id });
  }
}

function scrubbed({ secrets }: Watched, { id, name, command }: Step): Step {
  return defined({ id, name: secrets.scrub(name), command: command?.map(secrets.scrub) });
}
