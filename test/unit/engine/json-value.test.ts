import { expect, it } from 'vitest';
import {
  asInteger,
  asString,
  encode,
  fieldAt,
  fieldNames,
  jsonOf,
  jsonText,
  withFieldAt,
} from '../../../engine/objects/json-value.js';

it.each([
  ['{"b":1, "a":[ ] ,"é":{}}', '{\n\t"a": [],\n\t"b": 1,\n\t"é": {}\n}'],
  ['[1,[2,"<"]]', '[\n\t1,\n\t[\n\t\t2,\n\t\t"\\u003c"\n\t]\n]'],
  ['1e21', '1e+21'],
  ['"x"', '"x"'],
])('%s is written with lines as Go does', (json, pretty) => {
  expect(jsonText(jsonOf(json), true, '\t')).toBe(pretty);
  expect(jsonText(jsonOf(json), false, '\t')).toBe(json);
});

it('keeps names that mean something to this language as any other', () => {
  const odd = withFieldAt(jsonOf('{}'), ['__proto__', 'constructor'], encode('x'));
  expect(odd.json).toBe('{"__proto__":{"constructor":"x"}}');
  expect(asString(fieldAt(odd, ['__proto__', 'constructor']))).toBe('x');
  expect(({} as Record<string, unknown>).constructor).toBe(Object);
  expect(() => fieldAt(jsonOf('{}'), ['constructor'])).toThrow("no such field: 'constructor'");
  expect(fieldNames(odd)).toEqual(['__proto__']);
});

it.each([['1.0'], ['1e3'], ['"1"'], ['[]'], ['9007199254740993'], ['-']])('%s is no integer', json => {
  expect(() => asInteger({ json })).toThrow();
});

it.each<[unknown]>([[''], ['{'], [{ a: 1 }], [undefined], ["'a'"]])('%j is no JSON', text => {
  expect(() => jsonOf(text)).toThrow();
});
