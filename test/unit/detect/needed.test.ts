/** Variables that an app fails without: which they are, what they are for, and what trials have in their place. */
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/plan/types.js';
import { memoryTree } from '../../../src/source/tree.js';
import { understand } from '../../../src/understand.js';
import { DJANGO, detectFiles, FASTAPI, type Files, FLASK, withFiles } from './apps.js';

async function neededIn(files: Files): Promise<readonly string[]> {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  return (facts?.needed ?? []).map(({ name, kind, trial = 'random', sometimes }) =>
    [name, kind, trial, ...(sometimes ? ['sometimes'] : [])].join(' '),
  );
}

const settings = (code: string): Files => withFiles(DJANGO, { 'site_/settings.py': `${code}\n` });

const flask = (code: string, more: Files = {}): Files =>
  withFiles(FLASK, { 'shop/__init__.py': `import os\n${code}\n${FLASK['shop/__init__.py']}`, ...more });

const pydantic = (fields: string, more = '', imported = 'pydantic_settings', base = 'BaseSettings'): Files =>
  withFiles(FASTAPI, {
    'requirements.txt': 'fastapi==0.115.0\nuvicorn==0.32.0\npydantic-settings==2.7.0\n',
    'main.py': [
      'from enum import StrEnum',
      'from typing import Annotated, Literal, Optional',
      'from pydantic import *',
      'from fastapi import FastAPI',
      `from ${imported} import BaseSettings`,
      more,
      `class Settings(${base}):`,
      ...fields.split('\n').map(line => `    ${line}`),
      '',
      'settings = Settings()',
      'app = FastAPI()',
      '',
    ].join('\n'),
  });

describe('models that are filled from the environment', () => {
  const model = (filled: string) =>
    withFiles(pydantic('NAME: str = ""'), {
      'config.py': `import os\nfrom dotenv import dotenv_values\nfrom pydantic import BaseModel\n\nclass Database(BaseModel):\n    DB_NAME_OF_SHOP: str\n    DB_POOL_SIZE: int = 5\n\nclass Item(BaseModel):\n    title: str\n\n${filled}\n`,
      'main.py': 'from fastapi import FastAPI\nfrom config import settings\n\napp = FastAPI()\n',
    });
  it.each([
    ['os.environ', 'settings = Database(**os.environ)', ['DB_NAME_OF_SHOP text trial']],
    [
      'a file and that',
      'values = {**dotenv_values(".env"), **dict(os.environ)}\nsettings = Database(**values)',
      ['DB_NAME_OF_SHOP text trial'],
    ],
    ['elsewhere', 'settings = Database(DB_NAME_OF_SHOP=os.environ.get("X", ""))', []],
  ])('from %s', async (_, filled, expected) => {
    expect(await neededIn(model(filled))).toEqual(expected);
  });
});

describe('of several values that are allowed', () => {
  const field = 'DATABASE_TYPE: Literal["mysql", "postgresql"]\nDB_HOST: str';
  it.each<readonly [string, string, readonly string[]]>([
    ['the one of the database that the app has', 'psycopg', ['DATABASE_TYPE text postgresql']],
    ['the first, where none is of a service', 'pydantic', ['DATABASE_TYPE text mysql', 'DB_HOST text localhost']],
  ])('%s', async (_, driver, expected) => {
    const files = pydantic(field);
    expect(await neededIn(withFiles(files, { 'requirements.txt': `${files['requirements.txt']}${driver}\n` }))).toEqual(
      expected,
    );
  });
});

