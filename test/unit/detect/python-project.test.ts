import { describe, expect, it } from 'vitest';
import { allowsMinor, allowsRelease } from '../../../src/detect/python/version-range.js';
import { formatDiagnostic } from '../../../src/diagnostics/words.js';
import { isTomlFile, parseToml } from '../../../src/source/toml-file.js';
import { memoryTree } from '../../../src/source/tree.js';
import { pdmContentHash } from '../../../src/support/managers/python/shared/pdm-hash.js';
import { pipfileHash } from '../../../src/support/managers/python/shared/pipfile-hash.js';
import { poetryContentHashes } from '../../../src/support/managers/python/shared/poetry-hash.js';
import { uvLockDifference } from '../../../src/support/managers/python/shared/uv-difference.js';
import { understand } from '../../../src/understand.js';
import { detectFiles, FASTAPI, type Files, FLASK, poetryApp, withFiles } from './apps.js';
import POETRY_HASHES from './poetry-hashes.json' with { type: 'json' };
import { UV_LOCK, UV_PYPROJECT } from './uv-project.js';

const toml = (path: string, text: string) => {
  const file = parseToml(path, text, 'QS206');
  if (!isTomlFile(file)) throw new Error(formatDiagnostic(file));
  return file;
};

describe('allowsMinor', () => {
  const versions = ['3.10', '3.11', '3.12', '3.13', '3.14'];
  it.each([
    ['>=3.11,<3.14', '3.11 3.12 3.13'],
    ['^3.11', '3.11 3.12 3.13 3.14'],
    ['~3.12', '3.12'],
    ['~3.12.1', '3.12'],
    ['3.11.*', '3.11'],
    ['==3.12.*', '3.12'],
    ['>=3.11.4, <3.12', '3.11'],
    ['>=3.11.5,<3.11.9', '3.11'],
    ['~=3.11', '3.11 3.12 3.13 3.14'],
    ['~=3.11.2', '3.11'],
    ['>3.11', '3.11 3.12 3.13 3.14'],
    ['>3.11.*', '3.12 3.13 3.14'],
    ['<=3.11', '3.10 3.11'],
    ['>=3.10,!=3.11.*', '3.10 3.12 3.13 3.14'],
    ['>=3.9,<3.11 || ^3.13', '3.10 3.13 3.14'],
    ['*', '3.10 3.11 3.12 3.13 3.14'],
    ['>=4', ''],
    ['>=3.9,<4', '3.10 3.11 3.12 3.13 3.14'],
    ['>=3.9,<4.0', '3.10 3.11 3.12 3.13 3.14'],
    ['!=3.12.*', '3.10 3.11 3.13 3.14'],
    ['!=3.12', '3.10 3.11 3.12 3.13 3.14'],
    ['==3.11.*', '3.11'],
    ['~=3.11.0', '3.11'],
    ['~=3.12,!=3.13.*', '3.12 3.14'],
    ['^3.11.4', '3.11 3.12 3.13 3.14'],
    ['~3', '3.10 3.11 3.12 3.13 3.14'],
    ['3.11', '3.11'],
    ['3.11.7', '3.11'],
    ['=3.11', '3.11'],
    ['===3.11.7', '3.11'],
    ['>=3.11.4', '3.11 3.12 3.13 3.14'],
    ['>=3.11.*', '3.11 3.12 3.13 3.14'],
    ['<=3.11.*', '3.10 3.11'],
    ['>=3.13a0', '3.13 3.14'],
    ['<3.13a0', '3.10 3.11 3.12'],
    ['>=3.13.0rc1,<3.14.0a1', '3.13'],
    [' >= 3.11 , < 3.13 ', '3.11 3.12'],
    ['>=3.11 <3.13', '3.11 3.12'],
    ['(>=3.11,<3.13)', '3.11 3.12'],
    ['^3.10,<3.12', '3.10 3.11'],
    ['~3.11|~3.13', '3.11 3.13'],
  ])('%s allows %s', (range, expected) => {
    expect(versions.filter(version => allowsMinor(range, version)).join(' ')).toBe(expected);
  });

  it('does not guess at what it cannot read', () => {
    for (const range of ['latest', '', '>=3.11 || latest', '=>3.11', '~=3', '>=3.11;']) {
      expect([range, allowsMinor(range, '3.11')]).toEqual([range, undefined]);
    }
  });
});

