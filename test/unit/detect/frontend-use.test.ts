/** What a frontend's build takes in, and who serves what it makes. */
import { describe, expect, it } from 'vitest';
import { NOT_CONFIGURED } from '../../../src/config/load.js';
import { explained } from '../../../src/detect/explain/sections.js';
import { explainText } from '../../../src/detect/explain/text.js';
import { DJANGO, detectFiles, FASTAPI, type Files, FLASK, withFiles } from './apps.js';

const VITE: Files = {
  'ui/package.json': JSON.stringify({ scripts: { build: 'vite build' }, devDependencies: { vite: '^7' } }),
  'ui/package-lock.json': '{}',
};
const serving = (more: Files = {}): Files =>
  withFiles(FASTAPI, {
    ...VITE,
    'pages.py': 'from fastapi.staticfiles import StaticFiles\n\nfiles = StaticFiles(directory="ui/dist", html=True)\n',
    ...more,
  });

it('is published by the image of a server of files before a line that hands out files of any kind', async () => {
  const { facts, diagnostics } = await detectFiles(
    withFiles(FASTAPI, {
      ...VITE,
      'pages.py': 'def open(path):\n    return FileResponse(path)\n',
      'deploy/nginx.Dockerfile':
        'FROM node:22 AS build\nCOPY ui /ui\nWORKDIR /ui\nRUN npm ci && npm run build\nFROM nginx:1\nCOPY --from=build /ui/dist /usr/share/nginx/html\n',
    }),
  );
  expect(diagnostics).toEqual([]);
  expect(facts!.frontend!.served).toBeUndefined();
  expect(facts!.frontend!.apart?.place).toEqual({ file: 'deploy/nginx.Dockerfile', line: 5 });
});

it('is published by an image without Python that takes what is built, and nothing of the app', async () => {
  const { facts, diagnostics } = await detectFiles(
    withFiles(FASTAPI, {
      ...VITE,
      'pages.py': 'def open(path):\n    return FileResponse(path)\n',
      'ui.Dockerfile':
        'FROM node:22 AS build\nCOPY ui /ui\nWORKDIR /ui\nRUN npm ci && npm run build\nFROM rclone/rclone:1\nCOPY start.sh /\nCOPY --from=build /ui/dist /pages/ui\nENTRYPOINT ["/start.sh"]\n',
    }),
  );
  expect(diagnostics).toEqual([]);
  expect(facts!.copies).toBeUndefined();
  expect(facts!.frontend!.apart?.place).toEqual({ file: 'ui.Dockerfile', line: 5 });
});

it('is published apart where the directories that are handed out are others', async () => {
  const { facts, diagnostics } = await detectFiles(
    withFiles(DJANGO, {
      ...VITE,
      'site_/more.py':
        'from pathlib import Path\n\nBASE_DIR = Path(__file__).parent.parent\nSTATIC_DIR = Path.joinpath(BASE_DIR, "modules/static")\nSTATICFILES_DIRS = [\n    STATIC_DIR,\n]\n',
      'ui/Dockerfile': 'FROM node:22\nCOPY . .\nCMD ["npm", "start"]\n',
    }),
  );
  expect(diagnostics).toEqual([]);
  expect(facts!.frontend!.apart?.place).toEqual({ file: 'ui/Dockerfile' });
});

it.each<readonly [string, Files, true | undefined]>([
  ['a package', { 'ui/__init__.py': '', 'ui/views.py': 'def page(request):\n    pass\n' }, true],
  ['tests of Python alone', { 'ui/tests/test_pages.py': 'def test_page():\n    pass\n' }, undefined],
  ['no code of it', {}, undefined],
])('is a part of the app with %s in its directory', async (_, files, hasCode) => {
  const { facts } = await detectFiles(serving(files));
  expect(facts!.frontend!.hasCode).toBe(hasCode);
});