describe('read with os', () => {
  it.each<readonly [string, string, readonly string[]]>([
    ['a subscript', 'A = os.environ["GREETING"]', ['GREETING text trial']],
    [
      'what stands behind the scheme of an address',
      'A = "https://" + os.environ["SHOP_URL"]',
      ['SHOP_URL text localhost'],
    ],
    ['one with a default', 'A = os.environ.get("GREETING", "hello")', []],
    ['what may be None', 'A = os.getenv("GREETING")', []],
    ['what ends the app when it is there', 'if os.environ.get("STOP_AFTER_START"):\n    raise SystemExit(0)', []],
    ['what it ends without', 'if not os.environ.get("GREETING"):\n    raise SystemExit(1)', ['GREETING text trial']],
    ['what is held against another', 'A = os.getenv("KIND")\nif A:\n    assert A == B', []],
    ['a number', 'A = int(os.environ["MAX_ITEMS"])', ['MAX_ITEMS number 10']],
    ['a number of None', 'A = int(os.getenv("MAX_ITEMS"))', ['MAX_ITEMS number 10']],
    ['a number unless it is None', 'A = int(os.getenv("MAX_ITEMS") or 5)', []],
    ['a share', 'A = float(os.environ["SAMPLE_RATE"])', ['SAMPLE_RATE number 1']],
    ['a list', 'A = os.environ["NAMES"].split(",")', ['NAMES list trial']],
    ['a list of None', 'A = os.getenv("NAMES").split(",")', ['NAMES list trial']],
    ['a list of numbers', 'A = [int(i) for i in os.environ["IDS"].split(",")]', ['IDS list 10']],
    ['a flag', 'A = os.environ["FAST"].lower() in ("1", "true")', ['FAST flag false']],
    ['a flag by what it is compared with', 'A = os.environ["FAST"] == "True"', ['FAST flag false']],
    ['JSON', 'import json\nA = json.loads(os.environ["RATES"])', ['RATES JSON {}']],
    ['a URL by its name', 'A = os.environ["PUBLIC_URL"]', ['PUBLIC_URL URL http://localhost']],
    ['a DSN', 'A = os.environ["SENTRY_DSN"]', ['SENTRY_DSN URL http://none@localhost/1']],
    ['an email address', 'A = os.environ["ADMIN_EMAIL"]', ['ADMIN_EMAIL email trial@example.org']],
    ['a secret', 'A = os.environ["MAIL_TOKEN"]', ['MAIL_TOKEN secret random']],
    ['a level', 'A = os.environ["LOG_LEVEL"]', ['LOG_LEVEL text INFO']],
    ['a database in a file', 'A = os.environ["DATABASE_URL"]', ['DATABASE_URL URL sqlite:////data/trial.sqlite3']],
    [
      'a Fernet key',
      'from cryptography.fernet import Fernet\nF = Fernet(os.environ["BOX"].encode())',
      ['BOX secret random'],
    ],
    [
      'a number at another place',
      'LIMIT = os.environ["LIMIT_A"]\n\ndef f():\n    return int(LIMIT)',
      ['LIMIT_A number 10'],
    ],
    ['what the code gives itself', 'os.environ.setdefault("A_B", "x")\nA = os.environ["A_B"]', []],
    ['what is caught', 'try:\n    A = os.environ["A_B"]\nexcept KeyError:\n    A = None', []],
    [
      'what is caught and raised again',
      'try:\n    A = os.environ["A_B"]\nexcept KeyError:\n    raise RuntimeError("A_B")',
      ['A_B text trial'],
    ],
    ['what is asked for first', 'if "A_B" in os.environ:\n    A = os.environ["A_B"]', []],
    ['what is asked for softly', 'if os.environ.get("A_B"):\n    A = os.environ["A_B"]', []],
    ['a condition', 'if not DEBUG:\n    A = os.environ["A_B"]', ['A_B text trial sometimes']],
    ['an alternative', 'A = os.getenv("A_A") or os.environ["A_B"]', ['A_B text trial sometimes']],
    ['a function', 'def f():\n    return os.environ["A_B"]', ['A_B text trial sometimes']],
    ['a program', 'if __name__ == "__main__":\n    A = os.environ["A_B"]', []],
    [
      'a check that raises',
      'KEY = os.getenv("A_KEY_ID")\nif not KEY:\n    raise ValueError("A_KEY_ID")',
      ['A_KEY_ID text 10'],
    ],
    ['a check that leaves', 'import sys\nK = os.getenv("A_B")\nif K is None:\n    sys.exit("A_B")', ['A_B text trial']],
    [
      'a check of several',
      'A = os.getenv("A_A")\nB = os.getenv("B_B")\nif not all([A, B]):\n    raise E',
      ['A_A text trial', 'B_B text trial'],
    ],
    [
      'a check of something else',
      'A = os.getenv("A_A")\nB = os.getenv("B_B")\nif A and not B:\n    raise E',
      ['B_B text trial'],
    ],
    ['an assertion', 'A = os.getenv("A_A")\nassert A, "A_A is not set"', ['A_A text trial']],
    [
      "a helper of the app's own that raises",
      'def need(name):\n    try:\n        return os.environ[name]\n    except KeyError:\n        raise RuntimeError(name)\n\nA = need("A_A")',
      ['A_A text trial'],
    ],
    [
      'a helper that does not',
      'def want(name, default=None):\n    return os.environ.get(name, default)\n\nA = want("A_A")',
      [],
    ],
    [
      'a helper that raises for something else',
      'def want(name):\n    path = find()\n    if not path.is_file():\n        raise RuntimeError(name)\n    return os.environ.get(name)\n\nA = want("A_A")',
      [],
    ],
    ['what every process has', 'A = os.environ["HOME"] + os.environ["PORT"]', []],
  ])('%s', async (_, code, expected) => {
    expect(await neededIn(flask(code))).toEqual(expected);
  });

  it('in modules that are never reached, or are tests, does not count', async () => {
    const code = 'import os\nA = os.environ["NOBODY_ASKS"]\n';
    expect(await neededIn(withFiles(FLASK, { 'report.py': code, 'tests/test_shop.py': code }))).toEqual([]);
    const more = { 'shop/mail.py': 'import os\nA = os.environ["ASKED_FOR"]\n', 'report.py': code };
    expect(await neededIn(flask('from shop import mail', more))).toEqual(['ASKED_FOR text trial']);
  });

  it('is given by a Dockerfile, the configuration or a service', async () => {
    const code = 'A = os.environ["A_A"]\nB = os.environ["B_B"]\nC = os.environ["REDIS_URL"]';
    const files = flask(code, {
      Dockerfile: 'FROM python:3.13\nENV A_A=1\nCMD gunicorn "shop:create_app()"\n',
      'quayside.yaml': 'env:\n  B_B: two\n',
      'requirements.txt': `${FLASK['requirements.txt']}redis==5.0.0\n`,
    });
    expect(await neededIn(files)).toEqual([]);
  });
});

