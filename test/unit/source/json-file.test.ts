/** Lines of members in JSON files. */
import { describe, expect, it } from 'vitest';
import { jsonLine, readLooseJson } from '../../../src/source/json-file.js';

describe('the line of a member', () => {
  const text =
    '{\n  "files": ["node"],\n  "volta": { "node": "20" },\n  // pinned\n  "engines": {\n    "node": ">=20",\n  }\n}\n';
  it.each<readonly [readonly string[], number | undefined]>([
    [['files'], 2],
    [['volta', 'node'], 3],
    [['engines', 'node'], 6],
    [['engines', 'npm'], undefined],
    [['files', 'node'], undefined],
  ])('%j', (keys, expected) => {
    expect(jsonLine(text, ...keys)).toBe(expected);
  });

  it('is that of the last one of a name, which counts', () => {
    expect(jsonLine('{ "a": 1,\n "a": 2 }', 'a')).toBe(2);
  });

  it('is not there where the file cannot be read', () => {
    expect(jsonLine('{ "a": ', 'a')).toBeUndefined();
    expect(readLooseJson('{ "a": ')).toBeUndefined();
  });

  it('is read with comments and commas at the end, as tools read their own files', () => {
    expect(readLooseJson(text)).toEqual({ files: ['node'], volta: { node: '20' }, engines: { node: '>=20' } });
  });
});
