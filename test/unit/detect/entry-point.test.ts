import { describe, expect, it } from 'vitest';
import { objectReference } from '../../../src/support/app-object.js';
import { DJANGO, detectFiles, FASTAPI, type Files, FLASK, withFiles } from './apps.js';

/** Name, the entry point expected with its protocol, and the app. */
const FOUND: readonly (readonly [string, string, Files])[] = [
  ['a factory in the package', 'shop:create_app() wsgi', FLASK],
  ['an object at the top of a module', 'main:app asgi', FASTAPI],
  [
    'an app beside the draft of another, which is no Python yet',
    'shop:create_app() wsgi',
    withFiles(FLASK, { '{{cookiecutter.name}}/app.py': '{{ "# it\'s" }}\nVALUES = [\n' }),
  ],
  [
    'an app with quotes and signs of comments in the formats of its f-strings',
    'shop:create_app() wsgi',
    withFiles(FLASK, { 'shop/table.py': 'def row(n):\n    return f"{n:#x} {n:\'>10}"\n' }),
  ],
  [
    'an object that comes with all names of another module, as the Procfile starts it',
    'shop:app wsgi',
    {
      'requirements.txt': FLASK['requirements.txt']!,
      Procfile: 'web: gunicorn shop:app\n',
      'shop/__init__.py': 'from .core import *\n',
      'shop/core.py': 'from flask import Flask\n\napp = Flask(__name__)\n',
    },
  ],
  [
    'the app that the container starts, where the Procfile names one that is gone',
    'main:app asgi',
    withFiles(FASTAPI, {
      Procfile: 'web: uvicorn app.server.app:app --port=$PORT\n',
      Dockerfile: 'FROM python:3.12\nCMD ["uvicorn", "main:app", "--host", "0.0.0.0"]\n',
    }),
  ],
  [
    'the module that gives an app its pages, where that which makes it does not lead there',
    'shop.web:app wsgi',
    withFiles(FLASK, {
      'shop/__init__.py': '',
      'shop/core.py':
        'from flask import Flask\nfrom shop import links\n\ndef create_app():\n    return Flask(__name__)\n\napp = create_app()\n',
      'shop/links.py': 'def own():\n    from shop.web import app\n    return app.url_map\n',
      'shop/web.py': 'from shop.core import app\nfrom shop.pages import pages\n\napp.register_blueprint(pages)\n',
      'shop/pages.py': 'from flask import Blueprint\n\npages = Blueprint("pages", __name__)\n',
    }),
  ],
  [
    'the factory, where what it calls gives the app its pages',
    'shop:create_app() wsgi',
    withFiles(FLASK, {
      'shop/__init__.py':
        'from flask import Flask\n\ndef create_app():\n    app = Flask(__name__)\n    from .web import register\n    register(app)\n    return app\n',
      'shop/web.py': 'def register(app):\n    app.register_blueprint(pages)\n',
      'shop/more.py': 'from shop import create_app\n\ndef more():\n    app = create_app()\n    app.mount("/x", x)\n',
    }),
  ],
  [
    'what wsgi.py puts together of two factories',
    'wsgi:application wsgi',
    {
      'requirements.txt': FLASK['requirements.txt']!,
      'wsgi.py':
        'from werkzeug.middleware.dispatcher import DispatcherMiddleware\nfrom shop import api, pages\n\napplication = DispatcherMiddleware(pages.create_app(), {"/api": api.create_app()})\n',
      'shop/__init__.py': '',
      'shop/api.py': 'from flask import Flask\n\ndef create_app():\n    return Flask("api")\n',
      'shop/pages.py': 'from flask import Flask\n\ndef create_app():\n    return Flask("pages")\n',
    },
  ],
  [
    "an object of a class that is derived from Django's own",
    'site_.wsgi:application wsgi',
    withFiles(DJANGO, {
      'site_/asgi.py': undefined,
      'site_/wsgi.py':
        'import django\nfrom django.core.handlers.wsgi import WSGIHandler\n\nclass Handler(WSGIHandler):\n    pass\n\ndef make():\n    django.setup(set_prefix=False)\n    return Handler()\n\napplication = make()\n',
    }),
  ],
  [
    'an annotated object',
    'main:api asgi',
    withFiles(FASTAPI, { 'main.py': 'import fastapi\n\napi: fastapi.FastAPI = fastapi.FastAPI(\n    title="x",\n)\n' }),
  ],
  [
    'a class imported under another name',
    'main:app asgi',
    withFiles(FASTAPI, { 'main.py': 'from fastapi import (\n    FastAPI as API,\n)\napp = API()\n' }),
  ],
  [
    'an object made by the factory in wsgi.py',
    'wsgi:app wsgi',
    withFiles(FLASK, { 'wsgi.py': 'from shop import create_app\n\napp = create_app()\n' }),
  ],
  [
    'a factory rather than an object in a script',
    'shop:create_app() wsgi',
    withFiles(FLASK, { 'run.py': 'from shop import create_app\n\napp = create_app()\n' }),
  ],
  [
    'wsgi.py when the factory needs arguments',
    'wsgi:app wsgi',
    withFiles(FLASK, {
      'shop/__init__.py': FLASK['shop/__init__.py']!.replace('config=None', 'config'),
      'wsgi.py': 'from shop import create_app\napp = create_app("prod")\n',
    }),
  ],
  [
    'a factory re-exported by the package',
    'wsgi:app wsgi',
    withFiles(FLASK, {
      'shop/factory.py': FLASK['shop/__init__.py']!,
      'shop/__init__.py': 'from .factory import create_app\n',
      'wsgi.py': 'from shop import create_app\napp = create_app()\n',
    }),
  ],
  [
    'the object of FastAPI, made by a factory beside it',
    'main:app asgi',
    withFiles(FASTAPI, {
      'main.py': 'from fastapi import FastAPI\n\ndef make():\n    api = FastAPI()\n    return api\n\napp = make()\n',
    }),
  ],
  [
    'an object of two names',
    'shop:app wsgi',
    withFiles(FLASK, { 'shop/__init__.py': 'from flask import Flask\n\napp = application = Flask(__name__)\n' }),
  ],
  [
    'the one of two that the Procfile starts',
    'main:app asgi',
    withFiles(FASTAPI, {
      'admin.py': 'from fastapi import FastAPI\nadmin = FastAPI()\n',
      Procfile: 'worker: rq\nweb: uvicorn --host 0.0.0.0 main:app\n',
    }),
  ],
  [
    'the one of two that .flaskenv names',
    'shop:create_app() wsgi',
    withFiles(FLASK, { 'admin.py': 'from flask import Flask\nadmin = Flask("a")\n', '.flaskenv': 'FLASK_APP=shop\n' }),
  ],
  [
    'a factory that returns the call itself',
    'shop.web:make() wsgi',
    withFiles(FLASK, {
      'shop/__init__.py': '',
      'shop/web.py': 'import flask\n\ndef make():\n    return flask.Flask("shop")\n',
    }),
  ],
  [
    'a subclass of the framework class',
    'shop:app wsgi',
    withFiles(FLASK, {
      'shop/__init__.py': 'from flask import Flask\n\nclass Shop(Flask):\n    pass\n\napp = Shop(__name__)\n',
    }),
  ],
  [
    'the served app of two, when the other is mounted',
    'main:app asgi',
    withFiles(FASTAPI, {
      'main.py':
        'from fastapi import FastAPI\nfrom admin import admin\n\napp = FastAPI()\napp.mount("/admin", admin)\n',
      'admin.py': 'from fastapi import FastAPI\n\nadmin = FastAPI()\n',
    }),
  ],
  [
    'the package below src',
    'shop:create_app() wsgi',
    withFiles(FLASK, { 'shop/__init__.py': undefined, 'src/shop/__init__.py': FLASK['shop/__init__.py']! }),
  ],
  ['the WSGI object of Django', 'site_.wsgi:application wsgi', DJANGO],
  [
    'the ASGI object of Django with uvicorn only',
    'site_.asgi:application asgi',
    withFiles(DJANGO, { 'requirements.txt': 'django\nuvicorn\n' }),
  ],
  [
    'what the configuration says',
    'admin:admin asgi',
    withFiles(FASTAPI, {
      'admin.py': 'from fastapi import FastAPI\nadmin = FastAPI()\n',
      'quayside.yaml': 'server:\n  entry: admin:admin\n',
    }),
  ],
  [
    'nothing in tests, strings, comments and guarded blocks',
    'shop:create_app() wsgi',
    withFiles(FLASK, {
      'tests/conftest.py': 'from flask import Flask\napp = Flask("t")\n',
      'shop/doc.py': "'''\nfrom flask import Flask\napp = Flask()\n'''\n# app = Flask()\nX = 'app = Flask()'\n",
      'shop/run.py': 'from flask import Flask\nif __name__ == "__main__":\n    app = Flask("x")\n',
    }),
  ],
];

