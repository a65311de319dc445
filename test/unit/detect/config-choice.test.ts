/** Configurations of which a variable without a default chooses one: what people, tests and developers get. */
import { expect, it } from 'vitest';
import { detectFiles, type Files, FLASK, withFiles } from './apps.js';

const CLASSES =
  'class Config:\n    DEBUG = False\n\n\nclass ProductionConfig(Config):\n    pass\n\n\nclass TestingConfig(Config):\n    TESTING = True\n\n\nclass DevelopmentConfig(Config):\n    DEBUG = True\n';
const TABLE = `${CLASSES}\n\napp_config = {\n    "development": DevelopmentConfig,\n    "testing": TestingConfig,\n    "production": ProductionConfig,\n}\n`;

const app = (code: string, config: string, files: Files = {}): Files =>
  withFiles(FLASK, { 'shop/config.py': config, 'shop/web.py': `import os\n${code}\n`, ...files });

const BY_TABLE = 'from shop.config import app_config\nname = os.getenv("APP_SETTINGS")\nchosen = app_config[name]';
const BY_CLASS = 'def make(app):\n    app.config.from_object(os.environ["APP_SETTINGS"])';

const MODULES = {
  'settings/__init__.py': '',
  'settings/dev.py': 'A = 1\n',
  'settings/test.py': 'A = 2\n',
  'settings/prod.py': 'A = 3\n',
};
const BY_MODULE = 'import importlib\nconf = importlib.import_module(f"settings.{os.environ[\'APP_ENV\']}")';

it.each<readonly [string, Files, readonly string[]]>([
  ['by a module with a beginning', app(BY_MODULE, '', MODULES), ['APP_ENV=prod tests test']],
  [
    'by a whole module, which has a name',
    app(
      'from importlib import import_module\nNAME = os.environ["APP_SETTINGS"]\nconf = import_module(NAME)',
      '',
      MODULES,
    ),
    ['APP_SETTINGS=settings.prod tests settings.test'],
  ],
  [
    'by a module where the code has one for developers',
    app(
      'import importlib\nENV = os.getenv("APP_ENV", "dev")\nconf = importlib.import_module("settings." + ENV)',
      '',
      MODULES,
    ),
    ['APP_ENV=prod tests undefined'],
  ],
  [
    'not where the code has the module for people itself',
    app(
      'import importlib\nENV = os.getenv("APP_ENV", "prod")\nconf = importlib.import_module("settings." + ENV)',
      '',
      MODULES,
    ),
    [],
  ],
  ['by a table', app(BY_TABLE, TABLE), ['APP_SETTINGS=production tests testing']],
  ['by get of it', app(BY_TABLE.replace('[name]', '.get(name)'), TABLE), ['APP_SETTINGS=production tests testing']],
  ['by a class', app(BY_CLASS, CLASSES), ['APP_SETTINGS=shop.config.ProductionConfig tests shop.config.TestingConfig']],
  [
    'by a class whose name has a name',
    app('NAME = os.getenv("SETTINGS_CLASS")\nconfigured = app.config.from_object(NAME)', CLASSES),
    ['SETTINGS_CLASS=shop.config.ProductionConfig tests shop.config.TestingConfig'],
  ],
  ['not where a default is there', app(BY_TABLE.replace('"APP_SETTINGS"', '"APP_SETTINGS", "development"'), TABLE), []],
  ['not where no table is asked', app('name = os.getenv("APP_SETTINGS")', TABLE), []],
  [
    'not where the container says one for people',
    app(BY_CLASS, CLASSES, {
      Dockerfile: 'FROM python:3.13\nENV APP_SETTINGS=shop.config.Config\nCMD gunicorn shop:create_app\n',
    }),
    ['APP_SETTINGS=shop.config.Config'],
  ],
  [
    'not where the configuration says one',
    app(BY_TABLE, TABLE, { 'quayside.yaml': 'env: { APP_SETTINGS: staging }\n' }),
    [],
  ],
  ['not where nothing is for people', app(BY_CLASS, CLASSES.replaceAll('Production', 'Other')), []],
])('a configuration is chosen %s', async (_, files, expected) => {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  const chosen = (facts!.environment ?? []).flatMap(({ name, value, forPeople, inImage }) =>
    inImage ? [`${name}=${value.value}${forPeople ? ` tests ${forPeople.tests}` : ''}`] : [],
  );
  expect(chosen).toEqual(expected);
});
