/** What the scripts of package.json build: where they write by their command lines, and which of them are run. */
import { describe, expect, it } from 'vitest';
import { explainForTools } from '../../../src/detect/explain/explain.js';
import type { ExplainDocument } from '../../../src/detect/explain/json.js';
import { makePlan } from '../../../src/planner/make-plan.js';
import { memoryTree } from '../../../src/source/tree.js';
import { understand } from '../../../src/understand.js';
import { DJANGO, detectFiles, type Files, FLASK, withFiles } from './apps.js';

type Texts = Readonly<Record<string, string>>;

const app = (scripts: Texts, more: Files = {}, root = ''): Files =>
  withFiles(FLASK, {
    [`${root}package.json`]: JSON.stringify({ scripts }, null, 1),
    [`${root}package-lock.json`]: '{}',
    ...more,
  });

async function built(files: Files): Promise<string> {
  const { facts, diagnostics } = await detectFiles(files);
  if (!facts) return diagnostics.map(({ code }) => code).join(' ');
  const { frontend } = facts;
  if (!frontend) return 'nothing';
  const scripts = [frontend.buildScript, ...(frontend.moreScripts ?? [])].map(({ value }) => value).join(' ');
  const what = (frontend.made ?? ['']).filter(path => !/\.map$/.test(path)).join(' ');
  return `${scripts}: ${frontend.output.value}/${what}${frontend.isShared ? ' shared' : ''}`;
}

