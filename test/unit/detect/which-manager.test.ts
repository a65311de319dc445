/** Which package manager counts where files of several lie there, and what becomes of those that have no lock. */
import { describe, expect, it } from 'vitest';
import { memoryTree } from '../../../src/source/tree.js';
import { understand } from '../../../src/understand.js';
import { detectFiles, type Files, FLASK, poetryApp, withFiles } from './apps.js';

const PYPROJECT =
  '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["flask", "gunicorn"]\n';
const POETRY = `${PYPROJECT}[tool.poetry]\npackage-mode = false\n`;
const UV_LOCK =
  'version = 1\nrequires-python = ">=3.11"\n\n[[package]]\nname = "shop"\nversion = "1"\nsource = { virtual = "." }\n';

/** Two locks of one project. */
const TWO = withFiles(poetryApp(FLASK, PYPROJECT), { 'uv.lock': UV_LOCK });
/** Poetry's tables without a lock, beside requirements. */
const BESIDE = withFiles(FLASK, { 'pyproject.toml': POETRY });

async function managerOf(files: Files): Promise<string> {
  const { facts, diagnostics } = await detectFiles(files);
  if (!facts) return diagnostics.map(({ code }) => code).join(' ');
  const { packageManager, requirements } = facts.python;
  return [packageManager.value, requirements?.main.value].filter(Boolean).join(' ');
}

const image = (...lines: readonly string[]) => ['FROM python:3.12', ...lines, ''].join('\n');

describe('of two package managers', () => {
  it.each<[string, Files, string]>([
    ['none is taken without a reason', TWO, 'QS202'],
    [
      'the one whose lock is copied into the image',
      { ...TWO, Dockerfile: image('COPY pyproject.toml uv.lock ./') },
      'uv',
    ],
    [
      'the one that the image runs',
      { ...TWO, Dockerfile: image('RUN pip install poetry && poetry install --only main') },
      'poetry',
    ],
    [
      'the one that the image runs as a module',
      { ...TWO, Dockerfile: image('RUN python -m poetry install') },
      'poetry',
    ],
    ['the one that a script runs', { ...TWO, 'scripts/setup.sh': 'uv sync --frozen\n' }, 'uv'],
    ['the one that make runs', { ...TWO, Makefile: 'install:\n\tuv sync\n' }, 'uv'],
    [
      'the one that a workflow runs',
      {
        ...TWO,
        '.github/workflows/test.yml':
          'on: push\njobs:\n  test:\n    steps:\n      - run: uv sync --locked\n      - run: uv run pytest\n',
      },
      'uv',
    ],
    ['the configured one', { ...TWO, 'quayside.yaml': 'python: { manager: uv }\n' }, 'uv'],
    ['requirements rather than what has no lock', BESIDE, 'pip requirements.txt'],
    [
      'requirements that the image installs',
      { ...BESIDE, Dockerfile: image('COPY requirements.txt /tmp/', 'RUN pip install -r /tmp/requirements.txt') },
      'pip requirements.txt',
    ],
    [
      'what has no lock and is installed in the image',
      { ...BESIDE, Dockerfile: image('RUN poetry install') },
      'poetry',
    ],
    ['what has no lock and is configured', { ...BESIDE, 'quayside.yaml': 'python: { manager: poetry }\n' }, 'poetry'],
    [
      'the lock that requirements are exported from',
      withFiles(poetryApp(FLASK, PYPROJECT), {
        'requirements.txt': 'flask\ngunicorn\n',
        Dockerfile: image('RUN poetry export -o requirements.txt', 'RUN pip install -r requirements.txt'),
      }),
      'poetry',
    ],
    [
      'the requirements file that the image installs',
      withFiles(FLASK, {
        'requirements.txt': undefined,
        'requirements/base.txt': 'flask\n',
        'requirements/production.txt': '-r base.txt\ngunicorn\n',
        Dockerfile: image('RUN pip install -r requirements/production.txt'),
      }),
      'pip requirements/production.txt',
    ],
  ])('%s', async (_, files, expected) => {
    expect(await managerOf(files)).toBe(expected);
  });
});

