/** What progress looks like: events in, lines out. Pure; the clock and the terminal are progress.ts's business. */

import { stripVTControlCharacters } from 'node:util';
import type { EngineEvent } from '../engine/contract.js';

export const PROGRESS_MODES = ['auto', 'plain', 'quiet'] as const;
export type ProgressMode = (typeof PROGRESS_MODES)[number];

/** Colours as functions, so that tests and plain output pass the identity. */
export interface Palette {
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
}

const NAME_WIDTH = 64;
const OUTPUT_LINES = 60;

/** A step's event, or a notice: what has a line of its own. */
type LineEvent = Extract<EngineEvent, { kind: 'step' | 'notice' }>;

/** What is known of a step from what was shown before. */
export interface ShownBefore {
  /** What it printed was shown while it ran. */
  readonly streamed: boolean;
  /** Name of the step whose failure ended it. */
  readonly because: string | undefined;
}

const NOTHING: ShownBefore = { streamed: false, because: undefined };

/** Takes an event and returns its lines: none for a step that only starts. `quiet` keeps failures and notices. */
export function eventLines(
  event: LineEvent,
  mode: ProgressMode,
  palette: Palette,
  { streamed, because }: ShownBefore = NOTHING,
): readonly string[] {
  if (event.kind === 'notice')
    return event.text.split('\n').map((line, i) => palette.yellow(i === 0 ? `! ${line}` : `  ${line}`));
  switch (event.status) {
    case 'started':
      return [];
    case 'cached':
      return mode === 'quiet' ? [] : [palette.dim(`= ${column(event.name)} ${'cached'.padStart(8)}`)];
    case 'done':
      return mode === 'quiet'
        ? []
        : [`${palette.green('✔')} ${column(event.name)} ${duration(event.seconds ?? 0).padStart(8)}`];
    case 'failed':
      return [
        `${palette.red('✘')} ${palette.bold(column(event.name))} ${duration(event.seconds ?? 0).padStart(8)}`,
        ...(streamed ? [] : outputLines(event.output ?? '', palette)),
      ];
    case 'cancelled': {
      if (mode === 'quiet') return [];
      const why = because === undefined ? 'cancelled' : `cancelled: ${because} failed`;
      return [palette.dim(`- ${column(event.name)} ${duration(event.seconds ?? 0).padStart(8)}  ${why}`)];
    }
  }
}

/** Characters of a line that is shown as it comes. */
const LINE_WIDTH = 300;

/** Takes lines that a suite has just printed, returns them behind its name: suites run side by side, and a line that begins a command of a CI's is none. */
export function streamedLines(
  { lines, omitted }: { readonly lines: readonly string[]; readonly omitted: number },
  suite: string,
  palette: Palette,
): readonly string[] {
  const left = omitted > 0 ? [`… ${omitted} lines`] : [];
  return [...left, ...lines.map(plainLine)].map(line => `${palette.dim(`${suite} │`)} ${line.slice(0, LINE_WIDTH)}`);
}

/** A line as it stands in the end, without colours. */
export function plainLine(line: string): string {
  return lastFrame(stripVTControlCharacters(line)).trimEnd();
}

/**
 * Takes what a failed step printed, returns its last lines behind a bar. The bar also keeps a line that begins with `::` from being
 * read as a command by GitHub's runner; escape sequences go, as they could rewrite what stands above.
 */
export function outputLines(output: string, palette: Palette): readonly string[] {
  const lines = stripVTControlCharacters(output).replace(/\s+$/, '').split(/\r?\n/);
  if (lines.length === 1 && lines[0] === '') return [];
  const hidden = lines.length - OUTPUT_LINES;
  const shown = hidden > 0 ? [`… ${hidden} earlier lines`, ...lines.slice(hidden)] : lines;
  return shown.map(line => `  ${palette.dim('│')} ${lastFrame(line)}`);
}

/** A progress bar redraws its line with carriage returns; what counts is the last picture. */
function lastFrame(line: string): string {
  return line.replace(/\r+$/, '').split('\r').at(-1) ?? '';
}

export interface StepCounts {
  readonly cached: number;
  readonly done: number;
  readonly failed: number;
  readonly cancelled: number;
}

/** The last line: how many steps ran, how many were cached, how long it all took. */
export function closingLine(counts: StepCounts, seconds: number, palette: Palette): string {
  const total = counts.cached + counts.done + counts.failed + counts.cancelled;
  const parts = [`${total} ${total === 1 ? 'step' : 'steps'}`, `${counts.cached} cached`, `${counts.done} run`];
  if (counts.failed > 0) parts.push(`${counts.failed} failed`);
  if (counts.cancelled > 0) parts.push(`${counts.cancelled} cancelled`);
  return palette.dim(`${parts.join(', ')} in ${duration(seconds)}`);
}

/** What runs, and for how long. */
export interface RunningStep {
  readonly name: string;
  readonly seconds: number;
  /** The last line that it printed; empty for none. */
  readonly last: string;
}

/** As many as there is room for. */
const MOST_RUNNING = 4;

/** The lines at the foot of a terminal: what runs now and what it said last, each cut to the width. */
export function liveLines(running: readonly RunningStep[], frame: string, columns: number): readonly string[] {
  return few(running, step => `${frame} ${step.name} ${duration(step.seconds)}${step.last && ` │ ${step.last}`}`).map(
    text => (text.length < columns ? text : `${text.slice(0, Math.max(0, columns - 2))}…`),
  );
}

/** The lines of a log that has been silent: what runs now and what it said last. */
export function waitingLines(running: readonly RunningStep[], palette: Palette): readonly string[] {
  const lines = few(
    running,
    step => `… ${step.name}, ${duration(step.seconds)} so far${step.last && `: ${step.last.slice(0, LINE_WIDTH)}`}`,
  );
  return lines.map(palette.dim);
}

function few(running: readonly RunningStep[], line: (step: RunningStep) => string): readonly string[] {
  const more = running.length - MOST_RUNNING;
  return [...running.slice(0, MOST_RUNNING).map(line), ...(more > 0 ? [`  and ${more} more`] : [])];
}

/** `0.2s`, `41.3s`, `3m07s`. */
export function duration(seconds: number): string {
  if (seconds < 99.95) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, '0')}s`;
}

function column(name: string): string {
  const line = name.replace(/\s+/g, ' ');
  return line.length <= NAME_WIDTH ? line.padEnd(NAME_WIDTH) : `${line.slice(0, NAME_WIDTH - 1)}…`;
}
