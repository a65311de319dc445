/** What is installed: versions that constraints pin, and names that a group and an extra share. */
import { describe, expect, it } from 'vitest';
import { onlyAppDirectory } from '../../../src/detect/python/directory.js';
import { makePlan } from '../../../src/planner/make-plan.js';
import { memoryTree } from '../../../src/source/tree.js';
import { DJANGO, detectFiles, FASTAPI, type Files, FLASK, poetryApp, withFiles } from './apps.js';

async function factsOf(files: Files) {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  return facts!;
}

describe('constraints', () => {
  const constrained = (constraints: string, files: Files = {}): Files =>
    withFiles(FLASK, {
      'requirements.txt': '-c constraints.txt\nflask\ngunicorn>=20\n',
      'constraints.txt': constraints,
      ...files,
    });
  it.each<[string, Files, string]>([
    [
      'pin all',
      constrained('flask==3.1.0\ngunicorn==23.0.0\nmarkupsafe==3.0.2\n'),
      'versions pinned, by constraints as well',
    ],
    ['pin some', constrained('flask==3.1.0\n'), '1 of 2 have no exact version: two builds may differ'],
    [
      'pin by files of their own',
      constrained('-c more.txt\n', { 'more.txt': 'Flask==3.1.0\ngunicorn==23.0.0\n' }),
      'versions pinned, by constraints as well',
    ],
    ['pin nothing', constrained('flask<4\n'), '2 of 2 have no exact version: two builds may differ'],
  ])('%s', async (_, files, why) => {
    expect((await factsOf(files)).python.packageManager.why).toBe(why);
  });

  it('say which version of a server there is', async () => {
    const files = withFiles(FASTAPI, {
      'requirements.txt': '-c constraints.txt\nfastapi\nuvicorn\n',
      'constraints.txt': 'uvicorn==0.17.0\n',
    });
    expect((await factsOf(files)).workers?.lacks?.value).toEqual(['--timeout-graceful-shutdown']);
  });
});

describe('a list for development that reads one which is not there', () => {
  it('is installed without that line, which is told', async () => {
    const files = withFiles(FLASK, {
      'requirements/requirements-dev.txt': '-r requirements.txt\npytest==8.3.2\n',
      'tests/test_shop.py': 'def test_shop():\n    pass\n',
    });
    const { python } = await factsOf(files);
    const place = { file: 'requirements/requirements-dev.txt', line: 1 };
    expect(python.requirements).toMatchObject({
      dev: { value: place.file },
      absent: [{ value: 'requirements/requirements.txt', place }],
      dropped: [place],
    });
  });
});

describe('a group and an extra of one name', () => {
  const PYPROJECT =
    '[project]\nname = "shop"\nrequires-python = ">=3.11"\ndependencies = ["flask", "gunicorn"]\n[project.optional-dependencies]\ndev = ["faker"]\n[dependency-groups]\ndev = ["pytest"]\n';
  const TESTS = { 'tests/test_shop.py': 'from faker import Faker\n\n\ndef test_shop():\n    assert Faker\n' };
  const lines = async (files: Files) => {
    const stage = makePlan(await factsOf(files), {}).stages.find(({ id }) => id === 'python-lock')!;
    return stage.steps.flatMap(step => (step.kind === 'script' ? step.lines : [])).join('\n');
  };
  it('are both installed by uv', async () => {
    const files = withFiles(FLASK, { 'requirements.txt': undefined, 'pyproject.toml': PYPROJECT, ...TESTS });
    const text = await lines(withFiles(files, { 'pyproject.toml': `${PYPROJECT}[tool.uv]\n` }));
    expect(text).toMatch(/--group=dev --extra=dev .*\/dev\/requirements\.txt/);
  });
  it('are both installed by Poetry', async () => {
    expect(await lines(withFiles(poetryApp(FLASK, PYPROJECT), TESTS))).toMatch(/--with=dev --extras=dev/);
  });
});

describe("the address of Tortoise ORM's database", () => {
  it.each([
    ['asyncpg', 'postgres'],
    ['psycopg', 'psycopg'],
    ['asyncmy', 'mysql'],
  ])('is spelt for %s', async (driver, scheme) => {
    const files = withFiles(FASTAPI, {
      'requirements.txt': `fastapi\nuvicorn\ntortoise-orm\n${driver}\n`,
      'config.py': 'import os\n\nURL = os.environ["DATABASE_URL"]\n',
    });
    expect((await factsOf(files)).services[0]?.addresses?.[0]?.scheme.value).toBe(scheme);
  });
  it('is another for Django', async () => {
    const files = withFiles(DJANGO, {
      'requirements.txt': 'django\ngunicorn\npsycopg\n',
      'site_/database.py': 'import os\n\nURL = os.environ["DATABASE_URL"]\n',
    });
    expect((await factsOf(files)).services[0]?.addresses?.[0]?.scheme.value).toBe('postgresql');
  });
});

