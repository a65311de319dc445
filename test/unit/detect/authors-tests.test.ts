/** How the authors run their tests: what their CI and their own commands say decides, as far as a container can follow it. */
import { describe, expect, test } from 'vitest';
import { memoryTree } from '../../../src/source/tree.js';
import { understand } from '../../../src/understand.js';
import { DJANGO, detectFiles, FASTAPI, type Files, FLASK, withFiles } from './apps.js';

const TEST = 'def test_shop():\n    assert True\n';
const CASE = 'import unittest\n\n\nclass ShopTest(unittest.TestCase):\n    def test_shop(self):\n        pass\n';
const SITE_CASE =
  'from django.test import TestCase\n\n\nclass PageTests(TestCase):\n    def test_page(self):\n        pass\n';
const [SHOP, API, SITE] = [
  withFiles(FLASK, { 'tests/unit/test_a.py': TEST, 'tests/slow/test_b.py': TEST }),
  withFiles(FASTAPI, { 'tests/test_api.py': TEST }),
  withFiles(DJANGO, { 'shop/tests.py': SITE_CASE }),
];

const ci = (run: string, more = '') => ({
  '.github/workflows/ci.yml': `on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n${more}    steps:\n      - uses: actions/checkout@v4\n      - run: |\n${run.replace(/^/gm, '          ')}\n`,
});

async function unitOf(files: Files) {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  return facts!.suites.find(({ name }) => name === 'unit')!;
}

async function saidOf(files: Files): Promise<string> {
  const { command, env = {}, directory, place } = await unitOf(files);
  const words = command.map(word => (word.includes(' ') ? `"${word}"` : word)).join(' ');
  const given = Object.entries(env).map(([name, value]) => `${name}=${value} `);
  return `${directory === undefined ? '' : `${directory}$ `}${given.join('')}${words}  ${place.file}:${place.line}`;
}

