import { describe, expect, test } from 'vitest';
import { isSurelyClosed } from '../../../src/detect/code/closed.js';
import { mentioning, withAliases } from '../../../src/detect/code/mentions.js';
import { readModule } from '../../../src/detect/code/module.js';
import { pythonSource, readPython } from '../../../src/detect/code/tokens.js';

describe('isSurelyClosed', () => {
  test.each([
    'a = (1, [2, {3: "4"}])\n',
    "'''a ( b''' + \"it's (\" # (\n",
    'r"\\"" + "\\""\n',
    '"""a \\""" ( """\n',
    'f"{a} {{ {f(b)!r:>10}" + rf"{c}"\n',
    '"a\\\nb"\n',
    'a = (1)\r\nb = """\r\n"""\r\n',
    '',
  ])('sees that %j is closed', text => {
    expect(readPython(text).unclosed).toBeUndefined();
    expect(isSurelyClosed(text)).toBe(true);
  });

  test.each([
    'a = (1\n',
    'a = ")\n"\n',
    '"""a"\n',
    'f"{a\n',
    'f"{(a}"\n',
    'f"{a["b"]}"\n',
    'a = )(\n',
    'f"{\'a)\'}("\n',
    'f"{a:{b}}"\n',
    '"\\"\n',
    '# )\n(\n',
    'a\r(\r',
    '(\0)',
  ])('leaves %j to whoever reads words', text => {
    expect(isSurelyClosed(text)).toBe(false);
  });
});

describe('mentioning', () => {
  const module = (path: string, text: string) => readModule(path, pythonSource(text), []);
  const modules = [
    module('a.py', 'from shop import make as build\n'),
    module('b.py', 'from a import (build\n  as other)\n'),
    module('c.py', 'makeshift = remake\n'),
    module('d.py', 'x = other()\n'),
    module('e.py', 'x = émake\n'),
  ];

  test('takes words that stand by themselves, and those that imports put in their places', () => {
    expect([...withAliases(['make'], modules)]).toEqual(['make', 'build', 'other']);
    // A letter beyond ASCII counts as something else: at most a module too many is read.
    const found = mentioning(modules, withAliases(['make'], modules));
    expect(found.map(({ path }) => path)).toEqual(['a.py', 'b.py', 'd.py', 'e.py']);
    expect(mentioning(modules, [])).toEqual([]);
  });
});

test('the statements of a module are read when they are asked for', () => {
  let reads = 0;
  const text = 'from a import b\n';
  const source = {
    text,
    read() {
      reads += 1;
      return readPython(text);
    },
  };
  const module = readModule('m.py', source, []);
  expect([module.name, module.text, module.unclosed, reads]).toEqual(['m', text, undefined, 0]);
  expect([...module.imports]).toEqual([['b', 'a.b']]);
  expect(module.stars).toEqual([]);
  expect(reads).toBe(1);
});
