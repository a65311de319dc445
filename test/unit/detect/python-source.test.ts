import { describe, expect, it } from 'vitest';
import { findEnvReads } from '../../../src/detect/code/env-reads.js';
import { readModule } from '../../../src/detect/code/module.js';
import { readPython } from '../../../src/detect/code/tokens.js';
import { readProject } from '../../../src/detect/read-project.js';
import { memoryTree } from '../../../src/source/tree.js';

const words = (text: string) =>
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
      'a # b = 1\n# c\nd',
      [
        [1, 'a'],
        [3, 'd'],
      ],
    ],
    ['keeps strings whole', `x = 'it''s # "no"'`, [[1, 'x', '=', 'it', 's # "no"']]],
    [
      'reads triple quotes over lines',
      '"""a\nb"""\nc',
      [
        [1, 'a\nb'],
        [3, 'c'],
      ],
    ],
    ['reads a field after a backslash', String.raw`x = rf'\{y}' + 'a'`, [[1, 'x', '=', '\\', 'field', 'y', '+', 'a']]],
    ['unescapes quotes only', String.raw`x = 'a\'b\n'`, [[1, 'x', '=', String.raw`a'b\n`]]],
    ['leaves raw strings', String.raw`x = r'\d'`, [[1, 'x', '=', String.raw`\d`]]],
    [
      'splits at semicolons',
      'a; b',
      [
        [1, 'a'],
        [1, 'b'],
      ],
    ],
    [
      'reads what an f-string computes',
      'f"{a[\'k\']:>3} {{x}}"',
      [[1, ' {x}', 'field', 'a', '[', 'k', ']', ':', '>', '3']],
    ],
    ['reads the same quotes inside an f-string', 'f"{a["k"]}"', [[1, '', 'field', 'a', '[', 'k', ']']]],
    [
      'reads Windows line ends',
      'a = 1\r\nb = 2\r\n',
      [
        [1, 'a', '=', '1'],
        [2, 'b', '=', '2'],
      ],
    ],
  ])('%s', (_, text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  it.each([
    ['x = [1,\ny', 1],
    ['a\nx = "abc\n', 2],
    [`a\nx = ${'('.repeat(5000)}`, 2],
    ['a\n\n"""abc\n', 3],
  ])('says where %j is never closed', (text, line) => {
    expect(readPython(text).unclosed?.line).toBe(line);
  });
});

describe('readModule', () => {
  it('resolves imports, also relative ones', () => {
    const text =
      'from .. import db\nfrom ..models import (User,\n Item as Thing)\nfrom . import api\nimport os.path, json as j\n';
    const module = readModule('src/shop/views/page.py', text, ['src']);
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
    const { value } = await readProject(memoryTree({ 'shop/config.py': text, ...more }), '', {});
    return findEnvReads(value!).map(({ name, line, fallback, required }) => [name, line, fallback ?? required]);
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
    ['no write', 'import os\nos.environ["A"] = "1"', []],
    ['no other mapping', 'X = settings["A"]\nY = cache.get("B")', []],
    ['no comment or string', '# os.environ["A"]\n"""os.environ["B"]"""', []],
  ])('reads %s', async (_, text, expected) => {
    expect(await reads(text)).toEqual(expected);
  });

  it('leaves tests out', async () => {
    expect(await reads('', { 'tests/conftest.py': 'import os\nX = os.environ["A"]' })).toEqual([]);
  });
});