describe('read with libraries', () => {
  it.each<readonly [string, Files, readonly string[]]>([
    [
      'django-environ, by the module in its package',
      settings(
        'from environ import environ\nenv = environ.Env(interpolate=True)\nA = env.str("A_A")\nB = env.bool("B_B")',
      ),
      ['A_A text trial', 'B_B flag false'],
    ],
    [
      'django-environ',
      settings(
        'import environ\nenv = environ.Env(DEBUG=(bool, False), MANY=(int, 3), RATE=float)\nD = env("DEBUG")\nM = env("MANY")\nR = env("RATE")\nA = env("A_A")\nB = env.int("B_B")\nC = env.list("C_C")\nD = env.bool("D_D", default=None)\nU = env.url("U_U")\nX = env("X_X", str, "x")\nP = env.db("THE_DATABASE")\nenv.read_env(".env")',
      ),
      [
        'RATE number 1',
        'A_A text trial',
        'B_B number 10',
        'C_C list trial',
        'U_U URL http://localhost',
        'THE_DATABASE URL sqlite:////data/trial.sqlite3',
      ],
    ],
    [
      'python-decouple',
      settings(
        'from decouple import config, Csv\nS = config("SECRET_KEY")\nA = config("A_A", cast=int)\nB = config("B_B", default=False, cast=bool)\nC = config("C_C", cast=Csv())\nD = config("D_D", cast=bool)\nE = config("E_E", "e")\nF = config("F_F", cast=lambda v: v.split(","))',
      ),
      ['SECRET_KEY secret random', 'A_A number 10', 'C_C list trial', 'D_D flag false', 'F_F list trial'],
    ],
    [
      'a default that is a list, where text is wanted',
      settings(
        'import os\nfrom decouple import config\nA = os.getenv("A_A", []).split(",")\nB = os.getenv("B_B", [])\nC = config("C_C", default=[]).split(",")\nD = os.getenv("D_D", "d").split(",")',
      ),
      ['A_A list trial', 'C_C list trial'],
    ],
    [
      'environs, with a prefix',
      flask(
        'from environs import Env\nenv = Env()\nA = env.str("A_A")\nB = env.int("B_B", 3)\nwith env.prefixed("SHOP_"):\n    C = env.bool("C_C")\nD = env.dict("D_D")',
      ),
      ['A_A text trial', 'SHOP_C_C flag false', 'D_D list trial=trial'],
    ],
    [
      'the object that environs has ready',
      flask(
        'from environs import env\nenv.read_env()\nA = env.str("A_A")\nB = env.int("B_B", 3)\nwith env.prefixed("SHOP_"):\n    C = env.bool("C_C")',
      ),
      ['A_A text trial', 'SHOP_C_C flag false'],
    ],
    [
      "Starlette's Config",
      withFiles(FASTAPI, {
        'main.py':
          'from fastapi import FastAPI\nfrom starlette.config import Config, environ\nfrom starlette.datastructures import CommaSeparatedStrings, Secret\nconfig = Config(".env")\nA = config("A_A")\nB = config("B_B", cast=bool)\nC = config("C_C", CommaSeparatedStrings)\nD = config("D_D", Secret, default="d")\nE = config("E_E", cast=Secret)\nF = config("F_F", int, 5)\nG = environ["G_G"]\napp = FastAPI()\n',
      }),
      ['A_A text trial', 'B_B flag false', 'C_C list trial', 'E_E secret random', 'G_G text trial'],
    ],
    [
      "Flask's settings in a file",
      flask('app.config.from_envvar("SHOP_SETTINGS")\napp.config.from_envvar("MORE", silent=True)'),
      ['SHOP_SETTINGS path /dev/null'],
    ],
  ])('%s', async (_, files, expected) => {
    expect(await neededIn(files)).toEqual(expected);
  });
});

