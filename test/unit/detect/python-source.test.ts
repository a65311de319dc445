import { describe, expect, it } from 'vitest';
import { NOT_CONFIGURED } from '../../../src/config/load.js';
import { findEnvReads } from '../../../src/detect/code/env-reads.js';
import { readModule } from '../../../src/detect/code/module.js';
import { pythonSource, readPython } from '../../../src/detect/code/tokens.js';
import { readProject } from '../../../src/detect/read-project.js';
import { memoryTree } from '../../../src/source/tree.js';

const words = async (text: string) =>
  readPython(text).statements.map(({ line, tokens }) => [line, ...tokens.map(t => t.text)]);

describe('readPython', () => {
  it.each([
    [
      'joins brackets',
      'a = (1,\n  2)\nb',
      [
        [1, 'a', '=', '(', '1', ',', '2', ')'],
        [3, 'b'],
      ],
    ],
    [
      'joins backslashes',
      'a = \\\n 1\nb',
      [
        [1, 'a', '=', '1'],
        [3, 'b'],
      ],
    ],
    [
      'drops comments',
      'a # b = 1\n# c \\\nd',
      [
        [1, 'a'],
        [3, 'd'],
      ],
    ],
    [
      'splits at semicolons',
      'a; b',
      [
        [1, 'a'],
        [1, 'b'],
      ],
    ],
    [
      'keeps what follows a colon',
      'if a: b\nelse: c',
      [
        [1, 'if', 'a', ':', 'b'],
        [2, 'else', ':', 'c'],
      ],
    ],
    [
      'reads a file without a last line end',
      'if a:\n\tb',
      [
        [1, 'if', 'a', ':'],
        [2, 'b'],
      ],
    ],
    [
      'reads Windows line ends',
      'a = 1\r\nb = "\\\r\nc"\r\nd',
      [
        [1, 'a', '=', '1'],
        [2, 'b', '=', 'c'],
        [4, 'd'],
      ],
    ],
    [
      'reads a byte order mark, tabs and form feeds',
      '\uFEFFa\n\f\nif b:\n\tc\n\fd',
      [
        [1, 'a'],
        [3, 'if', 'b', ':'],
        [4, 'c'],
        [5, 'd'],
      ],
    ],
    [
      'reads names of all scripts',
      'größe = 名 + 𝔘\nx·y',
      [
        [1, 'größe', '=', '名', '+', '𝔘'],
        [2, 'x·y'],
      ],
    ],
    [
      'reads numbers',
      '1. + .5e-3 + 0x_fF + 1_0j + 1.5.real',
      [[1, '1.', '+', '.5e-3', '+', '0x_fF', '+', '1_0j', '+', '1.5', '.', 'real']],
    ],
    ['reads operators', 'a //= b ** ...', [[1, 'a', '//=', 'b', '**', '...']]],
    ['reads arrows', 'def f() -> a: (b := c)', [[1, 'def', 'f', '(', ')', '->', 'a', ':', '(', 'b', ':=', 'c', ')']]],
  ])('%s', async (_, text, expected) => {
    expect(await words(text)).toEqual(expected);
  });

  it.each([
    ['keeps strings whole', `x = 'it''s # "no"'`, ['x', '=', 'it', 's # "no"']],
    ['reads triple quotes over lines', '"""a\n"b""\n"""', ['a\n"b""\n']],
    ['unescapes quotes only', String.raw`'a\'b\n\\' "\""`, [String.raw`a'b\n\ `.trim(), '"']],
    ['joins lines in a string', "'a\\\nb'", ['ab']],
    ['leaves raw strings', String.raw`r'\d\'' Rb'\\'`, [String.raw`\d\'`, String.raw`\\`]],
    ['reads an f-string without fields', "f'a {{b}}'", ['a {b}']],
    [
      'reads what an f-string computes',
      `f"{a['k']} {{x}} {b(c)}"`,
      [' {x} ', 'field', 'a', '[', 'k', ']', 'field', 'b', '(', 'c', ')'],
    ],
    ['reads the same quotes inside an f-string', 'f"{a["k"]}"', ['', 'field', 'a', '[', 'k', ']']],
    [
      'reads f-strings in f-strings',
      `f"{f"{f"{a["k"]}"}"}"`,
      ['', 'field', '', 'field', '', 'field', 'a', '[', 'k', ']'],
    ],
    ['reads a field over lines, with a comment', 'f"{\n  a # }\n} b"', [' b', 'field', 'a']],
    ['reads a field after a backslash', String.raw`rf'\{y}' + 'a'`, [String.raw`\ `.trim(), 'field', 'y', '+', 'a']],
    ['takes the name of a character for none', String.raw`f'\N{DASH}{y}'`, [String.raw`\N{DASH}`, 'field', 'y']],
    ['reads no format as code', 'f"{n:#x}" + a', ['', 'field', 'n', ':', '+', 'a']],
    [
      'reads no quote in a format',
      `f"{x:'>10}" + f'{y:">{w}}'`,
      ['', 'field', 'x', ':', '+', '', 'field', 'y', ':', '{', 'w', '}'],
    ],
    ['reads a format of a time', 'f"{now:%H:%M:%S}" + a', ['', 'field', 'now', ':', '+', 'a']],
    ['reads conversions', 'f"{x!r} {y = }" + a', [' ', 'field', 'x', '!r', 'field', 'y', '=', '+', 'a']],
    ['reads t-strings', 't"a {b}"', ['a ', 'field', 'b']],
  ])('%s', async (_, text, expected) => {
    expect(await words(text)).toEqual([[1, ...expected]]);
  });

  it('says which strings are computed', async () => {
    const { statements } = readPython(`'a' f'b' f'{c}' t'{d}' f'{{e}}'`);
    const strings = statements[0]!.tokens.filter(({ kind }) => kind === 'string');
    expect(strings.map(({ text, formatted }) => [text, formatted])).toEqual([
      ['a', undefined],
      ['b', undefined],
      ['', true],
      ['', true],
      ['{e}', undefined],
    ]);
  });

  it('says on which line a token stands, and how far a statement is indented', async () => {
    const { statements } = readPython('if a:\n\tb("""\n""", f"""\n{c}""",\nd)\n        e; f\n');
    const lines = statements.map(({ line, indent, tokens }) => [
      line,
      indent,
      ...tokens.map(({ text, line }) => `${text}@${line}`),
    ]);
    expect(lines).toEqual([
      [1, 0, 'if@1', 'a@1', ':@1'],
      [2, 8, 'b@2', '(@2', '\n@2', ',@3', '\n@3', 'field@4', 'c@4', ',@4', 'd@5', ')@5'],
      [6, 8, 'e@6'],
      [6, 8, 'f@6'],
    ]);
  });

  it.each([
    ['match', 'match x:\n  case [1, *_] | {"a": b, **r} if z: pass\n  case A(x=1) as y: pass\nmatch = case = type = 1'],
    ['assignment expressions', 'if (n := 1): pass\nx = [y := 1, y**2]'],
    [
      'type statements and parameters',
      'type X = int\ntype Y[T: int, *A, **P] = f[T]\ndef f[T](x: T) -> T: ...\nclass A[T]: pass',
    ],
    ['defaults of type parameters', 'class A[T = int](B): x = f"{a}"\ntype X[T = (int)] = T'],
    ['groups of exceptions', 'try: pass\nexcept* (A, B) as e: pass'],
    ['exceptions without brackets', 'try: pass\nexcept A, B: pass'],
    ['managers in brackets', 'with (open(a) as b, c() as (d, e),):\n  pass'],
    ['asynchronous code', 'async def f():\n  async with a as b: return [x async for x in y if await z]'],
    ['a line less indented in brackets', 'def f():\n    (bar.\n  baz(\n))\n    x'],
    [
      'Python 2',
      'print "a" % x\nprint >>f, x\ntry: pass\nexcept E, e: raise E, "x"\nexec "x" in y\n`x` <> 0777L ur"x"',
    ],
    ['a closing bracket too many', 'x = 1)\ny = (2]\n)'],
    ['characters that are no Python', 'x ? y $ z'],
    ['a template', '{{ a.b }}\n{% if c %}\nx = "{{ d }}"\n{% endif %}'],
  ])('does not take %s for unclosed', async (_, text) => {
    expect(readPython(text).unclosed).toBeUndefined();
  });

  it('reads all words of what no Python knows yet', async () => {
    expect(await words('class A[T = int](B): x = f"{a}"\nlazy import b')).toEqual([
      [1, 'class', 'A', '[', 'T', '=', 'int', ']', '(', 'B', ')', ':', 'x', '=', '', 'field', 'a'],
      [2, 'lazy', 'import', 'b'],
    ]);
  });

  it.each([
    ['x = [1,\ny', 1, 'a bracket waiting for "]"'],
    ['def f(\n  a = {\n  b)\n', 2, 'a bracket waiting for "}"'],
    ['a\nx = "abc\n', 2, 'a string'],
    ['a\nx = "abc\ny = (1)\nz = "d"\n', 2, 'a string'],
    ['f(\n  "a,\n  # b\n  "c",\n)\n', 2, 'a string'],
    ['a = b"\nc = "d"\n', 1, 'a string'],
    ['x = f"{a\n', 1, 'a string'],
    ['a\n\n"""abc\n', 3, 'a string'],
    [`a\nx = ${'('.repeat(5000)}`, 2, 'a bracket waiting for ")"'],
  ])('says where %j is never closed', async (text, line, what) => {
    expect(readPython(text).unclosed).toEqual({ line, what });
  });

  it.each([
    ['deep brackets', `x = ${'('.repeat(10_000)}1${')'.repeat(10_000)}`, 20_003],
    ['deep expressions', `x = ${'not '.repeat(20_000)}1`, 20_003],
    ['long data', `X = [\n${'  {"key": 1},\n'.repeat(10_000)}]\n`, 60_004],
  ])('reads %s', async (_, text, expected) => {
    const { statements, unclosed } = readPython(text);
    expect(unclosed).toBeUndefined();
    expect(statements[0]!.tokens).toHaveLength(expected);
  });

  it.each([
    'f"{(a}" + b',
    'f"{a[}" + b',
    'f"{a',
    'f"{a:',
    'f"{a:{',
    'f"}" + a',
    "f'''{a:\n}''' + b",
    '"a\\',
    '\\',
    '"""',
    'f"',
  ])('never fails: %j', text => {
    expect(() => readPython(text)).not.toThrow();
  });

  it('goes on behind a string that its line does not close', () => {
    const { statements } = readPython('f(f"a {b}\n, "c\n)\nd\n');
    expect(statements.at(-1)!.tokens.map(({ text }) => text)).toEqual(['d']);
  });

  it('reads nothing in a file that is binary', async () => {
    expect(readPython('\0\x01(\n')).toEqual({ statements: [] });
  });
});