describe('allowsRelease', () => {
  it.each([
    ['>3.11', '3.11.9', true],
    ['>3.11', '3.11.0', false],
    ['>=3.11.4', '3.11.2', false],
    ['>=3.11,<3.11.5', '3.11.9', false],
    ['!=3.11.9', '3.11.9', false],
    ['!=3.11.8', '3.11.9', true],
    ['~=3.11.2', '3.11.9', true],
    ['^3.11.4', '3.13.1', true],
    ['~3.11', '3.12.0', false],
    ['3.11.7', '3.11.7', true],
    ['<3.11 || >=3.13', '3.13.1', true],
    ['latest', '3.13.1', undefined],
  ])('%s: %s %s', (range, release, expected) => {
    expect(allowsRelease(range, release)).toBe(expected);
  });
});

describe('poetry.lock', () => {
  it.each(POETRY_HASHES)('has the hash that poetry computes: $name', ({ pyproject, hash, hashBeforeGroups }) => {
    expect(poetryContentHashes(toml('pyproject.toml', pyproject))).toEqual([hash, hashBeforeGroups]);
  });
});

describe('hashes of other locks', () => {
  // Both texts were hashed by the tools themselves: pipenv 2026.10 and pdm 2.29.
  it('are those of pipenv', () => {
    const pipfile =
      '[[source]]\nurl = "https://packages.example.invalid/simple"\nverify_ssl = true\nname = "company"\n\n[packages]\nflask = "*"\npsycopg = {extras = ["binary"], version = "*"}\n\n[dev-packages]\npytest = "*"\n\n[docs]\nsphinx = "*"\n\n[requires]\npython_version = "3.11"\n';
    const hash = '5ddaec98838145e2235ae6e87b3d32901ab950a7d61d391ab53331221178db38';
    expect(pipfileHash(toml('Pipfile', pipfile), { data: {} })).toBe(hash);
  });

  it('are those of pipenv where it takes its default source, which only the lock names', () => {
    const file = toml('Pipfile', '[packages]\nflask = "*"\n');
    const source = { name: 'company', url: 'https://packages.example.invalid/simple', verify_ssl: true };
    const written = toml(
      'Pipfile',
      `[[source]]\nname = "company"\nurl = "${source.url}"\nverify_ssl = true\n${file.text}`,
    );
    expect(pipfileHash(file, { data: { _meta: { sources: [source] } } })).toBe(pipfileHash(written, { data: {} }));
  });

  it('are those of pdm', () => {
    const pyproject =
      '[project]\nname = "shop"\nversion = "1.0.0"\nrequires-python = ">=3.11"\ndependencies = ["fastapi>=0.115", "uvicorn[standard]", "redis ; sys_platform != \'win32\'"]\n\n[project.optional-dependencies]\nimages = ["pillow>=11"]\n\n[dependency-groups]\ntest = ["pytest>=8"]\n\n[tool.pdm.dev-dependencies]\nlint = ["ruff"]\n\n[tool.pdm]\ndistribution = false\n';
    expect(pdmContentHash(toml('pyproject.toml', pyproject))).toBe(
      'sha256:7edd044699e6a87466ef586c6e9189e58c54ac5d52949ec4883e7daef0f67a3e',
    );
  });
});

