import { describe, expect, it } from 'vitest';
import { DJANGO, detectFiles, type Files, FLASK, poetryApp, withFiles } from './apps.js';

/** Names of the main dependencies. */
async function mainOf(files: Files): Promise<readonly string[]> {
  const { facts, diagnostics } = await detectFiles(files);
  expect(diagnostics).toEqual([]);
  return facts!.python.dependencies.filter(({ group }) => group === 'main').map(({ name }) => name);
}

const pipenv = (pipfile: string): Files =>
  withFiles(FLASK, {
    'requirements.txt': undefined,
    Pipfile: `[packages]\nflask = "*"\ngunicorn = "*"\n${pipfile}`,
    'Pipfile.lock': '{"_meta": {"hash": {"sha256": "0"}}, "default": {}}',
  });

const poetry = (dependencies: string): Files =>
  poetryApp(
    FLASK,
    `[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\npython = "^3.11"\nflask = "*"\ngunicorn = "*"\n${dependencies}`,
  );

const requirements = (text: string): Files => withFiles(FLASK, { 'requirements.txt': `flask\ngunicorn\n${text}` });

describe('what only another platform installs', () => {
  it.each<[string, Files]>([
    ['a requirement', requirements('pywin32; sys_platform == "win32"\n')],
    ['a requirement behind a continued line', requirements('pywin32==311 \\\n  ; platform_system == "Windows"\n')],
    ['a requirement with a hash', requirements('pywin32==311 ; os_name == "nt" --hash=sha256:00\n')],
    ['a repository', requirements('git+https://example.invalid/pywin32.git ; sys_platform == "win32"\n')],
    ['a requirement for another machine', requirements('uvloop; platform_machine == "aarch64"\n')],
    ['poetry: markers', poetry(`pywin32 = { version = "*", markers = "sys_platform == 'win32'" }\n`)],
    ['poetry: platform', poetry('pywin32 = { version = "*", platform = "win32" }\n')],
    ['poetry: every one of several', poetry('pywin32 = [{ version = "1", platform = "win32" }]\n')],
    ['pipenv: markers', pipenv(`pywin32 = { version = "*", markers = "os_name == 'nt'" }\n`)],
    ['pipenv: a key of its own', pipenv(`pywin32 = { version = "*", sys_platform = "== 'win32'" }\n`)],
  ])('is no dependency: %s', async (_, files) => {
    expect(await mainOf(files)).toEqual(['flask', 'gunicorn']);
  });

  it('is none in an extra or a group either', async () => {
    const pyproject =
      '[project]\nname = "shop"\ndependencies = ["flask", "gunicorn"]\n[project.optional-dependencies]\nservice = ["pywin32; sys_platform == \'win32\'"]\n[dependency-groups]\ndev = ["pytest", "colorama; os_name == \'nt\'"]\n';
    const { facts } = await detectFiles(poetryApp(FLASK, pyproject));
    expect(facts!.python.dependencies.map(({ name }) => name)).toEqual(['flask', 'gunicorn', 'pytest']);
  });

  it('is no second database', async () => {
    const files = withFiles(DJANGO, {
      'requirements.txt': 'Django==5.2\ngunicorn==23.0.0\npsycopg2==2.9\npymysql; sys_platform == "win32"\n',
      'site_/settings.py': 'import os\n\nDATABASE_URL = os.environ["DATABASE_URL"]\n',
    });
    const { facts, diagnostics } = await detectFiles(files);
    expect(diagnostics).toEqual([]);
    expect(facts!.services.map(({ kind }) => kind)).toEqual(['postgres']);
  });

  it('does not serve', async () => {
    const { facts } = await detectFiles(
      withFiles(FLASK, { 'requirements.txt': 'flask\ngunicorn; sys_platform == "win32"\n' }),
    );
    expect(facts?.brought?.map(({ kind }) => kind)).toEqual(['gunicorn']);
  });
});

describe('what only another version of Python installs', () => {
  it.each<[string, Files]>([
    ['a requirement', requirements('tomli; python_version < "3.11"\n')],
    ['poetry: python', poetry('tomli = { version = "*", python = "<3.11" }\n')],
    ['poetry: a range of poetry', poetry('tomli = { version = "*", python = "~3.10 || ^2.7" }\n')],
    ['pipenv', pipenv(`tomli = { version = "*", python_version = "< '3.11'" }\n`)],
  ])('is no dependency: %s', async (_, files) => {
    expect(await mainOf(files)).toEqual(['flask', 'gunicorn']);
  });

  it.each<[string, Files]>([
    ['a requirement', requirements('tomli; python_version >= "3.11" and sys_platform != "win32"\n')],
    ['a condition on the patch', requirements('tomli; python_full_version >= "3.13.1"\n')],
    [
      'poetry: one of several',
      poetry('tomli = [{ version = "1", python = "<3.11" }, { version = "2", python = ">=3.11" }]\n'),
    ],
  ])('is one where it may be installed: %s', async (_, files) => {
    const { facts } = await detectFiles(files);
    const tomli = facts!.python.dependencies.filter(({ name }) => name === 'tomli');
    expect(tomli).toHaveLength(1);
    expect(tomli[0]).not.toHaveProperty('marker');
  });

  it('has the version that the lock has for the chosen one', async () => {
    const files = withFiles(FLASK, {
      'requirements.txt':
        'flask\ngunicorn==20.1.0 ; python_version < "3.12"\ngunicorn==25.1.0 ; python_version >= "3.12"\neventlet==0.40.0\n',
      '.python-version': '3.11\n',
    });
    // From gunicorn 26 on there are no workers for eventlet.
    const { facts } = await detectFiles(files);
    expect(facts!.python.dependencies.find(({ name }) => name === 'gunicorn')).toMatchObject({ pinned: '20.1.0' });
  });
});

describe('a compiled requirements file', () => {
  const compiled = (input: string): Files =>
    withFiles(FLASK, {
      'requirements.in': input,
      'requirements.txt': 'flask==3.1.0\ngunicorn==23.0\nclick==8.0.0rc1\n',
    });

  it.each([
    ['what another platform needs', 'flask\npywin32; sys_platform == "win32"\n'],
    ['what another Python may need', 'flask\ntomli; python_version < "3.11"\n'],
    ['what the compiler takes for the environment’s own', 'flask\nsetuptools\n'],
    ['a version that is written in another way', 'flask\ngunicorn==23.0.0\nclick==8.0.0-rc1\n'],
  ])('is not stale for %s', async (_, input) => {
    expect((await detectFiles(compiled(input))).diagnostics).toEqual([]);
  });

  it.each([
    ['a package that it lacks', 'flask\nredis\n'],
    ['another version', 'flask\ngunicorn==23.1\n'],
  ])('is stale for %s', async (_, input) => {
    expect((await detectFiles(compiled(input))).diagnostics.map(({ code }) => code)).toEqual(['QS205']);
  });
});