describe("pydantic's settings", () => {
  const NESTED =
    'class Box(BaseModel):\n    width: int\n    label: str\n    colour: str = "red"\nclass Mode(StrEnum):\n    FAST = "fast"\n    SLOW = "slow"\n';
  const BASE = 'class Base(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix="X_")\n';
  it.each<readonly [string, Files, readonly string[]]>([
    [
      'fields with and without a default',
      pydantic('NAME: str\nSIZE: int = 3\nCOUNT: int'),
      ['NAME text trial', 'COUNT number 10'],
    ],
    [
      'flags, shares, secrets',
      pydantic('FAST: bool\nRATE: float\nKEY: SecretStr'),
      ['FAST flag false', 'RATE number 1', 'KEY secret random'],
    ],
    [
      'addresses',
      pydantic('FRONT: AnyHttpUrl\nTO: EmailStr\nMAIN: PostgresDsn'),
      ['FRONT URL http://localhost', 'TO email trial@example.org', 'MAIN URL postgres://localhost/trial'],
    ],
    [
      'lists',
      pydantic('NAMES: list[str]\nPORTS: set[int]\nFRONTS: list[AnyHttpUrl]'),
      ['NAMES list ["trial"]', 'PORTS list [10]', 'FRONTS list ["http://localhost"]'],
    ],
    ['choices', pydantic('LEVEL: Literal["low", "high"]\nMODE: Mode', NESTED), ['LEVEL text low', 'MODE text fast']],
    ['models in JSON', pydantic('BOX: Box', NESTED), ['BOX JSON {"width": 10, "label": "trial"}']],
    [
      'what may be None is needed all the same',
      pydantic('NAME: Optional[str]\nSIZE: int | None'),
      ['NAME text trial', 'SIZE number 10'],
    ],
    [
      'and is not in the first pydantic',
      pydantic('NAME: Optional[str]\nCOUNT: int', '', 'pydantic.v1'),
      ['COUNT number 10'],
    ],
    [
      'Field without a default',
      pydantic('NAME: str = Field(...)\nSIZE: int = Field(gt=0)\nX: str = Field(default="x")\nY: str = ...'),
      ['NAME text trial', 'SIZE number 10', 'Y text trial'],
    ],
    [
      'aliases',
      pydantic('name: str = Field(alias="SHOP_NAME")\nother: Annotated[int, Field(validation_alias="SHOP_SIZE")]'),
      ['SHOP_NAME text trial', 'SHOP_SIZE number 10'],
    ],
    [
      'a prefix',
      pydantic('model_config = SettingsConfigDict(env_prefix="shop_")\nname: str'),
      ['SHOP_NAME text trial'],
    ],
    ['a prefix that is inherited', pydantic('name: str', BASE, 'pydantic_settings', 'Base'), ['X_NAME text trial']],
    [
      'names in their own case',
      pydantic('model_config = SettingsConfigDict(case_sensitive=True)\nname: str'),
      ['name text trial'],
    ],
    [
      'nested with a delimiter',
      pydantic('model_config = SettingsConfigDict(env_nested_delimiter="__")\nbox: Box', NESTED),
      ['BOX__WIDTH number 10', 'BOX__LABEL text trial'],
    ],
    [
      'nested with a delimiter and a default, of which nothing is needed',
      pydantic(
        'model_config = SettingsConfigDict(env_nested_delimiter="__")\nbox: Box = Field(default_factory=Box)',
        NESTED,
      ),
      [],
    ],
    [
      'a class that nobody makes',
      pydantic('NAME: str', 'class Old(BaseSettings):\n    GONE: str\n'),
      ['NAME text trial'],
    ],
  ])('%s', async (_, files, expected) => {
    expect(await neededIn(files)).toEqual(expected);
  });
});

