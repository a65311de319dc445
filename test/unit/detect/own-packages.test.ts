/** The app as a package: its name and version, the programs it brings, and the files that build hooks would write. */
import { describe, expect, test } from 'vitest';
import { NOT_CONFIGURED } from '../../../src/config/load.js';
import { ownPackages } from '../../../src/detect/python/own-package.js';
import { newestRelease } from '../../../src/detect/python/version-range.js';
import { readProject } from '../../../src/detect/read-project.js';
import { memoryTree } from '../../../src/source/tree.js';

const BUILT = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n';
const project = (text: string) => `[project]\nname = "shop-api"\n${text}`;

/** A version that git knows, as it is written into a source that is taken out of it. */
const described = (name: string): Readonly<Record<string, string>> => ({
  'pyproject.toml': `${project('dynamic = ["version"]')}\n${BUILT}`,
  '.git_archival.txt': `node: 1a2b3c4\ndescribe-name: ${name}\n`,
});

async function packagesOf(files: Readonly<Record<string, string>>, version?: string) {
  const configured = { ...NOT_CONFIGURED, config: version === undefined ? {} : { version } };
  const { value } = await readProject(memoryTree(files), configured);
  return ownPackages(value!);
}

describe('a project that is a package', () => {
  test.each([
    ['its own version', { 'pyproject.toml': `${project('version = "1.4.0"')}\n${BUILT}` }, '1.4.0'],
    ['poetry', { 'pyproject.toml': '[tool.poetry]\nname = "shop-api"\nversion = "0.2.0"\n' }, '0.2.0'],
    [
      'uv by a word of its own',
      { 'pyproject.toml': `${project('version = "1.0"')}\n[tool.uv]\npackage = true\n` },
      '1.0',
    ],
    [
      'hatch, which reads a file',
      {
        'pyproject.toml': `${project('dynamic = ["version"]')}\n${BUILT}[tool.hatch.version]\npath = "shop/about.py"\n`,
        'shop/about.py': '__version__ = "2.1.0"\n',
      },
      '2.1.0',
    ],
    [
      'setuptools, which reads an attribute',
      {
        'pyproject.toml': `${project('dynamic = ["version"]')}\n${BUILT}[tool.setuptools.dynamic]\nversion = { attr = "shop.__version__" }\n`,
        'src/shop/__init__.py': "__version__: str = '3.0.1'\n",
      },
      '3.0.1',
    ],
    ['setup.cfg', { 'setup.cfg': '[metadata]\nname = shop-api\nversion = file: VERSION\n', VERSION: '4.2\n' }, '4.2'],
    ['setup.py', { 'setup.py': 'from setuptools import setup\nsetup(name="shop-api", version="5.0")\n' }, '5.0'],
    ["git's tag", described('v1.4.0'), '1.4.0'],
    ["git's tag with the name of the project", described('shop-1.4'), '1.4'],
    ["git's tag of a candidate", described('2.0rc1'), '2.0rc1'],
    ["commits behind git's tag", described('v1.4.0-3-g1a2b3c4'), '1.4.1.dev3+g1a2b3c4'],
    ["a placeholder in place of git's tag", described('$Format:%(describe)$'), '0.0.0'],
    ['git alone', { 'pyproject.toml': `${project('dynamic = ["version"]')}\n${BUILT}` }, '0.0.0'],
    [
      'git and something in its place',
      {
        'pyproject.toml': `${project('dynamic = ["version"]')}\n${BUILT}[tool.setuptools_scm]\nfallback_version = "0.9"\n`,
      },
      '0.9',
    ],
  ])('has a name and a version by %s', async (_, files, version) => {
    expect(await packagesOf(files)).toMatchObject([{ name: 'shop-api', version: { value: version } }]);
    expect(await packagesOf(files, '7.7')).toMatchObject([{ version: { value: '7.7' } }]);
  });

  test.each([
    ['a project without a build system', { 'pyproject.toml': project('version = "1.0"') }],
    ['a word against it', { 'pyproject.toml': `${project('version = "1.0"')}\n${BUILT}[tool.uv]\npackage = false\n` }],
    ['poetry for packages alone', { 'pyproject.toml': '[tool.poetry]\nname = "shop"\npackage-mode = false\n' }],
    ['requirements', { 'requirements.txt': 'flask==3.1.3\n' }],
  ])('is not made of %s', async (_, files) => {
    expect(await packagesOf(files)).toEqual([]);
  });

  test('brings its programs and what others look for by group', async () => {
    const tables =
      '[project.scripts]\nshop-migrate = "shop.cli:migrate"\n[project.entry-points."shop.plugins"]\ncsv = "shop.csv:read"\n';
    const [own] = await packagesOf({ 'pyproject.toml': `${project('version = "1.0"')}\n${tables}${BUILT}` });
    expect(own?.entryPoints).toEqual({
      console_scripts: { 'shop-migrate': 'shop.cli:migrate' },
      'shop.plugins': { csv: 'shop.csv:read' },
    });
  });

  test('has the file that a build hook writes, unless it is there', async () => {
    const hook = '[tool.hatch.build.hooks.vcs]\nversion-file = "shop/_version.py"\n';
    const files = { 'pyproject.toml': `${project('dynamic = ["version"]')}\n${BUILT}${hook}` };
    expect((await packagesOf(files))[0]?.versionFile).toMatchObject({ value: 'shop/_version.py' });
    expect((await packagesOf({ ...files, 'shop/_version.py': '' }))[0]?.versionFile).toBeUndefined();
  });
});

test.each([
  ['a directory of uv', 'uv.lock', '[tool.uv.sources]\nbilling = { path = "libs/billing", editable = true }\n'],
  ['a directory of poetry', 'poetry.lock', '[tool.poetry.dependencies]\nbilling = { path = "libs/billing" }\n'],
])('%s is a package of its own', async (_, lock, table) => {
  const packages = await packagesOf({
    'pyproject.toml': `${project('version = "1.0"')}\n${table}`,
    [lock]: '',
    'libs/billing/pyproject.toml': `[project]\nname = "billing"\nversion = "0.1"\n${BUILT}`,
  });
  expect(packages).toMatchObject([{ name: 'billing', version: { value: '0.1' } }]);
});

test.each([
  ['3.11.7', '3.11', '3.11.7'],
  ['==3.11.7', '3.11', '3.11.7'],
  ['>=3.10,<3.11.5', '3.11', '3.11.4'],
  ['>=3.11', '3.11', undefined],
  ['~3.11.2', '3.11', undefined],
  ['>=3.11,<3.13', '3.12', undefined],
])('%s allows of %s no later release than %s', (range, minor, release) => {
  expect(newestRelease(range, minor)).toBe(release);
});
