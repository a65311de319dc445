/** What is known of the steps of a run while they run: their names, since when, and what they said last. */

import type { EngineEvent } from '../engine/contract.js';
import { isForPeople, wordsOf } from '../src/dagger/titles.js';
import { plainLine, type RunningStep, type ShownBefore } from './progress-lines.js';

/** An event in the words that people know: a command of the module's by its title, what a suite prints with the suite's name. */
export type SeenEvent =
  | Exclude<EngineEvent, { kind: 'output' }>
  | (Extract<EngineEvent, { kind: 'output' }> & { readonly suite: string | undefined });

interface Running {
  readonly name: string;
  readonly since: number;
  readonly suite: string | undefined;
  /** What is no step is only worth a word when it takes long. */
  readonly isStep: boolean;
  last: string;
  streamed: boolean;
}

const LONG_SECONDS = 1;

/** Opens the books. `streams`: what suites print is shown as it comes. */
export function openSteps(now: () => number, streams: boolean) {
  const running = new Map<string, Running>();
  const failed = new Map<string, string>();
  const streamed = new Set<string>();
  const counts = { cached: 0, done: 0, failed: 0, cancelled: 0 };
  const secondsOf = ({ since }: Running): number => (now() - since) / 1000;
  const begin = (id: string, name: string, more: Pick<Running, 'suite' | 'isStep'>): void =>
    void running.set(id, { name, since: now(), last: '', streamed: false, ...more });

  const seeStep = (event: Extract<EngineEvent, { kind: 'step' }>): SeenEvent => {
    const words = event.command && wordsOf(event.command);
    const shown = { ...event, name: words?.title ?? event.name };
    if (shown.status === 'started') {
      begin(event.id, shown.name, { suite: words?.suite, isStep: true });
      return shown;
    }
    if (running.get(event.id)?.streamed) streamed.add(event.id);
    running.delete(event.id);
    counts[shown.status] += 1;
    if (shown.status === 'failed') failed.set(event.id, shown.name);
    return shown;
  };

  return {
    counts,
    /** Takes an event and returns it as people are to see it. */
    see(event: EngineEvent): SeenEvent {
      switch (event.kind) {
        case 'step':
          return seeStep(event);
        case 'output': {
          const step = running.get(event.id);
          const lines = event.lines.filter(isForPeople);
          const last = [event.rest, ...lines.toReversed()].map(plainLine).find(line => line.trim() !== '');
          if (step && last !== undefined) step.last = last.trim();
          if (step && streams && step.suite !== undefined) step.streamed = true;
          return { ...event, lines, suite: step?.suite };
        }
        case 'doing':
          if (event.what === undefined) running.delete(event.id);
          else begin(event.id, event.what, { suite: undefined, isStep: false });
          return event;
        case 'notice':
          return event;
      }
    },
    /** What of an event's step was shown before. */
    before(event: SeenEvent): ShownBefore {
      if (event.kind !== 'step') return { streamed: false, because: undefined };
      const [first] = failed.values();
      const because = event.because === undefined ? first : (failed.get(event.because) ?? first);
      return { streamed: streamed.has(event.id), because };
    },
    running: (): readonly RunningStep[] =>
      [...running.values()]
        .filter(step => step.isStep || secondsOf(step) >= LONG_SECONDS)
        .map(step => ({ name: step.name, seconds: secondsOf(step), last: step.last })),
  };
}