describe('in trials', () => {
  async function planOf(files: Files): Promise<Plan> {
    const { app, diagnostics } = await understand(memoryTree(files));
    expect(diagnostics).toEqual([]);
    return app!.plan;
  }
  const shop = withFiles(
    settings(
      'import os\nSECRET_KEY = os.environ["SECRET_KEY"]\nMAIL_TOKEN = os.environ["MAIL_TOKEN"]\nMAX = int(os.environ["MAX_ITEMS"])\nSHOP = os.environ["SHOP"]\nSTATIC_ROOT = "out"',
    ),
    {
      'requirements.txt': `${DJANGO['requirements.txt']}pytest==8.0.0\n`,
      'tests/test_a.py': 'def test_a():\n    pass\n',
    },
  );
  const suiteOf = ({ suites }: Plan, id: string) => suites.find(suite => suite.id === id)!;

  it('each has a value of its kind, and the published image has none', async () => {
    const plan = await planOf(shop);
    const trial = { MAX_ITEMS: '10', SHOP: 'trial' };
    for (const id of ['unit', 'smoke']) {
      expect(suiteOf(plan, id).env).toMatchObject(trial);
      expect(suiteOf(plan, id).secrets).toEqual(['SECRET_KEY', 'MAIL_TOKEN']);
    }
    const [web] = plan.processes;
    expect(web?.env).toEqual({});
    expect(web?.profiles.serve?.env).toMatchObject(trial);
    expect(web?.profiles.prod).toBeUndefined();
    const steps = plan.stages.flatMap(stage => stage.steps);
    const baked = steps.flatMap(step => (step.kind === 'env' ? Object.keys(step.values) : []));
    expect(baked).not.toContain('MAX_ITEMS');
    const collect = steps.find(step => step.kind === 'script' && step.title === 'collect static files');
    expect(collect).toMatchObject({ lines: [expect.stringMatching(/^env (?=.*MAIL_TOKEN=\w+= )(?=.*MAX_ITEMS=10 )/)] });
    expect(plan.variables.find(({ name }) => name === 'MAX_ITEMS')).toMatchObject({ trial: '10', required: true });
  });

  it('the configuration gives another, which is said of the variable and no more made up', async () => {
    const yaml = 'env:\n  MAX_ITEMS: { value: 010, only: trial }\n  SHOP: corner\n';
    const plan = await planOf(withFiles(shop, { 'quayside.yaml': yaml }));
    expect(suiteOf(plan, 'smoke').env).toMatchObject({ MAX_ITEMS: '010' });
    expect(suiteOf(plan, 'smoke').env).not.toHaveProperty('SHOP');
    const baked = plan.stages.flatMap(stage => stage.steps.flatMap(step => (step.kind === 'env' ? [step.values] : [])));
    expect(Object.assign({}, ...baked)).toMatchObject({ SHOP: 'corner' });
    expect(Object.assign({}, ...baked)).not.toHaveProperty('MAX_ITEMS');
    expect(plan.variables.find(({ name }) => name === 'MAX_ITEMS')).not.toHaveProperty('trial');
  });

  it('tests have what they set themselves', async () => {
    const conftest = 'import os\nos.environ.setdefault("SHOP", "theirs")\nos.environ["MAIL_TOKEN"] = "theirs"\n';
    const plan = await planOf(withFiles(shop, { 'tests/conftest.py': conftest }));
    expect(suiteOf(plan, 'unit').env).not.toHaveProperty('SHOP');
    expect(suiteOf(plan, 'unit').secrets).toEqual(['SECRET_KEY']);
    expect(suiteOf(plan, 'smoke').env).toHaveProperty('SHOP');
    expect(suiteOf(plan, 'smoke').secrets).toContain('MAIL_TOKEN');
  });
});

