/** Shows the engine's events on standard error while they come in. Standard output is for results alone. */

import picocolors from 'picocolors';
import type { EngineEvent } from '../engine/contract.js';
import { titleOf } from '../src/dagger/titles.js';
import {
  closingLine,
  duration,
  eventLines,
  liveLine,
  type Palette,
  type ProgressMode,
  type RunningStep,
} from './progress-lines.js';

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
  const screen = openScreen(stream);
  const steps = openSteps(now);
  let suspended = false;

  const mention = (): void =>
    screen.print(steps.overdue().map(({ name, seconds }) => palette.dim(`… ${name}, ${duration(seconds)} so far`)));
  const tick = live ? () => screen.draw(steps.running()) : mention;
  const timer = mode === 'quiet' ? undefined : setInterval(tick, live ? FRAME_MS : 1000).unref();

  const onEvent = (event: EngineEvent): void => {
    const shown = entitled(event);
    steps.see(shown);
    if (!suspended) screen.print(eventLines(shown, mode, palette));
  };
  return {
    onEvent,
    notice: text => onEvent({ kind: 'notice', text }),
    suspend: () => {
      suspended = true;
      clearInterval(timer);
      screen.clear();
    },
    finish: () => {
      clearInterval(timer);
      screen.clear();
      const { counts } = steps;
      const seen = counts.cached + counts.done + counts.failed > 0;
      if (seen && mode !== 'quiet' && !suspended)
        screen.print([closingLine(counts, (now() - started) / 1000, palette)]);
    },
  };
}

/** A step as people know it: a command of the module's by its title. */
function entitled(event: EngineEvent): EngineEvent {
  if (event.kind !== 'step' || event.command === undefined) return event;
  return { ...event, name: titleOf(event.command) ?? event.name };
}

/** A terminal's or a log's lines, and the line at a terminal's foot that comes and goes. */
function openScreen(stream: ProgressStream) {
  let frame = 0;
  let drawn = false;
  const clear = (): void => {
    if (drawn) stream.write(CLEAR_LINE);
    drawn = false;
  };
  return {
    clear,
    print(lines: readonly string[]): void {
      if (lines.length === 0) return;
      clear();
      stream.write(`${lines.join('\n')}\n`);
    },
    draw(running: readonly RunningStep[]): void {
      clear();
      if (running.length === 0) return;
      stream.write(liveLine(running, FRAMES[frame++ % FRAMES.length]!, stream.columns ?? 80));
      drawn = true;
    },
  };
}

/** What runs now and since when, and how many steps have ended in which way. */
function openSteps(now: () => number) {
  const started = new Map<string, { readonly name: string; readonly since: number; mentioned: number }>();
  const counts = { cached: 0, done: 0, failed: 0 };
  const secondsOf = ({ since }: { readonly since: number }): number => (now() - since) / 1000;
  return {
    counts,
    see(event: EngineEvent): void {
      if (event.kind !== 'step') return;
      if (event.status === 'started') {
        started.set(event.id, { name: event.name, since: now(), mentioned: 0 });
        return;
      }
      started.delete(event.id);
      counts[event.status] += 1;
    },
    running: (): readonly RunningStep[] =>
      [...started.values()].map(step => ({ name: step.name, seconds: secondsOf(step) })),
    /** Steps that have run for long since they were last mentioned; they count as mentioned now. */
    overdue: (): readonly RunningStep[] =>
      [...started.values()].flatMap(step => {
        const seconds = secondsOf(step);
        if (seconds - step.mentioned < STILL_RUNNING_SECONDS) return [];
        step.mentioned = seconds;
        return [{ name: step.name, seconds }];
      }),
  };
}
