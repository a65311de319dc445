/** Lock files and what was declared since they were written: their package manager decides, before anything is installed. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../engine/cli/quayside-process.js';
import { makeScratch } from './support/example.js';
import { type Outcome, quayside } from './support/quayside.js';

const scratch = makeScratch();
afterAll(() => scratch.remove());

/** The app with other files for its package manager in place of uv's. */
function app(name: string, files: Readonly<Record<string, string>>): string {
  const source = join(scratch.dir, name);
  cpSync(join(ROOT, 'test/e2e/shapes/locks'), source, { recursive: true });
  for (const file of ['pyproject.toml', 'uv.lock']) rmSync(join(source, file));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(source, file), text);
  return source;
}

const PYPROJECT =
  '[project]\nname = "tide"\nversion = "1.0"\nrequires-python = ">=3.11"\ndependencies = ["flask", "gunicorn"]\n';

/** Locks that nothing of what is declared is in, and what their managers say of that. */
const STALE: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
  [
    'uv',
    {
      'pyproject.toml': PYPROJECT,
      'uv.lock':
        'version = 1\nrevision = 5\nrequires-python = ">=3.11"\n\n[[package]]\nname = "tide"\nversion = "1.0"\nsource = { virtual = "." }\n',
    },
    /The lockfile at `uv\.lock` needs to be updated/,
  ],
  [
    'poetry',
    {
      'pyproject.toml': PYPROJECT,
      'poetry.lock':
        'package = []\n\n[metadata]\nlock-version = "2.1"\npython-versions = ">=3.11"\ncontent-hash = "0000"\n',
    },
    /pyproject\.toml changed significantly since poetry\.lock was last generated/,
  ],
  [
    'pdm',
    {
      'pyproject.toml': PYPROJECT,
      'pdm.lock':
        '[metadata]\ngroups = ["default"]\nstrategy = ["inherit_metadata"]\nlock_version = "4.5.0"\ncontent_hash = "sha256:0000"\n',
    },
    /Lock ?file/i,
  ],
  [
    'pipenv',
    {
      Pipfile: '[packages]\nflask = "*"\ngunicorn = "*"\n',
      'Pipfile.lock':
        '{"_meta": {"hash": {"sha256": "0000"}, "pipfile-spec": 6, "requires": {}, "sources": []}, "default": {}, "develop": {}}',
    },
    /Pipfile\.lock is out-of-date/,
  ],
];

describe.each(STALE)('a stale lock of %s', (manager, files, said) => {
  let run: Outcome;
  beforeAll(async () => {
    run = await quayside(['build', `--source=${app(manager, files)}`, `--output=${join(scratch.dir, 'app.tar')}`]);
  });

  test('ends a build in 2, with what its manager says of it', () => {
    expect(run).toMatchObject({ code: 2, stdout: '' });
    const message = run.stderr.slice(run.stderr.indexOf('\nerror: '));
    expect(message).toMatch(
      /^\nerror: QS205: the package manager refuses the lock file:\n( {4}.*\n)+ {2}at: \S+\n {2}expected: .*\n {2}fix: run /,
    );
    expect(message.replace(/\s+/g, ' ')).toMatch(said);
    expect(message.match(/QS205/g)).toHaveLength(1);
  });

  test('is suspected before', async () => {
    const { code, stdout } = await quayside(['explain', `--source=${join(scratch.dir, manager)}`]);
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^ {2}lock file +may be stale /m),
    });
  });
});

describe('a project without a lock', () => {
  test.each([
    ['uv', 'uv.lock', 'tools', PYPROJECT],
    ['pdm', 'pdm.lock', 'yard', `${PYPROJECT}[tool.pdm]\ndistribution = false\n`],
  ])('is locked by %s', async (manager, lock, name, pyproject) => {
    const source = app(name, { 'pyproject.toml': pyproject });
    const before = await quayside(['explain', `--source=${source}`]);
    expect(before.stdout).toMatch(new RegExp(`package manager +${manager}\\b.*no ${lock}`));
    expect(await quayside(['lock', `--source=${source}`])).toMatchObject({ code: 0 });
    expect(readFileSync(join(source, lock), 'utf8')).toMatch(/name = "flask"/);
    const after = await quayside(['explain', `--source=${source}`]);
    expect(after.stdout).toMatch(new RegExp(`lock file +${lock}`));
  });
});

describe('a lock that spells a version in another way', () => {
  test('is taken as its manager takes it', async () => {
    const source = join(ROOT, 'test/e2e/shapes/locks');
    expect((await quayside(['explain', `--source=${source}`])).stdout).not.toContain('may be stale');
    const run = await quayside(['build', `--source=${source}`, `--output=${join(scratch.dir, 'tide.tar')}`]);
    expect(run).toMatchObject({ code: 0 });
  });
});