describe("a field of pydantic's settings whose default reads its own variable", () => {
  const fields = 'MINUTES: int = config("MINUTES")\nLAYER: str = config("LAYER")';
  const files = pydantic(fields, 'from decouple import config');
  const app = withFiles(files, { 'requirements.txt': `${files['requirements.txt']}python-decouple\n` });
  it('is of its type', async () => {
    expect(await neededIn(app)).toEqual(['MINUTES number 10', 'LAYER text trial']);
  });
  it('has the value of the example', async () => {
    const { facts } = await detectFiles({ ...app, '.env.example': 'MINUTES=30\nLAYER=bcrypt\n' });
    expect((facts?.environment ?? []).map(({ name, value }) => `${name}=${value.value}`)).toEqual([
      'MINUTES=30',
      'LAYER=bcrypt',
    ]);
  });
});

describe('settings that the app does without when they cannot be made', () => {
  const made = (how: string) => {
    const files = pydantic('KEY: str', 'class Search(BaseSettings):\n    INDEX_NAME: str\n');
    return withFiles(files, { 'search.py': `from pydantic import ValidationError\nfrom main import Search\n${how}\n` });
  };
  it.each<readonly [string, string, readonly string[]]>([
    [
      'are not needed',
      'try:\n    search = Search()\nexcept ValidationError:\n    search = None',
      ['KEY secret random'],
    ],
    [
      'are, where it gives up',
      'try:\n    search = Search()\nexcept ValidationError:\n    raise',
      ['INDEX_NAME text trial', 'KEY secret random'],
    ],
  ])('%s', async (_, how, expected) => {
    expect((await neededIn(made(how))).toSorted()).toEqual(expected);
  });
});

it('what settings hand on to the environment is needed, and not what the code makes up', async () => {
  const files = pydantic('API_KEY: str\nGREETING: str');
  const app = withFiles(files, {
    'main.py': `import os\n${files['main.py']}\nos.environ["API_KEY"] = settings.API_KEY\nos.environ["GREETING"] = "hello"\n`,
  });
  expect(await neededIn(app)).toEqual(['API_KEY secret random']);
});

it('nothing that is asked for first, also where all names of another module brought the environment', async () => {
  const files = withFiles(settings('from .base import *\n\nif "A_B" in os.environ:\n    A = env.str("A_B")'), {
    'site_/base.py': 'import os\nimport environ\n\nenv = environ.Env()\n',
  });
  expect(await neededIn(files)).toEqual([]);
});

const LOADED =
  'from dotenv import load_dotenv\nload_dotenv("conf/app.env")\nA = os.environ["MODE_A"]\nB = os.environ["MODE_B"]';

it.each<readonly [string, string, Files, readonly string[]]>([
  ['by its path', LOADED, { 'conf/app.env': 'MODE_A=fast\nMODE_B=\n' }, ['MODE_B text trial']],
  [
    'by a path that is put together',
    LOADED.replace('"conf/app.env"', 'dotenv_path=BASE / "conf" / "app.env"'),
    { 'conf/app.env': 'MODE_A=fast\nMODE_B=slow\n' },
    [],
  ],
  [
    'not where no image has it',
    LOADED.replace('conf/app.env', '.env.local'),
    { '.env.local': 'MODE_A=fast\nMODE_B=slow\n' },
    ['MODE_A text trial', 'MODE_B text trial'],
  ],
  ['not where it is not there', LOADED, {}, ['MODE_A text trial', 'MODE_B text trial']],
])('nothing that a file gives which the code reads, %s', async (_, code, files, expected) => {
  expect(await neededIn(flask(code, files))).toEqual(expected);
});
