/** What the app's own image says of how its frontend is built: variables, commands, and where the files go. */
import { describe, expect, it } from 'vitest';
import { memoryTree } from '../../../src/source/tree.js';
import { understand } from '../../../src/understand.js';
import { DJANGO, detectFiles, FASTAPI, type Files, FLASK, withFiles } from './apps.js';

const VITE = {
  'frontend/package.json': '{ "scripts": { "build": "vite build" }, "devDependencies": { "vite": "^6" } }',
  'frontend/package-lock.json': '{}',
  'frontend/vite.config.js': 'export default { base: process.env.PUBLIC_PATH || "/" };\n',
  'frontend/src/api.js': 'export const api = import.meta.env.VITE_API_URL ?? "http://localhost:8000";\n',
};

const HANDING = { 'pages.py': 'files = StaticFiles(directory=DIRECTORY)\n' };

const dockerfile = (...lines: readonly string[]) => `${lines.join('\n')}\n`;

async function frontendOf(files: Files) {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  return facts!.frontend!;
}

describe('variables of the stage that builds a frontend', () => {
  const given = async (files: Files) => {
    const { given: variables = [] } = await frontendOf(withFiles(FASTAPI, { ...VITE, ...HANDING, ...files }));
    return variables.map(({ value: { name, value }, place }) => `${name}=${value} ${place.file}:${place.line}`);
  };

  it.each<readonly [string, Files, readonly string[]]>([
    [
      'ENV and ARG of a stage',
      {
        Dockerfile: dockerfile(
          'ARG URL=/api',
          'FROM node:22 AS ui',
          'WORKDIR /ui',
          'COPY frontend/ .',
          'ARG URL',
          'ENV PUBLIC_PATH="/static/" VITE_API_URL=$URL UNUSED=1',
          'RUN npm ci && npm run build',
          'FROM python:3.13',
          'COPY --from=ui /ui/dist /app/static',
        ),
      },
      ['PUBLIC_PATH=/static/ Dockerfile:6', 'VITE_API_URL=/api Dockerfile:6'],
    ],
    [
      'those of the stage that the app takes from, before those of another image',
      {
        'deploy/Dockerfile': dockerfile(
          'FROM node:22 AS ui',
          'COPY frontend /ui',
          'WORKDIR /ui',
          'ENV PUBLIC_PATH=/app/',
          'RUN npm ci && npm run build',
          'FROM python:3.13',
          'COPY --from=0 /ui/dist /app/static',
        ),
        'frontend/Dockerfile': dockerfile(
          'FROM node:22',
          'WORKDIR /ui',
          'COPY . .',
          'ENV PUBLIC_PATH=/own/',
          'RUN npm ci && npm run build',
        ),
      },
      ['PUBLIC_PATH=/app/ deploy/Dockerfile:4'],
    ],
    [
      'those of a stage that goes to the package by itself, in an image whose last stage is for developers',
      {
        Dockerfile: dockerfile(
          'FROM node:22 AS ui',
          'COPY frontend /ui',
          'ENV PUBLIC_PATH=/static/',
          'RUN cd /ui && npm ci && npm run build',
          'FROM python:3.13 AS prod',
          'COPY --from=ui /ui/dist /static',
          'FROM python:3.13 AS dev',
        ),
      },
      ['PUBLIC_PATH=/static/ Dockerfile:3'],
    ],
    [
      'those of an image of its own',
      {
        'frontend/Dockerfile': dockerfile(
          'FROM node:22 AS base',
          'WORKDIR /ui',
          'FROM base AS build',
          'COPY package*.json ./',
          'RUN npm ci',
          'COPY . .',
          'ARG VITE_API_URL=/api',
          'RUN npm run build',
        ),
      },
      ['VITE_API_URL=/api frontend/Dockerfile:7'],
    ],
    [
      'none without a value, none of an image for developers, and none of a stage that has another package',
      {
        'frontend/Dockerfile.dev': dockerfile('FROM node:22', 'COPY . .', 'ENV PUBLIC_PATH=/dev/', 'RUN npm ci'),
        'docs/Dockerfile': dockerfile('FROM node:22', 'COPY . .', 'ENV PUBLIC_PATH=/docs/', 'RUN npm ci'),
        'frontend/Dockerfile': dockerfile(
          'FROM node:22',
          'COPY . .',
          'ARG VITE_API_URL',
          'RUN npm ci && npm run build',
        ),
      },
      [],
    ],
  ])('are %s', async (_, files, expected) => {
    expect(await given(files)).toEqual(expected);
  });

  it('reach the build, unless the configuration has others', async () => {
    const files = withFiles(FASTAPI, {
      ...VITE,
      ...HANDING,
      'frontend/Dockerfile': dockerfile(
        'FROM node:18',
        'COPY . .',
        'ENV PUBLIC_PATH=/own/ VITE_API_URL=/api',
        'RUN npm ci && npm run build',
      ),
      'quayside.yaml': 'frontend: { env: { VITE_API_URL: /v2 } }\n',
    });
    const { app, diagnostics } = await understand(memoryTree(files));
    expect(diagnostics).toEqual([]);
    const steps = app!.plan.stages.find(({ id }) => id === 'frontend')!.steps;
    const env = Object.assign({}, ...steps.flatMap(step => (step.kind === 'env' ? [step.values] : [])));
    expect(env).toMatchObject({ PUBLIC_PATH: '/own/', VITE_API_URL: '/v2' });
    expect(app!.facts.frontend!.nodeVersion).toMatchObject({
      value: '20',
      place: { file: 'frontend/Dockerfile', line: 1 },
    });
  });
});