describe('uv.lock', () => {
  const difference = (from: string, to: string) =>
    uvLockDifference(
      { file: toml('pyproject.toml', UV_PYPROJECT.replace(from, to)), directory: '.' },
      toml('uv.lock', UV_LOCK),
    );

  it('agrees with the project it was made of', () => {
    expect(difference('', '')).toBeUndefined();
  });

  it('agrees when only order and spacing differ', () => {
    expect(difference('"FastAPI[standard] >=0.115, <1"', '"fastapi[standard]<1,>=0.115"')).toBeUndefined();
  });

  it('agrees when a version is written in another form of PEP 440', () => {
    expect(difference('"FastAPI[standard] >=0.115, <1"', '"fastapi[standard]>=0.115,<1.0-rc1"')).toBe(
      'fastapi[standard] <1.0-rc1,>=0.115 is not in uv.lock',
    );
    const clicks = UV_LOCK.replace('specifier = ">=0.115,<1"', 'specifier = ">=8.0.0rc1"');
    const pyproject = UV_PYPROJECT.replace('>=0.115, <1', '>=8.0.0-rc1');
    const file = { file: toml('pyproject.toml', pyproject), directory: '.' };
    expect(uvLockDifference(file, toml('uv.lock', clicks))).toBeUndefined();
  });

  it.each([
    ['"sqlalchemy",', '"sqlalchemy", "flask",', 'flask is not in uv.lock'],
    ['"sqlalchemy",', '', 'uv.lock still has sqlalchemy'],
    ['>=3.2"', '>=3.3"', 'psycopg[binary] >=3.3 is not in uv.lock'],
    ['[binary]', '[c]', 'psycopg[c] >=3.2 is not in uv.lock'],
    ['"pytest>=8"', '"pytest>=9"', 'pytest >=9 of group dev is not in uv.lock'],
    ['"pillow>=11"', '"pillow>=12"', 'pillow >=12 is not in uv.lock'],
    ['>=3.11,<3.14', '>=3.12,<3.14', 'requires-python is >=3.12,<3.14, uv.lock has >=3.11, <3.14'],
  ])('tells %s from %s', (from, to, said) => {
    expect(difference(from, to)).toBe(said);
  });
});

