/** Figures in, a table out. */
import type { Timing } from './contestants.js';

/** Head of the table of times. */
export const TIMES = ['', 'Quayside', 'by hand', 'ratio', 'Quayside beyond tests', 'by hand beyond tests'];

/** The value in the middle; of an even number the mean of the two there. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}

/** One row: medians, their ratio, and what is left without the time of the longer suite. Unchanged, Quayside runs no suite. */
export function cellsOf(name: string, quayside: readonly Timing[], byHand: readonly Timing[]): readonly string[] {
  const total = (timings: readonly Timing[]): number => median(timings.map(timing => timing.seconds));
  const beyond = (timings: readonly Timing[]): number => median(timings.map(timing => timing.seconds - timing.suites));
  const ran = name !== 'unchanged';
  return [
    name,
    seconds(total(quayside)),
    seconds(total(byHand)),
    (total(quayside) / total(byHand)).toFixed(2),
    ran ? seconds(beyond(quayside)) : seconds(total(quayside)),
    seconds(beyond(byHand)),
  ];
}

/** Rows below their head as a Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('');
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}
