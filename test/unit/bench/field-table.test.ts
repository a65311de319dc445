/** The table of the field trial: rows replaced by the names of the apps, what a person wrote kept, and counts that are counted. */
import { expect, it } from 'vitest';
import { type FieldRow, rowsOf, withRows } from '../../../bench/field-table.js';

const EMPTY = '# Trial\n\n<!-- counts -->\n\n<!-- table -->\n\n<!-- end -->\n\nMore.\n';
const GOOD: FieldRow = ['b+good', 'understood', 'yes', 'yes', '302', 'unit: 3 passed in 0.1 s; smoke: 1 passed'];
const RED: FieldRow = ['a+red', 'understood', 'yes', 'yes', '500', 'unit: 1 passed, 1 failed; exit 1: 1 test failed'];
const REFUSED: FieldRow = ['c+refused', 'QS502 no variable', '', '', '', ''];

it('puts rows in by the names of the apps, and counts them', () => {
  const document = withRows(EMPTY, [GOOD, RED, REFUSED]);
  expect(rowsOf(document).map(([name]) => name)).toEqual(['a+red', 'b+good', 'c+refused']);
  expect(document).toContain('3 apps: 2 understood at first, 1 asked about or refused.');
  expect(document).toContain('Of the 2 that were built: 2 images, of which 2 start and 1 answer below 500;');
  expect(document).toContain('1 with all suites green.');
  expect(document.endsWith('<!-- end -->\n\nMore.\n')).toBe(true);
});

it('keeps the rows of other apps, and what a person wrote of an app that is tried again', () => {
  const document = withRows(EMPTY, [GOOD, RED]);
  const said = document.replace('1 test failed |  |', '1 test failed | theirs |');
  const again = withRows(said, [['a+red', 'understood', 'yes', 'yes', '200', 'smoke: 1 passed']]);
  expect(rowsOf(again)).toEqual([
    ['a+red', 'understood', 'yes', 'yes', '200', 'smoke: 1 passed', 'theirs'],
    [...GOOD, ''],
  ]);
});

it('does not count as built what was not tried', () => {
  const document = withRows(EMPTY, [['a', 'understood', 'not tried', '', '', '']]);
  expect(document).toContain(
    '1 apps: 1 understood at first, 0 asked about or refused. Of the 0 that were built: 0 images',
  );
});
