/** The suite without a browser: what runs it, and what is brought for it where no dependency does. */
import { describe, expect, it } from 'vitest';
import { makePlan } from '../../../src/planner/make-plan.js';
import { toolRequirements, toolVersion } from '../../../src/support/test-tools/locked.js';
import { type TestToolName, toolEntries } from '../../../src/support/test-tools/table.js';
import { DJANGO, detectFiles, FASTAPI, type Files, FLASK, withFiles } from './apps.js';

const PYTHON = '3.11';
const AT = { '.python-version': `${PYTHON}\n` };
const [SHOP, API, SITE] = [FLASK, FASTAPI, DJANGO].map(app => withFiles(app, AT)) as [Files, Files, Files];

const brought = (...names: TestToolName[]) => names.map(name => `${name}==${toolVersion(name, PYTHON)}`);

const PLAIN = 'def test_shop():\n    assert True\n';
const CASE = 'import unittest\n\n\nclass ShopTest(unittest.TestCase):\n    def test_shop(self):\n        pass\n';
const SITE_CASE =
  'from django.test import TestCase\n\n\nclass PageTests(TestCase):\n    def test_page(self):\n        pass\n';

async function suiteOf(files: Files, suite = 'unit') {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  const found = facts!.suites.find(({ name }) => name === suite);
  return found && { command: found.command.join(' '), tools: found.tools?.map(({ value }) => value) ?? [] };
}

it.each<readonly [string, Files, string]>([
  ['the standard library', withFiles(SHOP, { 'tests/test_shop.py': `import responses\n${CASE}` }), 'unittest'],
  ["Django's runner", withFiles(SITE, { 'shop/tests.py': `import responses\n${SITE_CASE}` }), 'test'],
  [
    "Django's runner without a manage.py",
    withFiles(SITE, { 'manage.py': undefined, 'tests/test_page.py': `import responses\n${SITE_CASE}` }),
    'test',
  ],
])('%s has the groups for development that tests import from, and no others', async (_, files, runner) => {
  const project = (dev: string) => ({
    'requirements.txt': undefined,
    'pyproject.toml': `[project]\nname = "shop"\nrequires-python = ">=3.11"\ndependencies = ["flask", "django", "gunicorn"]\n[dependency-groups]\ndev = ["${dev}"]\n`,
  });
  const suiteWith = async (dev: string) =>
    (await detectFiles(withFiles(files, project(dev)))).facts!.suites.find(({ name }) => name === 'unit')!;
  const suite = await suiteWith('responses');
  expect(suite.command).toContain(runner);
  expect(suite.groups).toEqual(['dev']);
  expect((await suiteWith('ipython')).groups).toBeUndefined();
});

it('has no suite of pages that are named as tests are', async () => {
  const page = 'from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n';
  const pages = (decorators: string) => `${page}${decorators}async def test_mail():\n    return "mail"\n`;
  const at = (text: string) => suiteOf(withFiles(API, { 'api/test_pages.py': text }));
  expect(await at(pages('@router.get("/test-mail")\n@limited\n'))).toBeUndefined();
  expect(await at(pages('@mock.patch("shop.mail")\n'))).toBeDefined();
});

describe('an app without pytest among its dependencies', () => {
  it.each<[string, Files, string, string[]]>([
    ['has it brought', withFiles(SHOP, { 'tests/test_shop.py': PLAIN }), 'pytest tests', brought('pytest')],
    [
      'is tested by the standard library where that can do it',
      withFiles(SHOP, { 'tests/test_shop.py': CASE }),
      'python -m unittest tests/test_shop.py',
      [],
    ],
    [
      'also through a class of its own',
      withFiles(SHOP, {
        'tests/__init__.py': '',
        'tests/base.py': 'import unittest\n\n\nclass Base(unittest.TestCase):\n    pass\n',
        'tests/test_shop.py':
          'from tests.base import Base\n\n\nclass TestShop(Base):\n    def test_shop(self):\n        pass\n',
      }),
      'python -m unittest tests/test_shop.py',
      [],
    ],
    [
      'but not where one of several is for pytest',
      withFiles(SHOP, { 'tests/test_shop.py': CASE, 'tests/test_more.py': PLAIN }),
      'pytest tests',
      brought('pytest'),
    ],
    ['of Django is tested by its runner', withFiles(SITE, { 'shop/tests.py': SITE_CASE }), 'python manage.py test', []],
    [
      'of Django without a manage.py is tested by its runner as well',
      withFiles(SITE, { 'manage.py': undefined, 'tests/test_page.py': SITE_CASE }),
      'python -m django test tests',
      [],
    ],
    [
      'of Django with tests for pytest',
      withFiles(SITE, {
        'shop/tests/test_page.py':
          'import pytest\n\n\n@pytest.mark.django_db\ndef test_page(client):\n    assert client\n',
      }),
      'pytest shop',
      brought('pytest', 'pytest-django'),
    ],
    [
      'has the plugins brought that its tests and settings ask for',
      withFiles(API, {
        'pytest.ini': '[pytest]\nasyncio_mode = auto\naddopts = -n 2 --cov=main\n',
        'tests/test_api.py':
          'from fastapi.testclient import TestClient\nfrom freezegun import freeze_time\n\n\nasync def test_api(mocker):\n    assert True\n',
      }),
      'pytest tests',
      brought('pytest', 'pytest-asyncio', 'pytest-mock', 'pytest-cov', 'pytest-xdist', 'httpx', 'freezegun'),
    ],
    [
      'has no plugin brought for a fixture of its own',
      withFiles(SHOP, {
        'tests/conftest.py': 'import pytest\n\n\n@pytest.fixture\ndef mocker():\n    return 1\n',
        'tests/test_shop.py': 'def test_shop(mocker):\n    assert mocker\n',
      }),
      'pytest tests',
      brought('pytest'),
    ],
  ])('%s', async (_, files, command, tools) => {
    expect(await suiteOf(files)).toEqual({ command, tools });
  });
});

