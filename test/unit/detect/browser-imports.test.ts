/** Browser tests beside code that imports the app: what is left out of their image, and what is asked. */
import { describe, expect, it } from 'vitest';
import { makePlan } from '../../../src/planner/make-plan.js';
import { copiedFrom } from '../support/copied.js';
import { detectFiles, type Files, FLASK, poetryApp, withFiles } from './apps.js';

const PYPROJECT =
  '[project]\nname = "shop"\nrequires-python = ">=3.11"\ndependencies = ["flask", "gunicorn", "sqlalchemy"]\n[dependency-groups]\ndev = ["pytest"]\nbrowser = ["pytest-playwright"]\n';
const app = (files: Files): Files =>
  withFiles(poetryApp(FLASK, PYPROJECT, '[[package]]\nname = "playwright"\nversion = "1.58.0"\n'), {
    'tests/unit/test_a.py': 'def test_a(client):\n    assert client\n',
    'tests/e2e/test_page.py': 'def test_page(page, base_url):\n    page.goto(base_url)\n',
    ...files,
  });
const FIXTURE =
  'import pytest\nfrom shop import create_app\n\n\n@pytest.fixture\ndef client():\n    return create_app()\n';

describe('a conftest.py that imports the app', () => {
  it.each<readonly [string, Files, readonly string[]]>([
    ['none', {}, []],
    ['around all tests', { 'tests/conftest.py': FIXTURE }, ['tests/conftest.py:2']],
    ['at the top', { 'conftest.py': FIXTURE }, ['conftest.py:2']],
    ['beside other tests', { 'tests/unit/conftest.py': FIXTURE }, []],
    [
      "one of the app's packages",
      { 'tests/conftest.py': 'import pytest\nfrom sqlalchemy import text\n' },
      ['tests/conftest.py:2'],
    ],
    [
      'through a helper',
      { 'tests/conftest.py': 'from tests.helpers import make\n', 'tests/helpers.py': 'import shop.models\n' },
      ['tests/helpers.py:1'],
    ],
    [
      'inside a fixture only',
      { 'tests/conftest.py': 'import pytest\n\n@pytest.fixture\ndef client():\n    from shop import create_app\n' },
      [],
    ],
    ['tools of tests', { 'tests/conftest.py': 'import os\nimport pytest\nfrom playwright.sync_api import Page\n' }, []],
  ])('%s', async (_, files, expected) => {
    const { facts, diagnostics } = await detectFiles(app(files));
    expect(diagnostics).toEqual([]);
    const { without = [] } = facts!.suites.find(({ name }) => name === 'e2e')!;
    expect(without.map(({ place }) => `${place.file}:${place.line}`)).toEqual(expected);
  });

  it('is not copied to the browser tests, and is to the others', async () => {
    const { facts } = await detectFiles(app({ 'tests/conftest.py': FIXTURE }));
    const plan = makePlan(facts!, {});
    const tests = ['tests/conftest.py', 'tests/unit/test_a.py', 'tests/e2e/test_page.py'];
    expect(copiedFrom(plan, 'e2e', tests)).not.toContain('tests/conftest.py');
    expect(copiedFrom(plan, 'e2e', tests)).toContain('tests/e2e/test_page.py');
    expect(copiedFrom(plan, 'test', tests)).toEqual(tests);
  });
});

describe('runs with the code of the app', () => {
  it.each<readonly [string, Files, string]>([
    [
      'when a browser test imports the app',
      { 'tests/e2e/test_b.py': 'from shop import models\n\ndef test_b(page):\n    pass\n' },
      'tests/e2e/test_b.py:1',
    ],
    [
      'when a browser test uses a fixture that is left out',
      {
        'tests/conftest.py': `${FIXTURE}\n\n@pytest.fixture(name="order")\ndef make_order(client):\n    return 1\n`,
        'tests/e2e/test_b.py': 'def test_b(page, order):\n    pass\n',
      },
      'tests/conftest.py:2',
    ],
    [
      'when it is asked for by name',
      {
        'tests/conftest.py': FIXTURE,
        'tests/e2e/test_b.py': 'import pytest\n\n@pytest.mark.usefixtures("client")\ndef test_b(page):\n    pass\n',
      },
      'tests/conftest.py:2',
    ],
    [
      'when the tests start the app',
      { 'tests/e2e/test_page.py': 'def test_b(page, live_server):\n    page.goto(live_server.url)\n' },
      'tests/e2e/test_page.py:undefined',
    ],
    [
      "when they are Django's cases that do",
      {
        'tests/e2e/test_page.py':
          'from django.contrib.staticfiles.testing import StaticLiveServerTestCase\nfrom playwright.sync_api import sync_playwright\n\n\nclass PageTest(StaticLiveServerTestCase):\n    def test_b(self):\n        pass\n',
      },
      'tests/e2e/test_page.py:undefined',
    ],
    [
      "when they work on the app's database",
      { 'tests/e2e/test_page.py': 'def test_b(page, django_user_model):\n    page.goto("/")\n' },
      'tests/e2e/test_page.py:undefined',
    ],
  ])('%s', async (_, files, place) => {
    const { facts, diagnostics } = await detectFiles(app(files));
    expect(diagnostics).toEqual([]);
    const { app: needed, startsApp } = facts!.suites.find(({ name }) => name === 'e2e')!;
    expect(`${needed?.place.file}:${needed?.place.line}`).toBe(place);
    const plan = makePlan(facts!, {});
    const suite = plan.suites.find(({ id }) => id === 'e2e')!;
    expect(suite.opens === undefined).toBe(startsApp === true);
    expect(copiedFrom(plan, 'e2e', ['shop/__init__.py', 'tests/e2e/test_b.py'])).toContain('shop/__init__.py');
    expect(suite.args).not.toContain('no:django');
  });

  it('not when a fixture of the same name lies beside the browser tests', async () => {
    const files = {
      'tests/conftest.py': FIXTURE,
      'tests/e2e/conftest.py': 'import pytest\n\n@pytest.fixture\ndef client():\n    return 1\n',
      'tests/e2e/test_b.py': 'def test_b(page, client):\n    pass\n',
    };
    const { facts, diagnostics } = await detectFiles(app(files));
    expect(diagnostics).toEqual([]);
    expect(facts!.suites.find(({ name }) => name === 'e2e')).not.toHaveProperty('app');
  });
});

describe("options in pytest's settings", () => {
  const settings = (addopts: string): Files => ({ 'pytest.ini': `[pytest]\naddopts = ${addopts}\n` });
  it.each<readonly [string, string, string | undefined, string | undefined]>([
    ['that every suite can have', '-ra --strict-markers -m "not slow"', undefined, undefined],
    [
      "that measure or set up the app's code",
      '-ra --cov=shop --cov-report term -n auto --ds=shop.settings',
      undefined,
      "-o addopts='-ra'",
    ],
    [
      'of browsers',
      '-ra\n  --headed --browser firefox\n  --slowmo=100',
      "-o addopts='-ra'",
      "-o 'addopts=-ra --slowmo=100'",
    ],
  ])('%s', async (_, addopts, unit, browser) => {
    const { facts } = await detectFiles(app(settings(addopts)));
    const { suites } = makePlan(facts!, {});
    const overrides = (id: string) =>
      suites.find(suite => suite.id === id)!.args.filter(word => /^addopts=/.test(word));
    const wanted = (text: string | undefined) =>
      text === undefined ? [] : [text.replace(/^-o /, '').replaceAll("'", '')];
    expect([overrides('unit'), overrides('e2e')]).toEqual([wanted(unit), wanted(browser)]);
  });
});
