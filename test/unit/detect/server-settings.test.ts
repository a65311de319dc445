/** Files with a server's settings, in each of the formats that it reads. */
import { expect, it } from 'vitest';
import { detectFiles, type Files, FLASK, withFiles } from './apps.js';

const APP = withFiles(FLASK, {
  'requirements.txt': 'flask==3.1.0\nuwsgi==2.0.28\n',
  'shop/web.py': 'from flask import Flask\n\nsite = Flask(__name__)\n',
});

it.each<readonly [string, string, string]>([
  ['uwsgi.ini', '[uwsgi]\nmodule = shop.web:site\nprocesses = 3\nharakiri = 20\nsocket = /tmp/a.sock\n', ''],
  ['uwsgi.yml', 'uwsgi:\n  module: shop.web:site\n  processes: 3\n  harakiri: 20\n  socket: /tmp/a.sock\n', '--yaml'],
  ['conf/site.yaml', 'uwsgi:\n  module: "shop.web:site"\n  processes: 3\n  harakiri: 20\n', '-y'],
  [
    'uwsgi.json',
    '{ "uwsgi": { "module": "shop.web:site", "processes": 3, "harakiri": 20, "master": true } }',
    '--json',
  ],
  [
    'uwsgi.xml',
    '<uwsgi>\n  <module>shop.web:site</module>\n  <processes>3</processes>\n  <harakiri>20</harakiri>\n  <master/>\n</uwsgi>\n',
    '-x',
  ],
])('%s says how the app is served', async (file, text, option) => {
  const command = `uwsgi --http :8000 ${option} ${file}`;
  const files: Files = { ...APP, [file]: text, Dockerfile: `FROM python:3.13\nCOPY . /app\nCMD ${command}\n` };
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  expect(facts!.entry!.value).toMatchObject({ module: 'shop.web', attribute: 'site' });
  expect([facts!.server!.value, facts!.workers?.count?.value]).toEqual(['uwsgi', '3']);
  expect(facts!.workers?.options?.value).toEqual(['--harakiri=20']);
});

it.each<readonly [string, string, string]>([
  ['in the version that its Dockerfile installs', 'ENV UWSGI=2.0.28\nRUN pip install "uwsgi==$UWSGI"', 'uwsgi 2.0.28'],
  ['in the version of an argument', 'ARG UWSGI=2.0.28\nRUN pip install uwsgi==${UWSGI}', 'uwsgi 2.0.28'],
  ['and nothing else does', 'RUN pip install poetry', 'gunicorn undefined'],
])('the server that reads them is the one %s', async (_, install, expected) => {
  const files: Files = {
    ...APP,
    'requirements.txt': 'flask==3.1.0\n',
    'uwsgi.ini': '[uwsgi]\nmodule = shop.web:site\nsocket = 0.0.0.0:8000\n',
    Dockerfile: `FROM python:3.13\nCOPY . /app\n${install}\nENTRYPOINT ["/app/start"]\n`,
  };
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  const version = facts!.brought?.find(({ kind }) => kind === 'uwsgi')?.version.value;
  expect(`${facts!.server!.value} ${version}`).toBe(expected);
});

it.each(['uwsgi: [', 'uwsgi: text\n', '- a\n', ''])('%j, which is no such file, says nothing', async text => {
  const { facts } = await detectFiles({ ...APP, 'uwsgi.yaml': text, 'shop/web.py': '' });
  expect(facts!.entry!.value).toMatchObject({ module: 'shop', attribute: 'create_app' });
});

it.each([
  ['uwsgi.ini', '[uwsgi]\nmodule = shop.web:site\nattach-daemon = ./send.py a\nattach-daemon = ./send.py b\n'],
  ['uwsgi.yaml', 'uwsgi:\n  module: shop.web:site\n  attach-daemon: [./send.py a, ./send.py b]\n'],
])('%s keeps each value of what stands there more than once', async (file, text) => {
  const files: Files = { ...APP, [file]: text, Dockerfile: `FROM python:3.13\nCMD uwsgi --http :8000 ${file}\n` };
  const { facts } = await detectFiles(files);
  expect(facts!.workers?.options?.value).toEqual(['--attach-daemon=./send.py a', '--attach-daemon=./send.py b']);
});

it('reads a file that the image has elsewhere, with the names of the file filled in', async () => {
  const text = '[uwsgi]\nproject = shop\nlibrary = %(project).web\nmodule = %(library):site\nharakiri = 20\n';
  const files: Files = {
    ...APP,
    'deploy/production.ini': text,
    Dockerfile:
      'FROM python:3.13\nCOPY . /app\nCOPY deploy/production.ini /etc/\nCMD uwsgi --ini /etc/production.ini\n',
  };
  const { facts } = await detectFiles(files);
  expect(facts!.entry!.value).toMatchObject({ module: 'shop.web', attribute: 'site' });
  expect(facts!.workers?.options?.value).toEqual(['--harakiri=20']);
});

it('takes no file where two have the name', async () => {
  const text = '[uwsgi]\nmodule = shop.web:site\nharakiri = 20\n';
  const files: Files = {
    ...APP,
    'deploy/a/site.ini': text,
    'deploy/b/site.ini': text,
    Dockerfile: 'FROM python:3.13\nCOPY . /app\nCMD uwsgi --ini /etc/site.ini\n',
  };
  const { diagnostics } = await detectFiles(files);
  expect(diagnostics.map(({ code }) => code)).toEqual(['QS303']);
});