describe('an app with pytest', () => {
  it.each<[string, Files, string, string[]]>([
    [
      'has what its tests import beside that',
      withFiles(SHOP, {
        'requirements-dev.txt': 'pytest==8.3.4\n',
        'tests/test_shop.py': `import responses\n\n\n${PLAIN}`,
      }),
      'pytest tests',
      brought('responses'),
    ],
    [
      'collects the files that its settings name',
      withFiles(SITE, {
        'requirements-dev.txt': 'pytest==8.3.4\npytest-django==4.9.0\n',
        'setup.cfg': '[flake8]\nmax-line-length = 1\n\n[tool:pytest]\npython_files = tests.py test_*.py\n',
        'shop/tests.py': SITE_CASE,
      }),
      'pytest shop',
      [],
    ],
    [
      'collects files with the names that its settings have for them',
      withFiles(SITE, {
        'requirements-dev.txt': 'pytest==8.3.4\npytest-django==4.9.0\n',
        'pytest.ini': '[pytest]\npython_files = tests.py test_*.py *_tests.py\n',
        'shop/tests/views_tests.py': SITE_CASE,
      }),
      'pytest shop',
      [],
    ],
    [
      'leaves those to Django that it would not collect',
      withFiles(SITE, { 'requirements-dev.txt': 'pytest==8.3.4\n', 'shop/tests.py': SITE_CASE }),
      'python manage.py test',
      [],
    ],
  ])('%s', async (_, files, command, tools) => {
    expect(await suiteOf(files)).toEqual({ command, tools });
  });
});

describe('what the tests of an app need', () => {
  const WORKFLOW = '.github/workflows/test.yml';
  it('is in a group of pyproject.toml where pip installs the app', async () => {
    const files = withFiles(SHOP, {
      'pyproject.toml':
        '[project]\nname = "shop"\ndynamic = ["dependencies"]\n[dependency-groups]\ntime = ["freezegun==1.2.0"]\ndev = ["pytest==8.4.2", { include-group = "time" }]\n',
      'tests/test_shop.py': `from freezegun import freeze_time\n\n\n${PLAIN}`,
    });
    expect(await suiteOf(files)).toEqual({ command: 'pytest tests', tools: ['pytest==8.4.2', 'freezegun==1.2.0'] });
  });

  it('is in the list that CI installs', async () => {
    const files = withFiles(SHOP, {
      [WORKFLOW]: 'jobs:\n  test:\n    steps:\n      - run: pip install -r requirements.txt -r ci/packages.txt\n',
      'ci/packages.txt': 'pytest==8.3.4\n',
      'tests/test_shop.py': PLAIN,
    });
    expect(await suiteOf(files)).toEqual({ command: 'pytest tests', tools: [] });
    expect((await detectFiles(files)).facts!.python.requirements!.dev?.value).toBe('ci/packages.txt');
  });

  it.each([
    [
      'a variable',
      'env:\n  DJANGO_SETTINGS_MODULE: site_.testing\njobs:\n  a:\n    steps:\n      - run: python manage.py test\n',
      'site_.testing',
    ],
    [
      'an option',
      'jobs:\n  a:\n    steps:\n      - run: python manage.py test --settings=site_.testing\n',
      'site_.testing',
    ],
    ['one that is not there', 'env:\n  DJANGO_SETTINGS_MODULE: elsewhere.testing\n', 'site_.settings'],
  ])('are settings that CI names by %s', async (_, workflow, settings) => {
    const files = withFiles(SITE, {
      [WORKFLOW]: workflow,
      'site_/testing.py': 'from .settings import *\n',
      'shop/tests.py': SITE_CASE,
    });
    const { facts } = await detectFiles(files);
    expect((facts!.django?.testSettings ?? facts!.entry?.value.settings)?.value).toBe(settings);
  });
});

