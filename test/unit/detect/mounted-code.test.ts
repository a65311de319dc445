/** Services of a compose file that run the app's code and do not have it in their image: they mount it. */
import { expect, it } from 'vitest';
import { memoryTree } from '../../../src/source/tree.js';
import { understand } from '../../../src/understand.js';
import { DJANGO, detectFiles, type Files, withFiles } from './apps.js';

const lines = (...all: readonly string[]) => `${all.join('\n')}\n`;

const WITHOUT_CODE = lines(
  'FROM python:3.12',
  'COPY requirements.txt /tmp/',
  'RUN pip install -r /tmp/requirements.txt',
);

const compose = (...of: readonly string[]) => lines('services:', '  web:', ...of.map(line => `    ${line}`));

const MOUNTED = [
  'volumes: [".:/app"]',
  'command: sh -c "/opt/venv/bin/daphne -b 0.0.0.0 -p 8000 site_.asgi:application"',
];

const below = (directory: string) =>
  Object.fromEntries(Object.entries(DJANGO).map(([path, text]) => [`${directory}/${path}`, text]));

async function serverOf(files: Files, app: Files = DJANGO) {
  const { facts, diagnostics } = await detectFiles(withFiles(app, files));
  expect(diagnostics).toEqual([]);
  const { server, entry, left = [] } = facts!;
  const told = left.map(({ kind, name, value }) => `${kind} ${name}: ${value}`);
  return [`${server?.value} ${entry?.value.protocol} ${server?.place.file}:${server?.place.line}`, ...told];
}

it.each<readonly [string, Files, readonly string[]]>([
  [
    'a directory with nothing but the Dockerfile and the list',
    { 'docker/Dockerfile': WITHOUT_CODE, 'compose.yaml': compose('build: ./docker', ...MOUNTED) },
    ['daphne asgi compose.yaml:5'],
  ],
  [
    'an image of Python',
    { 'compose.yaml': compose('image: python:3.12-slim', ...MOUNTED) },
    ['daphne asgi compose.yaml:5'],
  ],
  [
    'the same image for a worker, and for one that is told of',
    {
      'docker/Dockerfile': WITHOUT_CODE,
      'compose.yaml': lines(
        'services:',
        '  web:',
        '    build: docker',
        '    image: shop',
        '    volumes: [".:/app"]',
        '    command: daphne site_.asgi:application',
        '  mails:',
        '    image: shop',
        '    volumes: [".:/app"]',
        '    command: sh -c "cd /app && python manage.py send_mails"',
      ),
    },
    ['daphne asgi compose.yaml:6', 'service mails: sh -c cd /app && python manage.py send_mails'],
  ],
  [
    'not what mounts something else of the source',
    {
      'docker/Dockerfile': WITHOUT_CODE,
      'flows/daily.py': 'import airflow\n',
      'compose.yaml': compose(
        'build: docker',
        'volumes: ["./flows:/opt/flows"]',
        'command: daphne site_.asgi:application',
      ),
    },
    ['gunicorn wsgi requirements.txt:2'],
  ],
  [
    'not an app of its own that looks at this one',
    {
      'other/Dockerfile': WITHOUT_CODE,
      'other/app.py': 'print(1)\n',
      'compose.yaml': compose('build: other', ...MOUNTED),
    },
    ['gunicorn wsgi requirements.txt:2'],
  ],
  [
    'not another server that hands out its files',
    { 'compose.yaml': compose('image: nginx:1.25', ...MOUNTED) },
    ['gunicorn wsgi requirements.txt:2'],
  ],
])('%s', async (_, files, expected) => {
  expect(await serverOf(files)).toEqual(expected);
});

it('is followed around an app in a directory of its own, with the image that it is run in', async () => {
  const files = withFiles(below('backend'), {
    'docker/Dockerfile': lines('FROM python:3.12', 'RUN apt-get install -y tesseract-ocr', 'RUN pip install daphne'),
    'compose.yaml': compose(
      'build: docker',
      'volumes: ["./backend:/app"]',
      'command: daphne site_.asgi:application --application-close-timeout 9',
    ),
  });
  const { app, diagnostics } = await understand(memoryTree(files));
  expect(diagnostics).toEqual([]);
  const { facts } = app!;
  expect(facts.server).toMatchObject({ value: 'daphne' });
  const native = facts.native.map(({ runtime, place }) => `${runtime} ${place.file}:${place.line}`);
  expect(native).toEqual(['tesseract-ocr ../docker/Dockerfile:2']);
});
