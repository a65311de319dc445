/** What is explained to people and to tools: the same, once as text and once as JSON. */
import { describe, expect, it } from 'vitest';
import { type Explainable, explainForPeople, explainForTools } from '../../../src/detect/explain/explain.js';
import type { ExplainDocument } from '../../../src/detect/explain/json.js';
import { explainText } from '../../../src/detect/explain/text.js';
import { DiagnosticError } from '../../../src/diagnostics/error.js';
import { memoryTree } from '../../../src/source/tree.js';
import { understand } from '../../../src/understand.js';
import { DJANGO, type Files, FLASK, withFiles } from './apps.js';

async function understood(files: Files): Promise<Explainable> {
  const { app, diagnostics } = await understand(memoryTree(files));
  if (!app) throw new DiagnosticError(diagnostics);
  return app;
}

const BROWSER_TESTS: Files = {
  'requirements-dev.txt': 'pytest\npytest-playwright\nplaywright==1.58.0\n',
  'tests/test_page.py': 'def test_page(page):\n    page.goto("/")\n',
};

it('names a few of many files that are left out for one reason, and counts the others', async () => {
  const tests = [1, 2, 3, 4, 5, 6, 7].map(
    at => [`tests/test_${at}.py`, 'def test_one(docker_services):\n    assert docker_services\n'] as const,
  );
  const text = await explainForPeople(
    understood(
      withFiles(FLASK, {
        'requirements-dev.txt': 'pytest==8.3.4\npytest-docker==3.2.5\n',
        'tests/test_plain.py': 'def test_plain():\n    assert True\n',
        ...Object.fromEntries(tests),
      }),
    ),
  );
  const rows = [...text.matchAll(/^\s+(without .*?)\s{2}/gm)].map(match => match[1]);
  expect(rows).toEqual([...[1, 2, 3, 4, 5].map(at => `without tests/test_${at}.py`), 'without 2 more']);
});

describe('as JSON', () => {
  it.each<readonly [string, Files]>([
    ['a small app', FLASK],
    [
      'an app with services and settings',
      withFiles(DJANGO, { 'quayside.yaml': 'port: 9000\nservices: { redis: { scheme: redis } }\n' }),
    ],
    ['an app with browser tests', withFiles(FLASK, BROWSER_TESTS)],
  ])('%s says what the text says', async (_, files) => {
    const app = understood(withFiles(files, { 'settings.py': 'import os\n\nURL = os.environ["REDIS_URL"]\n' }));
    const document: ExplainDocument = JSON.parse(await explainForTools(app));
    expect(explainText(document.sections)).toBe(await explainForPeople(app));
    expect(document.diagnostics).toEqual([]);
  });

  it('names all that the scripts of a frontend write', async () => {
    const scripts = {
      build: 'npm-run-all build:*',
      'build:js': 'babel ui/js --out-dir shop/static/js',
      'build:css': 'sass ui/css:shop/static/css',
      'build:page': 'tailwindcss -i ui/page.css -o shop/static/page.css',
    };
    const devDependencies = { '@babel/cli': '7.28.0', sass: '1.90.0', '@tailwindcss/cli': '4.1.0' };
    const files = withFiles(FLASK, {
      'package.json': JSON.stringify({ name: 'shop', scripts, devDependencies }),
      'ui/js/a.js': '',
    });
    const document: ExplainDocument = JSON.parse(await explainForTools(understood(files)));
    const rows = document.sections.find(({ title }) => title === 'frontend')?.rows ?? [];
    const output = rows.find(({ name }) => name === 'output');
    expect(output?.value).toBe('shop/static/js shop/static/css shop/static/page.css');
  });

  it('names each value with its place, the reason and the key that overrides it', async () => {
    const document: ExplainDocument = JSON.parse(await explainForTools(understood(withFiles(FLASK, BROWSER_TESTS))));
    const rows = document.sections.flatMap(({ title, rows }) => rows.map(row => ({ title, ...row })));
    expect(rows).toContainEqual({
      title: 'app',
      name: 'health',
      value: 'the port is probed',
      why: 'no route looks like one',
      key: 'health',
    });
    expect(rows).toContainEqual({
      title: 'suites',
      name: 'e2e',
      value: 'pytest tests',
      place: { file: 'tests/test_page.py' },
      key: 'suites.e2e.command',
      more: [{ value: 'playwright 1.58.0', place: { file: 'requirements-dev.txt', line: 3 } }],
    });
  });

  it('of an app that is not understood is thrown, with each diagnostic as data and in words', async () => {
    const app = understood(withFiles(FLASK, { 'quayside.yaml': 'prot: 1\nport: high\n' }));
    const error = await explainForTools(app).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DiagnosticError);
    const { message, document, diagnostics } = error as DiagnosticError;
    expect(document).toBe(message);
    expect(diagnostics.map(({ code }) => code)).toEqual(['QS102', 'QS103']);
    expect(JSON.parse(message)).toEqual({
      sections: [],
      diagnostics: [
        expect.objectContaining({
          code: 'QS102',
          title: 'Unknown key in quayside.yaml',
          place: { file: 'quayside.yaml', line: 1, key: 'prot' },
          problem: 'unknown key "prot"; did you mean "port"?',
          fix: 'rename it to "port" or remove it',
        }),
        {
          code: 'QS103',
          title: 'Wrong value in quayside.yaml',
          place: { file: 'quayside.yaml', line: 2, key: 'port' },
          data: {
            kind: 'value',
            key: 'port',
            written: { type: 'text', value: 'high' },
            expected: 'a port from 1 to 65535',
          },
          problem: 'port is the text "high"',
          expected: 'a port from 1 to 65535',
          fix: 'change port, or leave it out to have it detected',
        },
      ],
    });
  });

  it('throws what is no diagnostic as it is', async () => {
    const lost = new Error('the network is gone');
    await expect(explainForTools(Promise.reject(lost))).rejects.toBe(lost);
  });
});
