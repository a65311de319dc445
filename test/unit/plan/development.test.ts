/** How apps are developed: the command that takes in edits, what is mounted over the image, and who builds the frontend's files anew. */
import { describe, expect, it } from 'vitest';
import { startValue } from '../../../src/plan/look-up.js';
import type { Plan, Process } from '../../../src/plan/types.js';
import { renderApp } from '../../../src/render/eject.js';
import { memoryTree } from '../../../src/source/tree.js';
import { understand } from '../../../src/understand.js';

async function planOf(files: Readonly<Record<string, string>>): Promise<Plan> {
  const { app, diagnostics } = await understand(memoryTree(files));
  if (!app) throw new Error(JSON.stringify(diagnostics));
  return app.plan;
}

function processOf(plan: Plan, id: string): Process {
  const process = plan.processes.find(candidate => candidate.id === id);
  if (!process) throw new Error(`no process ${id}`);
  return process;
}

const FLASK = { 'app.py': 'from flask import Flask\napp = Flask(__name__)\n' };
const FASTAPI = { 'main.py': 'from fastapi import FastAPI\napp = FastAPI()\n' };
const DJANGO = {
  'manage.py':
    'import os\nfrom django.core.management import execute_from_command_line\nos.environ.setdefault("DJANGO_SETTINGS_MODULE", "site1.settings")\n',
  'site1/__init__.py': '',
  'site1/settings.py':
    'import os\nDEBUG = os.environ.get("DJANGO_DEBUG", "False") == "True"\nALLOWED_HOSTS = ["*"]\nWSGI_APPLICATION = "site1.wsgi.application"\n',
  'site1/wsgi.py': 'from django.core.wsgi import get_wsgi_application\napplication = get_wsgi_application()\n',
};

describe('the command of the web server', () => {
  it.each<readonly [string, Readonly<Record<string, string>>, readonly string[], boolean]>([
    ['Flask: its own server', { ...FLASK, 'requirements.txt': 'flask==3.1.0\n' }, ['flask', 'run'], true],
    [
      'Flask with waitress: its own server all the same',
      { ...FLASK, 'requirements.txt': 'flask==3.1.0\nwaitress==3.0.2\n' },
      ['flask', 'run'],
      true,
    ],
    [
      'Django: its own server',
      { ...DJANGO, 'requirements.txt': 'django==5.2\n' },
      ['python', 'manage.py', 'runserver'],
      true,
    ],
    [
      'FastAPI: uvicorn',
      { ...FASTAPI, 'requirements.txt': 'fastapi==0.115.0\nuvicorn==0.30.0\n' },
      ['uvicorn', '--reload'],
      true,
    ],
    [
      'FastAPI: hypercorn',
      { ...FASTAPI, 'requirements.txt': 'fastapi==0.115.0\nhypercorn==0.17.3\n' },
      ['hypercorn', '--reload'],
      true,
    ],
    [
      'FastAPI: granian, which has no part for it unless it is asked for, is started again',
      { ...FASTAPI, 'requirements.txt': 'fastapi==0.115.0\ngranian==2.5.0\n' },
      [],
      false,
    ],
  ])('%s', async (_, files, command, reloads) => {
    const plan = await planOf(files);
    const dev = processOf(plan, 'web').profiles.dev;
    expect(dev?.command?.slice(0, command.length) ?? []).toEqual(command);
    expect(dev).toMatchObject({ image: 'development', reloads, mounts: [{ path: '', to: '/app', keep: [] }] });
  });

  it('is what the image for development starts by itself', async () => {
    const plan = await planOf({ ...FLASK, 'requirements.txt': 'flask==3.1.0\n' });
    const stage = plan.stages.find(({ id }) => id === 'development');
    expect(stage?.steps.find(({ kind }) => kind === 'entrypoint')).toMatchObject({
      command: processOf(plan, 'web').profiles.dev?.command,
    });
  });

  it('is the production one for an app that only a command starts', async () => {
    const plan = await planOf({
      'serve.py': 'import http.server\n',
      'requirements.txt': 'requests==2.32.3\n',
      'quayside.yaml': 'server: { command: [python, serve.py], port: 8000 }\n',
    });
    expect(processOf(plan, 'web').profiles.dev).toMatchObject({ image: 'development', reloads: false });
    expect(processOf(plan, 'web').profiles.dev?.command).toBeUndefined();
  });
});

