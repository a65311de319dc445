/** Which directory of a source is the app, and where its packages are listed, when neither lies where it usually does. */
import { describe, expect, it } from 'vitest';
import { memoryTree } from '../../../src/source/tree.js';
import { understand } from '../../../src/understand.js';
import { DJANGO, type Files, withFiles } from './apps.js';

async function factsOf(files: Files) {
  const { app, diagnostics } = await understand(memoryTree(files));
  return { facts: app?.facts, codes: diagnostics.map(({ code }) => code) };
}

/** A Django project in a directory of the source, without its list of packages. */
const inside = (directory: string, more: Files = {}): Files => ({
  ...Object.fromEntries(
    Object.entries(withFiles(DJANGO, { 'requirements.txt': undefined })).map(([path, text]) => [
      `${directory}/${path}`,
      text,
    ]),
  ),
  ...more,
});

const LIST = 'Django==5.2\ngunicorn==23.0.0\n';

describe('the directory of the app', () => {
  it.each<readonly [string, Files, readonly [string | undefined, string]]>([
    [
      'is around the package that has the list',
      inside('web', { 'web/site_/requirements/production.txt': LIST, 'ui/index.html': '' }),
      ['web', 'site_/requirements/production.txt'],
    ],
    [
      'is the one with all of the code and a Dockerfile, whatever list is at the top',
      inside('backend', {
        'requirements.txt': 'Django==5.1\n',
        'backend/requirements.txt': LIST,
        'backend/Dockerfile': 'FROM python:3.13\nCOPY . .\n',
      }),
      ['backend', 'requirements.txt'],
    ],
    [
      'is the source where that is deployed',
      inside('backend', {
        'requirements.txt': LIST,
        'backend/requirements.txt': LIST,
        'backend/Dockerfile': 'FROM python:3.13\nCOPY . .\n',
        Procfile: 'web: gunicorn --chdir backend site_.wsgi\n',
      }),
      [undefined, 'requirements.txt'],
    ],
    [
      'is the source where nothing is deployed from the other',
      inside('backend', { 'requirements.txt': LIST, 'backend/requirements.txt': LIST }),
      [undefined, 'requirements.txt'],
    ],
    [
      'is the source where code lies beside',
      inside('backend', {
        'requirements.txt': LIST,
        'backend/requirements.txt': LIST,
        'backend/Dockerfile': 'FROM python:3.13\nCOPY . .\n',
        'shared/money.py': 'RATE = 1\n',
      }),
      [undefined, 'requirements.txt'],
    ],
  ])('%s', async (_, files, [root, list]) => {
    const { facts, codes } = await factsOf(files);
    expect(codes).toEqual([]);
    expect([facts!.root?.value, facts!.python.requirements?.main.value]).toEqual([root, list]);
    expect(facts!.entry!.value.module).toBe('site_.wsgi');
  });

  it('is where imports start, though what makes a package of it is imported from above', async () => {
    const { facts } = await factsOf(
      inside('backend', {
        'backend/requirements.txt': LIST,
        'backend/__init__.py': 'from backend.site_.more import value\n',
        'backend/site_/more.py': 'value = 1\n',
      }),
    );
    expect([facts!.entry!.value.module, facts!.python.packageRoot]).toEqual(['site_.wsgi', undefined]);
  });
});

describe('the list of packages', () => {
  const project = withFiles(DJANGO, { 'requirements.txt': undefined });

  it.each<readonly [string, Files, string]>([
    ['in the package of the project', { 'site_/requirements/prod.txt': LIST }, 'site_/requirements/prod.txt'],
    [
      'beside a Dockerfile, whose directory is what is built',
      {
        'docker/requirements.txt': LIST,
        'docker/Dockerfile': 'FROM python:3.13\nADD requirements.txt /tmp/\nRUN pip install -r /tmp/requirements.txt\n',
      },
      'docker/requirements.txt',
    ],
    [
      'in a directory that an image gets',
      {
        'build/lists/live.txt': LIST,
        'build/lists/local.txt': LIST,
        'docker/Dockerfile':
          'FROM python:3.13\nCOPY ./build/lists /opt/lists/\nRUN pip wheel --wheel-dir /w -r /opt/lists/live.txt\n',
      },
      'build/lists/live.txt',
    ],
  ])('lies %s', async (_, files, expected) => {
    const { facts, codes } = await factsOf(withFiles(project, files));
    expect(codes).toEqual([]);
    expect(facts!.python.requirements?.main.value).toBe(expected);
  });

  it('beside a Dockerfile alone makes no project of their directory: the image is one of the app', async () => {
    const { facts } = await factsOf(
      withFiles(project, {
        'docker/requirements.txt': LIST,
        'docker/Dockerfile':
          'FROM python:3.12\nADD requirements.txt /tmp/\nRUN pip install -r /tmp/requirements.txt\nCMD ["gunicorn", "site_.wsgi"]\n',
      }),
    );
    expect(facts!.python.version).toMatchObject({ value: '3.12', place: { file: 'docker/Dockerfile' } });
  });
});

it('of what lies beside the app a Dockerfile installs nothing for it', async () => {
  const { codes } = await factsOf({
    'receiver/apps/requirements.txt': 'pika==1.3.2\n',
    'receiver/Dockerfile':
      'FROM python:3.13\nADD apps/requirements.txt /apps/\nRUN pip install -r /apps/requirements.txt\n',
    ...inside('backend', { 'backend/requirements.txt': LIST }),
    ...inside('health', { 'health/requirements.txt': LIST }),
  });
  expect(codes).toEqual(['QS201']);
});

it('of Celery that writes no address takes the variables that it reads itself', async () => {
  const celery = withFiles(DJANGO, {
    'requirements.txt': `${LIST}celery[redis]==5.5.0\n`,
    'site_/celery.py': 'from celery import Celery\n\napp = Celery("site_")\n',
  });
  const { facts, codes } = await factsOf(celery);
  expect(codes).toEqual([]);
  const [redis] = facts!.services;
  const variables = redis!.addresses!.map(({ variable: { value, place } }) => `${value} ${place.file}:${place.line}`);
  expect([redis!.kind, ...variables]).toEqual([
    'redis',
    'CELERY_BROKER_URL site_/celery.py:3',
    'CELERY_RESULT_BACKEND site_/celery.py:3',
  ]);
});
