/** What is installed: versions that constraints pin, and names that a group and an extra share. */
import { describe, expect, it } from 'vitest';
import { makePlan } from '../../../src/planner/make-plan.js';
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