describe('Python version', () => {
  const POETRY = '[project]\nname = "shop"\nrequires-python = ">=3.10"\ndependencies = ["flask", "gunicorn"]\n';
  const OLD_PINS = 'flask==2.0.3\ngunicorn==20.1.0\n';
  it.each<readonly [string, Files, string, string]>([
    ['nothing asks', FLASK, '3.13', 'requirements.txt'],
    [
      "a module of Python's own that the newest no longer has",
      withFiles(FLASK, { 'shop/pictures.py': 'import imghdr\n' }),
      '3.11',
      'requirements.txt',
    ],
    [
      'such a module that is only tried',
      withFiles(FLASK, { 'shop/pictures.py': 'try:\n    import imghdr\nexcept ImportError:\n    imghdr = None\n' }),
      '3.13',
      'requirements.txt',
    ],
    [
      "such a name that is the app's own",
      withFiles(FLASK, { 'pipes.py': '', 'shop/pictures.py': 'import pipes\n' }),
      '3.13',
      'requirements.txt',
    ],
    [
      'such a module that a package brings back',
      withFiles(FLASK, {
        'requirements.txt': 'flask==3.1.0\ngunicorn==23.0.0\nlegacy-cgi==2.6\n',
        'shop/forms.py': 'import cgi\n',
      }),
      '3.13',
      'requirements.txt',
    ],
    [
      'the image where a pin is outside of what the project allows',
      withFiles(poetryApp(FLASK, POETRY), {
        'mise.toml': '[tools]\npython = "3.9"\n',
        Dockerfile: 'FROM python:3.12\nCMD ["gunicorn", "shop:create_app()"]\n',
      }),
      '3.12',
      'Dockerfile:1',
    ],
    [
      'of two pins the one of the image',
      withFiles(FLASK, {
        '.tool-versions': 'python 3.11.4\n',
        'mise.toml': '[tools]\npython = "3.12"\n',
        Dockerfile: 'FROM python:3.12\nCMD ["gunicorn", "shop:create_app()"]\n',
      }),
      '3.12',
      'mise.toml:2',
    ],
    [
      'a pin that whoever sets up a machine fills in is none',
      withFiles(FLASK, { 'mise.toml': '[tools]\npython = "{{ env.PYTHON }}"\n', '.python-version': '3.11\n' }),
      '3.11',
      '.python-version:1',
    ],
    ['.python-version', withFiles(FLASK, { '.python-version': '# ours\n3.12.4\n' }), '3.12', '.python-version:2'],
    [
      '.tool-versions',
      withFiles(FLASK, { '.tool-versions': 'nodejs 22\npython 3.11.9\n' }),
      '3.11',
      '.tool-versions:2',
    ],
    [
      'a release that only a part of its minor version satisfies the range with',
      withFiles(poetryApp(FLASK, POETRY.replace('>=3.10', '>3.11')), { '.python-version': '3.11.9\n' }),
      '3.11',
      '.python-version:1',
    ],
    [
      'one that has ended',
      withFiles(FLASK, { 'requirements.txt': OLD_PINS, 'runtime.txt': 'python-3.6.5\n' }),
      '3.6',
      'runtime.txt:1',
    ],
    [
      'the nearest to one that is too old',
      withFiles(FLASK, { 'requirements.txt': OLD_PINS, 'runtime.txt': 'python-3.5.2\n' }),
      '3.6',
      'runtime.txt:1',
    ],
    [
      'a container with one that has ended',
      withFiles(FLASK, { 'requirements.txt': OLD_PINS, Dockerfile: 'FROM python:3.8-slim\n' }),
      '3.8',
      'Dockerfile:1',
    ],
    [
      'no newer one than an ORM works on that is not compiled',
      withFiles(FLASK, { 'requirements.txt': 'flask\ngunicorn\nSQLAlchemy==2.0.25\n' }),
      '3.11',
      'requirements.txt',
    ],
    [
      'a range that only allows what has ended',
      poetryApp(withFiles(FLASK, { 'requirements.txt': OLD_PINS }), POETRY.replace('>=3.10', '>=3.6,<3.9')),
      '3.8',
      'pyproject.toml:3',
    ],
    [
      'the newest that has ended, for pins that work on none which has not',
      withFiles(FLASK, { 'requirements.txt': 'flask==1.0.2\ngunicorn\nWerkzeug==0.14.1\n' }),
      '3.9',
      'requirements.txt',
    ],
    [
      'the last that an old framework works on',
      withFiles(FLASK, { 'requirements.txt': 'flask\ngunicorn\nDjango==1.10.5\n' }),
      '3.6',
      'requirements.txt',
    ],
    [
      'one that each pin works on',
      withFiles(FLASK, {
        'requirements.txt': 'flask==2.0.3\ngunicorn\nJinja2==2.10\nPillow==6.2.1\nnumpy==1.17.3\n',
      }),
      '3.8',
      'requirements.txt',
    ],
    [
      'none that has ended, where pins have no wheels and can be compiled',
      withFiles(FLASK, { 'requirements.txt': 'flask\ngunicorn\nPillow==8.0.0\nlxml==4.5.2\n' }),
      '3.13',
      'requirements.txt',
    ],
    ['runtime.txt', withFiles(FLASK, { 'runtime.txt': 'python-3.11.9\n' }), '3.11', 'runtime.txt:1'],
    ['runtime.txt, the version alone', withFiles(FLASK, { 'runtime.txt': '3.11\n' }), '3.11', 'runtime.txt:1'],
    [
      'its container',
      withFiles(FLASK, { Dockerfile: 'ARG V=3.12.4\nFROM node:22 AS web\nFROM "docker.io/python:${V}-slim"\n' }),
      '3.12',
      'Dockerfile:3',
    ],
    [
      'the one container that its compose file builds, which is for developers',
      withFiles(FLASK, {
        'Dockerfile.dev': 'FROM python:3.12-slim\n',
        'compose.yaml':
          'services:\n  web:\n    build: { context: ., dockerfile: Dockerfile.dev }\n    command: flask run\n',
      }),
      '3.12',
      'Dockerfile.dev:1',
    ],
    [
      'no newer one than Django works on, whose translations take what Python no longer has',
      withFiles(FLASK, { 'requirements.txt': 'flask\ngunicorn\nDjango==2.1.7\n' }),
      '3.10',
      'requirements.txt',
    ],
    [
      'a file before its container',
      withFiles(FLASK, { Dockerfile: 'FROM python:3.12\n', 'runtime.txt': 'python-3.11.9\n' }),
      '3.11',
      'runtime.txt:1',
    ],
    [
      'its container, with uv',
      withFiles(FLASK, {
        Dockerfile: 'FROM --platform=$BUILDPLATFORM ghcr.io/astral-sh/uv:0.9-python3.12-trixie AS base\n',
      }),
      '3.12',
      'Dockerfile:1',
    ],
    [
      'the project, where its container has an older one',
      poetryApp(withFiles(FLASK, { Dockerfile: 'FROM python:3.8\n' }), POETRY),
      '3.13',
      'pyproject.toml:3',
    ],
    [
      'the newest that its lock has wheels for',
      poetryApp(
        FLASK,
        POETRY,
        [
          'a-1-cp310-cp310-manylinux_2_17_x86_64.manylinux2014_x86_64',
          'a-1-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64',
          'a-1-cp313-cp313-win_amd64',
          'b-2-cp39-abi3-manylinux_2_28_x86_64',
          'c-3-py3-none-any',
        ]
          .map(file => `# ${file}.whl`)
          .join('\n'),
      ),
      '3.12',
      'pyproject.toml:3',
    ],
    [
      'the newest that pinned packages have wheels for',
      withFiles(FLASK, { 'requirements.txt': 'flask\ngunicorn\nNumPy==1.26.4\ngreenlet==3.0.3\n' }),
      '3.11',
      'requirements.txt',
    ],
    [
      'one that has wheels for more of them',
      withFiles(FLASK, { 'requirements.txt': 'flask\ngunicorn\ngreenlet==1.1.2\nlxml==4.9.0\n' }),
      '3.10',
      'requirements.txt',
    ],
    ['the newest with an image', poetryApp(FLASK, POETRY), '3.13', 'pyproject.toml:3'],
    [
      'the older one with an image',
      poetryApp(FLASK, POETRY.replace('>=3.10', '>=3.10,<3.13')),
      '3.11',
      'pyproject.toml:3',
    ],
    [
      'a known one when no other fits',
      poetryApp(FLASK, POETRY.replace('>=3.10', '==3.12.*')),
      '3.12',
      'pyproject.toml:3',
    ],
    ['configured', withFiles(FLASK, { 'quayside.yaml': 'python:\n  version: 3.10\n' }), '3.10', 'quayside.yaml:2'],
  ])('%s', async (_, files, version, place) => {
    const { facts } = await detectFiles(files);
    const at = facts!.python.version.place;
    expect([facts!.python.version.value, at.line ? `${at.file}:${at.line}` : at.file]).toEqual([version, place]);
  });
});