describe('a script writes', () => {
  it.each<readonly [string, Texts, string]>([
    [
      "Tailwind's file",
      { build: 'tailwindcss -i ./styles/in.css -o ./static/css/app.css --minify' },
      'static/css/app.css',
    ],
    ['its file by npx', { build: 'npx @tailwindcss/cli@4 -i a.css --output=static/app.css' }, 'static/app.css'],
    [
      'its file by node',
      { build: 'node ./node_modules/tailwindcss/lib/cli.js -i a.css -o static/app.css' },
      'static/app.css',
    ],
    [
      'its file beside where it is run',
      { build: 'cd styles && tailwindcss -i in.css -o ../static/app.css' },
      'static/app.css',
    ],
    ["PostCSS' file", { build: 'NODE_ENV=production postcss src/app.css -o static/app.css' }, 'static/app.css'],
    ["PostCSS' directory", { build: 'postcss src/*.css --dir static/css' }, 'static/css/'],
    ["Sass' file", { build: 'sass --style compressed scss/app.scss static/app.css' }, 'static/app.css'],
    ["Sass' pair", { build: 'sass scss/app.scss:static/app.css --no-source-map' }, 'static/app.css'],
    ["Sass' directories", { build: 'sass scss:static/css' }, 'static/css/'],
    ["node-sass' directory", { build: 'node-sass scss -o static/css' }, 'static/css/'],
    ['what a shell redirects', { build: './node_modules/.bin/sass app.scss > static/app.css' }, 'static/app.css'],
    ["Less' file", { build: 'lessc less/app.less static/app.css' }, 'static/app.css'],
    [
      "esbuild's file with its styles",
      { build: 'esbuild src/app.ts --bundle --outfile=static/app.js' },
      'static/app.js app.css',
    ],
    ["esbuild's directory", { build: 'esbuild src/app.ts --bundle --outdir=static/js' }, 'static/js/'],
    ["Parcel's directory", { build: 'parcel build src/index.html --dist-dir static/app' }, 'static/app/'],
    ["Rollup's file", { build: 'rollup -c -o static/app.js' }, 'static/app.js app.css'],
    ["Babel's directory", { build: 'babel src --out-dir static/js' }, 'static/js/'],
    [
      "webpack's directory",
      { build: 'cross-env NODE_ENV=production webpack --mode production --output-path static/js' },
      'static/js/',
    ],
    ["Vite's directory", { build: 'vite build --mode production --outDir=static/app' }, 'static/app/'],
    ["bun's directory", { build: 'bun build ./src/app.ts --outdir ./static/js --minify' }, 'static/js/'],
    ["TypeScript's directory", { build: 'tsc --outDir static/js' }, 'static/js/'],
    ["no checker's", { build: 'tsc --outDir types && vite build --outDir static' }, 'static/'],
    [
      "Create React App's directory by a variable",
      { build: 'BUILD_PATH=static/app react-scripts build' },
      'static/app/',
    ],
    ['what another script does', { build: 'npm run css', css: 'tailwindcss -o static/app.css' }, 'static/app.css'],
    [
      'what other scripts do',
      {
        build: 'npm run css && yarn js',
        css: 'tailwindcss -o static/css/a.css',
        js: 'esbuild a.js --outdir=static/js',
      },
      'static/css/a.css js/**',
    ],
    [
      'what npm-run-all runs',
      {
        build: 'npm-run-all -p build:*',
        'build:css': 'tailwindcss -o static/a.css',
        'build:js': 'esbuild a.js --outfile=static/a.js',
      },
      'static/a.css a.js',
    ],
    [
      'what run-s runs',
      { build: 'run-s css js', css: 'sass a.scss static/a.css', js: 'esbuild b.js --outfile=static/b.js' },
      'static/a.css b.js b.css',
    ],
    [
      'what concurrently runs',
      { build: 'concurrently "npm:css" "esbuild b.js --outdir=static/js"', css: 'sass a.scss static/a.css' },
      'static/a.css js/**',
    ],
    [
      'what runs after it',
      { build: 'tailwindcss -o static/a.css', postbuild: 'cleancss -o static/a.min.css static/a.css' },
      'static/a.css a.min.css',
    ],
    [
      'where it is told by who calls it',
      { build: 'npm run pack -- --outdir=static/js', pack: 'esbuild a.js --bundle' },
      'static/js/',
    ],
    ['where it copies to', { build: 'parcel build a.html && cp -r dist static/app' }, '/dist/** static/app/** shared'],
    [
      'nothing that a script calling itself adds',
      { build: 'npm run build && tailwindcss -o static/a.css' },
      'static/a.css',
    ],
  ])('%s', async (_, scripts, expected) => {
    expect(await built(app(scripts, { 'web.py': 'files = StaticFiles(directory=DIRECTORY)\n' }))).toBe(
      `build: ${expected}`,
    );
  });

  it.each<readonly [string, Texts]>([
    ['a file that only a shell knows', { build: 'tailwindcss -o $OUT/app.css' }],
    ['to its own output', { build: 'tailwindcss -i app.css' }],
    ['by a program of its own', { build: 'node build.mjs' }],
    ['outside of the source', { build: 'esbuild a.js --outdir=/srv/www' }],
  ])('and asks: %s', async (_, scripts) => {
    expect(await built(app(scripts))).toBe('QS408');
  });

  it('among what it reads, which stays', async () => {
    const files = app(
      { build: 'sass static/scss:static/css && tailwindcss -i static/in.css -o static/out.css' },
      { 'static/in.css': '', 'static/scss/a.scss': '' },
    );
    expect(await built(files)).toBe('build: static/css/** out.css');
    const shared = app(
      { build: 'postcss static/css/*.css --dir static/css --ext .min.css' },
      { 'static/css/a.css': '' },
    );
    expect(await built(shared)).toBe('build: static/css/ shared');
  });
});

it('a script of Vite+ writes where Vite does', async () => {
  const { facts } = await detectFiles(
    withFiles(FLASK, {
      'frontend/package.json': JSON.stringify({
        scripts: { build: 'tsc -b && vp build' },
        devDependencies: { 'vite-plus': '0.1.0', react: '19' },
      }),
      'frontend/package-lock.json': '{}',
      'frontend/vite.config.ts':
        'import { defineConfig } from "vite-plus";\nexport default defineConfig({ build: { outDir: "../static/app" } });\n',
    }),
  );
  expect(facts?.frontend?.output.value).toBe('static/app');
});

