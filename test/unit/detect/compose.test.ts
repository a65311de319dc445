/** The app's compose file: variables, forms of YAML, overrides, and what its images are. */
import { describe, expect, it } from 'vitest';
import { readCompose } from '../../../src/detect/files/compose.js';
import { interpolate, readVariables } from '../../../src/detect/files/compose-interpolation.js';
import { readComposeServices } from '../../../src/detect/files/compose-services.js';
import { memoryTree } from '../../../src/source/tree.js';
import type { Files } from './apps.js';

describe('variables', () => {
  const variables = new Map([
    ['PG', '15'],
    ['EMPTY', ''],
  ]);
  it.each<readonly [string, string]>([
    ['postgres:$PG', 'postgres:15'],
    ['postgres:${PG}-alpine', 'postgres:15-alpine'],
    ['$PG_MINOR.1', '.1'],
    ['${PG:-17}', '15'],
    ['${NONE:-17}', '17'],
    ['${NONE-17}', '17'],
    ['${EMPTY:-17}', '17'],
    ['${EMPTY-17}', ''],
    ['${NONE:-${PG}.2}', '15.2'],
    ['${NONE:-${ALSO_NONE:-a}}b', 'ab'],
    ['${NONE:-a-b:c?d}', 'a-b:c?d'],
    ['${PG:+set}', 'set'],
    ['${EMPTY:+set}', ''],
    ['${EMPTY+set}', 'set'],
    ['${NONE+set}', ''],
    ['${PG:?must be there}', '15'],
    ['${NONE:?must be there}', ''],
    ['${NONE?}', ''],
    ['$$PG costs $5 and $', '$PG costs $5 and $'],
    ['${unclosed', '${unclosed'],
    ['${1}', '${1}'],
    ['plain', 'plain'],
  ])('%s', (text, expected) => {
    expect(interpolate(text, variables)).toBe(expected);
  });

  it('are read from a file as compose reads it', () => {
    const text = [
      '# comment',
      'A=1',
      'export B = "two words" # more',
      "C='$raw'",
      'D=x#y # z',
      'E=',
      'F="a \\"b\\""',
      'not a line',
    ];
    expect(Object.fromEntries(readVariables(text.join('\r\n')))).toEqual({
      A: '1',
      B: 'two words',
      C: '$raw',
      D: 'x#y',
      E: '',
      F: 'a "b"',
    });
  });
});