describe('lists with names of their own', () => {
  const REQUIREMENTS = FLASK['requirements.txt']!;
  const named = (path: string, more: Files = {}) =>
    withFiles(FLASK, { 'requirements.txt': undefined, [path]: REQUIREMENTS, ...more });

  it.each<[string, Files, string]>([
    [
      'in the directory of lists',
      named('requirements/apps.txt', { 'requirements/test.txt': 'pytest\n' }),
      'requirements/apps.txt',
    ],
    [
      'beside a setup.cfg that holds settings of tools alone',
      named('requirements/apps.txt', { 'setup.cfg': '[tool:pytest]\ntestpaths = tests\n' }),
      'requirements/apps.txt',
    ],
  ])('%s', async (_, files, expected) => {
    expect((await factsOf(files)).python.requirements?.main.value).toBe(expected);
  });
});

describe('a framework that only comes with what needs it', () => {
  it.each<[string, string]>([
    ['flask-login==0.6.3', 'flask'],
    ['flask-sqlalchemy==3.1.1\nflask-migrate==4.0.7', 'flask'],
  ])('%s', async (requirements, expected) => {
    const facts = await factsOf(withFiles(FLASK, { 'requirements.txt': `gunicorn==23.0.0\n${requirements}\n` }));
    expect(facts.framework?.value).toBe(expected);
  });

  it('is none of a tool that does without', async () => {
    const { diagnostics } = await detectFiles(withFiles(FLASK, { 'requirements.txt': 'gunicorn\ndjango-environ\n' }));
    expect(diagnostics.map(({ code }) => code)).toEqual(['QS301']);
  });
});

describe('the directory of an app', () => {
  const inside = (directory: string, pyproject: string, more: Files = {}): Files => ({
    [`${directory}/pyproject.toml`]: pyproject,
    [`${directory}/shop/__init__.py`]: FLASK['shop/__init__.py']!,
    'agent/pyproject.toml': '[project]\nname = "agent"\ndependencies = ["requests"]\n',
    'agent/agent.py': 'import requests\n',
    ...more,
  });

  it.each<[string, Files]>([
    [
      'is the one whose framework comes with an extension',
      inside('web', '[project]\nname = "web"\ndependencies = ["flask-login", "gunicorn"]\n'),
    ],
    [
      'is the one whose framework is in an extra that its image installs',
      inside(
        'web',
        '[project]\nname = "web"\ndependencies = ["requests"]\n[project.optional-dependencies]\napi = ["flask", "gunicorn"]\n',
        {
          'web/api.Dockerfile':
            'FROM python:3.12\nCOPY . /app\nRUN pip install /app[api]\nCMD ["gunicorn", "shop:create_app()"]\n',
        },
      ),
    ],
    [
      'is none of a template of apps',
      inside('web', '[project]\nname = "web"\ndependencies = ["flask"]\n', {
        '{{cookiecutter.name}}/requirements.txt': 'flask\n',
        '{{cookiecutter.name}}/app.py': '',
      }),
    ],
  ])('%s', async (_, files) => {
    expect(await onlyAppDirectory(memoryTree(files))).toBe('web');
  });
});

describe('lists that a Dockerfile installs', () => {
  const LISTS = {
    'requirements.txt': undefined,
    'docker/requirements.txt': 'gunicorn==23.0.0\n',
    'lists/base.txt': 'flask==3.1.0\n',
    'lists/live.txt': '-r base.txt\nredis==5.0.0\n',
  };
  const installing = (...lines: readonly string[]): Files =>
    withFiles(FLASK, { ...LISTS, Dockerfile: `FROM python:3.13\n${lines.join('\n')}\nCOPY . /app\n` });
  const COPIES = 'COPY docker lists /app/';

  it.each<readonly [string, Files]>([
    [
      'behind one with a server alone',
      installing(COPIES, 'RUN pip install -r docker/requirements.txt && pip install -r lists/live.txt'),
    ],
    [
      'by an argument of the build',
      installing(
        'ARG LIST=live.txt',
        COPIES,
        'RUN pip install -r lists/${LIST}',
        'FROM python:3.13',
        'ARG LIST=dev.txt',
      ),
    ],
  ])('the one with the framework: %s', async (_, files) => {
    expect((await factsOf(files)).python.requirements?.main.value).toBe('lists/live.txt');
  });
});