describe('without a script called build', () => {
  it.each<readonly [string, Texts, string]>([
    [
      'the one that builds is run',
      { 'css:build': 'tailwindcss -o static/a.css', 'css:watch': 'tailwindcss -o static/a.css --watch' },
      'css:build: static/a.css',
    ],
    [
      'several are',
      { 'build:css': 'sass a.scss static/a.css', 'build:js': 'esbuild b.js --outdir=static/js' },
      'build:css build:js: static/a.css js/**',
    ],
    [
      'of two that write the same the one for production',
      { compile: 'sass a.scss static/a.css', 'compile:prod': 'sass --style compressed a.scss static/a.css' },
      'compile:prod: static/a.css',
    ],
    [
      'of two configurations the one for production',
      { dev: 'webpack --mode development', prod: 'webpack --mode production', stage: 'webpack --mode none' },
      'QS410',
    ],
    [
      'one that calls the others counts',
      { css: 'sass a.scss static/a.css', bundle: 'npm run css' },
      'bundle: static/a.css',
    ],
    ['one that only watches does not', { tailwind: 'tailwindcss -o static/a.css --watch' }, 'nothing'],
    [
      'tools for developers do not',
      { lint: 'eslint .', test: 'jest', dev: 'vite', preview: 'vite preview' },
      'nothing',
    ],
  ])('%s', async (_, scripts, expected) => {
    expect(await built(app(scripts))).toBe(expected);
  });
});

describe('what is not built', () => {
  const unbuilt = async (files: Files) => {
    const { facts } = await detectFiles(files);
    return (facts!.unbuilt ?? []).map(({ value, why }) => `${value}: ${why}`);
  };
  const MAKER = '{ "scripts": { "build": "vite build" }, "devDependencies": { "vite": "^6" } }';
  const PACKAGE = '{ "dependencies": { "esbuild": "0.24.2" } }';

  it.each<readonly [string, Files, readonly string[]]>([
    [
      'an image of its own builds it',
      withFiles(DJANGO, {
        'assets/package.json': PACKAGE,
        Dockerfile:
          'FROM node:22 AS assets\nRUN cd assets && yarn install\nCOPY . .\nRUN cd assets && bash ../run\nFROM python:3.13\nRUN pip install -r requirements.txt\n',
      }),
      ['assets/package.json: no script builds it; Dockerfile:4 does'],
    ],
    ['nothing builds it', withFiles(FLASK, { 'package.json': PACKAGE }), ['package.json: no script builds it']],
    [
      'another one is the frontend',
      app({ build: 'sass a.scss static/a.css' }, { 'tools/thing/package.json': PACKAGE }),
      ['tools/thing/package.json: no script builds it'],
    ],
    [
      'its image copies what was made of it before',
      app(
        { build: 'sass a.scss static/a.css' },
        {
          'client_v2/package.json': MAKER,
          Dockerfile:
            'FROM python:3.13\nCOPY . /app\nCOPY ./client_v2/build /app/client_v2/build\nCMD ["flask", "run"]\n',
        },
      ),
      ['client_v2/package.json: Dockerfile:3 copies client_v2/build, which nothing makes here'],
    ],
    [
      'it is not wanted',
      app({ build: 'vite build' }, { 'quayside.yaml': 'frontend: false\n' }),
      ['package.json: frontend is false'],
    ],
    [
      'what it makes is there, and nothing that deploys the app makes it anew',
      withFiles(FLASK, {
        'package.json': JSON.stringify({ scripts: { build: 'vite build --outDir static' } }),
        'static/app.css': '',
      }),
      ['package.json: what it makes lies in the source, and nothing that deploys the app builds it'],
    ],
    [
      'several could be the frontend',
      withFiles(FLASK, {
        'themes/one/package.json': MAKER,
        'themes/one/package-lock.json': '{}',
        'themes/two/package.json': MAKER,
        'themes/two/package-lock.json': '{}',
        'themes/two/dist/app.js': '',
      }),
      [
        "themes/one/package.json: nothing says that it is the app's frontend",
        'themes/two/package.json: what it makes lies in the source, and nothing that deploys the app builds it',
      ],
    ],
  ])('is said: %s', async (_, files, expected) => {
    expect(await unbuilt(files)).toEqual(expected);
  });

  it('stands in the explanation', async () => {
    const { app: understood } = await understand(memoryTree(withFiles(FLASK, { 'package.json': PACKAGE })));
    const document: ExplainDocument = JSON.parse(await explainForTools(Promise.resolve(understood!)));
    expect(document.sections.find(({ title }) => title === 'frontend')?.rows).toEqual([
      {
        name: 'not built',
        value: 'package.json',
        place: { file: 'package.json' },
        why: 'no script builds it',
        key: 'frontend.root',
      },
    ]);
  });
});