describe('commands of a stage', () => {
  const ASSETS = withFiles(DJANGO, {
    'assets/package.json': '{ "dependencies": { "esbuild": "0.24.2" } }',
    'assets/yarn.lock': '',
    run: '#!/bin/sh\n',
    'site_/more.py': 'STATICFILES_DIRS = ["public"]\n',
    Dockerfile: dockerfile(
      'FROM node:22 AS assets',
      'WORKDIR /srv/assets',
      'COPY assets/package.json assets/*yarn* ./',
      'RUN yarn install && yarn cache clean',
      'ARG NODE_ENV=production',
      'ENV NODE_ENV="${NODE_ENV}"',
      'COPY . ..',
      'RUN if [ "${NODE_ENV}" != "development" ]; then ../run js; else mkdir -p /srv/public; fi',
      'FROM python:3.13',
      'WORKDIR /app',
      'COPY --from=assets /srv/public /public',
      'COPY . .',
    ),
  });

  it('build a frontend for which there is no script', async () => {
    const { root, commands, output, given } = await frontendOf(ASSETS);
    expect({ root, commands, output, given }).toMatchObject({
      root: 'assets',
      commands: {
        value: ['if [ "${NODE_ENV}" != "development" ]; then ../run js; else mkdir -p ../public; fi'],
        place: { file: 'Dockerfile', line: 8 },
      },
      output: { value: 'public', place: { file: 'Dockerfile', line: 11 } },
      given: [{ value: { name: 'NODE_ENV', value: 'production' } }],
    });
  });

  it('are left alone where a script builds it', async () => {
    const files = withFiles(ASSETS, {
      'assets/package.json':
        '{ "scripts": { "build": "esbuild a.js --outdir=../public" }, "dependencies": { "esbuild": "0.24.2" } }',
    });
    const { commands, buildScript } = await frontendOf(files);
    expect([commands, buildScript.value]).toEqual([undefined, 'build']);
  });
});

