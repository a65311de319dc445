/** Shows the engine's events on standard error while they come in. Standard output is for results alone. */

import picocolors from 'picocolors';
import type { EngineEvent } from '../engine/contract.js';
import {
  closingLine,
  eventLines,
  liveLines,
  type Palette,
  type ProgressMode,
  type RunningStep,
  streamedLines,
  waitingLines,
} from './progress-lines.js';
import { openSteps } from './progress-steps.js';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 120;
const TICK_MS = 500;
/** How long a log may be silent at first, and later. */
const FIRST_SECONDS = 1;
const SILENT_SECONDS = 4.5;
/** What goes on where the engine has nothing to do. */
const WORKING = 'reading the app and working out what to do';
/** And once it has had something. */
const BETWEEN = 'putting together what was made';
/** And when there is nothing more to do. */
const ENDING = 'ending the session';
const CLEAR_LINE = '\r\u001b[2K';
const CLEAR_ABOVE = '\u001b[1A\u001b[2K';

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
  /** The work is done, and the session is about to end, which may take a while. */
  ending(): void;
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
 * Starts to show progress. On a terminal in mode `auto` its last lines tell what runs now; elsewhere the lines of tests come as they are
 * printed, and nothing is silent for long: after a second without a word, and then every five, it is said what is waited for.
 */
export function showProgress({ stream, mode, env, now = Date.now }: ProgressOptions): Progress {
  const palette = paletteFor(env, stream.isTTY === true);
  const live = mode === 'auto' && stream.isTTY === true && env.TERM !== 'dumb';
  const started = now();
  const screen = openScreen(stream, now);
  const streams = !live && mode !== 'quiet';
  const steps = openSteps(now, streams);
  let suspended = false;
  let lastEvent: number | undefined;
  let ended: number | undefined;

  const seen = (): boolean => {
    const { cached, done, failed, cancelled } = steps.counts;
    return cached + done + failed + cancelled > 0;
  };
  const running = (): readonly RunningStep[] => {
    const all = steps.running();
    if (all.length > 0) return all;
    const between = seen() ? ([BETWEEN, lastEvent ?? started] as const) : ([WORKING, started] as const);
    const [name, since] = ended === undefined ? between : ([ENDING, ended] as const);
    return [{ name, seconds: (now() - since) / 1000, last: '' }];
  };
  const mention = (): void => {
    const patience = screen.shown() ? SILENT_SECONDS : FIRST_SECONDS;
    if (screen.silence() >= patience) screen.print(waitingLines(running(), palette));
  };
  const tick = live ? () => screen.draw(steps.running()) : mention;
  const timer = mode === 'quiet' ? undefined : setInterval(tick, live ? FRAME_MS : TICK_MS).unref();

  const onEvent = (event: EngineEvent): void => {
    lastEvent = now();
    const shown = steps.see(event);
    if (suspended || shown.kind === 'doing') return;
    if (shown.kind !== 'output') screen.print(eventLines(shown, mode, palette, steps.before(shown)));
    else if (streams && shown.suite !== undefined) screen.print(streamedLines(shown, shown.suite, palette));
  };
  return {
    onEvent,
    notice: text => onEvent({ kind: 'notice', text }),
    suspend: () => {
      suspended = true;
      clearInterval(timer);
      screen.clear();
    },
    ending: () => {
      ended = now();
    },
    finish: () => {
      clearInterval(timer);
      screen.clear();
      if (seen() && mode !== 'quiet' && !suspended)
        screen.print([closingLine(steps.counts, (now() - started) / 1000, palette)]);
    },
  };
}

/** A terminal's or a log's lines, and the lines at a terminal's foot that come and go. */
function openScreen(stream: ProgressStream, now: () => number) {
  let frame = 0;
  let drawn = 0;
  let printed: number | undefined;
  const opened = now();
  const clear = (): void => {
    if (drawn > 0) stream.write(CLEAR_LINE + CLEAR_ABOVE.repeat(drawn - 1));
    drawn = 0;
  };
  return {
    clear,
    shown: (): boolean => printed !== undefined,
    /** Seconds since the last line. */
    silence: (): number => (now() - (printed ?? opened)) / 1000,
    print(lines: readonly string[]): void {
      if (lines.length === 0) return;
      clear();
      stream.write(`${lines.join('\n')}\n`);
      printed = now();
    },
    draw(running: readonly RunningStep[]): void {
      clear();
      if (running.length === 0) return;
      const lines = liveLines(running, FRAMES[frame++ % FRAMES.length]!, stream.columns ?? 80);
      stream.write(lines.join('\n'));
      drawn = lines.length;
    },
  };
}
