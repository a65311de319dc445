/** Which Python files count as the app's: what directories are called does not decide, unless nothing else does. */
import { describe, expect, it } from 'vitest';
import { memoryTree } from '../../../src/source/tree.js';
import { objectReference } from '../../../src/support/app-object.js';
import { understand } from '../../../src/understand.js';
import { DJANGO, type Files, FLASK, withFiles } from './apps.js';

/** Reads a key: where that is found, the file counts. */
const SECRET = 'import os\n\nKEY = os.environ["SECRET_KEY"]\n';
const OTHER_APP = `from flask import Flask\n\napp = Flask(__name__)\n${SECRET}`;
const IMPORTING = (line: string) => ({ 'shop/routes.py': `${line}\n` });

/** The object that serves, the app's directory and the places of its keys, or the codes of what stands in the way. */
async function found(files: Files): Promise<string> {
  const { app, diagnostics } = await understand(memoryTree(files));
  if (!app) return diagnostics.map(({ code }) => code).join(' ');
  const { entry, root, secrets } = app.facts;
  const places = secrets.map(({ place }) => place.file).sort();
  return [`${root ? `${root.value}: ` : ''}${objectReference(entry!.value)}`, ...places].join(' ');
}

const OWN = 'shop:create_app()';

describe("the app's code", () => {
  it.each<readonly [string, Files, string]>([
    ...['docs', 'env', 'venv', 'build', 'dist', 'examples'].map(
      name =>
        [
          `a part of a package: ${name}`,
          { [`shop/${name}/views.py`]: SECRET },
          `${OWN} shop/${name}/views.py`,
        ] as const,
    ),
    [
      'settings in a directory called env',
      { 'env/production.py': SECRET, ...IMPORTING('app.config.from_object("env.production.Config")') },
      `${OWN} env/production.py`,
    ],
    [
      'a package at the top that is imported',
      { 'docs/__init__.py': SECRET, ...IMPORTING('from docs import pages') },
      `${OWN} docs/__init__.py`,
    ],
    [
      'a directory without __init__.py that is imported',
      { 'build/keys.py': SECRET, ...IMPORTING('import build.keys') },
      `${OWN} build/keys.py`,
    ],
    [
      'what a directory uses that is used',
      { 'docs/pages.py': 'from examples import keys\n', 'examples/keys.py': SECRET, ...IMPORTING('import docs.pages') },
      `${OWN} examples/keys.py`,
    ],
    [
      'what lies where setuptools copies to, and nowhere else',
      { 'build/lib/keys.py': SECRET, ...IMPORTING('import build.lib.keys') },
      `${OWN} build/lib/keys.py`,
    ],
  ])('has %s', async (_, files, expected) => {
    expect(await found(withFiles(FLASK, files))).toBe(expected);
  });

  it.each<readonly [string, Files]>([
    ['settings of its documentation', { 'docs/conf.py': SECRET }],
    ['documentation with code that nobody can read', { 'docs/snippets/broken.py': 'app = Flask((\n' }],
    ['documentation that only tests import', { 'docs/conf.py': SECRET, 'tests/test_docs.py': 'import docs.conf\n' }],
    [
      "another package's documentation of the same name",
      { 'docs/conf.py': SECRET, ...IMPORTING('from fastapi.openapi.docs import get_redoc_html') },
    ],
    ['a directory whose name is a word in the code', { 'docs/conf.py': SECRET, ...IMPORTING('PATH = "docs"') }],
    ['apps to look at', { 'examples/one.py': OTHER_APP, 'examples/two/__init__.py': OTHER_APP }],
    ["setuptools' copy of it", { 'build/lib/shop/__init__.py': OTHER_APP, 'build/lib/shop/gone.py': SECRET }],
    ["setuptools' copy of compiled packages", { 'build/lib.linux-x86_64-cpython-311/shop/__init__.py': OTHER_APP }],
    [
      'a virtual environment, whatever it is called',
      { 'tools/shop-env/pyvenv.cfg': 'home = /usr/bin\n', 'tools/shop-env/share/app.py': OTHER_APP },
    ],
    ['installed packages', { 'lib/site-packages/other/app.py': OTHER_APP, 'web/node_modules/gyp/app.py': OTHER_APP }],
    ['hidden directories', { '.tools/app.py': OTHER_APP }],
  ])('has not %s', async (_, files) => {
    expect(await found(withFiles(FLASK, files))).toBe(OWN);
  });

  it('has apps that Django is told of by name', async () => {
    const settings = `${DJANGO['site_/settings.py']}INSTALLED_APPS = ["docs.apps.DocsConfig"]\n`;
    const docs = { 'docs/__init__.py': '', 'docs/models.py': 'import os\n\nKEY = os.environ["JWT_SECRET_KEY"]\n' };
    expect(await found(withFiles(DJANGO, docs))).toBe('site_.wsgi:application site_/settings.py');
    expect(await found(withFiles(DJANGO, { ...docs, 'site_/settings.py': settings }))).toBe(
      'site_.wsgi:application docs/models.py site_/settings.py',
    );
  });

  it('has what is imported from above its directory', async () => {
    const files = {
      'api/requirements.txt': FLASK['requirements.txt']!,
      'api/main.py':
        'from flask import Flask\nfrom api.docs import pages\nfrom api.routes import x\n\napp = Flask(__name__)\n',
      'api/routes.py': 'x = 1\n',
      'api/docs/pages.py': SECRET,
    };
    expect(await found(files)).toBe('api: api.main:app docs/pages.py');
  });
});

describe('an app where code lies to look at', () => {
  const APART = { 'requirements.txt': FLASK['requirements.txt']!, 'tools/release.py': 'print("released")\n' };
  it.each<readonly [string, Files, string]>([
    [
      'is the only one',
      { ...APART, 'examples/shop/app.py': OTHER_APP, 'docs/conf.py': SECRET },
      'examples.shop.app:app examples/shop/app.py',
    ],
    [
      'has requirements of its own',
      {
        'examples/shop/requirements.txt': 'flask\ngunicorn\n',
        'examples/shop/app.py': OTHER_APP,
        'docs/requirements.txt': 'sphinx\n',
      },
      'examples/shop: app:app app.py',
    ],
    [
      'gives way to one beside it',
      {
        'backend/requirements.txt': 'flask\ngunicorn\n',
        'backend/app.py': 'from flask import Flask\n\napp = Flask(__name__)\n',
        'examples/shop/requirements.txt': 'flask\ngunicorn\n',
        'examples/shop/app.py': OTHER_APP,
      },
      'backend: app:app',
    ],
    [
      'is started by the Procfile',
      { ...FLASK, 'examples/shop.py': OTHER_APP, Procfile: 'web: gunicorn examples.shop:app\n' },
      'examples.shop:app examples/shop.py',
    ],
    [
      'is started in its directory',
      { ...FLASK, 'examples/shop.py': OTHER_APP, Procfile: 'web: gunicorn --chdir examples shop:app\n' },
      'shop:app examples/shop.py',
    ],
    [
      'is configured',
      { ...FLASK, 'examples/shop.py': OTHER_APP, 'quayside.yaml': 'server:\n  entry: examples.shop:app\n' },
      'examples.shop:app examples/shop.py',
    ],
    [
      'is one of two: that is a question',
      { ...APART, 'examples/shop/app.py': OTHER_APP, 'examples/blog/app.py': OTHER_APP },
      'QS303',
    ],
  ])('%s', async (_, files, expected) => {
    expect(await found(files)).toBe(expected);
  });
});
