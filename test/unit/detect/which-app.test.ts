/** Which of several apps is meant: what starts the app says it, else the rules that the framework documents; only then a question. */
import { describe, expect, it } from 'vitest';
import { memoryTree } from '../../../src/source/tree.js';
import { objectReference } from '../../../src/support/app-object.js';
import { understand } from '../../../src/understand.js';
import { DJANGO, detectFiles, FASTAPI, type Files, FLASK, withFiles } from './apps.js';

const FLASK_APP = 'from flask import Flask\n\napp = Flask(__name__)\n';
const FASTAPI_APP = 'from fastapi import FastAPI\n\napp = FastAPI()\n';

/** Two apps that no rule tells apart. */
const TWO: Files = { 'requirements.txt': FLASK['requirements.txt']!, 'web.py': FLASK_APP, 'admin.py': FLASK_APP };
const TWO_ASGI: Files = {
  'requirements.txt': FASTAPI['requirements.txt']!,
  'web.py': FASTAPI_APP,
  'admin.py': FASTAPI_APP,
};

async function entryOf(files: Files): Promise<string> {
  const { facts, diagnostics } = await detectFiles(files);
  return facts ? objectReference(facts.entry!.value) : diagnostics.map(({ code }) => code).join(' ');
}

describe('a list at the top that takes all from a directory', () => {
  const below: Files = {
    'requirements.txt': '-r api/requirements.txt\nflake8\n',
    'api/requirements.txt': FLASK['requirements.txt']!,
    'api/web.py': FLASK_APP,
    'api/Dockerfile': 'FROM python:3.13\nRUN pip install -r requirements.txt\nCMD gunicorn web:app\n',
  };
  it.each<readonly [string, Files, string | undefined]>([
    ['is for who works on all of it, where that one has a container of its own', below, 'api'],
    ['is that of the app where nothing there starts it', withFiles(below, { 'api/Dockerfile': undefined }), undefined],
    [
      'is that of the app where it is started from the top',
      { ...below, Procfile: 'web: gunicorn api.web:app\n' },
      undefined,
    ],
    [
      'is that of the app where the framework is listed there',
      { ...below, 'requirements.txt': `-r api/requirements.txt\n${FLASK['requirements.txt']}` },
      undefined,
    ],
  ])('%s', async (_, files, root) => {
    const { app } = await understand(memoryTree(files));
    expect(app?.facts.root?.value).toBe(root);
  });
});

describe('of two apps', () => {
  it.each<[string, Files, string]>([
    ['none is taken without a reason', TWO, 'QS303'],
    [
      'the other is of a project with packages of its own',
      {
        'requirements.txt': FLASK['requirements.txt']!,
        'web.py': FLASK_APP,
        'relay/pyproject.toml': '[project]\nname = "relay"\nversion = "1"\n',
        'relay/app.py': FLASK_APP,
      },
      'web:app',
    ],
    ['.flaskenv names one', { ...TWO, '.flaskenv': 'FLASK_APP=web.py\n' }, 'web:app'],
    ['.env.example names one', { ...TWO, '.env.example': 'FLASK_APP=web\nSECRET_KEY=\n' }, 'web:app'],
    [
      'the Dockerfile has its variable',
      { ...TWO, Dockerfile: 'FROM python:3.12\nENV FLASK_APP web.py\nCMD ["flask", "run"]\n' },
      'web:app',
    ],
    [
      'a compose file has its variable',
      {
        ...TWO,
        'compose.yaml':
          'services:\n  web:\n    build: .\n    environment:\n      FLASK_APP: web\n    command: flask run\n',
      },
      'web:app',
    ],
    [
      'a Dockerfile in a directory starts one',
      { ...TWO, 'docker/web/Dockerfile': 'FROM python\nCMD gunicorn web:app\n' },
      'web:app',
    ],
    [
      "Flask's own program starts one",
      { ...TWO, 'run.sh': '#!/bin/sh\nexec flask --app web run --host 0.0.0.0\n' },
      'web:app',
    ],
    ['make starts one', { ...TWO, Makefile: 'run:\n\t@FLASK_APP=web flask run\n' }, 'web:app'],
    ['Python starts one', { ...TWO, Dockerfile: 'FROM python:3.12\nCMD ["python", "web.py"]\n' }, 'web:app'],
    [
      'Python starts a module that takes one',
      {
        ...TWO,
        'run.py': 'from web import app\n\nif __name__ == "__main__":\n    app.run()\n',
        Procfile: 'web: python run.py\n',
      },
      'web:app',
    ],
    [
      'a workflow starts one',
      {
        ...TWO,
        '.github/workflows/ci.yml':
          'on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          pip install -r requirements.txt\n          gunicorn web:app &\n',
      },
      'web:app',
    ],
    [
      "FastAPI's own program starts one",
      { ...TWO_ASGI, Dockerfile: 'FROM python\nCMD ["fastapi", "run", "web.py", "--port", "80"]\n' },
      'web:app',
    ],
    [
      'pyproject.toml names one',
      { ...TWO_ASGI, 'pyproject.toml': '[tool.fastapi]\nentrypoint = "web:app"\n' },
      'web:app',
    ],
    ['by a path', { ...TWO_ASGI, Makefile: 'dev:\n\tuv run fastapi dev ./web.py\n' }, 'web:app'],
  ])('%s', async (_, files, expected) => {
    expect(await entryOf(files)).toBe(expected);
  });
});