describe('Python version among those that can be had', () => {
  const among = ['3.13', '3.11'];
  it.each<readonly [string, Files, string]>([
    ['as asked for', withFiles(FLASK, { '.python-version': '3.11\n' }), '3.11'],
    ['the newer of two that are as near', withFiles(FLASK, { '.python-version': '3.12\n' }), '3.13'],
    [
      'the one that the pins have wheels for',
      withFiles(FLASK, { '.python-version': '3.12\n', 'requirements.txt': 'flask\ngunicorn\nnumpy==1.26.4\n' }),
      '3.11',
    ],
    ['the nearest to an older one', withFiles(FLASK, { Dockerfile: 'FROM python:3.9\n' }), '3.11'],
    ['the nearest to a newer one', withFiles(FLASK, { '.python-version': '3.14\n' }), '3.13'],
    [
      'as asked for where no other is allowed: its image is asked for, and named when it is missing',
      withFiles(FLASK, {
        '.python-version': '3.14\n',
        'pyproject.toml': '[project]\nname = "a"\nrequires-python = ">=3.14"\n',
      }),
      '3.14',
    ],
  ])('is %s', async (_, files, version) => {
    const { app, diagnostics } = await understand(memoryTree(files as Record<string, string>), undefined, among);
    expect(diagnostics).toEqual([]);
    expect(app?.facts.python.version.value).toBe(version);
  });
});

