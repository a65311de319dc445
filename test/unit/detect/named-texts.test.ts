/** Variables that code names by constants: `os.environ.get(KEY_DATABASE_URI)`, where another module says what they are called. */
import { expect, it } from 'vitest';
import { detectFiles, type Files, FLASK, withFiles } from './apps.js';

const app = (config: string, more: Files = {}): Files =>
  withFiles(FLASK, {
    'requirements.txt': 'flask==3.1.0\ngunicorn==23.0.0\npsycopg2==2.9.10\n',
    'shop/constants.py': 'KEY_DB = "SHOP_DATABASE_URI"\nKEY_AGAIN: Final = "SHOP_DATABASE_URI"\nKEY_NUMBER = 5\n',
    'shop/config.py': config,
    ...more,
  });

const addressIn = async (files: Files) => {
  const { facts, diagnostics } = await detectFiles(files);
  const variable = facts?.services[0]?.addresses?.[0]?.variable;
  return variable
    ? `${variable.value} ${variable.place.file}:${variable.place.line}`
    : diagnostics.map(({ code }) => code).join();
};

const IMPORT = 'import os\nfrom shop.constants import KEY_DB\n';

it.each<readonly [string, string, Files]>([
  ['a getter', `${IMPORT}\nURI = os.environ.get(KEY_DB)\n`, {}],
  ['getenv', `${IMPORT}\nURI = os.getenv(KEY_DB, None)\n`, {}],
  ['a subscript', `${IMPORT}\nURI = os.environ[KEY_DB]\n`, {}],
  ['a constant with a type', `${IMPORT.replace('KEY_DB', 'KEY_AGAIN')}\nURI = os.environ[KEY_AGAIN]\n`, {}],
  ['another name for it', `${IMPORT.replace('KEY_DB', 'KEY_DB as DB')}\nURI = os.environ[DB]\n`, {}],
  ['its module', 'import os\nfrom shop import constants\n\nURI = os.environ[constants.KEY_DB]\n', {}],
  [
    'a module that passes it on',
    `${IMPORT.replace('constants', 'keys')}\nURI = os.environ[KEY_DB]\n`,
    {
      'shop/keys.py': 'from .constants import KEY_DB\n',
    },
  ],
  ['its own module', 'import os\n\nKEY = "SHOP_DATABASE_URI"\nURI = os.environ.get(KEY)\n', {}],
  ['a library', `import environ\nfrom .constants import KEY_DB\nenv = environ.Env()\nURI = env.str(KEY_DB)\n`, {}],
  [
    'an enumeration',
    `import os\nfrom .keys import Key\n\nURI = os.environ[Key.DB.value]\n`,
    {
      'shop/keys.py': 'from enum import Enum\n\nclass Key(Enum):\n    DB = "SHOP_DATABASE_URI"\n',
    },
  ],
])('are read through %s', async (_, config, more) => {
  expect(await addressIn(app(config, more))).toMatch(/^SHOP_DATABASE_URI shop\/config\.py:[45]$/);
});

it.each<readonly [string, string, Files]>([
  ['is no text', `${IMPORT.replace('KEY_DB', 'KEY_NUMBER')}\nURI = os.environ.get(KEY_NUMBER)\n`, {}],
  ['is two', 'import os\n\nKEY = "SHOP_DATABASE_URI"\nKEY = "OTHER_DATABASE_URI"\nURI = os.environ.get(KEY)\n', {}],
  ['is a variable', 'import os\n\nkey = "SHOP_DATABASE_URI"\nURI = os.environ.get(key)\n', {}],
  ['is nobody’s', 'import os\nfrom elsewhere import KEY\n\nURI = os.environ.get(KEY)\n', {}],
  ['is given', `${IMPORT}\nos.environ[KEY_DB] = "x"\n`, {}],
])('are asked for where a name %s', async (_, config, more) => {
  expect(await addressIn(app(config, more))).toBe('QS502');
});