describe("a workflow's command", () => {
  test.each<[string, Files, string]>([
    ['names what is tested', ci('pytest tests/unit'), 'pytest tests/unit  .github/workflows/ci.yml:8'],
    [
      'has marks and settings, and what it prints is left out',
      ci('uv sync\nuv run pytest -vv -m "not slow" --tb=short --durations 5 -rA -q tests'),
      'pytest tests -m "not slow"  .github/workflows/ci.yml:9',
    ],
    [
      'measures and stops early, which a partial run is not to',
      ci('coverage run --source shop -m pytest -x --maxfail=1 --cov=shop --cov-fail-under=90 --junitxml=out.xml'),
      'pytest tests  .github/workflows/ci.yml:8',
    ],
    [
      'measures a directory, which is none of tests',
      ci('pytest --cov shop --cov-report html'),
      'pytest tests  .github/workflows/ci.yml:8',
    ],
    [
      'spreads over processes only where the plugin is a dependency',
      ci('pytest -n auto --dist loadfile -k "not net"'),
      'pytest tests -k "not net"  .github/workflows/ci.yml:8',
    ],
    [
      'does so where it is',
      { ...ci('pytest -n4 --dist=loadfile'), 'requirements.txt': 'flask\ngunicorn\npytest\npytest-xdist\n' },
      'pytest tests -n4 --dist=loadfile  .github/workflows/ci.yml:8',
    ],
    [
      'has an option of its own, which conftest.py adds',
      {
        ...ci('pytest --runslow --unheard-of'),
        'conftest.py': 'def pytest_addoption(parser):\n    parser.addoption("--runslow")\n',
      },
      'pytest tests --runslow  .github/workflows/ci.yml:8',
    ],
    [
      'tests a part in each of several steps',
      ci('pytest tests/unit --cov\npytest tests/slow'),
      'pytest tests/unit tests/slow  .github/workflows/ci.yml:8',
    ],
    [
      'tests all with marks and their opposite',
      ci('pytest -m slow\npytest -m "not slow"'),
      'pytest tests  .github/workflows/ci.yml:9',
    ],
    [
      'has a part that only the service knows',
      ci('pytest ${{ matrix.args }} tests/unit $EXTRA'),
      'pytest tests/unit  .github/workflows/ci.yml:8',
    ],
    ['names what is not there', ci('pytest acceptance'), 'pytest tests  tests/slow/test_b.py:undefined'],
    [
      'runs in the container of a compose file',
      ci("docker compose run --rm -e A=b --env=C=d -e 'E=f g' web pytest tests/unit"),
      'A=b C=d E=f g pytest tests/unit  .github/workflows/ci.yml:8',
    ],
    [
      'gives variables that are no secrets, no addresses and not for the machine',
      ci(
        'FLAVOUR=plain pytest',
        '    env:\n      CI: "1"\n      SHOP_MODE: test\n      DATABASE_URL: postgresql://u:p@localhost/x\n      API_TOKEN: abc\n',
      ),
      'SHOP_MODE=test FLAVOUR=plain pytest tests  .github/workflows/ci.yml:13',
    ],
    [
      'comes after the one of another day',
      { ...ci('pytest tests/unit'), '.github/workflows/a-nightly.yml': 'jobs: {n: {steps: [{run: pytest}]}}\n' },
      'pytest tests/unit  .github/workflows/ci.yml:8',
    ],
    [
      'runs make',
      {
        ...ci('make test'),
        Makefile: 'PY ?= python\n\ntest: lint\n\t@$(PY) -m pytest \\\n\t  tests/unit\n\nlint:\n\truff check\n',
      },
      'pytest tests/unit  Makefile:4',
    ],
    [
      'runs tox',
      {
        ...ci('pip install tox\ntox -e py'),
        'tox.ini':
          '[tox]\nenvlist = py\n\n[testenv]\nsetenv =\n    MODE = tox\ncommands =\n    pytest {posargs:tests/unit} --cov\n',
      },
      'MODE=tox pytest tests/unit  tox.ini:8',
    ],
    [
      'runs nox',
      {
        ...ci('nox -s tests'),
        'noxfile.py':
          'import nox\n\n\n@nox.session\ndef tests(session):\n    session.install(".")\n    session.run("pytest", "-m", "not slow", *session.posargs, env={"MODE": "nox"})\n',
      },
      'MODE=nox pytest tests -m "not slow"  noxfile.py:7',
    ],
    [
      'runs a script',
      { ...ci('bash scripts/test.sh'), 'scripts/test.sh': '#!/bin/sh\nset -e\nexec pytest tests/unit "$@"\n' },
      'pytest tests/unit  scripts/test.sh:3',
    ],
    [
      'of GitLab, with a directory that it goes to',
      {
        '.gitlab-ci.yml': 'variables:\n  MODE: ci\ntest:\n  before_script: [cd tests]\n  script:\n    - pytest unit\n',
      },
      'tests$ MODE=ci pytest unit  .gitlab-ci.yml:5',
    ],
    [
      'of CircleCI',
      {
        '.circleci/config.yml':
          'jobs:\n  build:\n    steps:\n      - run:\n          name: pytest it\n          command: pytest tests/unit\n',
      },
      'pytest tests/unit  .circleci/config.yml:6',
    ],
  ])('%s', async (_, files, expected) => {
    expect(await saidOf(withFiles(SHOP, files))).toBe(expected);
  });

  test('runs in the directory of the app, which others do not', async () => {
    const app = Object.fromEntries(Object.entries(SHOP).map(([path, text]) => [`backend/${path}`, text]));
    const step = (directory: string, run: string) => `      - run: ${run}\n        working-directory: ${directory}\n`;
    const files = {
      ...app,
      'other/test_x.py': TEST,
      '.github/workflows/ci.yml': `jobs:\n  t:\n    steps:\n${step('other', 'pytest -m fast')}${step('./backend', 'pytest -m "not slow" tests/unit')}`,
    };
    const { app: found } = await understand(memoryTree(files));
    const { command, place } = found!.facts.suites.find(({ name }) => name === 'unit')!;
    expect([...command, place]).toEqual([
      'pytest',
      'tests/unit',
      '-m',
      'not slow',
      { file: '../.github/workflows/ci.yml', line: 6 },
    ]);
  });

  test.each<[string, Files, Files, string]>([
    [
      "of Django's runner",
      SITE,
      ci('python manage.py test shop --settings=shop.settings_test --parallel 4 --failfast -v 2 --tag fast'),
      'python manage.py test shop --settings=shop.settings_test --tag fast  .github/workflows/ci.yml:8',
    ],
    [
      "of Django's runner under coverage",
      SITE,
      ci("coverage run --source='.' manage.py test"),
      'python manage.py test  .github/workflows/ci.yml:8',
    ],
    [
      "of Django's runner, though pytest is a dependency",
      withFiles(SITE, { 'requirements.txt': 'django\ngunicorn\npytest\n' }),
      ci('python manage.py test'),
      'python manage.py test  .github/workflows/ci.yml:8',
    ],
    [
      'of unittest',
      withFiles(FLASK, { 'checks/test_shop.py': CASE }),
      ci('python -m unittest discover -s checks -v'),
      'python -m unittest discover -s checks  .github/workflows/ci.yml:8',
    ],
    [
      'of a task of poe',
      API,
      {
        'pyproject.toml':
          '[tool.poe.tasks]\nlint = "ruff check"\ntest = {cmd = "pytest -m \'not slow\'", env = {MODE = "poe"}}\n',
        'requirements.txt': 'fastapi\nuvicorn\npytest\n',
      },
      'MODE=poe pytest tests -m "not slow"  pyproject.toml:3',
    ],
    [
      'of a script of hatch',
      API,
      {
        'pyproject.toml': '[tool.hatch.envs.default.scripts]\ntest = "pytest {args:tests} -k api"\n',
        'requirements.txt': 'fastapi\nuvicorn\npytest\n',
      },
      'pytest tests -k api  pyproject.toml:2',
    ],
    [
      'of a recipe alone',
      API,
      { justfile: 'test *args:\n    pytest -k api {{args}}\n' },
      'pytest tests -k api  justfile:2',
    ],
  ])('%s', async (_, app, files, expected) => {
    expect(await saidOf(withFiles(app, files))).toBe(expected);
  });

  test('gives way to what is configured', async () => {
    const files = {
      ...ci('MODE=x pytest -m fast'),
      'quayside.yaml': 'suites: {unit: {command: [pytest, tests/slow]}}\n',
    };
    const { env, why, command } = await unitOf(withFiles(SHOP, files));
    expect({ env, why, command }).toEqual({ command: ['pytest', 'tests/slow'] });
  });

  test('gives a variable that the code needs its value for trials as well', async () => {
    const files = {
      'shop/__init__.py': `import os\n\nLIMIT = int(os.environ["SHOP_LIMIT"])\n${SHOP['shop/__init__.py'] ?? ''}`,
      ...ci('pytest', '    env: {SHOP_LIMIT: "25"}\n'),
    };
    const { facts } = await detectFiles(withFiles(SHOP, files));
    expect(facts!.environment?.map(({ name, value, inImage }) => [name, value.value, value.why, inImage])).toEqual([
      ['SHOP_LIMIT', '25', 'as CI has it', false],
    ]);
  });
});
