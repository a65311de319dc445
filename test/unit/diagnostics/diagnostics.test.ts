import { describe, expect, it } from 'vitest';
import { CODES, renderCodes } from '../../../src/diagnostics/codes.js';
import { DiagnosticError, formatDiagnostic, formatPlace } from '../../../src/diagnostics/diagnostic.js';
import { closest, editDistance } from '../../../src/diagnostics/suggest.js';

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
  const words = { problem: 'it is so', expected: 'otherwise', fix: 'change it' };

  it('has the code, the place, what was expected and what to do', () => {
    const found = { code: 'QS103', ...words, place: { file: 'quayside.yaml', line: 3, key: 'port' } } as const;
    expect(formatDiagnostic(found)).toBe(
      'QS103: it is so\n  at: quayside.yaml:3 (key port)\n  expected: otherwise\n  fix: change it',
    );
  });

  it('leaves out a place that is not known', () => {
    expect(formatDiagnostic({ code: 'QS201', ...words })).toBe(
      'QS201: it is so\n  expected: otherwise\n  fix: change it',
    );
    expect(formatPlace({ file: 'a' })).toBe('a');
  });

  it('joins several in an error', () => {
    const error = new DiagnosticError([
      { code: 'QS201', ...words },
      { code: 'QS202', ...words },
    ]);
    expect(error.message.split('\n\n').map(text => text.slice(0, 5))).toEqual(['QS201', 'QS202']);
  });
});