describe('variables that show mistakes', () => {
  it('are on, in the spelling that the code reads', async () => {
    const plan = await planOf({ ...DJANGO, 'requirements.txt': 'django==5.2\n' });
    expect(processOf(plan, 'web').profiles.dev?.env).toEqual({ DJANGO_DEBUG: 'True' });
    expect(processOf(plan, 'web').env).toEqual({});
  });

  it.each([
    ['a default that is on is turned off, in its spelling', '"True"', 'False'],
    ['in another', '"true"', 'false'],
    ["one that is off stays the code's", '"False"', undefined],
    ['as does one that is no text', 'TESTS', undefined],
  ])('are off in production: %s', async (_, otherwise, value) => {
    const settings = DJANGO['site1/settings.py'].replace('"False"', otherwise);
    const plan = await planOf({ ...DJANGO, 'site1/settings.py': settings, 'requirements.txt': 'django==5.2\n' });
    expect(plan.variables.find(({ name }) => name === 'DJANGO_DEBUG')?.production).toBe(value);
    const files = new Map(renderApp(plan, { paths: [], gitignores: {} }).map(({ path, text }) => [path, text]));
    const inCompose = files.get('compose.prod.yaml')!.match(/DJANGO_DEBUG: .+/g) ?? [];
    const inCluster = files.get('deploy/kubernetes/base/kustomization.yaml')!.match(/DJANGO_DEBUG=.+/g) ?? [];
    expect([...new Set(inCompose)]).toEqual(value === undefined ? [] : [`DJANGO_DEBUG: \${DJANGO_DEBUG:-${value}}`]);
    expect(inCluster).toEqual(value === undefined ? [] : [`DJANGO_DEBUG=${value}`]);
  });

  it.each([
    [
      'of django-environ',
      'import environ\nenv = environ.Env()\nDEBUG = env.bool("DJANGO_DEBUG", default=True)',
      'False',
    ],
    [
      'with a cast',
      'import environ\nenv = environ.Env()\nDEBUG = env("DJANGO_DEBUG", cast=bool, default=True)',
      'False',
    ],
    ['declared', 'import environ\nenv = environ.Env(DJANGO_DEBUG=(bool, True))\nDEBUG = env("DJANGO_DEBUG")', 'False'],
    ['of decouple', 'from decouple import config\nDEBUG = config("DJANGO_DEBUG", default=True, cast=bool)', 'False'],
    [
      "a field of pydantic's",
      'from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    DJANGO_DEBUG: bool = True\nDEBUG = S().DJANGO_DEBUG',
      'False',
    ],
    ['a number', 'DEBUG = bool(int(os.getenv("DJANGO_DEBUG", 1)))', '0'],
    ['by a number', 'DEBUG = int(os.getenv("DJANGO_DEBUG", default=True))', '0'],
    ['where any text is on', 'DEBUG = os.getenv("DJANGO_DEBUG", True)', ''],
    ['compared', 'DEBUG = os.environ.get("DJANGO_DEBUG", True) in (True, "True")', 'False'],
    ['off', 'import environ\nenv = environ.Env()\nDEBUG = env.bool("DJANGO_DEBUG", default=False)', undefined],
  ])('are off in production where the default is no text: %s', async (_, read, value) => {
    const settings = DJANGO['site1/settings.py'].replace(/DEBUG = .*/, read);
    const plan = await planOf({ ...DJANGO, 'site1/settings.py': settings, 'requirements.txt': 'django==5.2\n' });
    expect(plan.variables.find(({ name }) => name === 'DJANGO_DEBUG')?.production).toBe(value);
  });

  it('is what quayside.yaml says, where it does', async () => {
    const settings = DJANGO['site1/settings.py'].replace('"False"', '"True"');
    const own = { 'site1/settings.py': settings, 'quayside.yaml': 'env: { DJANGO_DEBUG: "True" }\n' };
    const plan = await planOf({ ...DJANGO, ...own, 'requirements.txt': 'django==5.2\n' });
    expect(plan.variables.find(({ name }) => name === 'DJANGO_DEBUG')?.production).toBeUndefined();
  });
});