describe('what a compose file runs', () => {
  const version = async (files: Files) => {
    const tree = memoryTree(files);
    const services = await readComposeServices({ tree, source: tree, root: '' });
    return [...services].map(([kind, found]) =>
      [kind, found.version?.value, found.version?.place.line].join(' ').trim(),
    );
  };
  const image = (reference: string) => ({ 'compose.yaml': `services:\n  db:\n    image: ${reference}\n` });
  it.each<readonly [string, Files, readonly string[]]>([
    ['a default', image('postgres:${PG:-15}'), ['postgres 15 3']],
    ['a default without a colon', image('"postgres:${PG-15}"'), ['postgres 15 3']],
    ['a value beside it', { ...image('postgres:${PG:-15}'), '.env': 'PG=16\n' }, ['postgres 16 3']],
    ['a variable without a value', image('postgres:$PG'), ['postgres']],
    ['flow style', { 'compose.yaml': 'services: { db: { image: "postgres:15" } }\n' }, ['postgres 15 1']],
    ['a list in JSON', { 'compose.yml': '{"services":{"db":{"image":"mysql:8.0"}}}' }, ['mysql 8.0 1']],
    ['an anchor', { 'compose.yaml': 'x-pg: &pg postgres:15\nservices:\n  a: { image: *pg }\n' }, ['postgres 15 3']],
    [
      'a merge',
      { 'compose.yaml': 'x-base: &base\n  image: redis:6\nservices:\n  a:\n    <<: *base\n    ports: ["1:1"]\n' },
      ['redis 6 2'],
    ],
    [
      'several merges, its own value first',
      {
        'compose.yaml':
          'x-a: &a { image: "redis:6" }\nx-b: &b { image: "redis:5" }\nservices:\n  one:\n    <<: [*a, *b]\n    image: redis:7\n',
      },
      ['redis 7 6'],
    ],
    ['a registry', image('registry.example.com:5000/library/postgres:15.4'), ['postgres 15.4 3']],
    ["a registry's mirror of the official images", image('public.ecr.aws/docker/library/redis:7.2'), ['redis 7.2 3']],
    ['the default registry by name', image('docker.io/mariadb:10.6'), ['mariadb 10.6 3']],
    ['a digest beside a tag', image('postgres:15-alpine@sha256:0123abcd'), ['postgres 15 3']],
    ['a digest alone', image('postgres@sha256:0123abcd'), ['postgres']],
    ['no tag', image('rabbitmq'), ['rabbitmq']],
    ['a tag in words', image('postgres:latest'), ['postgres']],
    ['a tag with more', image('rabbitmq:3.13-management-alpine'), ['rabbitmq 3.13 3']],
    ['PostGIS', image('postgis/postgis:16-3.4'), ['postgres 16 3']],
    ["somebody's own copy of it", image('registry.example.com/maps/postgis:14-3.5-alpine'), ['postgres 14 3']],
    ['what only has it in its name', image('example/postgis-backup:14'), []],
    ['vectors', image('pgvector/pgvector:0.8.0-pg16'), ['postgres 16 3']],
    ['time series', image('timescale/timescaledb:latest-pg15'), ['postgres 15 3']],
    ['Bitnami', image('bitnami/redis:7.2'), ['redis 7.2 3']],
    ['an image with a similar name', image('shop/postgres-backup:15'), []],
    ["somebody's image of the same name", image('shop/postgres:1.2'), []],
    [
      'the override beside it',
      {
        ...image('postgres:15'),
        'compose.override.yml': 'services:\n  db:\n\n    image: postgres:16\n  cache: { image: "redis:7" }\n',
      },
      ['postgres 16 4', 'redis 7 5'],
    ],
    [
      'no override of a file that only people name',
      {
        'docker-compose.dev.yml': 'services: { db: { image: "postgres:15" } }',
        'compose.override.yml': 'services: { db: { image: "postgres:16" } }',
      },
      ['postgres 15 1'],
    ],
    ['broken YAML', { 'compose.yaml': 'services:\n  db: {image: "postgres:15"\n\t- x' }, []],
    ['a template that is no YAML', { 'compose.yaml': '{% if x %}\nservices: {{ a }}\n' }, []],
    ['an alias to nothing', { 'compose.yaml': 'services:\n  db: *nothing\n' }, []],
    [
      'an alias to itself',
      { 'compose.yaml': 'services: &s\n  db: *s\n  other: { <<: *s, image: "redis:7" }\n' },
      ['redis 7 3'],
    ],
    ['other shapes', { 'compose.yaml': 'services: [a, b]\n' }, []],
    ['services without a body', { 'compose.yaml': 'services:\n  db:\n  web: text\n' }, []],
    ['nothing', { 'compose.yaml': '' }, []],
  ])('%s', async (_, files, expected) => {
    expect(await version(files)).toEqual(expected);
  });
});