describe('dependencies', () => {
  it('come with groups, extras and lines from pyproject.toml', async () => {
    const files = withFiles(FASTAPI, {
      'requirements.txt': undefined,
      'pyproject.toml': UV_PYPROJECT,
      'uv.lock': UV_LOCK,
      'db.py': 'import os\nX = os.environ["DATABASE_URL"]\nY = os.environ["REDIS_URL"]\n',
    });
    const { facts, diagnostics } = await detectFiles(files);
    expect(diagnostics).toEqual([]);
    expect(facts!.python.packageManager.value).toBe('uv');
    expect(
      facts!.python.dependencies.map(({ name, groupName, extras, place }) => [
        name,
        groupName ?? 'main',
        extras?.join(),
        place.line,
      ]),
    ).toEqual([
      ['fastapi', 'main', 'standard', 6],
      ['psycopg', 'main', 'binary', 7],
      ['redis', 'main', undefined, 8],
      ['sqlalchemy', 'main', undefined, 9],
      ['pytest', 'dev', undefined, 16],
      ['ruff', 'lint', undefined, 17],
      ['pillow', 'images', undefined, 13],
    ]);
    expect(facts!.python.devGroup?.value).toBe('dev');
    expect(facts!.native).toEqual([]);
  });

  it('of development come from the file that names pytest', async () => {
    const files = { 'requirements-ci.txt': 'coverage\n', 'requirements_for_tests.txt': 'pytest\n' };
    const { facts } = await detectFiles(withFiles(FLASK, files));
    expect(facts!.python.requirements?.dev?.value).toBe('requirements_for_tests.txt');
  });

  it('come from requirements files with what they include', async () => {
    const files = withFiles(FLASK, {
      'requirements.txt':
        '-r requirements/base.txt\ngunicorn ; python_version > "3.8"\n# flask-cors\n-e .\ngit+https://example.invalid/x.git\n',
      'requirements/base.txt': 'Flask_SQLAlchemy==3\nflask>=3 # the framework\n',
      'requirements-dev.txt': '-r requirements.txt\npytest\n',
      'pyproject.toml': '[project]\nname = "shop"\ndependencies = ["flask", "blinker[x]>=1"]\n',
    });
    const { facts, diagnostics } = await detectFiles(files);
    expect(diagnostics).toEqual([]);
    expect(
      facts!.python.dependencies.map(({ name, group, place }) => [name, group, `${place.file}:${place.line}`]),
    ).toEqual([
      ['flask-sqlalchemy', 'main', 'requirements/base.txt:1'],
      ['flask', 'main', 'requirements/base.txt:2'],
      ['gunicorn', 'main', 'requirements.txt:2'],
      ['x', 'main', 'requirements.txt:5'],
      ['blinker', 'main', 'requirements.txt:4'],
      ['pytest', 'dev', 'requirements-dev.txt:2'],
    ]);
    expect(facts!.python.requirements).toMatchObject({
      dev: { value: 'requirements-dev.txt' },
      files: ['requirements.txt', 'requirements/base.txt', 'requirements-dev.txt'],
      dropped: [{ file: 'requirements.txt', line: 4 }],
      declared: ['flask', 'blinker[x]>=1'],
    });
    expect(facts!.native).toEqual([
      { dependency: 'x', build: ['git'], runtime: [], place: { file: 'requirements.txt', line: 5 } },
    ]);
  });
});

