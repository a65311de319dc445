import { describe, expect, it } from 'vitest';
import { CODES, renderCodes } from '../../../src/diagnostics/codes.js';
import { diagnose } from '../../../src/diagnostics/diagnose.js';
import { DiagnosticError } from '../../../src/diagnostics/error.js';
import { formatPlace } from '../../../src/diagnostics/place.js';
import { closest, editDistance } from '../../../src/diagnostics/suggest.js';
import { described, formatDiagnostic } from '../../../src/diagnostics/words.js';

describe('closest', () => {
  const known = ['name', 'server', 'services', 'port', 'postgres'];
  it.each([
    ['nmae', 'name'],
    ['Name', 'name'],
    ['sevrer', 'server'],
    ['service', 'services'],
    ['postgress', 'postgres'],
    ['prot', 'port'],
    ['kubernetes', undefined],
    ['x', undefined],
  ])('of %s is %s', (word, expected) => {
    expect(closest(word, known)).toBe(expected);
  });

  it.each([
    ['', '', 0],
    ['abc', '', 3],
    ['ab', 'ba', 1],
    ['kitten', 'sitting', 3],
    ['flask', 'falsk', 1],
  ])('distance of %j and %j is %i', (a, b, distance) => {
    expect([editDistance(a, b), editDistance(b, a)]).toEqual([distance, distance]);
  });
});

describe('codes', () => {
  it('are of one form, in ascending order, each with a title of its own', () => {
    const codes = Object.keys(CODES);
    expect(codes.filter(code => !/^QS\d{3}$/.test(code))).toEqual([]);
    expect(codes).toEqual([...codes].sort());
    expect(new Set(Object.values(CODES).map(({ title }) => title)).size).toBe(codes.length);
  });

  it('are all documented', () => {
    const text = renderCodes();
    for (const [code, { title }] of Object.entries(CODES)) expect(text).toContain(`## ${code}: ${title}`);
  });
});

describe('formatDiagnostic', () => {
  const nowhere = diagnose('QS104', { directory: 'shop' });
  const words = [
    'QS104: there are no files in "shop"',
    '  expected: the directory of the app, relative to quayside.yaml',
    '  fix: correct root, or remove it when the app lies beside quayside.yaml',
  ] as const;

  it('moves no cursor of a terminal, whatever a source is called', () => {
    const text = formatDiagnostic(
      diagnose('QS104', { directory: 'a\u001b[2J\u0007\u202eb' }, { file: 'q\u009b1m.yaml' }),
    );
    expect(text.split('\n').slice(0, 2)).toEqual(['QS104: there are no files in "a�[2J��b"', '  at: q�1m.yaml']);
  });

  it('has the code, the place, what was expected and what to do', () => {
    const found = diagnose('QS104', { directory: 'shop' }, { file: 'quayside.yaml', line: 3, key: 'root' });
    const [problem, ...rest] = words;
    expect(formatDiagnostic(found).split('\n')).toEqual([problem, '  at: quayside.yaml:3 (key root)', ...rest]);
  });

  it('leaves out a place that is not known', () => {
    expect(formatDiagnostic(nowhere).split('\n')).toEqual(words);
    expect(formatPlace({ file: 'a' })).toBe('a');
  });

  it('joins several in an error, whose message a document replaces', () => {
    const several = [nowhere, diagnose('QS603', { suite: 'unit' })];
    const error = new DiagnosticError(several);
    expect(error.message.split('\n\n').map(text => text.slice(0, 5))).toEqual(['QS104', 'QS603']);
    expect(new DiagnosticError(several, '{}')).toMatchObject({ message: '{}', document: '{}', diagnostics: several });
  });
});

describe('described', () => {
  it('has the data, and all that people are told', () => {
    expect(described(diagnose('QS603', { suite: 'unit' }, { file: 'quayside.yaml' }))).toEqual({
      code: 'QS603',
      title: 'A configured suite has no command',
      place: { file: 'quayside.yaml' },
      data: { suite: 'unit' },
      problem: 'the suite "unit" is configured, and nothing in the source looks like one',
      expected: 'a command to run',
      fix: 'write suites: { unit: { command: [...] } } in quayside.yaml, or remove suites.unit',
    });
  });
});

it.each([
  [
    "ModuleNotFoundError: No module named 'shop.money'",
    'there is no module shop.money, which the code imports. Add the package that has it to the dependencies, or correct that import',
  ],
  [
    "ImportError: cannot import name 'url' from 'django.conf.urls' (/venv/django/conf/urls/__init__.py)",
    'django.conf.urls has no url, which the code imports. Correct that import, or pin the release of the package that still has it',
  ],
  ['relation "shop_item" does not exist', 'correct the migration named in the output'],
])('a migration that ended with “%s” leads to what ended it', (said, expected) => {
  const output = `Traceback (most recent call last):\n${said}\n`;
  const text = formatDiagnostic(diagnose('QS702', { suite: 'unit', command: 'python manage.py migrate', output }));
  expect(text.split('fix: ')[1]).toContain(expected);
});
