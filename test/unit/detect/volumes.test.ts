/** Directories that the app writes to. */
import { expect, it } from 'vitest';
import { detectFiles, type Files, FLASK, withFiles } from './apps.js';

const COMPOSE = `services:
  web:
    build: .
    volumes:
      - db_data:/app/instance
      - uploads:/app/uploads/
      - type: volume
        source: audio
        target: /srv/audio
      - .:/app
      - .:/workspace:cached
      - ./shop:/app/shop
      - /app/node_modules
      - ./settings.yml:/app/settings.yml
      - certs:/app/certs:ro
  db:
    image: postgres:17
    volumes: [pg:/var/lib/postgresql/data]
`;
const config = (text: string): Files =>
  withFiles(FLASK, { 'shop/config.py': `import os\nfrom pathlib import Path\n\n${text}\n` });
const BASEDIR = 'basedir = os.path.abspath(os.path.dirname(__file__))\n';

const reads = (...lines: string[]): Files =>
  withFiles(FLASK, { 'shop/config.py': `import os\n\n${lines.join('\n')}\n` });

it.each<readonly [string, Files, readonly string[]]>([
  ['none', FLASK, []],
  ['a directory of uploads', reads('A = os.environ.get("UPLOAD_FOLDER", "./var/uploads/")'), ['var/uploads']],
  ['a directory of downloads', reads('A = os.getenv("SHOP_DOWNLOAD_PATH", "/var/tmp/shop/")'), ['/var/tmp/shop']],
  [
    'none where the name of a setting leads to a file of the source',
    withFiles(FLASK, {
      'shop/config.py': 'import os\n\nWORDS_DATA_PATH = os.getenv("WORDS_DATA_PATH", "shop/words.txt")\n',
      'shop/words.txt': 'a\n',
    }),
    [],
  ],
  [
    'none that settings give a value of their own which take all of the others over',
    withFiles(config('from shop.common import *\nMEDIA_ROOT = os.getenv("MEDIA_ROOT", "/srv/media")'), {
      'shop/common.py': 'MEDIA_ROOT = "/srv/others"\n',
    }),
    ['/srv/media'],
  ],
  [
    'what settings take over, where they may keep it',
    withFiles(config('from shop.common import *\nMEDIA_ROOT = os.getenv("MEDIA_ROOT", MEDIA_ROOT)'), {
      'shop/common.py': 'MEDIA_ROOT = "/srv/others"\n',
    }),
    ['/srv/others'],
  ],
  ['an absolute one', reads('A = os.environ.get("MEDIA_ROOT", "/srv/media")'), ['/srv/media']],
  ['the directory of a database', reads('A = os.getenv("DATABASE_URL", "sqlite:///db/shop.db")'), ['db']],
  ['an absolute database', reads('A = os.getenv("DATABASE_URL", "sqlite:////srv/db/shop.db")'), ['/srv/db']],
  ['what is writable anyway', reads('A = os.getenv("DATA_DIR", "/data")', 'B = os.getenv("MEDIA_DIR", "/tmp/m")'), []],
  ['a file beside the source', reads('A = os.getenv("DATABASE_URL", "sqlite:///shop.db")'), []],
  [
    'the value that the container gives a variable',
    withFiles(reads('A = os.environ["DATA_DIR"]'), {
      Dockerfile: 'FROM python:3.13\nENV DATA_DIR=/srv/data OTHER_DIR=/srv/other\n',
    }),
    ['/srv/data'],
  ],
  [
    'the value that the compose file gives one, in the source',
    withFiles(reads('A = os.environ["UPLOAD_DIR"]'), {
      'compose.yaml': 'services:\n  web:\n    build: .\n    environment: { UPLOAD_DIR: /app/up }\n',
    }),
    ['up'],
  ],
  [
    'a directory that the container makes and its command names',
    withFiles(FLASK, {
      'serve.py': 'import sys\n\nprint(sys.argv)\n',
      'shop/__init__.py': 'from flask import Flask\n\ndef create_app(store, more):\n    return Flask(__name__)\n',
      Dockerfile:
        'FROM python:3.13\nRUN [ ! -d "/store" ] && mkdir /store\nWORKDIR /app\nEXPOSE 5000\nCMD ["python", "serve.py", "-d", "/store", "--from=/etc/shop"]\n',
      'quayside.yaml': 'server: { command: [python, serve.py, -d, /store], port: 5000 }\n',
    }),
    ['/store'],
  ],
  ['another variable', reads('A = os.getenv("TEMPLATE_DIR", "templates")'), []],
  [
    'the default of a field of settings',
    withFiles(FLASK, {
      'shop/config.py':
        'from pathlib import Path\nfrom pydantic_settings import BaseSettings\n\nBASE_DIR = Path(__file__).parent.parent\n\nclass Setup(BaseSettings):\n    MEDIA_ROOT: str = str(BASE_DIR / "media")\n\nSETUP = Setup()\nMEDIA_ROOT = SETUP.MEDIA_ROOT\n',
    }),
    ['media'],
  ],
  [
    'a Dockerfile that declares the source itself',
    withFiles(FLASK, { Dockerfile: 'FROM python\nWORKDIR /code\nVOLUME /code\n' }),
    [],
  ],
  [
    'a file of a database in the compose file, which is no directory',
    withFiles(FLASK, {
      'compose.yaml': 'services:\n  web:\n    build: .\n    volumes: ["./db/shop.sqlite3:/db/shop.sqlite3"]\n',
    }),
    [],
  ],
  [
    'a place in the container that only whoever runs it knows, and one that anybody does',
    withFiles(FLASK, {
      'compose.yaml':
        'services:\n  web:\n    build: .\n    volumes: ["a:${CODE}/media", "${DATA}/b:/srv/b", "c:${ROOT:-/srv}/c"]\n',
    }),
    ['/srv/b', '/srv/c'],
  ],
  [
    'a Dockerfile',
    withFiles(FLASK, { Dockerfile: 'FROM python\nVOLUME ["/app/input", "/srv/out"]\n' }),
    ['input', '/srv/out'],
  ],
  [
    'a Dockerfile that declares what its own build or start fills, which a volume would hide',
    withFiles(FLASK, { Dockerfile: 'FROM python\nVOLUME /app/static /app/uploads /app/staticfiles\n' }),
    ['uploads'],
  ],
  [
    'a Dockerfile that works elsewhere in its last stage',
    withFiles(FLASK, {
      Dockerfile: 'FROM a AS b\nWORKDIR /build\nFROM c\nWORKDIR /code/\nWORKDIR /code/web\nVOLUME /code/media/images\n',
    }),
    ['media/images'],
  ],
  [
    'two volumes of a compose file, and one elsewhere',
    withFiles(FLASK, { 'compose.yaml': COMPOSE }),
    ['instance', 'uploads', '/srv/audio'],
  ],
  [
    'of a compose file, by the directory that the Dockerfile works in',
    withFiles(FLASK, {
      'docker-compose.yml': COMPOSE.replaceAll('/app', '/code'),
      Dockerfile: 'FROM a\nWORKDIR /code\n',
    }),
    ['instance', 'uploads', '/srv/audio'],
  ],
  [
    'none of a database that the compose file builds beside the app',
    withFiles(FLASK, {
      'compose.yaml':
        'services:\n  db:\n    build: docker/postgres\n    volumes: [data:/var/lib/postgresql/data]\n  web:\n    build: .\n    volumes: [files:/srv/files]\n',
      'docker/postgres/Dockerfile': 'FROM postgres:16\n',
    }),
    ['/srv/files'],
  ],
  ['none of a setting that dates are put into', config('UPLOAD_PATH = "uploads/%Y/%m"'), []],
  ['a setting with a text', config('UPLOAD_FOLDER = "var/uploads"'), ['var/uploads']],
  [
    "a setting beside its file's directory",
    config(`${BASEDIR}UPLOAD_FOLDER = os.path.join(basedir, "uploads")`),
    ['shop/uploads'],
  ],
  [
    'a setting above its file',
    config('ROOT = Path(__file__).resolve().parent.parent\n\nclass Config:\n    MEDIA_ROOT = ROOT / "media"'),
    ['media'],
  ],
  [
    'an entry of the configuration, by a name from elsewhere',
    withFiles(config('BASE_DIR = Path(__file__).parents[1]'), {
      'shop/app.py': 'from .config import BASE_DIR\n\napp.config["UPLOAD_FOLDER"] = str(BASE_DIR / "files")\n',
    }),
    ['files'],
  ],
  [
    'a database in a file',
    config(`${BASEDIR}SQLALCHEMY_DATABASE_URI = "sqlite:///" + os.path.join(basedir, "..", "db", "shop.db")`),
    ['db'],
  ],
  [
    "Django's database in a file",
    withFiles(FLASK, {
      'shop/settings.py':
        'from pathlib import Path\nBASE_DIR = Path(__file__).resolve().parent.parent\nDATABASES = {"default": {"ENGINE": "sqlite3", "NAME": BASE_DIR / "db" / "db.sqlite3", "A": 1}}\n',
    }),
    ['db'],
  ],
  [
    'what an attribute of a class holds, or of the object made of it',
    withFiles(
      config(
        'class Paths:\n    STORE = "db/"\n    journal: str = "./journal"\n\npaths = Paths()\n\ndef start():\n    os.mkdir(Paths.STORE)',
      ),
      { 'shop/app.py': 'from pathlib import Path\nfrom .config import paths\nPath(paths.journal).mkdir()\n' },
    ),
    ['journal', 'db'],
  ],
  [
    'what an object keeps for itself',
    config(
      'class Handler:\n    def __init__(self):\n        self.settings_at = "config"\n        self.download_folder = "downloads"\n        os.makedirs(self.settings_at)',
    ),
    ['downloads', 'config'],
  ],
  [
    'a directory that the code makes, and none that holds code',
    config(
      'def start():\n    os.makedirs("logs", exist_ok=True)\n    os.mkdir("shop/x")\n    os.mkdir(os.environ["X"])',
    ),
    ['logs'],
  ],
  [
    'a directory that is made beside the code whenever that is imported',
    config(`${BASEDIR}LOGS = os.path.join(basedir, "journal")\nif not os.path.exists(LOGS):\n    os.makedirs(LOGS)`),
    ['shop/journal'],
  ],
  [
    'none that static files are collected in: a build fills it, and a volume would hide the next one',
    config(
      `${BASEDIR}STATIC_ROOT = os.path.join(basedir, "collected")\nMEDIA = os.path.join(basedir, "sent")\nfor kept in (STATIC_ROOT, MEDIA):\n    pass\nos.makedirs(STATIC_ROOT, exist_ok=True)\nos.makedirs(MEDIA, exist_ok=True)`,
    ),
    ['shop/sent'],
  ],
  ['one that a path makes', config('(Path(__file__).parent / "journal").mkdir(exist_ok=True)'), ['shop/journal']],
  ['one that a name makes', config('LOGS = Path("logs")\nLOGS.mkdir(exist_ok=True)'), ['logs']],
  [
    'that of a file of logs',
    config(
      'import logging\n\ndef start():\n    logging.FileHandler("logs/app.log")\n    logging.FileHandler("app.log")',
    ),
    ['logs'],
  ],
  [
    'that of a file of logs in settings',
    config(
      'BASE = Path(__file__).resolve().parent.parent\nL = {"h": {"class": "logging.FileHandler", "filename": BASE / "var" / "log" / "a.log", "x": 1}}',
    ),
    ['var/log'],
  ],
  ['that of loguru', config('from loguru import logger\nlogger.add("logs/{time}.log", rotation="1 day")'), ['logs']],
  [
    "the cache of Flask-Assets, in the app's directory of static files",
    withFiles(FLASK, { 'shop/assets.py': 'from flask_assets import Environment\n\nassets = Environment()\n' }),
    ['shop/static/.webassets-cache'],
  ],
  [
    'the same where static files lie elsewhere',
    withFiles(FLASK, {
      'shop/__init__.py':
        'import flask\nfrom flask_assets import Environment\n\napp = flask.Flask(__name__, static_folder="public")\n',
    }),
    ['shop/public/.webassets-cache'],
  ],
  [
    'the index that Flask-Whooshee makes',
    withFiles(FLASK, { 'shop/search.py': 'from flask_whooshee import Whooshee\n\nwhooshee = Whooshee()\n' }),
    ['whooshee'],
  ],
  ['sessions in files', config('from flask_session import Session\nSESSION_TYPE = "filesystem"'), ['flask_session']],
  ['sessions elsewhere', config('from flask_session import Session\nSESSION_TYPE = "redis"'), []],
  ['a setting that only running the code tells', config('UPLOAD_FOLDER = os.path.join(find_root(), "uploads")'), []],
  [
    'data that comes with the code',
    withFiles(config('DATA_DIR = Path(__file__).parent / "data"'), { 'shop/data/cities.csv': '' }),
    [],
  ],
  [
    'configured',
    withFiles(reads('A = os.environ.get("UPLOAD_FOLDER", "var/uploads")'), { 'quayside.yaml': 'volumes: [files]\n' }),
    ['files'],
  ],
])('%s', async (_, files, expected) => {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  expect((facts!.volumes ?? []).map(({ value }) => value)).toEqual(expected);
});