describe('packages of Node in a stage of Python', () => {
  const stage = (...lines: readonly string[]): Files => ({
    Dockerfile: dockerfile(
      'FROM python:3.13 AS builder',
      'WORKDIR /code',
      'COPY package.json package-lock.json /code/',
      'RUN npm install',
      ...lines,
      'FROM python:3.13',
      'COPY --from=builder /opt/poetry /opt/poetry',
      'COPY --from=builder /code/site /code/site',
    ),
    'package.json': '{ "scripts": { "test": "jest" }, "devDependencies": { "jest": "^29", "sass": "^1" } }',
    'package-lock.json': '{}',
  });

  it.each<readonly [string, Files, readonly string[] | undefined]>([
    ['are no frontend where it goes on with those of Python', stage('RUN poetry install --no-root'), undefined],
    ['are one where it makes files with them', stage('RUN npx sass scss site'), ['npx sass scss site']],
    [
      'are one where it calls a tool by its path',
      stage('RUN ./node_modules/.bin/sass scss site'),
      ['./node_modules/.bin/sass scss site'],
    ],
  ])('%s', async (_, files, expected) => {
    const { facts, diagnostics } = await detectFiles(withFiles(FASTAPI, { ...HANDING, ...files }));
    expect(diagnostics).toEqual([]);
    expect(facts!.frontend?.commands?.value).toEqual(expected);
  });
});

describe('what the image takes from a stage', () => {
  const placed = async (files: Files) =>
    ((await frontendOf(files)).placed ?? []).map(
      ({ value: { path, include = [], to } }) => `${[path, ...include].join(' ')} -> ${to}`,
    );
  const app = (lines: readonly string[], more: Files = {}) =>
    withFiles(FLASK, {
      ...VITE,
      'shop/static/.gitkeep': '',
      Dockerfile: dockerfile(
        'FROM node:22 AS ui',
        'WORKDIR /ui',
        'COPY frontend .',
        'RUN npm ci && npm run build',
        ...lines,
      ),
      ...more,
    });

  it.each<readonly [string, Files, readonly string[]]>([
    [
      'a directory of the source',
      app(['FROM python:3.13', 'WORKDIR /srv', 'COPY . .', 'COPY --from=ui /ui/dist ./shop/static']),
      ['frontend/dist -> shop/static'],
    ],
    [
      'single files and patterns',
      app([
        'FROM python:3.13',
        'COPY . /srv',
        'COPY --from=ui /ui/dist/*.js /ui/dist/app.css /srv/shop/static/',
        'COPY --from=ui /ui/dist/index.html /srv/shop/templates/index.html',
      ]),
      [
        'frontend/dist *.js -> shop/static',
        'frontend/dist app.css -> shop/static',
        'frontend/dist index.html -> shop/templates',
      ],
    ],
    [
      'a directory of the image',
      app(['FROM python:3.13', 'ENV STATIC=/srv/static', 'COPY --from=ui /ui/dist $STATIC']),
      ['frontend/dist -> /srv/static'],
    ],
    [
      'the directory of what lies in it, where several parts of the source lie in one place',
      app([
        'FROM python:3.13',
        'COPY requirements.txt frontend/package.json /srv/',
        'COPY . /srv/',
        'COPY --from=ui /ui/dist /srv/shop/static',
      ]),
      ['frontend/dist -> shop/static'],
    ],
    [
      'nothing, where that image only hands out files',
      app(['FROM nginx', 'COPY --from=ui /ui/dist /usr/share/nginx/html'], {
        'pages.py': 'STATICFILES_DIRS = [DIRECTORY]\n',
      }),
      [],
    ],
  ])('goes to %s', async (_, files, expected) => {
    expect(await placed(files)).toEqual(expected);
  });

  it('lies there in every image with the app', async () => {
    const lines = ['FROM python:3.13', 'WORKDIR /srv', 'COPY . .', 'COPY --from=ui /ui/dist ./shop/static'];
    const files = app(lines, { 'tests/test_shop.py': 'def test_shop():\n    pass\n' });
    const { app: understood, diagnostics } = await understand(memoryTree(files));
    expect(diagnostics).toEqual([]);
    const copies = understood!.plan.stages.map(({ steps }) =>
      steps.flatMap(step =>
        step.kind === 'copy' && step.from.kind === 'stage' && step.from.stage === 'frontend'
          ? [`${step.from.path} -> ${step.to}`]
          : [],
      ),
    );
    const both = ['/app/frontend/dist -> /app/frontend/dist', '/app/frontend/dist -> /app/shop/static'];
    expect(copies.filter(({ length }) => length > 0)).toEqual([both, both]);
  });

  it('is what is built, where nothing else shows it', async () => {
    const files = withFiles(FLASK, {
      'package.json': '{ "scripts": { "build": "rollup -c" }, "devDependencies": { "rollup": "^4" } }',
      'package-lock.json': '{}',
      'rollup.config.js': 'export default [...entries.map(entry => outputOf(entry))];\n',
      'shop/static/icon.svg': '',
      Dockerfile: dockerfile(
        'FROM node:22 AS ui',
        'WORKDIR /srv',
        'COPY package*.json rollup.config.js ./',
        'RUN npm ci',
        'COPY shop/static ./shop/static',
        'RUN npm run build',
        'FROM python:3.13',
        'WORKDIR /srv',
        'COPY . .',
        'COPY --from=ui /srv/shop/static shop/static/',
      ),
    });
    expect(await frontendOf(files)).toMatchObject({
      output: { value: 'shop/static', place: { file: 'Dockerfile', line: 10 } },
      isShared: true,
    });
  });

  it('is what is built, where a program of its own writes beside a tool', async () => {
    const lines = ['FROM python:3.13', 'WORKDIR /srv', 'COPY . .', 'COPY --from=ui /ui/pages /srv/shop/static'];
    const files = app(lines, {
      'frontend/package.json':
        '{ "scripts": { "build": "tailwindcss -i main.css -o pages/main.css && node build.js" }, "devDependencies": { "tailwindcss": "^3" } }',
      'frontend/build.js': 'require("esbuild").build({ outdir: "pages" });\n',
    });
    expect((await frontendOf(files)).output).toMatchObject({ value: 'frontend/pages', place: { file: 'Dockerfile' } });
  });
});