describe('a line that names the usual index', () => {
  it.each([
    ['-i https://pypi.org/simple', [1]],
    ['--index-url=https://pypi.python.org/simple/', [1]],
    ['-i https://index.invalid/simple', []],
    ['--extra-index-url https://pypi.org/simple', []],
  ])('%s', async (line, lines) => {
    const { facts } = await detectFiles(withFiles(FLASK, { 'requirements.txt': `${line}\nflask\ngunicorn\n` }));
    expect((facts!.python.requirements?.dropped ?? []).map(place => place.line)).toEqual(lines);
  });
});

describe('groups that production installs', () => {
  const groupsIn = async (lists: string, files: Files) => {
    const text = `[project]\nname = "shop"\nrequires-python = ">=3.11"\ndependencies = ["flask"]\n${lists}`;
    const { facts } = await detectFiles(
      withFiles(FLASK, { 'requirements.txt': undefined, 'pyproject.toml': text, ...files }),
    );
    return (facts?.python.groups ?? []).map(({ value, place }) => `${value} ${place.file}:${place.line}`);
  };
  const EXTRAS =
    '[project.optional-dependencies]\ns3 = ["boto3"]\npg = ["psycopg"]\nmail = ["requests"]\ntest = ["pytest"]\n';
  const image = (run: string): Files => ({
    Dockerfile: `FROM python:3.13\nRUN ${run}\nCMD ["gunicorn", "shop:app"]\n`,
  });
  const SQLITE: Files = { 'shop/db.py': 'URL = "sqlite:///shop.db"\n' };

  it.each<[string, string, Files, readonly string[]]>([
    ['uv installs', EXTRAS, image('uv sync --locked --extra s3 --extra test'), ['s3 Dockerfile:2']],
    [
      'Poetry installs',
      EXTRAS,
      image('poetry install -E "s3 mail" --only main'),
      ['s3 Dockerfile:2', 'mail Dockerfile:2'],
    ],
    [
      'pip installs with the code',
      EXTRAS,
      image('python -m pip install .[s3,mail]'),
      ['s3 Dockerfile:2', 'mail Dockerfile:2'],
    ],
    ['have another database than the one that it has', EXTRAS, { ...SQLITE, ...image('uv sync --extra pg') }, []],
    ['all are installed, which chooses none', EXTRAS, image('uv sync --all-extras'), []],
    ['nothing installs', EXTRAS, {}, []],
    [
      'the server is in',
      '[project.optional-dependencies]\nmain = ["gunicorn", "gevent"]\n',
      {},
      ['main pyproject.toml:6'],
    ],
    ['a server for development is in', '[dependency-groups]\ndev = ["gunicorn", "pytest"]\n', {}, []],
    ['one of two servers is in each', '[project.optional-dependencies]\na = ["gunicorn"]\nb = ["waitress"]\n', {}, []],
  ])('are those that %s', async (_, lists, files, expected) => {
    expect(await groupsIn(lists, files)).toEqual(expected);
  });
});

describe('groups for production', () => {
  const PYPROJECT = `[project]
name = "shop"
requires-python = ">=3.11"
dependencies = ["flask"]
[project.optional-dependencies]
s3 = ["boto3"]
[dependency-groups]
prod = ["gunicorn"]
dev = ["pytest"]
`;
  const app = withFiles(poetryApp(FLASK, PYPROJECT), { 'quayside.yaml': 'python:\n  groups: [prod, s3]\n' });

  it('make their dependencies the own ones of the app', async () => {
    const { facts } = await detectFiles(app);
    const { python, server } = facts!;
    const main = python.dependencies.filter(({ group }) => group === 'main').map(({ name }) => name);
    expect(main).toEqual(['flask', 'gunicorn', 'boto3']);
    expect(python).toMatchObject({ groups: [{ value: 'prod' }, { value: 's3' }], extras: ['s3'] });
    expect(server!.value).toBe('gunicorn');
  });
});
