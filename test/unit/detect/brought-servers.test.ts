/** Servers for apps that have none: which one is brought, in which version, and why. */
import { describe, expect, it } from 'vitest';
import { isKnownVersion, newestVersion, serverRequirements } from '../../../src/support/brought-servers.js';
import { markerHolds } from '../../../src/support/pep508/evaluate.js';
import { readRequirement } from '../../../src/support/pep508/requirement.js';
import { RUN_SERVERS } from '../../../src/support/run-servers.js';
import { DJANGO, detectFiles, FASTAPI, type Files, FLASK, withFiles } from './apps.js';

const WSGI = withFiles(FLASK, { 'requirements.txt': 'flask==3.1.0\n', '.python-version': '3.11\n' });
const ASGI = withFiles(FASTAPI, { 'requirements.txt': 'fastapi==0.115.0\n', '.python-version': '3.11\n' });
const SITE = withFiles(DJANGO, { 'requirements.txt': 'Django==5.2\n', '.python-version': '3.11\n' });

const newest = (kind: 'gunicorn' | 'uvicorn') => `${kind} ${newestVersion(kind, '3.11')}`;

async function brought(files: Files) {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  return {
    server: facts!.server!.value,
    brought: (facts!.brought ?? []).map(({ kind, version }) => `${kind} ${version.value}`),
  };
}

describe('an app without a server', () => {
  it.each<[string, Files, string, string[]]>([
    ['over WSGI gets gunicorn', WSGI, 'gunicorn', [newest('gunicorn')]],
    ['over ASGI gets uvicorn', ASGI, 'uvicorn', [newest('uvicorn')]],
    ['of Django gets gunicorn', SITE, 'gunicorn', [newest('gunicorn')]],
    [
      'in the version that its Dockerfile installs',
      withFiles(WSGI, {
        Dockerfile:
          'FROM python:3.11\nRUN pip install -r requirements.txt && pip install --no-cache-dir gunicorn==20.1.0\n',
      }),
      'gunicorn',
      ['gunicorn 20.1.0'],
    ],
    [
      'in a version that a range in its Dockerfile allows',
      withFiles(ASGI, { Dockerfile: 'FROM python:3.11\nRUN pip install "uvicorn[standard]>=0.15,<0.16"\n' }),
      'uvicorn',
      ['uvicorn 0.15.0'],
    ],
    [
      'as another requirements file has it',
      withFiles(WSGI, { 'deploy/requirements-prod.txt': '-r ../requirements.txt\nwaitress==3.0.0\n' }),
      'waitress',
      ['waitress 3.0.0'],
    ],
    [
      'as its development has it',
      withFiles(ASGI, { 'requirements-dev.txt': 'uvicorn==0.30.0\n' }),
      'uvicorn',
      ['uvicorn 0.30.0'],
    ],
    [
      'as its Procfile starts it',
      withFiles(ASGI, { Procfile: 'web: hypercorn main:app\n' }),
      'hypercorn',
      [`hypercorn ${newestVersion('hypercorn', '3.11')}`],
    ],
    [
      'with what its workers are made with',
      withFiles(ASGI, { Procfile: 'web: gunicorn -k uvicorn.workers.UvicornWorker main:app\n' }),
      'gunicorn',
      [newest('gunicorn'), newest('uvicorn')],
    ],
    [
      'with the workers alone where the server is there',
      withFiles(ASGI, {
        'requirements.txt': 'fastapi==0.115.0\ngunicorn==23.0.0\n',
        Procfile: 'web: gunicorn -k uvicorn.workers.UvicornWorker main:app\n',
      }),
      'gunicorn',
      [newest('uvicorn')],
    ],
    [
      'but one that is not run',
      withFiles(WSGI, { 'requirements.txt': 'flask\nbjoern\n' }),
      'gunicorn',
      [newest('gunicorn')],
    ],
    [
      'as it is configured',
      withFiles(WSGI, { 'quayside.yaml': 'server: { kind: waitress, version: "2.1.2" }\n' }),
      'waitress',
      ['waitress 2.1.2'],
    ],
    [
      'in a version that nobody has the hashes of',
      withFiles(WSGI, { 'quayside.yaml': 'server: { version: "99.1" }\n' }),
      'gunicorn',
      ['gunicorn 99.1'],
    ],
    [
      'that still has the workers which it depends on',
      withFiles(WSGI, { 'requirements.txt': 'flask\neventlet\n' }),
      'gunicorn',
      ['gunicorn 25.1.0'],
    ],
    [
      'not where channels brings daphne, as it did before 4',
      withFiles(SITE, {
        'requirements.txt': 'Django==3.2\nchannels==3.0.5\n',
      }),
      'daphne',
      [],
    ],
    [
      'not where a framework comes with one',
      withFiles(ASGI, { 'requirements.txt': 'fastapi[standard]\n' }),
      'uvicorn',
      [],
    ],
  ])('%s', async (_, files, server, list) => {
    expect(await brought(files)).toEqual({ server, brought: list });
  });
});

describe.each(RUN_SERVERS)('the list of %s', kind => {
  it.each(['3.7', '3.8', '3.9', '3.11', '3.13'])(
    'has a version for Python %s, with all that it needs by hash',
    python => {
      const version = newestVersion(kind, python);
      expect(version).toMatch(/^\d+\.\d+/);
      expect(isKnownVersion(kind, version, python)).toBe(true);
      const lines = serverRequirements(kind, version, python);
      for (const line of lines) expect(line).toMatch(/^[\w.-]+==\S+( ;.*)? \\\n {4}--hash=sha256:[0-9a-f]{64}/);
      // One version may be the newest of several Pythons, and need something else on each.
      const own = lines.flatMap(line => readRequirement(line.split(' \\')[0]!) ?? []);
      const installed = own.filter(({ marker }) => marker === undefined || markerHolds(marker, { python }) !== false);
      expect(installed.map(({ versions }) => versions[0])).toContain(`==${version}`);
    },
  );
});
