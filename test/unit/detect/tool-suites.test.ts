/** Linters, type checkers, formatters and browser tests, in Python and in Node. */
import { describe, expect, it } from 'vitest';
import { formatDiagnostic } from '../../../src/diagnostics/words.js';
import { makePlan } from '../../../src/planner/make-plan.js';
import { detectFiles, type Files, FLASK, SERVING, withFiles } from './apps.js';

async function suitesOf(files: Files): Promise<string[]> {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics.map(formatDiagnostic)).toEqual([]);
  const inNode = (facts!.nodeSuites ?? []).map(({ name, program, browser, addressVariable }) =>
    [`${name} in Node: ${program.join(' ')}`, browser?.value, addressVariable?.value].filter(Boolean).join(' '),
  );
  return [...facts!.suites.map(({ name, command }) => `${name}: ${command.join(' ')}`), ...inNode];
}

describe('tools of Python are those that are installed', () => {
  const app = (tools: string, pyproject?: string) =>
    withFiles(FLASK, { 'requirements-dev.txt': `${tools.split(' ').join('\n')}\n`, 'pyproject.toml': pyproject });
  it.each<readonly [string, Files, readonly string[]]>([
    ['none', FLASK, []],
    ['ruff lints and formats', app('ruff'), ['lint: ruff check .', 'format: ruff format --quiet .']],
    [
      'ruff’s format is a rule only where it has settings',
      app('ruff', '[tool.ruff.format]\nquote-style = "single"\n'),
      [
        'lint: sh -c failed=0; ruff check . || failed=1; ruff format --check . || failed=1; exit $failed',
        'format: ruff format --quiet .',
      ],
    ],
    [
      'black formats where ruff lints',
      app('ruff black'),
      [
        'lint: sh -c failed=0; ruff check . || failed=1; black --check . || failed=1; exit $failed',
        'format: black --quiet .',
      ],
    ],
    ['mypy with files in its settings', app('mypy', '[tool.mypy]\nfiles = ["shop"]\n'), ['typecheck: mypy']],
    ['mypy without', app('mypy'), ['typecheck: mypy .']],
    ['pyright', app('pyright'), ['typecheck: pyright']],
    [
      'turned off one by one',
      withFiles(app('ruff mypy'), { 'quayside.yaml': 'suites: { format: false, lint: false }\n' }),
      ['typecheck: mypy .'],
    ],
  ])('%s', async (_, files, expected) => {
    expect(await suitesOf(files)).toEqual(expected);
  });
});

describe('tools of the frontend', () => {
  const app = (devDependencies: object, more: Files = {}) =>
    withFiles(FLASK, {
      ...SERVING,
      'web/package.json': JSON.stringify({ scripts: { build: 'vite build' }, devDependencies }),
      'web/package-lock.json': '{}',
      ...more,
    });
  it.each<readonly [string, Files, readonly string[]]>([
    ['none', app({ vite: '7' }), []],
    [
      'eslint, tsc and prettier',
      app({ eslint: '9', typescript: '5', prettier: '3' }, { 'web/tsconfig.json': '{}' }),
      [
        'lint in Node: eslint .',
        'typecheck in Node: tsc --noEmit',
        'format in Node: prettier --write --log-level warn .',
      ],
    ],
    [
      'biome, and a project of projects',
      app({ '@biomejs/biome': '2', typescript: '5' }, { 'web/tsconfig.json': '{ "references": [] }' }),
      [
        'lint in Node: biome lint .',
        'typecheck in Node: tsc --build --noEmit',
        'format in Node: biome format --write .',
      ],
    ],
    [
      'vue-tsc',
      app({ 'vue-tsc': '3', typescript: '5' }, { 'web/tsconfig.json': '{}' }),
      ['typecheck in Node: vue-tsc --noEmit'],
    ],
    [
      'eslint beside a command that is configured for Python',
      app({ eslint: '9' }, { 'quayside.yaml': 'suites: { lint: { command: [pylint, app] } }\n' }),
      ['lint: pylint app', 'lint in Node: eslint .'],
    ],
  ])('%s', async (_, files, expected) => {
    expect(await suitesOf(files)).toEqual(expected);
  });
});

