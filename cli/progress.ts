/** Shows the engine's events on standard error while they come in. Standard output is for results alone. */

import picocolors from 'picocolors';
import type { EngineEvent } from '../engine/contract.js';
import { closingLine, duration, eventLines, liveLine, type Palette, type ProgressMode } from './progress-lines.js';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 120;
const STILL_RUNNING_SECONDS = 30;
const CLEAR_LINE = '\r\u001b[2K';

export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface Progress {
  onEvent(event: EngineEvent): void;
  /** A notice of the command line's own. */
  notice(text: string): void;
  /** Takes the live line away and draws nothing more while someone else has the terminal. */
  suspend(): void;
  /** Takes the live line away and writes the closing line if any step was seen. */
  finish(): void;
}

export interface ProgressOptions {
  readonly stream: ProgressStream;
  readonly mode: ProgressMode;
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds; default Date.now. */
  readonly now?: () => number;
}

/** Whether to colour: FORCE_COLOR wins, then NO_COLOR, then whether a terminal is there. */
export function wantsColor(env: NodeJS.ProcessEnv, isTTY: boolean): boolean {
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '') return env.FORCE_COLOR !== '0';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  return isTTY && env.TERM !== 'dumb';
}

/** Takes the environment and returns the colours to write with. */
export function paletteFor(env: NodeJS.ProcessEnv, isTTY: boolean): Palette {
  return picocolors.createColors(wantsColor(env, isTTY));
}

/**
 * Starts to show progress. On a terminal in mode `auto` a last line tells what runs now; elsewhere a step that takes long is
 * mentioned every 30 seconds, so that a log never looks dead.
 */
export function showProgress({ stream, mode, env, now = Date.now }: ProgressOptions): Progress {
  const palette = paletteFor(env, stream.isTTY === true);
  const live = mode === 'auto' && stream.isTTY === true && env.TERM !== 'dumb';
  const started = now();
  const running = new Map<string, { readonly name: string; readonly since: number; mentioned: number }>();
  const counts = { cached: 0, done: 0, failed: 0 };
  let frame = 0;
  let drawn = false;
  let suspended = false;

  const clear = (): void => {
    if (drawn) stream.write(CLEAR_LINE);
    drawn = false;
  };
  const print = (lines: readonly string[]): void => {
    if (lines.length === 0) return;
    clear();
    stream.write(`${lines.join('\n')}\n`);
  };
  const draw = (): void => {
    clear();
    if (running.size === 0) return;
    const steps = [...running.values()].map(step => ({ name: step.name, seconds: (now() - step.since) / 1000 }));
    stream.write(liveLine(steps, FRAMES[frame++ % FRAMES.length]!, stream.columns ?? 80));
    drawn = true;
  };
  const mention = (): void => {
    for (const step of running.values()) {
      const seconds = (now() - step.since) / 1000;
      if (seconds - step.mentioned < STILL_RUNNING_SECONDS) continue;
      step.mentioned = seconds;
      print([palette.dim(`… ${step.name}, ${duration(seconds)} so far`)]);
    }
  };
  const tick = live ? draw : mention;
  const timer = mode === 'quiet' ? undefined : setInterval(tick, live ? FRAME_MS : 1000).unref();

  const onEvent = (event: EngineEvent): void => {
    if (event.kind === 'step') {
      if (event.status === 'started') running.set(event.id, { name: event.name, since: now(), mentioned: 0 });
      else {
        running.delete(event.id);
        counts[event.status] += 1;
      }
    }
    if (!suspended) print(eventLines(event, mode, palette));
  };
  return {
    onEvent,
    notice: text => onEvent({ kind: 'notice', text }),
    suspend: () => {
      suspended = true;
      clearInterval(timer);
      clear();
    },
    finish: () => {
      clearInterval(timer);
      clear();
      const steps = counts.cached + counts.done + counts.failed;
      if (steps > 0 && mode !== 'quiet' && !suspended) print([closingLine(counts, (now() - started) / 1000, palette)]);
    },
  };
}