it('gives every service with its forms brought into one', async () => {
  const file = await readCompose(
    memoryTree({
      'docker-compose.yml': [
        'services:',
        '  web:',
        '    build: { context: ./app, dockerfile: Dockerfile.dev }',
        '    command: ["gunicorn", "shop:app", "--workers=${N:-2}"]',
        '    env_file: .env.web',
        '    environment:',
        '      - DATABASE_URL=postgres://db/shop?a=b',
        '      - FROM_OUTSIDE',
        '    volumes:',
        '      - ./uploads:/app/uploads:ro,z',
        '      - /cache',
        '      - { type: volume, source: data, target: /data }',
        '    ports: ["127.0.0.1:8001:8000/tcp", 9000, { target: 7000, published: "7001" }]',
        '    depends_on: [db]',
        '  worker:',
        '    build: .',
        '    command: celery -A shop worker',
        '    env_file:',
        '      - a.env',
        '      - { path: b.env, required: false }',
        '    environment: { PORT: 08, DEBUG: yes, EMPTY: "", NONE: }',
        '    depends_on: { web: { condition: service_healthy } }',
        '    restart: unless-stopped',
        '    profiles: [jobs]',
        '    entrypoint: [/start]',
        '',
      ].join('\n'),
      'docker-compose.override.yml':
        'services:\n  web:\n    command: flask run\n    environment: { DATABASE_URL: other, MORE: 1 }\n    volumes: ["up:/app/uploads"]\n',
    }),
  );
  const at = (line: number, path = 'docker-compose.yml') => ({ file: path, line });
  const over = (line: number) => at(line, 'docker-compose.override.yml');
  expect(file).toEqual({
    path: 'docker-compose.yml',
    files: ['docker-compose.yml', 'docker-compose.override.yml'],
    services: [
      {
        name: { value: 'web', place: at(2) },
        isKept: false,
        build: { value: './app', place: at(3) },
        dockerfile: { value: 'Dockerfile.dev', place: at(3) },
        command: { value: { kind: 'line', line: 'flask run' }, place: over(3) },
        environment: [
          { value: { name: 'DATABASE_URL', value: 'other' }, place: over(4) },
          { value: { name: 'FROM_OUTSIDE' }, place: at(8) },
          { value: { name: 'MORE', value: '1' }, place: over(4) },
        ],
        envFiles: [{ value: '.env.web', place: at(5) }],
        mounts: [
          { value: { source: 'up', target: '/app/uploads', isReadOnly: false }, place: over(5) },
          { value: { source: '', target: '/cache', isReadOnly: false }, place: at(11) },
          { value: { source: 'data', target: '/data', isReadOnly: false }, place: at(12) },
        ],
        ports: [
          { value: '8000', place: at(13) },
          { value: '9000', place: at(13) },
          { value: '7000', place: at(13) },
        ],
        dependsOn: [{ value: 'db', place: at(14) }],
      },
      {
        name: { value: 'worker', place: at(15) },
        isKept: true,
        profiles: ['jobs'],
        entrypoint: { value: { kind: 'words', words: ['/start'] }, place: at(25) },
        build: { value: '.', place: at(16) },
        command: { value: { kind: 'line', line: 'celery -A shop worker' }, place: at(17) },
        environment: [
          { value: { name: 'PORT', value: '08' }, place: at(21) },
          { value: { name: 'DEBUG', value: 'yes' }, place: at(21) },
          { value: { name: 'EMPTY', value: '' }, place: at(21) },
          { value: { name: 'NONE' }, place: at(21) },
        ],
        envFiles: [
          { value: 'a.env', place: at(19) },
          { value: 'b.env', place: at(20) },
        ],
        mounts: [],
        ports: [],
        dependsOn: [{ value: 'web', place: at(22) }],
      },
    ],
  });
});

it('gives the words of a command in a list', async () => {
  const file = await readCompose(
    memoryTree({ 'compose.yaml': 'services:\n  a:\n    command:\n      - celery\n      - --concurrency=${N:-2}\n' }),
  );
  expect(file?.services[0]?.command?.value).toEqual({ kind: 'words', words: ['celery', '--concurrency=2'] });
});

