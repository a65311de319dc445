import { describe, expect, it } from 'vitest';
import { anyOf } from '../../../src/diagnostics/listing.js';
import { entriesOf } from '../../../src/support/registry.js';

describe('a registry', () => {
  it('is gone through by rank, and among equals in its own order', () => {
    const registry = { a: { rank: 2 }, b: {}, c: { rank: 1 }, d: {} };
    expect(entriesOf(registry).map(([name]) => name)).toEqual(['b', 'd', 'c', 'a']);
  });

  it.each<readonly [readonly string[], string]>([
    [[], ''],
    [['pip'], 'pip'],
    [['pip', 'uv'], 'pip or uv'],
    [['pip', 'poetry', 'uv'], 'pip, poetry or uv'],
  ])('names %j as %s', (words, expected) => {
    expect(anyOf(words)).toBe(expected);
  });
});
