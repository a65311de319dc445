/** What a deployment runs of the app beside its web server, or before it, and nobody runs here: it is told of. */
import { expect, it } from 'vitest';
import { leftRows } from '../../../src/detect/explain/left-rows.js';
import { DJANGO, detectFiles, type Files, withFiles } from './apps.js';

const factsOf = async (files: Files) => {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  return facts!;
};

const APP = withFiles(DJANGO, {
  Dockerfile: 'FROM python:3.13\nCOPY ./docker/start /start\nCOPY ./docker/jobs /jobs\nCOPY . /app\n',
  'docker/start': '#!/bin/sh\npython manage.py migrate\npython manage.py load_words\nexec gunicorn site_.wsgi\n',
  'docker/jobs': '#!/bin/sh\nexec python manage.py run_jobs --forever\n',
});

const compose = (...lines: readonly string[]): Files =>
  withFiles(APP, { 'compose.yaml': `services:\n${lines.map(line => `  ${line}\n`).join('')}` });

it.each<readonly [string, Files, readonly string[]]>([
  [
    'by a script of the image',
    compose('web: { build: ., command: /start }'),
    ['docker/start:3 python manage.py load_words'],
  ],
  [
    'in the command of its service',
    compose(
      'web:',
      '  build: .',
      '  command: sh -c "python manage.py wait_for_db && python manage.py loaddata words && gunicorn site_.wsgi"',
    ),
    ['compose.yaml:4 python manage.py loaddata words'],
  ],
  [
    'before the server of developers, where there is no other',
    compose('web: { build: ., command: sh -c "python manage.py make_tables && python manage.py runserver" }'),
    ['compose.yaml:2 python manage.py make_tables'],
  ],
  [
    'in the command of a container',
    withFiles(APP, { Dockerfile: 'FROM python:3.13\nCMD python manage.py load_words && gunicorn site_.wsgi\n' }),
    ['Dockerfile:2 python manage.py load_words'],
  ],
  [
    'nothing, where the configuration says what is run before a start',
    withFiles(compose('web: { build: ., command: /start }'), {
      'quayside.yaml': 'migrate: [python, manage.py, migrate]\n',
    }),
    [],
  ],
  [
    'nothing that makes accounts',
    compose('web: { build: ., command: sh -c "python manage.py createsuperuser && gunicorn site_.wsgi" }'),
    [],
  ],
  [
    'by its own container, nothing that makes accounts, whatever they are called',
    withFiles(APP, {
      Dockerfile:
        'FROM python:3.13\nCOPY . /app\nCMD python manage.py createsuperuser --email $MAIL && gunicorn site_.wsgi\n',
    }),
    [],
  ],
  [
    'by its own container, nothing of the app where the configuration says what is run before a start',
    withFiles(APP, {
      Dockerfile: 'FROM python:3.13\nCMD python manage.py load_words && cp a.cfg /data/a.cfg && gunicorn site_.wsgi\n',
      'quayside.yaml': 'migrate: [python, manage.py, migrate]\n',
    }),
    ['Dockerfile:2 cp a.cfg /data/a.cfg'],
  ],
  [
    'by its own container, once, and a worker that is no process here',
    withFiles(APP, {
      Dockerfile:
        'FROM python:3.13\nCMD python manage.py load_words; ./manage.py rqscheduler; python manage.py rq worker & gunicorn site_.wsgi\n',
    }),
    ['Dockerfile:2 ./manage.py rqscheduler; python manage.py rq worker', 'Dockerfile:2 python manage.py load_words'],
  ],
  [
    'by a platform that builds',
    withFiles(APP, { Procfile: 'web: gunicorn site_.wsgi\npostcompile: bin/assets\npostdeploy: bin/after\n' }),
    ['Procfile:2 bin/assets'],
  ],
  ['nothing of another program', compose('web: { build: ., command: sh -c "ls && gunicorn site_.wsgi" }'), []],
])('is run before the server %s', async (_, files, expected) => {
  const { left = [] } = await factsOf(files);
  const run = left.filter(({ kind }) => /^(start|script|hook)$/.test(kind));
  expect(run.map(({ value, place }) => `${place.file}:${place.line} ${value}`)).toEqual(expected);
});

it.each<readonly [string, Files, readonly string[]]>([
  [
    'a program that is not known as a worker',
    compose('web: { build: ., command: /start }', 'jobs: { build: ., command: /jobs }'),
    ['jobs: /jobs'],
  ],
  [
    'a script with a word for one of its programs',
    compose('web: { build: ., image: a, command: /start }', 'cron: { image: a, command: [/start, cron] }'),
    ['cron: /start cron'],
  ],
  [
    'another app',
    withFiles(compose('web: { build: ., command: /start }', 'links: { build: ., command: uvicorn links.app:app }'), {
      'links/__init__.py': '',
      'links/app.py': 'app = make()\n',
    }),
    ['links: uvicorn links.app:app'],
  ],
  [
    'the app itself over another protocol',
    compose('web: { build: ., command: /start }', 'sockets: { build: ., command: daphne site_.asgi:application }'),
    [],
  ],
  [
    'what ends when it is done, is for tests, or serves developers',
    compose(
      'web: { build: ., command: /start }',
      'migrations: { build: ., command: python manage.py migrate }',
      'tests: { build: ., command: pytest }',
      'assets: { build: ., command: npm run dev }',
      'dev: { build: ., command: python manage.py runserver }',
    ),
    [],
  ],
  [
    'one that the configuration has',
    withFiles(compose('web: { build: ., command: /start }', 'jobs: { build: ., command: /jobs }'), {
      'quayside.yaml': 'components: { jobs: false }\n',
    }),
    [],
  ],
])('is run beside the server: %s', async (_, files, expected) => {
  const { left = [] } = await factsOf(files);
  const services = left.filter(({ kind }) => kind === 'service');
  expect(services.map(({ name, value }) => `${name}: ${value}`)).toEqual(expected);
});

it('is told of with what says it, and the key that has it run', async () => {
  const facts = await factsOf(
    withFiles(
      compose(
        'web: { build: ., command: sh -c "python manage.py load_words && gunicorn site_.wsgi" }',
        'jobs: { build: ., command: /jobs }',
      ),
      { Procfile: 'release: python manage.py migrate\npostcompile: bin/assets\n' },
    ),
  );
  const rows = leftRows(facts, 'script', 'hook', 'service').map(({ name, value, why, key }) => [name, value, why, key]);
  expect(rows).toEqual([
    ['not run', 'python manage.py load_words', 'its own container runs it whenever it starts', 'migrate'],
    ['not run', 'bin/assets', 'postcompile: a platform runs it once for each release', 'migrate'],
    ['not run', '/jobs', 'jobs, which the compose file runs of the app', 'components.jobs'],
  ]);
});

it('is a worker by a script of the source, at a level of the log that only the script knows', async () => {
  const files = compose('web: { build: ., command: /start }', 'queue: { build: ., command: docker/queue/run.sh }');
  const { components } = await factsOf(
    withFiles(files, {
      'docker/queue/run.sh':
        '#!/bin/sh\nif [ "$DEBUG" ]; then level=DEBUG; else level=INFO; fi\nexec celery -A site_ worker --loglevel $level --pool=threads\n',
    }),
  );
  expect(components?.map(({ name }) => name)).toEqual(['worker']);
  expect(components?.[0]?.command.value.slice(0, 4)).toEqual(['celery', '-A', 'site_', 'worker']);
  expect(components?.[0]?.command.value).toContain('--pool=threads');
});
