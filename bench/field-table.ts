/** The table of the field trial as it is kept in docs/field-trial.md: rows by the names of the apps, and their counts in words. */
import { table } from './figures.js';

/** What is measured of each app, and whose fault the rest is, which a person says. */
export const FIELD_HEAD = ['app', 'explain', 'built', 'starts', 'answers', 'suites', 'whose fault'];

export type FieldRow = readonly string[];

/** The cell of an app that explain understands. */
export const UNDERSTOOD = 'understood';

/** The cell of what was not tried. */
export const NOT_TRIED = 'not tried';

const COUNTS = /(<!-- counts -->\n)[\s\S]*?(?=\n<!-- table -->)/;
const TABLE = /(<!-- table -->\n)[\s\S]*?(?=\n<!-- end -->)/;

/**
 * A document with rows put in: the ones that it had of the same apps go, and what was said of whose fault it was stays where everything
 * else of a row is as it was.
 */
export function withRows(document: string, rows: readonly FieldRow[]): string {
  const before = rowsOf(document);
  const named = new Map(before.map(row => [row[0]!, row]));
  for (const row of rows) {
    const fault = named.get(row[0]!)?.at(-1) ?? '';
    named.set(row[0]!, [...row, fault]);
  }
  const all = [...named.values()].toSorted((a, b) => (a[0]!.toLowerCase() < b[0]!.toLowerCase() ? -1 : 1));
  return document
    .replace(COUNTS, (_, mark: string) => `${mark}\n${countsOf(all)}\n`)
    .replace(TABLE, (_, mark: string) => `${mark}\n${table(FIELD_HEAD, all)}`);
}

/** The rows of a document's table. */
export function rowsOf(document: string): readonly FieldRow[] {
  const lines = (TABLE.exec(document)?.[0] ?? '').split('\n').filter(line => line.startsWith('| '));
  return lines.slice(2).map(line => line.slice(2, -2).split(/ \| |^\| | \|$/));
}

/** How many apps came how far, in one line. */
export function countsOf(rows: readonly FieldRow[]): string {
  const understood = rows.filter(([, explain]) => explain === UNDERSTOOD);
  const tried = understood.filter(([, , built]) => built !== NOT_TRIED);
  const built = tried.filter(([, , cell]) => cell === 'yes');
  const started = built.filter(([, , , cell]) => cell === 'yes');
  const answered = started.filter(([, , , , status]) => Number(status) > 0 && Number(status) < 500);
  const green = answered.filter(
    ([, , , , , suites = '']) => suites !== '' && !/exit \d|no end|failed|error/.test(suites),
  );
  return [
    `${rows.length} apps: ${understood.length} understood at first, ${rows.length - understood.length} asked about or refused.`,
    `Of the ${tried.length} that were built: ${built.length} images, of which ${started.length} start and ${answered.length} answer below 500;`,
    `${green.length} with all suites green.`,
  ].join(' ');
}
