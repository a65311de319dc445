import { describe, expect, it } from 'vitest';
import { formatDiagnostic } from '../../../src/diagnostics/words.js';
import { isTomlFile, parseToml } from '../../../src/source/toml-file.js';
import { type TomlKey, tomlLine, tomlPlace, tomlPlaceInTable } from '../../../src/source/toml-place.js';

const file = (text: string) => {
  const read = parseToml('pyproject.toml', text, 'QS206');
  if (!isTomlFile(read)) throw new Error(formatDiagnostic(read));
  return read;
};

describe('lines of TOML', () => {
  const text = `top = 1
[tool.shop]
x = 1
[tool.shop.inner]
y = [
  "one", # not "two"
  "two",
]
"z" = 1
`;
  it.each<[readonly TomlKey[], number | undefined]>([
    [['top'], 1],
    [['tool', 'shop', 'x'], 3],
    [['tool', 'shop', 'inner', 'y', 1], 7],
    [['tool', 'shop', 'inner', 'z'], 9],
    [['tool', 'shop', 'inner'], 4],
    [['tool', 'shop', 'inner', 'missing'], undefined],
    [['other', 'x'], undefined],
  ])('%j is on line %s', (path, line) => {
    expect(tomlLine(file(text), ...path)).toBe(line);
  });

  it.each<[string, string, readonly TomlKey[], number]>([
    ['a key of an inline table', 'a = 1\ntool = { b = 1, shop = { x = 2 } }\n', ['tool', 'shop', 'x'], 2],
    ['a dotted key', '[tool]\nb = 1\nshop.x = 2\n', ['tool', 'shop', 'x'], 3],
    ['a dotted key at the top', 'project.name = "shop"\nproject.version = "1"\n', ['project', 'version'], 2],
    [
      'a quoted key with a dot in it',
      '[packages]\nzope = 1\n"zope.interface" = 2\n',
      ['packages', 'zope.interface'],
      3,
    ],
    ['a quoted header', '[tool."shop.x"]\na = 1\n[tool.shop.x]\na = 2\n', ['tool', 'shop.x', 'a'], 2],
    ['a header with spaces', '[ tool . shop ]\nx = 1\n', ['tool', 'shop', 'x'], 2],
    ['a table after the tables in it', '[tool.shop.inner]\ny = 1\n[tool.shop]\nx = 1\n', ['tool', 'shop'], 3],
    [
      'one table of an array of tables',
      '[[package]]\nname = "a"\n[[package]]\nversion = "1"\nname = "b"\n',
      ['package', 1, 'name'],
      5,
    ],
    [
      'a table below one of an array',
      '[[package]]\n[package.source]\nurl = 1\n[[package]]\n[package.source]\nurl = 2\n',
      ['package', 1, 'source', 'url'],
      6,
    ],
    ['an item that is part of one before it', 'd = [\n  "flask-cors",\n  "flask",\n]\n', ['d', 1], 3],
    ['an item that a comment names before it', 'd = [\n  # "flask" is for the API\n  "flask",\n]\n', ['d', 0], 3],
    ['an item that is written with an escape', 'd = [\n  "a",\n  "fl\\u0061sk",\n]\n', ['d', 1], 3],
    ['a table in an array', 'd = [\n  { name = "a" },\n  { name = "b" },\n]\n', ['d', 1, 'name'], 3],
    ['a key below a text of several lines', 'a = """\nname = 1\n[tool]\n"""\nname = 2\n', ['name'], 5],
    ['a key that an array of arrays hides', 'a = [\n[1],\n["x"]]\n[tool]\nx = 1\n', ['tool', 'x'], 5],
    ['a key beyond CRLF', 'a = 1\r\nb = 2\r\n', ['b'], 2],
  ])('%s', (_, written, path, line) => {
    expect(tomlLine(file(written), ...path)).toBe(line);
  });

  it('give the nearest place around what is not there', () => {
    expect(tomlPlace(file(text), 'tool', 'shop', 'inner', 'y', 7)).toEqual({ file: 'pyproject.toml', line: 5 });
    expect(tomlPlace(file(text), 'project', 'name')).toEqual({ file: 'pyproject.toml' });
  });

  it.each<[string, string, number | undefined]>([
    ['in the table that is meant', '[[package]]\nname = "a"\n\n[[package]]\nversion = "1"\nname = "b"\n', 6],
    ['beyond CRLF', '[[package]]\r\nname = "a"\r\n[[package]]\r\nname = "b"\r\n', 4],
    ['below a header with spaces', '[[package]]\nname = "a"\n[[ package ]]\nname = "b"\n', 4],
    ['below a text that looks like one', "[[package]]\na = '''\n[[package]]\n'''\n[[package]]\nname = \"b\"\n", 6],
    ['in one of the tables of an array', 'package = [\n  { name = "a" },\n  { name = "b" },\n]\n', 3],
    ['at the table itself where the key is not there', '[[package]]\n[[package]]\nx = 1\n', 2],
    ['nowhere when there is no such table', 'x = 1\n', undefined],
  ])('of a table among many are the same: %s', (_, written, line) => {
    const place = tomlPlaceInTable(file(written), 'package', 1, 'name');
    expect(place).toEqual(tomlPlace(file(written), 'package', 1, 'name'));
    expect(place.line).toBe(line);
  });

  it('are none where only the other parser can read the file', () => {
    const read = file('[project]\nname = "shop"\nborn = 1988-02-30\n');
    expect(tomlPlace(read, 'project', 'name')).toEqual({ file: 'pyproject.toml' });
  });

  it('are found whatever the file is called later', () => {
    const read = file(text);
    expect(tomlPlace(read, 'top').file).toBe('pyproject.toml');
    expect(tomlPlace({ ...read, path: 'backend/pyproject.toml' }, 'top')).toEqual({
      file: 'backend/pyproject.toml',
      line: 1,
    });
  });
});
