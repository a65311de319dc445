import { describe, expect, it } from 'vitest';
import { formatDiagnostic } from '../../../src/diagnostics/words.js';
import { isTomlFile, parseToml, type TomlFile } from '../../../src/source/toml-file.js';
import type { LockingManager } from '../../../src/support/managers/python/definition.js';
import { PYTHON_MANAGERS, type PythonPackageManager } from '../../../src/support/managers/python/index.js';
import { markerHolds } from '../../../src/support/pep508/evaluate.js';
import { listingManager, lockingManagers } from '../../../src/support/python-managers.js';

/** What each lock says of a package from an index, one for another platform, one from a repository, one in a directory. */
const LOCKS: Readonly<Record<Exclude<PythonPackageManager, 'pip'>, string>> = {
  poetry: `
[[package]]
name = "Flask_Cors"
version = "6.0"

[[package]]
name = "pywin32"
version = "311"
markers = "sys_platform == \\"win32\\""

[[package]]
name = "tomli"
version = "2.0"
groups = ["main", "dev"]
markers = { main = "python_version < \\"3.11\\"", dev = "sys_platform == \\"win32\\"" }

[[package]]
name = "money"
version = "1.0"
[package.source]
type = "git"
url = "https://example.invalid/money.git"

[[package]]
name = "tide"
version = "1.0"
[package.source]
type = "directory"
url = "libs/tide"

[metadata]
content-hash = "0"
`,
  uv: `
[[package]]
name = "flask-cors"
version = "6.0"
source = { registry = "https://example.invalid/simple" }

[[package]]
name = "pywin32"
version = "311"
resolution-markers = ["sys_platform == 'win32'"]

[[package]]
name = "tomli"
version = "2.0"
resolution-markers = ["python_full_version < '3.11'", "sys_platform == 'win32'"]

[[package]]
name = "money"
version = "1.0"
source = { git = "https://example.invalid/money.git?rev=v1#0123" }

[[package]]
name = "tide"
version = "1.0"
source = { editable = "libs/tide" }
`,
  pdm: `
[[package]]
name = "flask-cors"
version = "6.0"
groups = ["default"]
files = []

[[package]]
name = "pywin32"
version = "311"
groups = ["default"]
marker = "sys_platform == 'win32'"
files = []

[[package]]
name = "tomli"
version = "2.0"
groups = ["default"]
marker = "python_version < '3.11'"
files = []

[[package]]
name = "money"
version = "1.0"
groups = ["default"]
git = "https://example.invalid/money.git"
files = []

[[package]]
name = "tide"
version = "1.0"
groups = ["default"]
path = "libs/tide"
files = []
`,
  pipenv: JSON.stringify({
    _meta: {},
    default: {
      Flask_Cors: { version: '==6.0' },
      pywin32: { version: '==311', markers: "sys_platform == 'win32'" },
      tomli: { version: '==2.0', markers: "python_version < '3.11'" },
    },
    develop: {
      money: { git: 'https://example.invalid/money.git' },
      tide: { path: 'libs/tide', editable: true },
    },
  }),
};

function readLock(manager: LockingManager, text: string): TomlFile {
  const lock = manager.readLock(manager.lock.path, text);
  if (!isTomlFile(lock)) throw new Error(formatDiagnostic(lock));
  return lock;
}

describe.each(lockingManagers().map(manager => [manager.name, manager] as const))('the lock of %s', (name, manager) => {
  const packages = manager.lockedPackages(readLock(manager, LOCKS[name as keyof typeof LOCKS]));
  const named = (wanted: string) => packages.find(locked => locked.name === wanted)!;

  it('says the version of each package', () => {
    expect(named('flask-cors')).toMatchObject({ version: '6.0', place: { file: manager.lock.path } });
    expect(named('flask-cors')).not.toHaveProperty('from');
  });

  it('says where it is not installed', () => {
    expect(markerHolds(named('pywin32').marker!)).toBe(false);
    expect(markerHolds(named('tomli').marker!)).toBeUndefined();
    expect(markerHolds(named('tomli').marker!, { python: '3.13' })).toBe(false);
  });

  it('says which ones nothing pins', () => {
    expect(named('money').from).toEqual({ kind: 'git' });
    expect(named('tide').from).toEqual({ kind: 'directory', path: 'libs/tide' });
  });
});

describe('what is no lock', () => {
  it.each<[PythonPackageManager, string]>([
    ['poetry', '[metadata]\nlock-version = "2.1"\n'],
    ['poetry', '<<<<<<< HEAD\n'],
    ['uv', '<<<<<<< HEAD\n'],
    ['pdm', '[[package]]\nname = "flask"\nversion = "3"\n'],
    ['pipenv', '{"default": {}}'],
    ['pipenv', '<<<<<<< HEAD\n'],
  ])('is told of: %s %j', (name, text) => {
    const manager = PYTHON_MANAGERS[name] as LockingManager;
    expect(manager.readLock(manager.lock.path, text)).toMatchObject({ code: 'QS209' });
  });
});

describe('dependencies', () => {
  const declaredBy = (name: PythonPackageManager, text: string) => {
    const manager = PYTHON_MANAGERS[name] as LockingManager;
    const file = parseToml(manager.manifest, text, 'QS206');
    if (!isTomlFile(file)) throw new Error(formatDiagnostic(file));
    return manager
      .dependencies(file)
      .map(({ name: declared, group, groupName, extras, place }) =>
        [declared, group, groupName, extras, place.line].filter(word => word !== undefined).join(' '),
      );
  };

  it.each<[PythonPackageManager, string, readonly string[]]>([
    [
      'poetry',
      '[tool.poetry.dependencies]\npython = "^3.11"\nFlask = { version = "*", extras = ["async"] }\nboto3 = { version = "*", optional = true }\n"zope.interface" = "*"\n[tool.poetry.group.test.dependencies]\npytest = "*"\n[tool.poetry.dev-dependencies]\nblack = "*"\n[tool.poetry.extras]\ns3 = ["boto3"]\n',
      ['flask main async 3', 'zope-interface main 5', 'pytest dev test 7', 'black dev dev 9', 'boto3 dev s3 11'],
    ],
    ['uv', '[tool.uv]\ndev-dependencies = [\n  "pytest",\n]\n', ['pytest dev dev 3']],
    ['pdm', '[tool.pdm.dev-dependencies]\nlint = ["ruff", "mypy"]\n', ['ruff dev lint 2', 'mypy dev lint 2']],
    [
      'pipenv',
      '[packages]\nflask = "*"\n[dev-packages]\npytest = {version = "*", extras = ["x"]}\n[docs]\nsphinx = "*"\n[scripts]\nserve = "flask run"\n',
      ['flask main 2', 'pytest dev develop x 4', 'sphinx dev docs 6'],
    ],
  ])('in the tables of %s', (name, text, expected) => {
    expect(declaredBy(name, text)).toEqual(expected);
  });
});

describe('requirements files', () => {
  it.each([
    ['requirements-dev.txt', true],
    ['requirements/test.txt', true],
    ['dev-requirements.txt', true],
    ['requirements_for_tests.txt', true],
    ['requirements/production.txt', false],
    ['docs/requirements.txt', false],
  ])('%s is for development: %s', (path, isDev) => {
    expect(listingManager().devFiles.test(path)).toBe(isDev);
  });
});
