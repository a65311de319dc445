/** Small apps as files in memory; a row of a table changes one thing in one of them. */

import { parseConfig } from '../../../src/config/parse.js';
import { type Detection, detect } from '../../../src/detect/detect.js';
import { formatDiagnostic } from '../../../src/diagnostics/words.js';
import { isTomlFile, parseToml } from '../../../src/source/toml-file.js';
import { memoryTree } from '../../../src/source/tree.js';
import { poetryContentHashes } from '../../../src/support/managers/python/shared/poetry-hash.js';

export type Files = Readonly<Record<string, string>>;

/** A Flask app with plain requirements. */
export const FLASK: Files = {
  'requirements.txt': 'flask==3.1.0\ngunicorn==23.0.0\n',
  'shop/__init__.py': [
    'from flask import Flask',
    '',
    'def create_app(config=None):',
    '    app = Flask(__name__)',
    '    return app',
    '',
  ].join('\n'),
};

/** A FastAPI app with plain requirements. */
export const FASTAPI: Files = {
  'requirements.txt': 'fastapi==0.115.0\nuvicorn[standard]==0.32.0\n',
  'main.py': 'from fastapi import FastAPI\n\napp = FastAPI(title="shop")\n',
};

/** A Django project with plain requirements. */
export const DJANGO: Files = {
  'requirements.txt': 'Django==5.2\ngunicorn==23.0.0\n',
  'manage.py': 'import os\n\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_.settings")\n',
  'site_/__init__.py': '',
  'site_/settings.py': 'import os\n\nSECRET_KEY = os.environ["SECRET_KEY"]\n',
  'site_/wsgi.py': 'from django.core.wsgi import get_wsgi_application\n\napplication = get_wsgi_application()\n',
  'site_/asgi.py': 'from django.core.asgi import get_asgi_application\n\napplication = get_asgi_application()\n',
};

/** Code that serves a frontend, wherever that is built to. */
export const SERVING: Files = {
  'pages.py': 'from starlette.staticfiles import StaticFiles\n\nfiles = StaticFiles(directory=DIRECTORY)\n',
};

/** Adds files to an app; undefined takes one away. */
export function withFiles(app: Files, changes: Readonly<Record<string, string | undefined>>): Files {
  const files: Record<string, string> = { ...app };
  for (const [path, text] of Object.entries(changes)) {
    if (text === undefined) delete files[path];
    else files[path] = text;
  }
  return files;
}

/** An app kept with poetry, its lock fresh: `pyproject` is the text of pyproject.toml, `locked` adds packages. */
export function poetryApp(app: Files, pyproject: string, locked = ''): Files {
  const file = parseToml('pyproject.toml', pyproject, 'QS206');
  if (!isTomlFile(file)) throw new Error(formatDiagnostic(file));
  const lock = `${locked}\n[metadata]\nlock-version = "2.1"\ncontent-hash = "${poetryContentHashes(file)[0]}"\n`;
  return withFiles(app, { 'requirements.txt': undefined, 'pyproject.toml': pyproject, 'poetry.lock': lock });
}

/** Detects an app in memory; its own quayside.yaml counts. */
export async function detectFiles(files: Files): Promise<Detection> {
  const { value, diagnostics } = parseConfig(files['quayside.yaml'] ?? '', 'quayside.yaml');
  return value ? detect(memoryTree(files), { ...value, root: '' }) : { diagnostics };
}
