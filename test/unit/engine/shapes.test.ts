import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, test } from 'vitest';
import { validShapes } from '../../../engine/server/shapes.js';

const schema = buildSchema('type Query { file(path: String!, size: Int): String }');

/** Validates queries, and counts how often that was done in full. */
function counting() {
  let count = 0;
  const check = validShapes(document => {
    count += 1;
    return validate(schema, document);
  });
  return { count: () => count, check: (query: string) => check(query, parse(query)).map(error => error.message) };
}

describe('queries that are alike but for their texts', () => {
  test('are validated once, whatever the texts hold', () => {
    const { check, count } = counting();
    for (const text of ['a', 'b', '', '{ } ) #', '\\" ', 'x\\\\', '$a: !'])
      expect(check(`{ file(path: "${text}") }`)).toEqual([]);
    expect(count()).toBe(1);
  });

  test.each([
    ['{ file(path: "a", size: 1) }', '{ file(path: "a", size: "1") }'],
    ['{ file(path: "a") }', '{ file(path: a) }'],
    ['{ file(path: "a") }', '{ file(path: "a", path: "b") }'],
    ['{ file(path: "a") }', '{ file(pathh: "a") }'],
    ['{ file(path: "a") }', '{ file(path: """a""", other: 1) }'],
  ])('%s being right says nothing of %s', (right, wrong) => {
    const { check } = counting();
    expect(check(right)).toEqual([]);
    expect(check(wrong)).not.toEqual([]);
    // What is wrong is not remembered to be right.
    expect(check(wrong)).not.toEqual([]);
  });
});