describe('a package that an image builds in its own way', () => {
  const package_ = (scripts: Record<string, string>) => ({
    'frontend/package.json': JSON.stringify({ scripts, devDependencies: { vite: '^6', sass: '^1' } }),
    'frontend/package-lock.json': '{}',
  });
  const builtBy = async (scripts: Record<string, string>, ...lines: readonly string[]) => {
    const files = { ...package_(scripts), ...HANDING, Dockerfile: dockerfile(...lines) };
    const { buildScript, moreScripts = [], output, made = [] } = await frontendOf(withFiles(FASTAPI, files));
    return [[buildScript, ...moreScripts].map(({ value }) => value).join(' '), output.value, ...made].join(' | ');
  };
  const SCRIPTS = { build: 'vite build', bundle: 'vite build --outDir ../pages', test: 'vitest' };
  const stage = (name: string, ...runs: readonly string[]) => [
    `FROM node:22 AS ${name}`,
    'WORKDIR /src/frontend',
    'COPY frontend ./',
    'RUN npm ci',
    ...runs,
  ];

  it('is built by the scripts that the image runs', async () => {
    const lines = [
      ...stage('ui', 'RUN npm run bundle && npm test'),
      'FROM python:3.13',
      'COPY --from=ui /src/pages /app/pages',
    ];
    expect(await builtBy(SCRIPTS, ...lines)).toBe('bundle | pages');
  });

  it('is built by the script named build where the image runs that', async () => {
    const lines = [
      ...stage('ui', 'RUN npm run build'),
      'FROM python:3.13',
      'COPY --from=ui /src/frontend/dist /app/dist',
    ];
    expect(await builtBy(SCRIPTS, ...lines)).toBe('build | frontend/dist');
  });

  it('is built by all stages that the app takes from', async () => {
    const scripts = { build: 'node build.js', 'build-js': 'node js.js', 'build-css': 'node css.js' };
    const lines = [
      ...stage('js', 'RUN npm run build-js'),
      ...stage('css', 'RUN npm run build-css'),
      'FROM python:3.13',
      'COPY --from=js /src/frontend/static/js /app/static/js',
      'COPY --from=css /src/frontend/static/css /app/static/css',
    ];
    expect(await builtBy(scripts, ...lines)).toBe('build-js build-css | frontend/static | js/** | css/**');
  });
});