describe('a published image that another compose file builds', () => {
  const builds = async (files: Files) =>
    ((await readCompose(memoryTree(files)))?.services ?? []).map(
      ({ name, build }) => `${name.value} ${build?.value ?? '-'}`,
    );
  const main =
    'services:\n  api: { image: "ghcr.io/me/shop:1" }\n  jobs: { image: "ghcr.io/me/shop:1" }\n  db: { image: "postgres:17" }\n';
  it.each<readonly [string, Files, readonly string[]]>([
    ['is built by nobody', {}, ['api -', 'jobs -', 'db -']],
    ['by the name of a service', { 'docker/dev.yml': 'services:\n  api: { build: . }\n' }, ['api .', 'jobs -', 'db -']],
    [
      'by the image',
      { 'docker-compose.build.yml': 'services:\n  x: { build: { context: . }, image: "ghcr.io/me/shop:dev" }\n' },
      ['api .', 'jobs .', 'db -'],
    ],
    [
      'is not built from elsewhere',
      { 'docker/dev.yml': 'services:\n  db: { build: docker/db }\n' },
      ['api -', 'jobs -', 'db -'],
    ],
  ])('%s', async (_, files, expected) => {
    expect(await builds({ 'compose.yaml': main, ...files })).toEqual(expected);
  });
});

describe('a compose file of another name', () => {
  const services = 'services:\n  web: { build: . }\n';
  it.each<readonly [string, Files, string | undefined]>([
    ['for people', { 'production.yml': services, 'local.yml': services }, 'production.yml'],
    ['for people, in compose’s own words', { 'docker-compose.prod.yml': services }, 'docker-compose.prod.yml'],
    [
      'with dashes',
      { 'docker-compose-local.yaml': services, 'docker-compose-prod.yaml': services },
      'docker-compose-prod.yaml',
    ],
    ['for developers, where there is no other', { 'docker-compose.local.yml': services }, 'docker-compose.local.yml'],
    ['which counts after the usual one', { 'production.yml': services, 'compose.yaml': services }, 'compose.yaml'],
    ['in a directory for it', { 'infra/docker-compose.yml': services }, 'infra/docker-compose.yml'],
    ['in any other directory', { 'examples/docker-compose.yml': services }, undefined],
    ['that is a play of Ansible', { 'production.yml': '- hosts: all\n  roles: [web]\n' }, undefined],
  ])('%s', async (_, files, path) => {
    expect((await readCompose(memoryTree(files)))?.path).toBe(path);
  });

  it('names what lies beside it', async () => {
    const text = [
      'services:',
      '  web:',
      '    build: ../backend',
      '    env_file: [../.env]',
      '    volumes: ["./nginx:/etc/nginx", "media:/media", "..:/app"]',
    ];
    const [web] = (await readCompose(memoryTree({ 'infra/compose.yaml': `${text.join('\n')}\n` })))!.services;
    expect(web?.build?.value).toBe('backend');
    expect(web?.envFiles.map(({ value }) => value)).toEqual(['.env']);
    expect(web?.mounts.map(({ value }) => value.source)).toEqual(['./infra/nginx', 'media', './.']);
  });
});

describe('a service that is built from the app’s directory and is another program', () => {
  const compose = 'services:\n  db: { build: { context: ., dockerfile: docker/db } }\n';
  it.each<readonly [string, string, string]>([
    ['a database with scripts', 'FROM postgres:15.2\nCOPY ./maintenance /usr/local/bin\n', 'image postgres:15.2'],
    ['by stages', 'FROM redis:7 AS base\nFROM base AS last\nCOPY redis.conf /\n', 'image redis:7'],
    ['a server before the app', 'FROM nginx:1.27\nCOPY nginx.conf /etc/nginx\n', 'image nginx:1.27'],
    ['a tool', 'FROM garland/aws-cli-docker:1.16\nCOPY ./backup /backup\n', 'image garland/aws-cli-docker:1.16'],
    ['the app', 'FROM python:3.13\nCOPY . /app\n', 'build'],
    ['the app on an image of its own', 'FROM acme/base\nCOPY . /app\n', 'build'],
    ['a frontend', 'FROM node:22\nCOPY package.json .\n', 'build'],
  ])('%s', async (_, dockerfile, expected) => {
    const [db] = (await readCompose(memoryTree({ 'compose.yaml': compose, 'docker/db': dockerfile })))!.services;
    expect(db?.build ? 'build' : `image ${db?.image?.value}`).toBe(expected);
  });
});