describe('what the compose file of an app gives it, where its code has something else in the place', () => {
  const FILES = {
    'app.py':
      'import os\nfrom flask import Flask\napp = Flask(__name__)\nA = os.getenv("UPLOAD_FOLDER", "uploads")\nB = os.getenv("GREETING", "hello")\nC = os.getenv("API_TOKEN", "none")\nD = os.getenv("SHAPE", "")\n',
    'requirements.txt': 'flask==3.1.0\ngunicorn==23.0.0\n',
    'docker-compose.yml':
      'services:\n  web:\n    build: .\n    environment:\n      UPLOAD_FOLDER: /var/uploads\n      GREETING: costs $$5\n      API_TOKEN: known\n      SHAPE: "{}"\n    volumes: ["uploads:/var/uploads"]\nvolumes: { uploads: {} }\n',
  };
  const filesOf = async (more: Readonly<Record<string, string>> = {}) => {
    const plan = await planOf({ ...FILES, ...more });
    const files = new Map(renderApp(plan, { paths: [], gitignores: {} }).map(({ path, text }) => [path, text]));
    return { plan, files };
  };

  it('is given by what is rendered as well, and .env may say otherwise', async () => {
    const { files } = await filesOf();
    const compose = files.get('compose.yaml')!;
    expect(compose).toContain('var_uploads:/var/uploads');
    expect(compose).toContain('UPLOAD_FOLDER: ${UPLOAD_FOLDER:-/var/uploads}\n');
    expect(compose).toContain('GREETING: ${GREETING:-costs $$5}\n');
    expect(compose).toContain('SHAPE: "{}"\n');
    expect(files.get('deploy/kubernetes/base/kustomization.yaml')).toContain('- UPLOAD_FOLDER=/var/uploads\n');
    expect(files.get('.env.example')).toContain('#UPLOAD_FOLDER=/var/uploads\n');
  });

  it('is none of a secret, nor of what quayside.yaml says', async () => {
    const { plan } = await filesOf({ 'quayside.yaml': 'env: { GREETING: hi }\n' });
    const given = plan.variables.flatMap(({ name, given: value }) => (value === undefined ? [] : [[name, value]]));
    expect(Object.fromEntries(given)).toEqual({ UPLOAD_FOLDER: '/var/uploads', SHAPE: '{}' });
  });
});

describe('variables that nobody sets', () => {
  const READS = 'import os\nfrom flask import Flask\napp = Flask(__name__)\n';
  const variablesOf = async (names: readonly string[], more: Readonly<Record<string, string>> = {}) => {
    const lines = names.map(name => `_${name} = os.getenv("${name}")\n`).join('');
    const plan = await planOf({ 'app.py': READS + lines, 'requirements.txt': 'flask==3.1.0\n', ...more });
    const rendered = renderApp(plan, { paths: [], gitignores: {} });
    const files = rendered.filter(({ path }) => /^(compose\.|\.env\.example$|deploy\/)/.test(path));
    const naming = names.filter(name => files.some(({ text }) => new RegExp(`^[ #]*${name}[:=]`, 'm').test(text)));
    return { listed: plan.variables.map(({ name }) => name), naming };
  };
  it.each([
    ['what every process has', ['PATH', 'USER', 'PWD']],
    ['what tools set for what they start', ['FLASK_RUN_FROM_CLI', 'RUN_MAIN', 'PYTEST_CURRENT_TEST']],
    ['what services that run builds set', ['CI', 'GITHUB_WORKFLOW', 'CI_COMMIT_SHA']],
    ['what platforms set', ['DYNO', 'KUBERNETES_SERVICE_HOST']],
  ])('are not listed, nor taken from whoever starts containers: %s', async (_, names) => {
    expect(await variablesOf(names)).toEqual({ listed: [], naming: [] });
  });

  it('are told from those that people have names like', async () => {
    const names = ['CI_SERVER', 'GITHUB_CLIENT_ID', 'GITHUB_TOKEN', 'HOME_PAGE', 'RUN_MAINTENANCE', 'TRAVIS_TOKEN'];
    expect((await variablesOf(names)).listed).toEqual(names);
  });

  it.each([
    ['what the code has for it elsewhere', 'INDEX', 'os.getenv("INDEX", "books")', 'books'],
    ['of its kind, where the code has nothing', 'INDEX', 'os.getenv("INDEX")', 'trial'],
    ['turned off, where that shows mistakes', 'DEBUG', 'os.getenv("DEBUG", "True")', 'false'],
  ])('are needed in one place: a first start has %s', async (_, name, read, value) => {
    const app = `${READS}_a = os.environ["${name}"]\n_b = ${read}\n`;
    const plan = await planOf({ 'app.py': app, 'requirements.txt': 'flask==3.1.0\n' });
    expect(startValue(plan, plan.variables.find(variable => variable.name === name)!)).toBe(value);
  });

  it('are listed where the configuration has a value', async () => {
    expect((await variablesOf(['CI'], { 'quayside.yaml': 'env: { CI: "" }\n' })).listed).toEqual(['CI']);
  });
});