describe('tests that start containers themselves', () => {
  const STARTING =
    'import os\nimport pytest\nfrom testcontainers.postgres import PostgresContainer\n\n\n@pytest.fixture(scope="session", autouse=True)\ndef database():\n    with PostgresContainer("postgres:16") as server:\n        os.environ["DATABASE_URL"] = server.get_connection_url()\n        yield\n';
  const ON_DEMAND = STARTING.replace('(scope="session", autouse=True)', '');
  const dev = { 'requirements-dev.txt': 'pytest==8.3.4\ntestcontainers==4.9.0\n' };
  it.each<[string, Files, string | undefined, string]>([
    ['all of them', { 'tests/conftest.py': STARTING }, 'testcontainers', 'pytest tests'],
    [
      'unless the environment says otherwise',
      {
        'tests/conftest.py': STARTING.replace(
          '    with',
          '    if os.environ.get("DATABASE_URL"):\n        yield\n        return\n    with',
        ),
      },
      undefined,
      'pytest tests',
    ],
    [
      'some of them',
      { 'tests/conftest.py': ON_DEMAND, 'tests/test_rows.py': 'def test_rows(database):\n    assert database\n' },
      undefined,
      'pytest tests --ignore=tests/test_rows.py',
    ],
    [
      'by a fixture that takes another',
      {
        'tests/conftest.py': `${ON_DEMAND}\n\n@pytest.fixture\ndef session(database):\n    return database\n`,
        'tests/test_rows.py': 'def test_rows(session):\n    assert session\n',
      },
      undefined,
      'pytest tests --ignore=tests/test_rows.py',
    ],
    [
      "by pytest-docker's fixture, which nothing imports",
      {
        'tests/conftest.py':
          'import pytest\n\n\n@pytest.fixture\ndef database(request):\n    return request.getfixturevalue("docker_services")\n\n\n@pytest.fixture\ndef session(database):\n    return database\n',
        'tests/test_rows.py': 'def test_rows(session):\n    assert session\n',
        'tests/test_more.py': 'def test_more(docker_services):\n    assert docker_services\n',
      },
      undefined,
      'pytest tests --ignore=tests/test_more.py --ignore=tests/test_rows.py',
    ],
    ['none', { 'tests/conftest.py': ON_DEMAND }, undefined, 'pytest tests'],
  ])('%s', async (_, files, blocked, command) => {
    const { facts, diagnostics } = await detectFiles(
      withFiles(SHOP, { ...dev, 'tests/test_shop.py': PLAIN, ...files }),
    );
    expect(diagnostics).toEqual([]);
    const suite = facts!.suites.find(({ name }) => name === 'unit')!;
    expect([suite.blocked?.value, suite.command.join(' ')]).toEqual([blocked, command]);
    expect(makePlan(facts!, {}).suites.find(({ id }) => id === 'unit')!.blocked?.library).toBe(blocked);
  });
});

describe('browser tests', () => {
  const PAGE = 'def test_page(page):\n    page.goto("/")\n';
  it('have Playwright brought where no dependency does', async () => {
    const files = withFiles(SHOP, { 'requirements-dev.txt': 'pytest==8.3.4\n', 'tests/test_page.py': PAGE });
    expect(await suiteOf(files, 'e2e')).toEqual({
      command: 'pytest tests',
      tools: [...brought('pytest-playwright'), `playwright==${toolVersion('playwright', '3.12')}`],
    });
  });

  it('have one version of it where nothing pins one', async () => {
    const dev = { 'requirements-dev.txt': 'pytest\npytest-playwright\n' };
    expect(await suiteOf(withFiles(SHOP, { ...dev, 'tests/test_page.py': PAGE }), 'e2e')).toEqual({
      command: 'pytest tests',
      tools: [`playwright==${toolVersion('playwright', '3.12')}`],
    });
  });

  it('are not those that take a page as a parameter', async () => {
    const files = withFiles(SHOP, {
      'tests/test_page.py': `import pytest\n\n\n@pytest.mark.parametrize("page, size", [(1, 2)])\ndef test_page(page, size):\n    assert page\n`,
    });
    expect(await suiteOf(files, 'e2e')).toBeUndefined();
    expect(await suiteOf(files)).toEqual({ command: 'pytest tests', tools: brought('pytest') });
  });
});

describe('what is brought', () => {
  it.each(toolEntries().map(([name]) => name))('of %s is known by its hashes for each Python', name => {
    for (const python of ['3.8', '3.9', '3.11', '3.13', '3.14']) {
      const lines = toolRequirements(`${name}==${toolVersion(name, python)}`, python);
      expect(lines.filter(line => !line.includes('--hash=sha256:'))).toEqual([]);
    }
  });

  it('is the requirement alone where another version is wanted', () => {
    expect(toolRequirements('pytest==7.0.0', '3.11')).toEqual(['pytest==7.0.0']);
  });
});

it('has the libraries of what only the tests install where they are installed and run, and nowhere else', async () => {
  const { facts, diagnostics } = await detectFiles(
    withFiles(FLASK, {
      'requirements-dev.txt': 'pytest==8.3.4\nmysqlclient==2.2.8\n',
      'tests/test_shop.py': 'def test_one():\n    pass\n',
    }),
  );
  expect(diagnostics).toEqual([]);
  const plan = makePlan(facts!, {});
  const stagesWith = (name: string) =>
    plan.stages.filter(({ steps }) => JSON.stringify(steps).includes(name)).map(({ id }) => id);
  expect(stagesWith('default-libmysqlclient-dev')).toEqual(['python-test-builder']);
  expect(stagesWith('libmariadb3')).toEqual(['test']);
});
