/** An app in a directory of its source, whose compose file lies around it: at the top, or between there and the app. */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/parse.js';
import { detect } from '../../../src/detect/detect.js';
import { parentOf } from '../../../src/source/paths.js';
import { memoryTree } from '../../../src/source/tree.js';
import { type Files, FLASK, withFiles } from './apps.js';

const below = (directory: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`${directory}/${path}`, text]));

const APP = withFiles(FLASK, {
  'requirements.txt': 'flask==3.1.0\ngunicorn==23.0.0\npsycopg2==2.9.10\n',
  'shop/config.py': 'import os\n\nURL = os.environ["DATABASE_URL"]\n',
  Dockerfile: 'FROM python:3.12\nWORKDIR /code\nCOPY . .\nCMD gunicorn shop:create_app()\n',
});

const compose = (build: string, version: string, volumes = '[]') =>
  `services:\n  web:\n    build: ${build}\n    volumes: ${volumes}\n  db:\n    image: postgres:${version}\n`;

/** The app lies where its requirements do. */
const factsOf = async (files: Files) => {
  const root = parentOf(Object.keys(files).find(path => path.endsWith('requirements.txt'))!);
  const { facts, diagnostics } = await detect(memoryTree(files), { ...parseConfig('', 'quayside.yaml').value!, root });
  expect(diagnostics).toEqual([]);
  return facts!;
};

describe('the file', () => {
  it.each<readonly [string, Files, string]>([
    ['between', { 'src/docker-compose.yml': compose('./server', '15') }, '15 ../docker-compose.yml'],
    ['at the top', { 'docker-compose.yml': compose('./src/server', '14') }, '14 ../../docker-compose.yml'],
    [
      'at the top before one between',
      { 'compose.yaml': compose('./src/server', '14'), 'src/compose.yaml': compose('server', '15') },
      '14 ../../compose.yaml',
    ],
    [
      'beside the app before one between',
      { 'src/server/compose.yaml': compose('.', '13'), 'src/compose.yaml': compose('server', '15') },
      '13 compose.yaml',
    ],
    [
      'between before one among what deploys it',
      { 'src/compose.yaml': compose('server', '15'), 'deploy/compose.yaml': compose('../src/server', '14') },
      '15 ../compose.yaml',
    ],
  ])('is the one %s', async (_, files, expected) => {
    const { services } = await factsOf({ ...below('src/server', APP), ...files });
    expect(services.map(({ version }) => `${version?.value} ${version?.place.file}`)).toEqual([expected]);
  });
});

describe('what is kept', () => {
  const ABOVE = 'FROM python:3.12\nWORKDIR /srv\nCOPY backend ./api\nCMD gunicorn shop:create_app()\n';
  const without = withFiles(APP, { Dockerfile: undefined });
  it.each<readonly [string, Files, readonly string[]]>([
    [
      'in the app and elsewhere',
      { ...below('backend', APP), 'compose.yaml': compose('./backend', '16', '["up:/code/uploads", "d:/kept"]') },
      ['uploads', '/kept'],
    ],
    [
      'of a Dockerfile above the app',
      {
        ...below('backend', without),
        Dockerfile: ABOVE,
        'compose.yaml': compose('.', '16', '["up:/srv/api/uploads", "d:/srv/data"]'),
      },
      ['uploads', '/srv/data'],
    ],
    [
      'of a file that is named',
      {
        ...below('backend', without),
        'backend/docker/Dockerfile.prod': APP.Dockerfile!,
        'compose.yaml': compose('{ context: backend, dockerfile: docker/Dockerfile.prod }', '16', '["m:/code/media"]'),
      },
      ['media'],
    ],
    [
      'in what is handed out, where people send it to',
      {
        ...below('backend', APP),
        'compose.yaml': compose('backend', '16', '["a:/code/static/uploads", "b:/code/static"]'),
      },
      ['static/uploads'],
    ],
    [
      'and no code',
      {
        ...below('backend', APP),
        'compose.yaml': compose('backend', '16', '["./backend:/code", "./backend/shop:/code/shop"]'),
      },
      [],
    ],
    [
      'and nothing of what is built beside it',
      {
        ...below('backend', APP),
        'frontend/Dockerfile': 'FROM node:22\n',
        'compose.yaml': compose('{ context: ., dockerfile: frontend/Dockerfile }', '16', '["n:/app/cache"]'),
      },
      [],
    ],
  ])('%s', async (_, files, expected) => {
    const { volumes = [] } = await factsOf(files);
    expect(volumes.map(({ value }) => value)).toEqual(expected);
  });

  it('is placed as it is seen from the app', async () => {
    const files = { ...below('backend', APP), 'compose.yaml': compose('backend', '16', '["d:/kept"]') };
    expect((await factsOf(files)).volumes?.[0]?.place).toMatchObject({ file: '../compose.yaml', line: 4 });
  });
});
