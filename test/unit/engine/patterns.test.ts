import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { steppedMatcher } from '../../../engine/objects/pattern-steps.js';
import { compilePattern } from '../../../engine/objects/patterns.js';

const matches = (pattern: string, path: string) => compilePattern(pattern)?.matches(path);

describe('patterns with many stars', () => {
  it.each([
    ['a*?'.repeat(30), 'a'.repeat(300), true],
    [`${'a*?'.repeat(30)}b`, 'a'.repeat(4000), false],
    [`${'**/*a*/'.repeat(12)}x`, `${'a/'.repeat(400)}f`, false],
    [`${'**/*a*/'.repeat(12)}x`, `${'c/ba/'.repeat(12)}x`, true],
    [`${'*'.repeat(60)}b`, 'a'.repeat(4000), false],
    [`${'[a-c]*'.repeat(20)}d`, 'abc'.repeat(500), false],
    [`${'*\\*'.repeat(5)}`, '*****', true],
  ])('%s', (pattern, path, expected) => {
    const start = performance.now();
    expect(matches(pattern, path)).toBe(expected);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

it('steps agree with the regular expression wherever there is one', () => {
  const piece = fc.constantFrom('a', 'b', '/', '*', '**/', '?', '[ab]', '[^a]', '\\*', '.');
  const pattern = fc.array(piece, { minLength: 1, maxLength: 7 }).map(pieces => pieces.join(''));
  const path = fc.array(fc.constantFrom('a', 'b', '/', '.', '*'), { maxLength: 8 }).map(chars => chars.join(''));
  fc.assert(
    fc.property(pattern, path, (text, at) => {
      const stars = (text.match(/\*+/g) ?? []).length;
      const cleaned = text.replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
      fc.pre(
        stars <= 2 &&
          !text.startsWith('/') &&
          !/(^|\/)\.{1,2}(\/|$)/.test(text) &&
          !/^\*\*|\*\*$/.test(cleaned) &&
          !/\*{3}/.test(text),
      );
      expect(steppedMatcher(cleaned)(at)).toBe(matches(text, at));
    }),
    { numRuns: 3000 },
  );
});