describe('a kind of place that the compose file says of developers', () => {
  const files = (read: string, value: string) => ({
    'requirements.txt': 'flask==3.1.0\n',
    Dockerfile: 'FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nCMD ["flask", "run"]\n',
    'app.py': `import os\nfrom flask import Flask\napp = Flask(__name__)\nplace = ${read}\n`,
    'compose.yaml': 'services:\n  web:\n    build: .\n',
    'compose.override.yaml': `services:\n  web:\n    environment:\n      APP_ENV: ${value}\n`,
  });
  const said = async (read: string, value: string) => {
    const plan = await planOf(files(read, value));
    const variable = plan.variables.find(({ name }) => name === 'APP_ENV')!;
    return { start: startValue(plan, variable), dev: processOf(plan, 'web').profiles.dev?.env?.APP_ENV };
  };

  it.each(['development', 'dev', 'local'])('is development’s alone: %s', async value => {
    expect(await said('os.getenv("APP_ENV", "production")', value)).toEqual({ start: undefined, dev: value });
    expect(await said('os.environ.get("APP_ENV")', value)).toMatchObject({ start: value });
  });

  it('is everybody’s where the app does not start without it, or it is no developers’', async () => {
    expect(await said('os.environ["APP_ENV"]', 'development')).toEqual({ start: 'development', dev: undefined });
    expect(await said('os.environ["APP_ENV"]', 'staging')).toEqual({ start: 'staging', dev: undefined });
  });
});

describe('the frontend', () => {
  const packageJson = (scripts: Readonly<Record<string, string>>, dev: Readonly<Record<string, string>>) =>
    JSON.stringify({ name: 'x', private: true, scripts, devDependencies: dev });
  const served = {
    'requirements.txt': 'flask==3.1.0\n',
    'app.py':
      'from flask import Flask, send_from_directory\napp = Flask(__name__)\n@app.get("/")\ndef home():\n    return send_from_directory("frontend/dist", "index.html")\n',
  };

  it.each<readonly [string, string, readonly string[]]>([
    ['Vite', 'vite build', ['vite', 'build', '--watch']],
    ['behind a check of types, which is left out', 'tsc && vite build', ['vite', 'build', '--watch']],
  ])('is built anew at each edit: %s', async (_, build, command) => {
    const plan = await planOf({
      ...served,
      'frontend/package.json': packageJson({ build }, { vite: '^7.0.0', typescript: '^5.0.0' }),
      'frontend/vite.config.js': 'export default {}\n',
    });
    expect(processOf(plan, 'assets')).toMatchObject({
      only: ['dev'],
      command: ['npx', '--no-install', ...command],
      profiles: { dev: { mounts: [{ path: 'frontend', to: '/app/frontend', keep: ['/app/frontend/node_modules'] }] } },
    });
    expect(plan.processes.filter(({ after }) => after.includes('assets'))).toEqual([]);
  });

  it('stays the one of the image where nothing builds at each edit', async () => {
    const plan = await planOf({
      ...served,
      'frontend/package.json': packageJson({ build: 'parcel build index.html --dist-dir dist' }, { parcel: '^2.0.0' }),
      'frontend/index.html': '<p>\n',
    });
    expect(plan.processes.filter(({ role }) => role === 'assets')).toEqual([]);
    expect(processOf(plan, 'web').profiles.dev?.mounts).toEqual([
      { path: '', to: '/app', keep: ['/app/frontend/dist'] },
    ]);
  });
});
