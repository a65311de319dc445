/** The explanation as aligned plain text for people. */
import { CONFIG_FILE } from '../../config/load.js';
import { formatPlace } from '../../diagnostics/place.js';
import type { ExplainedRow, ExplainedValue } from './rows.js';
import type { ExplainedSection } from './sections.js';

/** One line: the name of a thing stands in its first only. */
interface Line {
  readonly name: string;
  readonly value: string;
  readonly origin: string;
  readonly key: string;
}

/** Writes one value a line, in columns, each section under its title. */
export function explainText(sections: readonly ExplainedSection[]): string {
  const blocks = sections.map(({ title, rows }) => ({ title, lines: rows.flatMap(linesOf) }));
  const lines = blocks.flatMap(block => block.lines);
  const width = (column: keyof Line) => widest(lines.map(line => line[column]));
  const widths = { name: width('name'), value: width('value'), origin: width('origin') };
  const texts = blocks.map(block => [block.title, ...block.lines.map(line => formatLine(line, widths))].join('\n'));
  return `${texts.join('\n\n')}\n\nThe last column is the key of ${CONFIG_FILE} that overrides the line.\n`;
}

function linesOf({ name, more = [], ...first }: ExplainedRow): readonly Line[] {
  return [lineOf(name, first), ...more.map(value => lineOf('', value))];
}

function lineOf(name: string, { value, place, why, key = '' }: ExplainedValue): Line {
  return { name, value, origin: [...(place ? [formatPlace(place)] : []), ...(why ? [why] : [])].join(': '), key };
}

function formatLine(line: Line, widths: Omit<Record<keyof Line, number>, 'key'>): string {
  const cells = [
    line.name.padEnd(widths.name),
    line.value.padEnd(widths.value),
    line.origin.padEnd(widths.origin),
    line.key,
  ];
  return `  ${cells.join('  ')}`.trimEnd();
}

/** Width of a column: its longest text, but one long command does not push all others apart. */
function widest(texts: readonly string[]): number {
  return Math.min(56, Math.max(0, ...texts.map(text => text.length)));
}