describe("the framework's own rules", () => {
  it.each<[string, Files, string]>([
    ['Flask: app.py before others', { ...TWO, 'app.py': FLASK_APP }, 'app:app'],
    ['Flask: wsgi.py before app.py', { ...TWO, 'app.py': FLASK_APP, 'wsgi.py': FLASK_APP }, 'wsgi:app'],
    ['Flask: app before other names', { ...TWO, 'app.py': `${FLASK_APP}admin = Flask("admin")\n` }, 'app:app'],
    [
      'Flask: an object before a factory',
      { ...TWO, 'app.py': `${FLASK_APP}\n\ndef create_app():\n    other = Flask("x")\n    return other\n` },
      'app:app',
    ],
    [
      'Flask: a factory of the name it looks for',
      { ...TWO, 'app.py': 'from flask import Flask\n\n\ndef make_app():\n    made = Flask("x")\n    return made\n' },
      'app:make_app()',
    ],
    ['FastAPI: main.py', { ...TWO_ASGI, 'main.py': FASTAPI_APP }, 'main:app'],
    ['FastAPI: app/main.py', { ...TWO_ASGI, 'app/__init__.py': '', 'app/main.py': FASTAPI_APP }, 'app.main:app'],
    [
      'FastAPI: the first object where none has a usual name',
      { ...TWO_ASGI, 'api.py': 'from fastapi import FastAPI\n\nfirst = FastAPI()\nsecond = FastAPI()\n' },
      'api:first',
    ],
    [
      'what starts the app is believed before them',
      { ...TWO, 'app.py': FLASK_APP, Dockerfile: 'FROM python\nCMD gunicorn web:app\n' },
      'web:app',
    ],
    [
      'Django: the object that ASGI_APPLICATION names',
      withFiles(DJANGO, {
        'requirements.txt': 'Django==5.2\nchannels\nuvicorn\n',
        'site_/settings.py': `${DJANGO['site_/settings.py']}ASGI_APPLICATION = "site_.routing.application"\n`,
        'site_/routing.py': DJANGO['site_/asgi.py']!,
      }),
      'site_.routing:application',
    ],
  ])('%s', async (_, files, expected) => {
    expect(await entryOf(files)).toBe(expected);
  });
});

describe('of the ways to one app', () => {
  const FACTORY =
    'from flask import Flask\n\n\ndef create_app(config="development"):\n    made = Flask(__name__)\n    return made\n';
  const one = (made: string, more: Files = {}): Files => ({
    'requirements.txt': FLASK['requirements.txt']!,
    'shop/__init__.py': FACTORY,
    'todo.py': `import os\nfrom shop import create_app\n\napp = ${made}\n`,
    ...more,
  });
  it.each<[string, Files, string]>([
    ['a factory before an object that says no more', one('create_app()'), 'shop:create_app()'],
    ['an object that says what the app is to be', one('create_app(os.getenv("CONFIG", "production"))'), 'todo:app'],
    ['but not one for developers', one('create_app("development")'), 'shop:create_app()'],
    [
      'the one that a compose file starts',
      one('create_app()', {
        'compose.yaml':
          'services:\n  web:\n    build: .\n    command: >\n      sh -c "uv run --no-dev flask db upgrade && uv run --no-dev gunicorn todo:app -w 2"\n',
      }),
      'todo:app',
    ],
  ])('%s', async (_, files, expected) => {
    expect(await entryOf(files)).toBe(expected);
  });

  it('a page about Dockerfiles is none', async () => {
    const page = '```\nFROM python:3.13\nCMD gunicorn web:app\n```\n';
    expect(await entryOf({ ...TWO, 'docs2/dockerfile.md': page })).toBe('QS303');
    expect(await entryOf({ ...TWO, Containerfile: 'FROM python:3.13\nCMD gunicorn web:app\n' })).toBe('web:app');
  });
});
