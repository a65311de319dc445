/** The Python that an app runs on where only CI says which. */
import { expect, it } from 'vitest';
import { detectFiles, type Files, FLASK, withFiles } from './apps.js';

const workflow = (versions: string): Files => ({
  '.github/workflows/test.yml': `jobs:\n  test:\n    strategy: { matrix: { python-version: ${versions} } }\n    steps:\n      - uses: actions/setup-python@v5\n        with: { python-version: "\${{ matrix.python-version }}" }\n`,
});

it.each<readonly [string, Files, string]>([
  ['the newest of several, and ten is no one', workflow('[3.10, "3.12", 3.11]'), '3.12'],
  [
    'the image of a job',
    { '.gitlab-ci.yml': 'test: { image: "registry.example/python:3.12-slim", script: [pytest] }\n' },
    '3.12',
  ],
  ['none that has ended', workflow('["3.7", "3.10"]'), '3.13'],
  ['a file that pins one before', { ...workflow('["3.12"]'), '.python-version': '3.11\n' }, '3.11'],
  [
    'none that the project does not allow',
    { ...workflow('["3.12"]'), 'pyproject.toml': '[project]\nname = "shop"\nrequires-python = ">=3.13"\n' },
    '3.13',
  ],
  ['what cannot be read is nothing', { '.github/workflows/test.yml': 'jobs: [\n' }, '3.13'],
])('%s', async (_, files, version) => {
  const { facts, diagnostics } = await detectFiles(withFiles(FLASK, files));
  expect(diagnostics).toEqual([]);
  expect(facts?.python.version.value).toBe(version);
});
