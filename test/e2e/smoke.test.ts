/** The start of the built image: what is called built starts and answers, and what does not ends in a diagnostic. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, expect, test } from 'vitest';
import { makeScratch } from './support/example.js';
import { quayside } from './support/quayside.js';

const scratch = makeScratch();
afterAll(() => scratch.remove());

function app(name: string, files: Readonly<Record<string, string>>): string {
  const path = join(scratch.dir, name);
  mkdirSync(path);
  for (const file of Object.keys(files)) mkdirSync(dirname(join(path, file)), { recursive: true });
  const all = { 'requirements.txt': 'flask==3.1.3\ngunicorn==27.0.1\n', ...files };
  for (const [file, text] of Object.entries(all)) writeFileSync(join(path, file), text);
  return path;
}

test('an app without tests is started once, and not again while it stays the same', async () => {
  const source = app('plain', { 'app.py': 'from flask import Flask\n\napp = Flask(__name__)\n' });
  const first = await quayside(['test', `--source=${source}`]);
  expect(first).toMatchObject({ code: 0, stdout: 'smoke: 1 passed\n' });
  const built = await quayside(['build', `--source=${source}`, `--output=${join(scratch.dir, 'plain.tar')}`]);
  expect(built.code).toBe(0);
  expect(built.steps.filter(({ name }) => name === 'start the image')).toMatchObject([{ state: 'cached' }]);
});

test('an image whose server cannot import the app is not built', async () => {
  const code = 'from flask import Flask\n\nNAME = {}["SHOP_NAME"]\napp = Flask(__name__)\n';
  const source = app('crashing', { 'app.py': code });
  const archive = join(scratch.dir, 'crashing.tar');
  const run = await quayside(['build', `--source=${source}`, `--output=${archive}`]);
  expect(run.code).toBe(1);
  expect(run.stderr).toMatch(/^error: QS705: the image was built, and its web process ended with exit code \d+ /m);
  expect(run.stderr).toMatch(/^ +KeyError: 'SHOP_NAME'$/m);
  writeFileSync(join(source, 'quayside.yaml'), 'suites: { smoke: false }\n');
  const unasked = await quayside(['build', `--source=${source}`, `--output=${archive}`]);
  expect(unasked.code).toBe(0);
});

test('a page of Django that is an error is told of with its reason, which Django itself tells nobody', async () => {
  const source = app('failing-page', {
    'requirements.txt': 'django==5.2.8\ngunicorn==27.0.1\n',
    'manage.py': 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_.settings")\n',
    'site_/__init__.py': '',
    'site_/settings.py':
      'SECRET_KEY = "only-for-a-test"\nALLOWED_HOSTS = ["*"]\nROOT_URLCONF = "site_.urls"\nDEBUG = False\n',
    'site_/urls.py':
      'from django.urls import path\n\ndef page(request):\n    raise ValueError("no such shop")\n\nurlpatterns = [path("", page)]\n',
    'site_/wsgi.py':
      'import os\n\nfrom django.core.wsgi import get_wsgi_application\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_.settings")\napplication = get_wsgi_application()\n',
  });
  const run = await quayside(['build', `--source=${source}`, `--output=${join(scratch.dir, 'failing-page.tar')}`]);
  expect(run.code).toBe(1);
  expect(run.stderr).toMatch(/^error: QS705: the image was built and started, and GET \/ answered 500/m);
  expect(run.stderr).toMatch(/^ +ValueError: no such shop$/m);
});

test('an image whose worker does not take its broker is not built, however long the worker takes to end for that', async () => {
  const tasks = 'from celery import Celery\n\nqueue = Celery("shop", broker="redis://127.0.0.1:1/0")\n';
  const source = app('lingering', {
    'requirements.txt': 'flask==3.1.3\ngunicorn==27.0.1\ncelery==5.3.6\nkombu==5.7.0\npackaging==25.0\nredis==5.0.1\n',
    'app.py': 'from flask import Flask\n\napp = Flask(__name__)\n',
    'tasks.py': tasks,
    'quayside.yaml':
      'services: { redis: false }\ncomponents: { worker: { command: [celery, --app, tasks.queue, worker] } }\n',
  });
  const run = await quayside(['build', `--source=${source}`, `--output=${join(scratch.dir, 'lingering.tar')}`]);
  expect(run.code).toBe(1);
  expect(run.stderr).toMatch(/^error: QS708: kombu does not work with what is installed: Redis transport /m);
});

test('a package that nobody pins is as old as what is pinned where its newest does not fit, and that is said', async () => {
  const source = app('of-its-day', {
    'requirements.txt': 'flask==2.0.3\ngunicorn==27.0.1\n',
    'app.py': 'from flask import Flask\n\napp = Flask(__name__)\n\n@app.get("/")\ndef page():\n    return "open"\n',
    'quayside.yaml': 'suites: { smoke: false }\n',
  });
  const build = async () =>
    quayside(['build', `--source=${source}`, `--output=${join(scratch.dir, 'of-its-day.tar')}`]);
  for (const run of [await build(), await build()]) {
    expect(run.code).toBe(0);
    expect(run.stderr.match(/^! .*werkzeug \S+ in place of \S+/gm)).toHaveLength(1);
  }
});

test('what an app fails without has a value of its kind when it is started, and none in its image', async () => {
  const code = `import os
from base64 import urlsafe_b64decode
from urllib.parse import urlparse
from flask import Flask

assert len(urlsafe_b64decode(os.environ["MAIL_TOKEN"])) == 32
MAX_ITEMS = int(os.environ["MAX_ITEMS"])
NAMES = os.environ["SHOP_NAMES"].split(",")
assert urlparse(os.environ["PUBLIC_URL"]).scheme in ("http", "https")
COLOUR = {"red": 1}[os.environ["COLOUR"]]
app = Flask(__name__)
`;
  const source = app('needing', { 'app.py': code, 'quayside.yaml': 'env: { COLOUR: { value: red, only: trial } }\n' });
  const archive = join(scratch.dir, 'needing.tar');
  const run = await quayside(['build', `--source=${source}`, `--output=${archive}`]);
  expect(run).toMatchObject({ code: 0 });
  const { stdout: config } = await execa('skopeo', ['inspect', '--config', '--raw', `oci-archive:${archive}`]);
  expect(config).toContain('PYTHONUNBUFFERED=1');
  expect(config).not.toMatch(/MAIL_TOKEN|MAX_ITEMS|SHOP_NAMES|PUBLIC_URL|COLOUR/);
});

test('any program that answers on its port is built and started by its command', async () => {
  const code = `import os
from http.server import HTTPServer, SimpleHTTPRequestHandler

HTTPServer(("0.0.0.0", int(os.environ["PORT"])), SimpleHTTPRequestHandler).serve_forever()
`;
  const files = { 'requirements.txt': 'itsdangerous==2.2.0\n', 'main.py': code, Procfile: 'web: python main.py\n' };
  expect(await quayside(['test', `--source=${app('program', files)}`])).toMatchObject({
    code: 0,
    stdout: 'smoke: 1 passed\n',
  });
  const yaml = 'server: { command: [python, -m, http.server, "7860"], port: 7860 }\n';
  const configured = app('configured', { 'requirements.txt': files['requirements.txt'], 'quayside.yaml': yaml });
  expect(await quayside(['test', `--source=${configured}`])).toMatchObject({ code: 0, stdout: 'smoke: 1 passed\n' });
});
