/** Databases of SQLite, which lie beside the code in every tutorial. */
import { expect, it } from 'vitest';
import { makePlan } from '../../../src/planner/make-plan.js';
import { isTitled } from '../support/steps.js';
import { DJANGO, detectFiles, type Files, FLASK, withFiles } from './apps.js';

const PATHS = 'import os\nfrom pathlib import Path\n\nBASE_DIR = Path(__file__).resolve().parent.parent\n';
const django = (name: string) =>
  withFiles(DJANGO, {
    'site_/settings.py': `${PATHS}DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ${name}}}\n`,
  });
const flask = (address: string, requirements = '') =>
  withFiles(FLASK, {
    'requirements.txt': `flask\ngunicorn\n${requirements}`,
    'config.py': `import os\n\nbasedir = os.path.abspath(os.path.dirname(__file__))\nURL = ${address}\n`,
  });
const SQLALCHEMY = { 'shop/db.py': 'from flask_sqlalchemy import SQLAlchemy\n\ndb = SQLAlchemy()\n' };

it.each<readonly [string, Files, readonly string[], readonly string[]]>([
  ["where Django's startproject puts it", django('BASE_DIR / "db.sqlite3"'), ['db.sqlite3'], []],
  [
    'by a field of a text',
    withFiles(FLASK, {
      'shop/one.py': 'import os\n\nFILE = os.path.join("one.db")\nURL = f"sqlite:///{FILE}"\n',
      'shop/two.py':
        'from pathlib import Path\n\nBASE = Path(__file__).resolve().parent\nENGINE = create_engine(f"sqlite+aiosqlite:///{BASE}/two.db", echo=True)\n',
      'shop/none.py': 'URL = f"sqlite:///{BASE}/{NAME}.db"\n',
    }),
    ['one.db', 'shop/two.db'],
    [],
  ],
  [
    'by what a function is called with that puts the address together',
    withFiles(FLASK, {
      'config.py':
        'import os\n\nBASE = os.path.abspath(os.path.dirname(__file__))\n\ndef uri(name):\n    return "sqlite:///" + os.path.join(BASE, name)\n\nclass Config:\n    URL = os.environ.get("DATABASE_URL") or uri("todo.db")\n',
    }),
    ['todo.db'],
    [],
  ],
  [
    'by what opens it',
    withFiles(FLASK, {
      'shop/one.py': 'import sqlite3\n\ndb = sqlite3.connect(\n    "one.db", check_same_thread=False\n)\n',
      'shop/two.py': 'from sqlite3 import connect\n\nFILE = "data/two.db"\n\ndef db():\n    return connect(FILE)\n',
      'shop/three.py': 'from peewee import SqliteDatabase\n\ndb = SqliteDatabase("three.db")\n',
      'shop/none.py': 'import sqlite3\n\ndb = sqlite3.connect(":memory:")\nother = engine.connect("none.db")\n',
    }),
    ['one.db', 'three.db'],
    ['data'],
  ],
  [
    'in a file of settings that the code reads, and in no other',
    withFiles(FLASK, {
      'shop/config.py':
        'import yaml\n\nwith open("settings/config.yaml") as file:\n    SETTINGS = yaml.safe_load(file)\n',
      'settings/config.yaml':
        "# URL: 'sqlite:///none.db'\nURL: 'sqlite:///./shop/data/shop.db'\nLOG: sqlite:///store/log.db\n",
      'settings/other.yaml': 'URL: sqlite:///shop/other.db\n',
      'shop/data/__init__.py': '',
    }),
    ['shop/data/shop.db'],
    ['store'],
  ],
  [
    'by the default of a variable',
    withFiles(FLASK, { 'shop/config.py': 'import os\n\nJOBS = os.getenv("JOBS_DB", "./shop/jobs.db")\n' }),
    ['shop/jobs.db'],
    [],
  ],
  [
    "beside the app's package, by a prefix for each system and with a default for its name",
    withFiles(FLASK, {
      'shop/__init__.py':
        'import os\nimport sys\nfrom flask import Flask\n\nif sys.platform.startswith("win"):\n    prefix = "sqlite:///"\nelse:\n    prefix = "sqlite:////"\n\napp = Flask(__name__)\napp.config["SQLALCHEMY_DATABASE_URI"] = prefix + os.path.join(os.path.dirname(app.root_path), os.getenv("DATABASE_FILE", "data.db"))\n',
    }),
    ['data.db'],
    [],
  ],
  [
    'in the directory of an app that another module makes',
    withFiles(FLASK, {
      'shop/__init__.py': 'from flask import Flask\n\napp = Flask(__name__)\n',
      'shop/db.py':
        'import os\nfrom shop import app\n\nURL = "sqlite:///" + os.path.join(app.root_path, os.environ.get("FILE", "a.db"))\n',
    }),
    ['shop/a.db'],
    [],
  ],
  [
    'by a name that a class of settings gives a directory',
    withFiles(FLASK, {
      'shop/config.py':
        'import os\nfrom pathlib import Path\n\nclass Config:\n    BASE = Path(__file__).resolve().parent\n    if True:\n        URL = "sqlite:///" + os.path.join(BASE, "a.db")\n',
    }),
    ['shop/a.db'],
    [],
  ],
  [
    'by a name of the function that makes the app',
    withFiles(FLASK, {
      'shop/db.py':
        'import os\n\ndef setup(app):\n    here = os.path.abspath(os.path.dirname(__file__))\n    app.config["URL"] = "sqlite:///" + os.path.join(here, "a.db")\n',
    }),
    ['shop/a.db'],
    [],
  ],
  [
    'not by a name that a function is given',
    withFiles(FLASK, {
      'shop/db.py':
        'import os\n\ndef url(here):\n    return "sqlite:///" + os.path.join(here, "a.db")\n\ndef all():\n    here = os.path.dirname(__file__)\n    return url(here)\n',
    }),
    [],
    [],
  ],
  ['by os.path', django('os.path.join(BASE_DIR, "db.sqlite3")'), ['db.sqlite3'], []],
  ['in the package of the settings', django('BASE_DIR / "site_" / "db.sqlite3"'), ['site_/db.sqlite3'], []],
  ['in a directory of its own', django('BASE_DIR / "var" / "db.sqlite3"'), [], ['var']],
  [
    'in a variable that DATABASES names',
    withFiles(DJANGO, {
      'site_/settings.py': `${PATHS}main = {"ENGINE": "django.db.backends.sqlite3", "NAME": os.path.join(BASE_DIR, "data", "db.sqlite3")}\nDATABASES = {"default": main}\n`,
    }),
    [],
    ['data'],
  ],
  ["in Django's memory", django('":memory:"'), [], []],
  ['elsewhere', django('"/srv/shop/db.sqlite3"'), [], ['/srv/shop']],
  [
    'as the other choice of a variable',
    flask('os.environ.get("DATABASE_URL") or "sqlite:///" + os.path.join(basedir, "app.db")'),
    ['app.db'],
    [],
  ],
  ['at a relative address', flask('"sqlite:///./app.db"'), ['app.db'], []],
  ["at an address of Flask-SQLAlchemy's", withFiles(flask('"sqlite:///app.db"'), SQLALCHEMY), [], ['instance']],
  [
    "in Flask's directory for data",
    withFiles(FLASK, { 'shop/db.py': 'def connect(app):\n    return app.instance_path + "/x"\n' }),
    [],
    ['instance'],
  ],
  [
    'not where a server has the database',
    flask('os.environ.get("DATABASE_URL") or "sqlite:///app.db"', 'psycopg2\n'),
    [],
    [],
  ],
  ['in memory', flask('"sqlite:///:memory:"'), [], []],
])('are found %s', async (_, files, kept, volumes) => {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  expect((facts!.databaseFiles ?? []).map(({ value }) => value)).toEqual(kept);
  expect((facts!.volumes ?? []).map(({ value }) => value)).toEqual(volumes);
});

it('are kept with the data, with what the source has of them', async () => {
  const { facts } = await detectFiles(django('BASE_DIR / "db.sqlite3"'));
  for (const id of ['production', 'test']) {
    const { steps } = makePlan(facts!, {}).stages.find(stage => stage.id === id)!;
    const kept = steps.findIndex(step => isTitled(step, 'keep the database with the data'));
    expect(steps[kept]).toMatchObject({ lines: expect.arrayContaining(['ln -s /data/db.sqlite3 /app/db.sqlite3']) });
    expect(steps.findIndex(step => step.kind === 'user')).toBeGreaterThan(kept);
  }
});