describe('readModule', () => {
  it('resolves imports, also relative ones', async () => {
    const text =
      'from .. import db\nfrom ..models import (User,\n Item as Thing)\nfrom . import api\nimport os.path, json as j\n';
    const module = readModule('src/shop/views/page.py', pythonSource(text), ['src']);
    expect(module.name).toBe('shop.views.page');
    expect(Object.fromEntries(module.imports)).toEqual({
      db: 'shop.db',
      User: 'shop.models.User',
      Thing: 'shop.models.Item',
      api: 'shop.views.api',
      os: 'os',
      j: 'json',
    });
  });
});

describe('findEnvReads', () => {
  const reads = async (text: string, more: Record<string, string> = {}) => {
    const { value } = await readProject(memoryTree({ 'shop/config.py': text, ...more }), NOT_CONFIGURED);
    return findEnvReads(value!.modules).map(({ name, line, fallback, required }) => [name, line, fallback ?? required]);
  };

  it.each([
    ['a subscript', 'import os\nX = os.environ["A"]', [['A', 2, true]]],
    ['a default', 'import os\nX = os.environ.get("A", "b")', [['A', 2, 'b']]],
    ['a computed default', 'import os\nX = os.getenv("A", make())', [['A', 2, false]]],
    [
      'imported names',
      'from os import environ as e, getenv\nX = e["A"]\nY = getenv("B")',
      [
        ['A', 2, true],
        ['B', 3, true],
      ],
    ],
    ['an f-string', 'import os\nX = f"mysql://{os.environ[\'HOST\']}/x"', [['HOST', 2, true]]],
    [
      'a copy, and one read as the default of another',
      'import os\nenv = os.environ.copy()\nX = env.get("A", env.get("B"))',
      [
        ['A', 3, false],
        ['B', 3, true],
      ],
    ],
    [
      'a parameter with os.environ as default',
      'import os\ndef load(env: Mapping[str, str] = os.environ):\n    return env["A"], env.get("B", "c")',
      [
        ['A', 3, true],
        ['B', 3, 'c'],
      ],
    ],
    ['a helper function', 'import os\ndef need(name):\n    return os.environ[name]\nX = need("A")', [['A', 4, true]]],
    [
      'django-environ',
      'import environ\nenv = environ.Env()\nX = env("A")\nY = env.db()\nZ = env.str("B", default="c")',
      [
        ['A', 3, true],
        ['DATABASE_URL', 4, true],
        ['B', 5, 'c'],
      ],
    ],
    ['decouple', 'from decouple import config\nX = config("A", default="x")', [['A', 2, 'x']]],
    [
      'pydantic settings',
      'from pydantic_settings import BaseSettings, SettingsConfigDict\nclass S(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix="SHOP_")\n    database_url: str\n    debug: bool = False',
      [
        ['SHOP_DATABASE_URL', 4, true],
        ['SHOP_DEBUG', 5, false],
      ],
    ],
    [
      'settings that inherit',
      'from pydantic import BaseSettings\nclass Base(BaseSettings):\n    app_env: str\nclass Settings(Base):\n    database_url: str',
      [
        ['APP_ENV', 3, true],
        ['DATABASE_URL', 5, true],
      ],
    ],
    [
      'settings put together of models',
      'from pydantic import BaseModel\nfrom pydantic.v1 import BaseSettings\nclass Part(BaseModel):\n    database_url: str\nclass Settings(Part, BaseSettings):\n    title: str = "x"',
      [
        ['TITLE', 6, 'x'],
        ['DATABASE_URL', 4, true],
      ],
    ],
    [
      'a file of settings whose empty entries are variables',
      'import configparser, os\nclass FromEnv(configparser.BasicInterpolation):\n    def before_get(self, parser, section, option, value, defaults):\n        return value or os.getenv(option)\nini = configparser.ConfigParser(interpolation=FromEnv())\nini.read("shop.ini")\nKEY = ini["server"]["SECRET_KEY"] or made()\nA = ini["server"].getint("PORTS")\nB = ini.get("mail", "MAIL_SERVER")\nC = ini["server"]["title"]',
      [
        ['SECRET_KEY', 7, false],
        ['PORTS', 8, false],
        ['MAIL_SERVER', 9, false],
      ],
    ],
    [
      'no entry of a file that is all there is',
      'import configparser\nini = configparser.ConfigParser()\nKEY = ini["server"]["SECRET_KEY"]',
      [],
    ],
    ['no write', 'import os\nos.environ["A"] = "1"', []],
    ['no other mapping', 'X = settings["A"]\nY = cache.get("B")', []],
    ['no comment or string', '# os.environ["A"]\n"""os.environ["B"]"""', []],
  ])('reads %s', async (_, text, expected) => {
    expect(await reads(text)).toEqual(expected);
  });

  it('knows a name that came with all names of another module', async () => {
    const settings = {
      'site/base.py': 'import os\nimport environ\nenv = environ.Env()\n',
      'site/dev.py': 'from .base import *\n',
      'site/docker.py': 'from .dev import *\nX = os.environ["A"]\nY = env("B")\nos = None\n',
      'site/prod.py': 'from .dev import *\nX = os.environ["C"]\nY = env("D")\nenv = {}\n',
    };
    const found = await reads('', settings);
    expect(found.map(([name]) => name)).toEqual(['B', 'C']);
  });

  it('leaves tests out', async () => {
    expect(await reads('', { 'tests/conftest.py': 'import os\nX = os.environ["A"]' })).toEqual([]);
  });
});
