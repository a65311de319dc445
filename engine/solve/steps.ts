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

type Watched = Pick<EngineContext, 'emit' | 'secrets'>;

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
  const end = (output: string | undefined): void => {
    const seconds = (performance.now() - begin) / 1000;
    if (output === undefined) context.emit({ ...common, status: 'done', seconds });
    else context.emit({ ...common, status: 'failed', seconds, output: context.secrets.scrub(output) });
  };
  context.emit({ ...common, status: 'started' });
  try {
    const result = await work();
    end(ofResult?.(result));
    return result;
  } catch (error) {
    end(ofError(error as Error));
    throw error;
  }
}

function scrubbed({ secrets }: Watched, { id, name, command }: Step): Step {
  return defined({ id, name: secrets.scrub(name), command: command?.map(secrets.scrub) });
}