describe('a project without a lock', () => {
  it.each<[string, Files, string]>([
    [
      'is locked by uv where no tool shows',
      withFiles(FLASK, { 'requirements.txt': undefined, 'pyproject.toml': PYPROJECT }),
      'uv.lock',
    ],
    [
      'is locked by Poetry',
      withFiles(FLASK, { 'requirements.txt': undefined, 'pyproject.toml': POETRY }),
      'poetry.lock',
    ],
    [
      'is locked by Pipenv',
      withFiles(FLASK, { 'requirements.txt': undefined, Pipfile: '[packages]\nflask = "*"\ngunicorn = "*"\n' }),
      'Pipfile.lock',
    ],
  ])('%s', async (_, files, lock) => {
    const { app, diagnostics } = await understand(memoryTree(files as Record<string, string>));
    expect(diagnostics).toEqual([]);
    expect(app!.facts.python.packageManager.why).toContain('./quayside lock');
    expect(app!.plan.lock).toEqual({ stage: 'python-lock', file: `/app/${lock}`, path: lock });
  });

  it('is listed as requirements.in has it', async () => {
    expect(
      await managerOf(withFiles(FLASK, { 'requirements.txt': undefined, 'requirements.in': 'flask\ngunicorn\n' })),
    ).toBe('pip requirements.in');
  });
});

const COMMIT = '0123456789abcdef0123456789abcdef01234567';

describe('a package from a repository', () => {
  it('is pinned by a whole commit, and built from it apart from what has hashes', async () => {
    const lock = `${UV_LOCK}\n[[package]]\nname = "money"\nversion = "1"\nsource = { git = "https://example.invalid/money.git?rev=main#${COMMIT}" }\n`;
    const files = withFiles(FLASK, { 'requirements.txt': undefined, 'pyproject.toml': PYPROJECT, 'uv.lock': lock });
    const { app } = await understand(memoryTree(files as Record<string, string>));
    expect(app!.facts.python.fromGit?.map(({ value }) => value)).toEqual(['money']);
    const steps = app!.plan.stages.find(({ id }) => id === 'python-builder')!.steps;
    const installs = steps
      .flatMap(step => (step.kind === 'script' ? step.lines : []))
      .filter(line => line.includes('git.txt'));
    expect(installs).toHaveLength(1);
  });
});

describe('of several requirements files', () => {
  const lists = (...names: readonly string[]) => {
    const { 'requirements.txt': text = '', ...others } = FLASK;
    return { ...others, ...Object.fromEntries(names.map(name => [name, text])) };
  };
  it.each<[string, Files, string]>([
    [
      'the one with the usual name counts',
      lists('requirements.txt', 'requirements-server.txt'),
      'pip requirements.txt',
    ],
    [
      'the one that the image installs in its place counts',
      {
        ...lists('requirements.txt', 'deploy/server.txt'),
        Dockerfile: image('RUN pip install -r /app/deploy/server.txt'),
      },
      'pip deploy/server.txt',
    ],
    [
      'one that the image installs beside it does not',
      {
        ...lists('requirements.txt', 'more.txt'),
        Dockerfile: image('RUN pip install -r more.txt', 'RUN pip install -r requirements.txt'),
      },
      'pip requirements.txt',
    ],
    [
      'one for development does not',
      {
        ...lists('requirements.txt', 'requirements-dev.txt'),
        Dockerfile: image('RUN pip install -r requirements-dev.txt'),
      },
      'pip requirements.txt',
    ],
    [
      'the only one that the image installs counts, whatever its name',
      { ...lists('deploy/reqs.txt'), Dockerfile: image('COPY deploy/reqs.txt .', 'RUN pip install -r reqs.txt') },
      'pip deploy/reqs.txt',
    ],
    ['one with an unusual name counts', lists('requirement.txt'), 'pip requirement.txt'],
    ['one whose name has its part behind a point counts', lists('requirements.base.txt'), 'pip requirements.base.txt'],
    ['two with unusual names do not', lists('a-requirements.txt', 'b-requirements.txt'), 'QS201'],
  ])('%s', async (_, files, expected) => {
    expect(await managerOf(files)).toBe(expected);
  });
});