describe('entry point', () => {
  it.each(FOUND)('is %s', async (_, expected, files) => {
    const { facts, diagnostics } = await detectFiles(files);
    expect(diagnostics).toEqual([]);
    expect(`${objectReference(facts!.entry!.value)} ${facts!.entry!.value.protocol}`).toBe(expected);
  });

  it("carries Django's settings module", async () => {
    const { facts } = await detectFiles(DJANGO);
    expect(facts?.entry?.value.settings?.value).toBe('site_.settings');
    expect(facts?.framework?.value).toBe('django');
    expect(facts?.migrate?.value).toEqual(['python', 'manage.py', 'migrate', '--noinput']);
  });

  const sets = (module: string) => `import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "${module}")\n`;
  const PLACES = withFiles(DJANGO, {
    'site_/local.py': '',
    'site_/online.py': '',
    'site_/celery.py': sets('site_.jobs'),
    'manage.py': sets('site_.local'),
  });
  it.each<readonly [string, string, Files]>([
    ['manage.py, whatever workers take', 'site_.local', PLACES],
    [
      'the module that is served, before manage.py',
      'site_.online',
      withFiles(PLACES, { 'site_/wsgi.py': `${DJANGO['site_/wsgi.py']}${sets('site_.online')}` }),
    ],
    [
      'the Dockerfile, before the code',
      'site_.online',
      withFiles(PLACES, {
        Dockerfile:
          'FROM python:3.13\nENV A=1 \\\n    DJANGO_SETTINGS_MODULE=site_.online\nRUN DJANGO_SETTINGS_MODULE=site_.jobs true\n',
      }),
    ],
    [
      'what CI tests with, where no code falls back to any and an example has those of developers',
      'site_.online',
      withFiles(PLACES, {
        'site_/celery.py': undefined,
        'manage.py': '',
        '.env.example': 'DJANGO_SETTINGS_MODULE=site_.local\n',
        '.circleci/config.yml': 'env:\n  DJANGO_SETTINGS_MODULE: site_.online\nsteps:\n  - run: pytest\n',
      }),
    ],
    [
      'the code that sets them whatever is set',
      'site_.online',
      withFiles(PLACES, {
        'site_/wsgi.py': `import os\n\nos.environ["DJANGO_SETTINGS_MODULE"] = "site_.online"\n${DJANGO['site_/wsgi.py']}`,
      }),
    ],
    [
      'the code, where the Dockerfile names what is not there',
      'site_.local',
      withFiles(PLACES, { Dockerfile: 'FROM python:3.13\nENV DJANGO_SETTINGS_MODULE=other.settings\n' }),
    ],
    [
      'the default of a variable of its own',
      'site_.local',
      withFiles(PLACES, {
        'manage.py':
          'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", os.environ.get("SITE_SETTINGS", "site_.local"))\n',
      }),
    ],
    [
      'the default of a variable that is the end of their name',
      'site_.online',
      withFiles(PLACES, {
        'manage.py':
          'import os\n\nSTAGE = os.getenv("STAGE", "online")\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", f"site_.{STAGE}")\n',
      }),
    ],
    [
      'a command of what is deployed, where the code falls back to those of developers',
      'site_.online',
      withFiles(PLACES, {
        'heroku.yml': 'release:\n  command:\n    - python manage.py migrate --settings=site_.online\n',
      }),
    ],
    [
      'the script that its container starts with, where no code names any: those for people',
      'site_.online',
      withFiles(PLACES, {
        'site_/celery.py': undefined,
        'manage.py': '',
        'scripts/docker-entrypoint':
          'if [ "$LOCAL" = true ]; then\n  export DJANGO_SETTINGS_MODULE="site_.local"\nelse\n  export DJANGO_SETTINGS_MODULE="site_.online"\nfi\n',
      }),
    ],
    [
      'the example of its variables, where what the code names is not there',
      'site_.local',
      withFiles(PLACES, {
        'site_/celery.py': undefined,
        'manage.py': sets('site_.everything'),
        'site_/local.py': 'ALLOWED_HOSTS = []\n',
        'example.env': 'DJANGO_SETTINGS_MODULE=site_.local\n',
      }),
    ],
  ])("takes Django's settings from %s", async (_, expected, files) => {
    expect((await detectFiles(files)).facts?.entry?.value.settings?.value).toBe(expected);
  });

  it('names the line of the factory', async () => {
    const { facts } = await detectFiles(FLASK);
    expect(facts?.entry?.place).toEqual({ file: 'shop/__init__.py', line: 3 });
  });
});
