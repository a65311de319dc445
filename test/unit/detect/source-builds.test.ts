/** Packages that are built from source, or never: what is installed to build them, and what the installer is told. */
import { describe, expect, it } from 'vitest';
import { makePlan } from '../../../src/planner/make-plan.js';
import { detectFiles, FASTAPI, type Files, FLASK, poetryApp, withFiles } from './apps.js';
import { UV_LOCK, UV_PYPROJECT } from './uv-project.js';

async function factsOf(files: Files) {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  return facts!;
}

const listing = (...lines: string[]) =>
  withFiles(FLASK, { 'requirements.txt': `flask\ngunicorn\n${lines.join('\n')}\n`, 'shop/db.py': DATABASE });
const DATABASE = 'import os\n\nURL = os.environ.get("DATABASE_URL")\n';

describe('requirements files', () => {
  it.each<readonly [string, Files, readonly string[]]>([
    ['wheels', listing('cffi', 'lxml'), []],
    ['one package', listing('cffi', '--no-binary cffi'), ['cffi: libffi8 | build-essential libffi-dev']],
    [
      'several, spelt as people do',
      listing('cffi', 'PyYAML', '--no-binary=CFFI,PyYAML'),
      ['cffi: libffi8 | build-essential libffi-dev', 'pyyaml: libyaml-0-2 | build-essential libyaml-dev'],
    ],
    ['one that is not known', listing('blinker', '--no-binary blinker'), ['blinker:  | build-essential']],
    [
      'one that another needs',
      listing('argon2-cffi', '--no-binary cffi'),
      ['cffi: libffi8 | build-essential libffi-dev'],
    ],
    [
      'all of them but one',
      listing('cffi', 'lxml', '--no-binary :all:', '--only-binary lxml'),
      ['what is built from source:  | build-essential', 'cffi: libffi8 | build-essential libffi-dev'],
    ],
    ['taken back', listing('cffi', '--no-binary cffi', '--no-binary :none:'), []],
    ['wheels only, of what else is built', listing('psycopg2', '--only-binary :all:'), ['psycopg2: libpq5 | ']],
    [
      'a version from before there were wheels for the Python',
      withFiles(listing('psycopg2-binary==2.9.3', 'orjson==3.6.0', 'pyyaml==6.0.2'), { '.python-version': '3.11\n' }),
      ['orjson:  | build-essential', 'psycopg2-binary: libpq5 | build-essential libpq-dev'],
    ],
    ['a comment', listing('cffi', '# --no-binary cffi'), []],
    [
      'in a file that is read',
      withFiles(FLASK, {
        'requirements.txt': '-r base.txt\n',
        'base.txt': 'flask\ngunicorn\ncffi\n--no-binary cffi\n',
      }),
      ['cffi: libffi8 | build-essential libffi-dev'],
    ],
  ])('%s', async (_, files, expected) => {
    const { native } = await factsOf(files);
    expect(
      native.map(({ dependency, runtime, build }) => `${dependency}: ${runtime.join(' ')} | ${build.join(' ')}`),
    ).toEqual(expected);
  });

  it('are told where they are told so, and pip reads the line itself', async () => {
    const facts = await factsOf(listing('cffi', '--no-binary cffi'));
    expect(facts.native[0]?.place).toEqual({ file: 'requirements.txt', line: 4 });
    expect(facts.python.fromSource).toBeUndefined();
  });
});

describe('lock files', () => {
  const PYPROJECT =
    '[project]\nname = "shop"\nrequires-python = ">=3.11"\ndependencies = ["flask", "gunicorn", "cffi"]\n';
  const uv = (more: string) =>
    withFiles(FASTAPI, {
      'requirements.txt': undefined,
      'pyproject.toml': `${UV_PYPROJECT}\n${more}`,
      'uv.lock': UV_LOCK,
      'config.py': `${DATABASE}REDIS = os.environ["REDIS_URL"]\n`,
    });
  it.each<readonly [string, Files, string]>([
    ["uv's list", uv('[tool.uv]\nno-binary-package = ["cffi", "lxml"]\n'), '--no-binary=cffi,lxml'],
    ['all with uv', uv('[tool.uv]\nno-binary = true\n'), '--no-binary=:all:'],
    [
      "poetry's list",
      withFiles(poetryApp(FLASK, PYPROJECT), { 'poetry.toml': '[installer]\nno-binary = ["cffi"]\n' }),
      '--no-binary=cffi',
    ],
    [
      "poetry's text",
      withFiles(poetryApp(FLASK, PYPROJECT), { 'poetry.toml': '[installer]\nno-binary = "cffi,lxml"\n' }),
      '--no-binary=cffi,lxml',
    ],
  ])('%s', async (_, files, option) => {
    const facts = await factsOf(files);
    expect(facts.python.fromSource).toHaveLength(option.split(',').length);
    const steps = makePlan(facts, {}).stages.find(({ id }) => id === 'python-lock')!.steps;
    expect(JSON.stringify(steps)).toContain(`echo ${option} >> /lock/main/requirements.txt`);
  });

  it('say nothing of it otherwise', async () => {
    const facts = await factsOf(uv('[tool.uv]\nno-build = true\n'));
    expect(facts.python.fromSource).toBeUndefined();
    expect(JSON.stringify(makePlan(facts, {}).stages)).not.toContain('--no-binary');
  });
});