describe('who serves the files', () => {
  const fastapi = (text: string) => withFiles(FASTAPI, { ...VITE, 'pages.py': text });
  const flask = (text: string) => withFiles(FLASK, { ...VITE, 'shop/pages.py': text });
  it.each<readonly [string, Files, string]>([
    ['a path in the code', serving(), 'pages.py:3'],
    [
      'a path in parts',
      flask('from pathlib import Path\nDIST = Path(__file__).parents[1] / "ui" / "dist"\n'),
      'shop/pages.py:2',
    ],
    [
      'a directory by a setting',
      flask('from flask import send_from_directory as send\nx = send(app.config["SPA_DIR"], "index.html")\n'),
      'shop/pages.py:2',
    ],
    [
      'a package by its name',
      withFiles(FASTAPI, {
        'package.json': JSON.stringify({ scripts: { build: 'vite build --outDir shop/pages/statics' } }),
        'package-lock.json': '{}',
        'vite.config.js': 'export default {};\n',
        'shop/pages/__init__.py': '',
        'pages.py': 'from starlette.staticfiles import StaticFiles\n\nfiles = StaticFiles(packages=["shop.pages"])\n',
      }),
      'pages.py:3',
    ],
    [
      'a folder by a name',
      flask('app = Flask(__name__, static_folder=FOLDER, static_url_path="/")\n'),
      'shop/pages.py:1',
    ],
    [
      "Django's directories",
      withFiles(DJANGO, { ...VITE, 'site_/more.py': 'STATICFILES_DIRS = [FRONTEND]\n' }),
      'site_/more.py:1',
    ],
    [
      "a package that reads the build's manifest",
      withFiles(DJANGO, { ...VITE, 'requirements.txt': 'django\ngunicorn\ndjango-vite\n' }),
      'requirements.txt:3',
    ],
    [
      'the files of the app',
      withFiles(FLASK, {
        ...VITE,
        'ui/vite.config.ts': "export default { build: { outDir: '../shop/static/ui' } }",
      }),
      'ui/vite.config.ts:1',
    ],
  ])('%s', async (_, files, expected) => {
    const { facts, diagnostics } = await detectFiles(files);
    expect(diagnostics).toEqual([]);
    const { place } = facts!.frontend!.served!;
    expect(`${place.file}:${place.line}`).toBe(expected);
  });

  it.each<readonly [string, Files]>([
    ['no line', withFiles(FASTAPI, VITE)],
    ['other files', fastapi('from fastapi.staticfiles import StaticFiles\nx = StaticFiles(directory="static")\n')],
    ['what people have sent', flask('from flask import send_from_directory\nx = send_from_directory(UPLOADS, name)\n')],
    ['only an import', fastapi('from fastapi.staticfiles import StaticFiles\n')],
    ['only the tests', withFiles(FASTAPI, { ...VITE, 'tests/test_a.py': 'DIST = "ui/dist"\n' })],
  ])('nobody: %s', async (_, files) => {
    const { diagnostics } = await detectFiles(withFiles(files, { 'tests/test_a.py': undefined }));
    expect(diagnostics.map(({ code, place }) => `${code} ${place?.file}`)).toEqual(['QS410 ui/package.json']);
  });

  it('is a host of files, though WhiteNoise hands out those of other directories', async () => {
    const django = { ...VITE, 'requirements.txt': 'django\ngunicorn\nwhitenoise\n' };
    const files = withFiles(DJANGO, { ...django, 'ui/firebase.json': '{ "hosting": { "public": "dist" } }' });
    const { apart, served } = (await detectFiles(files)).facts!.frontend!;
    expect([apart?.place.file, served]).toEqual(['ui/firebase.json', undefined]);
    const { served: whitenoise } = (await detectFiles(withFiles(DJANGO, django))).facts!.frontend!;
    expect(whitenoise?.place).toMatchObject({ file: 'requirements.txt', line: 3 });
  });

  it('is not asked where the configuration names the output', async () => {
    const files = withFiles(FASTAPI, { ...VITE, 'quayside.yaml': 'frontend: { output: ui/dist }\n' });
    expect((await detectFiles(files)).diagnostics).toEqual([]);
  });
});

describe('variables that are baked in', () => {
  const variablesOf = async (files: Files) => {
    const { facts } = await detectFiles(serving(files));
    return (facts!.frontend!.variables ?? []).map(({ variable: { value, place }, set }) =>
      [`${value} ${place.file}:${place.line}`, ...(set ? [`${set.file}:${set.line}`] : [])].join(' = '),
    );
  };
  it.each<readonly [string, Files, readonly string[]]>([
    ['none', { 'ui/src/a.ts': 'const mode = import.meta.env.MODE;\n' }, []],
    ['a property', { 'ui/src/a.ts': '\nfetch(import.meta.env.VITE_API_URL)\n' }, ['VITE_API_URL ui/src/a.ts:2']],
    ['by its key', { 'ui/src/a.vue': "x = import.meta.env['VITE_KEY']\n" }, ['VITE_KEY ui/src/a.vue:1']],
    ['in a pattern', { 'ui/src/a.ts': 'const { VITE_A, MODE } = import.meta.env;\n' }, ['VITE_A ui/src/a.ts:1']],
    ['in a page', { 'ui/index.html': '<title>%VITE_TITLE%</title>\n' }, ['VITE_TITLE ui/index.html:1']],
    [
      "in SvelteKit's module",
      { 'ui/src/a.ts': "import { PUBLIC_URL } from '$env/static/public';\n" },
      ['PUBLIC_URL ui/src/a.ts:1'],
    ],
    [
      "in SvelteKit's object",
      { 'ui/src/a.ts': "import { env } from '$env/dynamic/public';\n\nfetch(env.PUBLIC_API);\n" },
      ['PUBLIC_API ui/src/a.ts:3'],
    ],
    [
      'of Next.js',
      { 'ui/app/page.tsx': 'const a = process.env.NEXT_PUBLIC_SITE;\n' },
      ['NEXT_PUBLIC_SITE ui/app/page.tsx:1'],
    ],
    [
      'once, though read twice',
      { 'ui/a.ts': 'a(import.meta.env.VITE_A)', 'ui/b.ts': 'b(import.meta.env.VITE_A)' },
      ['VITE_A ui/a.ts:1'],
    ],
    ['of a server', { 'ui/src/a.ts': 'const a = process.env.API_URL;\n' }, []],
    [
      'in a comment or a test',
      { 'ui/src/a.ts': '// import.meta.env.VITE_A\n', 'ui/src/a.test.ts': 'import.meta.env.VITE_A' },
      [],
    ],
    [
      'with a default for production',
      { 'ui/src/a.ts': 'f(import.meta.env.VITE_A)\n', 'ui/.env.production': '# ours\nVITE_A=/api\n' },
      ['VITE_A ui/src/a.ts:1 = ui/.env.production:2'],
    ],
  ])('%s', async (_, files, expected) => {
    expect(await variablesOf(files)).toEqual(expected);
  });

  it('are explained with what they are set to', async () => {
    const { facts } = await detectFiles(
      serving({ 'ui/src/a.ts': 'f(import.meta.env.VITE_A, import.meta.env.VITE_B)\n' }),
    );
    const text = explainText(
      explained(facts!, { ...NOT_CONFIGURED, config: { frontend: { env: { VITE_B: '/api' } } } }),
    );
    expect(text).toMatch(/baked in +VITE_A +ui\/src\/a\.ts:1: not set +frontend\.env\.VITE_A/);
    expect(text).toMatch(/VITE_B +ui\/src\/a\.ts:1: set to \/api/);
  });
});
