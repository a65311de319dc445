/** Dockerfiles and compose files that are called by the part of an app that they are for, and what images of databases run by themselves. */
import { describe, expect, it } from 'vitest';
import { detectFiles, type Files, FLASK, withFiles } from './apps.js';

const lines = (...all: readonly string[]) => `${all.join('\n')}\n`;

const APP = withFiles(FLASK, {
  'requirements.txt': 'flask==3.1.0\ngunicorn==23.0.0\npsycopg2-binary==2.9.10\n',
  'shop/config.py': 'import os\n\nURL = os.environ["DATABASE_URL"]\n',
  'shop/worker.py': 'print(1)\n',
});

const image = (command: string) => lines('FROM python:3.12', 'WORKDIR /app', 'COPY . .', `CMD ${command}`);
const SERVER = 'gunicorn --timeout 77 "shop:create_app()"';

async function told(files: Files): Promise<readonly string[]> {
  const { facts, diagnostics } = await detectFiles(withFiles(APP, files));
  expect(diagnostics).toEqual([]);
  const { server, services, left = [] } = facts!;
  const versions = services.flatMap(({ kind, version }) =>
    version ? [`${kind} ${version.value} ${version.place.file}`] : [],
  );
  return [
    ...(server?.place.file === 'requirements.txt' ? [] : [`server ${server?.place.file}`]),
    ...versions,
    ...left.map(({ value, place }) => `left ${place.file}:${place.line ?? '-'} ${value}`),
  ];
}

type Case = readonly [title: string, files: Files, expected: readonly string[]];

describe('Dockerfiles', () => {
  it.each<Case>([
    ['one alone', { 'Dockerfile.gateway': image(SERVER) }, ['server Dockerfile.gateway']],
    ['one for production', { 'docker/Dockerfile-prod': image(SERVER) }, ['server docker/Dockerfile-prod']],
    [
      'the one of several that serves',
      { 'web.Dockerfile': image(SERVER), 'worker.Dockerfile': image('python -m shop.worker') },
      ['server web.Dockerfile', 'left worker.Dockerfile:4 worker.Dockerfile'],
    ],
    [
      'none of two that serve',
      { 'Dockerfile.a': image(SERVER), 'Dockerfile.b': image(SERVER) },
      ['left Dockerfile.a:- Dockerfile.a Dockerfile.b'],
    ],
    [
      'scripts that an entrypoint runs, and that these run',
      {
        'docker/start.sh': lines('#!/bin/sh', 'python -m shop.worker', './bin/more.sh', `exec ${SERVER}`),
        'bin/more.sh': 'python -m shop.config\n',
        Dockerfile: lines('FROM python:3.12', 'COPY docker/start.sh /start.sh', 'ENTRYPOINT ["/start.sh"]'),
      },
      [
        'server docker/start.sh',
        'left docker/start.sh:2 python -m shop.worker',
        'left bin/more.sh:1 python -m shop.config',
      ],
    ],
  ])('%s', async (_, files, expected) => {
    expect(await told(files)).toEqual(expected);
  });
});

describe('compose files', () => {
  const DATABASE = lines('services:', '  db:', '    image: postgres:15');
  const WEB = lines('services:', '  web:', '    build: .', `    command: ${SERVER}`);
  it.each<Case>([
    [
      'all parts, where there is no other',
      { 'docker-compose.app.yml': WEB, 'docker-compose.infra.yml': DATABASE },
      ['server docker-compose.app.yml', 'postgres 15 docker-compose.infra.yml'],
    ],
    [
      'what another takes in',
      { 'compose.yaml': `include:\n  - parts/db.yml\n${WEB}`, 'parts/db.yml': DATABASE },
      ['server compose.yaml', 'postgres 15 parts/db.yml'],
    ],
    [
      'told of beside one that is read',
      { 'compose.yaml': WEB, 'compose.infra.yaml': DATABASE, 'compose.test.yaml': DATABASE },
      ['server compose.yaml', 'left compose.infra.yaml:- compose.infra.yaml'],
    ],
    [
      'told of deep in directories',
      { 'a/b/c/d/docker-compose.infra.yml': DATABASE, 'docs/compose.yml': DATABASE, 'contrib/b/compose.yml': DATABASE },
      ['left a/b/c/d/docker-compose.infra.yml:- a/b/c/d/docker-compose.infra.yml'],
    ],
  ])('%s', async (_, files, expected) => {
    expect(await told(files)).toEqual(expected);
  });
});

describe('scripts of databases', () => {
  const compose = (...of: readonly string[]) => ({
    'compose.yaml': lines('services:', '  db:', ...of.map(line => `    ${line}`)),
  });
  it.each<Case>([
    [
      'a file',
      {
        'db/one.sql': 'CREATE EXTENSION hstore;\n',
        ...compose('image: postgres:15', 'volumes: ["./db/one.sql:/docker-entrypoint-initdb.d/1.sql:ro"]'),
      },
      ['postgres 15 compose.yaml', 'left compose.yaml:4 db/one.sql'],
    ],
    [
      'a directory, of which others are not run',
      {
        'db/one.sql': 'CREATE TABLE a (b int);\n',
        'db/two.sh': 'psql\n',
        'db/README.md': '',
        ...compose('image: postgres:15', 'volumes: ["./db/:/docker-entrypoint-initdb.d/"]'),
      },
      ['postgres 15 compose.yaml', 'left compose.yaml:4 db/one.sql db/two.sh'],
    ],
    [
      'an image of its own',
      {
        'db/one.sql': 'CREATE TABLE a (b int);\n',
        'db/Dockerfile': 'FROM postgres:15\nCOPY *.sql one.sql /docker-entrypoint-initdb.d/\n',
        ...compose('build: db'),
      },
      ['postgres 15 db/Dockerfile', 'left db/Dockerfile:2 db/one.sql'],
    ],
    [
      'nothing of a database that the app does not use, nor of its data',
      {
        'db/one.sql': 'CREATE TABLE a (b int);\n',
        ...compose('image: mysql:8.4', 'volumes: ["./db:/docker-entrypoint-initdb.d"]'),
      },
      [],
    ],
  ])('%s', async (_, files, expected) => {
    expect(await told(files)).toEqual(expected);
  });
});