describe('the plan', () => {
  const stepsOf = async (files: Files) => {
    const { app: understood, diagnostics } = await understand(memoryTree(files));
    expect(diagnostics).toEqual([]);
    const { plan, facts, configured } = understood!;
    expect(makePlan(facts, configured.config)).toEqual(plan);
    return plan.stages
      .find(({ id }) => id === 'production')!
      .steps.flatMap(step => (step.kind === 'copy' ? [step] : []));
  };

  it('copies the files that were built, and no others of their directory', async () => {
    const copies = await stepsOf(
      app({ build: 'tailwindcss -i static/in.css -o static/out.css' }, { 'static/in.css': '' }),
    );
    const built = copies.find(({ from }) => from.kind === 'stage' && from.stage === 'frontend');
    expect(built).toMatchObject({
      from: { path: '/app/static', include: ['out.css', 'out.css.map'] },
      to: '/app/static',
    });
    const source = copies.find(({ from }) => from.kind === 'source');
    expect(source?.from).toMatchObject({ exclude: expect.arrayContaining(['static/out.css']) });
    expect(source?.from).toMatchObject({ exclude: expect.not.arrayContaining(['static']) });
  });

  it('lays what was built over the source where they share a directory', async () => {
    const copies = await stepsOf(app({ build: 'postcss static/*.css --dir static' }, { 'static/a.css': '' }));
    const kinds = copies.map(({ from }) => (from.kind === 'stage' ? from.stage : 'source'));
    expect(kinds.indexOf('frontend')).toBeGreaterThan(kinds.indexOf('source'));
  });
});

it('is read with what package.json itself gives its scripts', async () => {
  const { facts, diagnostics } = await detectFiles(
    withFiles(DJANGO, {
      'package.json': JSON.stringify({
        config: { from: 'scss', to: 'static/css' },
        scripts: { build: 'sass $npm_package_config_from:${npm_package_config_to}' },
        devDependencies: { sass: '^1' },
      }),
      'package-lock.json': '{}',
    }),
  );
  expect(diagnostics).toEqual([]);
  expect(facts!.frontend!.output.value).toBe('static/css');
});

it.each<readonly [string, string, string]>([
  [
    'several files of Rollup',
    '[{ output: { file: "./static/a/app.css" } }, { output: { file: "./static/b/app.js", format: "iife" } }]',
    'static',
  ],
  [
    'one of Rollup among several that only its code knows',
    '[{ output: { file: "static/app.css" } }, { output: { file: NAME } }]',
    'QS408',
  ],
])('finds the directory of %s', async (_, config, expected) => {
  const { facts, diagnostics } = await detectFiles(
    withFiles(DJANGO, {
      'package.json': JSON.stringify({ scripts: { build: 'rollup -c' }, devDependencies: { rollup: '^4' } }),
      'package-lock.json': '{}',
      'rollup.config.js': `export default ${config};\n`,
    }),
  );
  expect(facts?.frontend?.output.value ?? diagnostics.map(({ code }) => code).join(' ')).toBe(expected);
});