describe('browser tests in TypeScript', () => {
  const CONFIG =
    'export default defineConfig({\n  use: { baseURL: process.env.BASE_URL ?? "http://localhost:3000" },\n});\n';
  const manifest = JSON.stringify({ devDependencies: { '@playwright/test': '^1.58.0' } });
  const npm = JSON.stringify({ packages: { 'node_modules/@playwright/test': { version: '1.58.0' } } });
  const app = (files: Files, config = CONFIG) =>
    withFiles(FLASK, { 'e2e/package.json': manifest, 'e2e/playwright.config.ts': config, ...files });
  it.each<readonly [string, Files]>([
    ['npm', { 'e2e/package-lock.json': npm }],
    [
      'pnpm',
      {
        'e2e/pnpm-lock.yaml':
          "lockfileVersion: '9.0'\n\npackages:\n\n  '@playwright/test@1.58.0':\n    resolution: {}\n",
      },
    ],
    ['yarn 1', { 'e2e/yarn.lock': '# yarn lockfile v1\n\n"@playwright/test@^1.58.0":\n  version "1.58.0"\n' }],
    [
      'yarn 4',
      { 'e2e/yarn.lock': '__metadata:\n  version: 8\n\n"@playwright/test@npm:^1.58.0":\n  version: 1.58.0\n' },
    ],
    [
      'bun',
      { 'e2e/bun.lock': '{\n  "packages": {\n    "@playwright/test": ["@playwright/test@1.58.0", "", {}],\n  },\n}\n' },
    ],
  ])('take their browsers by the lock file of %s', async (_, files) => {
    expect(await suitesOf(app(files))).toEqual(['e2e in Node: playwright test 1.58.0 BASE_URL']);
  });

  it.each<readonly [string, string, boolean, readonly (string | undefined)[]]>([
    ['a script of their package', 'npm run dev -- --port 4173', true, ['playwright.config.ts', undefined]],
    ['something else', 'uvicorn app:app', true, [undefined, 'playwright.config.ts']],
    ['a script, where the app hands out its pages', 'npm run dev', false, [undefined, 'playwright.config.ts']],
  ])(
    'keep the server that they start, of a frontend that is published apart: %s',
    async (_, command, isApart, kept) => {
      const { facts } = await detectFiles(
        withFiles(FLASK, {
          'ui/package.json': JSON.stringify({
            scripts: { build: 'vite build', dev: 'vite' },
            devDependencies: { '@playwright/test': '^1.58.0', vite: '^7' },
          }),
          'ui/package-lock.json': npm,
          'ui/playwright.config.ts': `export default { use: { baseURL: "http://localhost:4173" }, webServer: { command: "${command}" } };\n`,
          ...(isApart
            ? {
                'ui/Dockerfile':
                  'FROM node:22 AS b\nCOPY . .\nRUN npm ci && npm run build\nFROM nginx:1\nCOPY --from=b dist /usr/share/nginx/html\n',
              }
            : {
                'shop/pages.py':
                  'from flask import send_from_directory\nx = send_from_directory("ui/dist", "index.html")\n',
              }),
        }),
      );
      const suite = facts?.nodeSuites?.find(({ name }) => name === 'e2e');
      expect([suite?.ownServer?.value, suite?.mended?.value]).toEqual(kept);
    },
  );

  it('go by the variable that their configuration reads', async () => {
    const files = app({ 'e2e/package-lock.json': npm }, 'const baseURL = process.env.PLAYWRIGHT_BASE_URL;\n');
    expect(await suitesOf(files)).toEqual(['e2e in Node: playwright test 1.58.0 PLAYWRIGHT_BASE_URL']);
  });

  it.each<readonly [string, string, string | undefined]>([
    ['reads the address and starts nothing', 'export default { use: { baseURL: process.env.BASE_URL } };', undefined],
    [
      'starts a server',
      'export default { use: { baseURL: process.env.BASE_URL }, webServer: { command: "npm run dev" } };',
      'without the server that it starts',
    ],
    [
      'has a fixed address',
      'export default { use: { baseURL: "http://localhost:5173" } };',
      'with the address of the built app, and no server',
    ],
    ['has none', 'export default {};', 'with the address of the built app, and no server'],
  ])('are run by a configuration beside one that %s', async (_, config, why) => {
    const { facts, diagnostics } = await detectFiles(app({ 'e2e/package-lock.json': npm }, config));
    expect(diagnostics).toEqual([]);
    expect(facts!.nodeSuites![0]!.mended?.why).toBe(why);
    const plan = makePlan(facts!, {});
    const suite = plan.suites.find(({ tool }) => tool === 'playwright')!;
    expect(suite.opens?.variable).toBe('BASE_URL');
    const own = '/app/e2e/playwright.quayside.config.ts';
    expect(suite.args.includes(`--config=${own.split('/').at(-1)}`)).toBe(why !== undefined);
    expect(Object.values(plan.files).some(({ path }) => path === own)).toBe(why !== undefined);
  });

  it('are given what their own container has, and what of the app they name', async () => {
    const files = app({
      'e2e/package-lock.json': npm,
      'e2e/tests/login.spec.ts': 'const user = process.env.SHOP_USER;\nconst mail = wanted("MAIL_PAGES");\n',
      'shop/__init__.py': `${FLASK['shop/__init__.py']}
import os

USER = os.environ["SHOP_USER"]
PASSWORD = os.environ["SHOP_PASSWORD"]
HOST = os.environ["SMTP_HOST"]
`,
      'compose.yaml':
        'services:\n  web:\n    build: .\n  mailpit:\n    image: axllent/mailpit:v1\n  browser:\n    build: { context: e2e, dockerfile: Dockerfile.playwright }\n    environment:\n      SHOP_PASSWORD: secret\n      API: http://web:8000\n      BASE_URL: http://web:8000\n      MAIL_PAGES: http://mailpit:8025\n      OTHER: http://elsewhere:80\n',
    });
    const { facts, diagnostics } = await detectFiles(files);
    expect(diagnostics).toEqual([]);
    const suite = makePlan(facts!, {}).suites.find(({ tool }) => tool === 'playwright')!;
    expect(suite.env).toMatchObject({ SHOP_USER: 'trial', API: 'http://web:8000' });
    expect(suite.secrets).toEqual(['SHOP_PASSWORD']);
    expect(suite.needs.map(({ to, env }) => [to, env.MAIL_PAGES])).toEqual([
      ['mailpit', [{ kind: 'text', text: 'http://' }, { kind: 'host' }, { kind: 'text', text: ':8025' }]],
    ]);
    expect(Object.keys(suite.env)).not.toContain('OTHER');
  });

  it.each<readonly [string, string, string]>([
    ['variables, and need not say how they run', 'env: { HTTP_URL: "http://gateway:8080" }', 'playwright test'],
    ['another command', 'command: [playwright, test, --grep, smoke]', 'playwright test --grep smoke'],
  ])('can be given %s', async (_, options, program) => {
    const files = app({ 'e2e/package-lock.json': npm, 'quayside.yaml': `suites: { e2e: { ${options} } }\n` });
    expect(await suitesOf(files)).toEqual([`e2e in Node: ${program} 1.58.0 BASE_URL`]);
  });

  it.each<readonly [string, Files, string]>([
    ['without a lock file', app({}), 'QS401'],
    ['with a lock file from before', app({ 'e2e/package-lock.json': '{"packages": {}}' }), 'QS602'],
  ])('are asked about %s', async (_, files, code) => {
    expect((await detectFiles(files)).diagnostics.map(found => found.code)).toEqual([code]);
  });
});
